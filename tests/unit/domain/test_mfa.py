"""Codes of devices: RFC 6238's own, and that none counts twice, whatever comes in whatever order."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fix_world import Clock
from tests.totp import App

from deputize.domain import mfa
from deputize.gateway.attempts import FREE, Guesses
from deputize.gateway.installation import Installation
from deputize.model.sign_in import MfaDevice
from deputize.secrets.keyring import Keyring
from deputize.store.api import Transaction
from deputize.store.sqlite import SqliteStore

ACCOUNT, SERIAL = "111122223333", "arn:aws:iam::111122223333:mfa/phone"
KEYRING = Keyring(b"k" * 32)
RFC_SEED = b"12345678901234567890"
NOW = 1_700_000_000


class Devices:
    """The table of devices, of which there is one."""

    def __init__(self, device: MfaDevice) -> None:
        self.device = device

    @property
    def mfa_devices(self) -> "Devices":
        return self

    def put(self, device: MfaDevice) -> None:
        self.device = device


def installation() -> Installation:
    """A new one: nothing was guessed yet."""
    return cast(Installation, SimpleNamespace(keyring=KEYRING, guesses=Guesses()))


def device(seed: bytes) -> MfaDevice:
    sealed = mfa.sealed(KEYRING, ACCOUNT, SERIAL, seed)
    return MfaDevice(account=ACCOUNT, serial=SERIAL, seed=sealed, created=0, owner="AIDA", enabled=0)


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_the_codes_of_the_rfc(at: int, code: str) -> None:
    """RFC 6238, Appendix B: the last six of its eight digits."""
    phone = device(RFC_SEED)
    assert mfa.right(installation(), phone, code, at)
    assert mfa.right(installation(), phone, code, at - 30) and mfa.right(installation(), phone, code, at + 30)
    assert not mfa.right(installation(), phone, code, at + 90)
    assert not mfa.right(installation(), phone, f"{(int(code) + 1) % 10**6:06d}", at)


@pytest.mark.parametrize(
    "code", ["", "28708", "2870822", "28708x", "\N{ARABIC-INDIC DIGIT TWO}87082", " 287082"]
)
def test_what_is_no_code(code: str) -> None:
    assert not mfa.right(installation(), device(RFC_SEED), code, 59)


@given(st.lists(st.tuples(st.integers(0, 90), st.integers(-3, 3)), max_size=30))
def test_no_code_counts_twice(uses: list[tuple[int, int]]) -> None:
    """Time passes by so many seconds, and the code of so many steps away is used."""
    seed = bytes(range(40))
    clock, table, ours = Clock(NOW), Devices(device(seed)), installation()
    app, counted = App(mfa.base32(seed), clock), []
    for seconds, steps in uses:
        clock.advance(seconds)
        code = app.code(steps)
        if mfa.spend(cast(Transaction, table), ours, table.device, code, clock.now):
            counted.append(int(clock.now) // 30 + steps)
            assert abs(steps) <= 1 or app.code() == code
    assert counted == sorted(set(counted))


def test_two_devices_are_told_apart() -> None:
    """Whichever shows the code is the one that it is spent on."""
    first, second = device(b"a" * 40), replace(device(b"b" * 40), last_step=1)
    code = App(mfa.base32(b"b" * 40), Clock(NOW)).code()
    found = mfa.shown(installation(), (first, second), code, NOW)
    assert found == (second, NOW // 30)


def test_wrong_codes_are_held_against_it() -> None:
    ours, phone = installation(), device(RFC_SEED)
    for _ in range(FREE):
        assert not mfa.right(ours, phone, "000000", 59)
    assert not mfa.right(ours, phone, "287082", 59)
    assert mfa.right(ours, phone, "287082", 60)


def test_of_two_processes_one_takes_it(tmp_path: Path) -> None:
    """Each with a store and a memory of its own over the same file, at the same time, eight times."""
    seed = bytes(40)
    stores = [SqliteStore.open(tmp_path / "shared.db") for _ in range(2)]
    stores[0].write(lambda db: db.mfa_devices.put(device(seed))).result()
    app = App(mfa.base32(seed), Clock(NOW))

    def use(code: str, at: float, ours: Installation, db: Transaction) -> bool:
        phone = mfa.device(db, ACCOUNT, "AIDA", SERIAL)
        assert phone is not None
        return mfa.spend(db, ours, phone, code, at)

    memories = [installation(), installation()]
    for _ in range(8):
        at = app.clock.now
        pairs = zip(stores, memories, strict=True)
        asked = [store.write(partial(use, app.code(), at, memory)) for store, memory in pairs]
        assert sorted(one.result(10) for one in asked) == [False, True]
        app.clock.advance(30)
    for store in stores:
        store.close()
