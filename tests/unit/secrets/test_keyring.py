"""What is sealed opens only with its key, only in its place, and only unchanged."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deputize.secrets import passwords
from deputize.secrets.envelope import Damaged, Envelope
from deputize.secrets.keyring import Keyring

RING = Keyring(bytes(32))
PLACE = ("access_key", "111111111111", "AKIA1")


@given(st.binary(max_size=200))
def test_what_is_sealed_opens_in_its_place(secret: bytes) -> None:
    assert RING.unseal(*PLACE, RING.seal(*PLACE, secret)) == secret
    assert RING.tokens.unseal(RING.tokens.seal(secret)) == secret


@pytest.mark.parametrize(
    "place", [("user", *PLACE[1:]), (PLACE[0], "222222222222", PLACE[2]), (*PLACE[:2], "AKIA2")]
)
def test_it_opens_nowhere_else(place: tuple[str, str, str]) -> None:
    with pytest.raises(Damaged):
        RING.unseal(*place, RING.seal(*PLACE, b"secret"))


@given(st.data())
def test_one_changed_bit_is_enough(data: st.DataObject) -> None:
    sealed = bytearray(RING.seal(*PLACE, b"secret"))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(Damaged):
        RING.unseal(*PLACE, bytes(sealed))


@given(st.data())
def test_one_changed_character_of_a_token_is_enough(data: st.DataObject) -> None:
    token = RING.tokens.seal(b"session")
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters(codec="ascii").filter(lambda one: one != token[at]))
    for changed in (token[:at] + other + token[at + 1 :], token[:at], token + other):
        with pytest.raises(Damaged):
            RING.tokens.unseal(changed)


@given(st.text())
def test_no_text_is_a_token(text: str) -> None:
    with pytest.raises(Damaged):
        RING.tokens.unseal(text)


def test_each_purpose_has_a_key_of_its_own() -> None:
    sealed = Envelope(bytes(32), "one").seal(b"x")
    with pytest.raises(Damaged):
        Envelope(bytes(32), "another").unseal(sealed)
    with pytest.raises(Damaged):
        Envelope(b"\1" * 32, "one").unseal(sealed)
    for cut in (b"", sealed[:5], sealed[:13], b"\2" + sealed[1:]):
        with pytest.raises(Damaged):
            Envelope(bytes(32), "one").unseal(cut)


def test_nothing_is_sealed_alike_twice() -> None:
    assert RING.seal(*PLACE, b"x") != RING.seal(*PLACE, b"x")


def test_the_same_directory_opens_with_the_same_key(tmp_path: Path) -> None:
    sealed = Keyring.open(tmp_path, {}).seal(*PLACE, b"secret")
    assert Keyring.open(tmp_path, {}).unseal(*PLACE, sealed) == b"secret"


def test_passwords() -> None:
    made = passwords.generated()
    known = passwords.hashed(made)
    assert known.startswith("$argon2id$")
    assert passwords.verified(made, known)
    assert not passwords.verified(made + "x", known)
    assert not passwords.verified(made, "no hash")
    assert made != passwords.generated()


def test_a_client_s_key_is_known_again_by_what_is_kept_of_it() -> None:
    one, other = b"k" * 32, b"l" * 32
    verifier = RING.verifier(one)
    assert RING.verifies(verifier, one)
    assert not RING.verifies(verifier, other)
    assert not Keyring(b"r" * 32).verifies(verifier, one)
    assert RING.verifier(one) != verifier
