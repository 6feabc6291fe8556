"""Virtual MFA devices: the codes they show, each good for one use (RFC 6238, and its 5.2 on one use).

A device belongs to a user or root user (`owner`). Who signs somebody in finds the device (`device`,
`devices`) and spends a code in the transaction that makes the session (`spend`): the time step of the code is
written there, so that of two uses at the same time, in whatever process, one finds it spent.
"""

import base64
import dataclasses
import secrets
from collections.abc import Sequence

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.hotp import HOTP

from deputize.gateway.installation import Installation
from deputize.model.sign_in import MfaDevice
from deputize.secrets.keyring import Keyring
from deputize.store.api import Snapshot, Transaction

TABLE = "mfa_device"
SEED = 40
DIGITS = 6
# Seconds for which a code is shown; it is taken one step before and after, for slow people and wrong clocks.
STEP = 30
TOLERANCE = 1
# How far off the clock of a device may be that is enabled or brought into step anew, in steps.
OUT_OF_STEP = 20


def seed() -> bytes:
    """The secret of a new device: 64 characters of base32, as AWS's."""
    return secrets.token_bytes(SEED)


def base32(plain: bytes) -> str:
    return base64.b32encode(plain).decode()


def sealed(keyring: Keyring, account: str, serial: str, plain: bytes) -> bytes:
    return keyring.seal(TABLE, account, serial, plain)


def devices(db: Snapshot, owner: str) -> list[MfaDevice]:
    """The devices that are enabled for a user (by unique id) or root user (by account id)."""
    return db.mfa_devices.find("owner", owner)


def device(db: Snapshot, account: str, owner: str, serial: str) -> MfaDevice | None:
    """The device of this serial number (its ARN), if it is enabled for `owner`."""
    found = db.mfa_devices.get(account, serial)
    return found if found is not None and found.owner == owner else None


def shown(
    installation: Installation, candidates: Sequence[MfaDevice], code: str, now: float
) -> tuple[MfaDevice, int] | None:
    """The one of somebody's devices that shows this code now, and its time step, if it was not used yet;
    spends nothing. A code that none shows is held against each: too many make a device deaf for a while, even
    to the right one.
    """
    attempts = installation.guesses.devices
    hearing = [one for one in candidates if attempts.open(one.serial, now)]
    for one in hearing:
        step = _step(installation.keyring, one, code, now)
        if step is not None:
            attempts.right(one.serial)
            return one, step
    for one in hearing:
        attempts.wrong(one.serial, now)
    return None


def right(installation: Installation, found: MfaDevice, code: str, now: float) -> bool:
    """Whether the device shows this code now, as `shown` says."""
    return shown(installation, (found,), code, now) is not None


def spend(db: Transaction, installation: Installation, found: MfaDevice, code: str, now: float) -> bool:
    """Use the code, if it is right."""
    return spend_one_of(db, installation, (found,), code, now)


def spend_one_of(
    db: Transaction, installation: Installation, candidates: Sequence[MfaDevice], code: str, now: float
) -> bool:
    """Use the code, if one of these devices shows it."""
    found = shown(installation, candidates, code, now)
    if found is None:
        return False
    device, step = found
    db.mfa_devices.put(dataclasses.replace(device, last_step=step))
    return True


def in_step(keyring: Keyring, found: MfaDevice, first: str, second: str, now: float) -> MfaDevice | None:
    """The device with its clock known from two codes that it showed one after the other, both spent now; None
    if it did not show them.
    """
    plain = _plain(keyring, found)
    present = int(now) // STEP
    for step in range(present - OUT_OF_STEP, present + OUT_OF_STEP + 1):
        fresh = step - 1 > found.last_step
        if fresh and _shows(plain, step - 1, first) and _shows(plain, step, second):
            return dataclasses.replace(found, last_step=step, drift=step - present)
    return None


def _step(keyring: Keyring, found: MfaDevice, code: str, now: float) -> int | None:
    """The step whose code this is, if it is near now and later than all that were used."""
    plain = _plain(keyring, found)
    present = int(now) // STEP + found.drift
    steps = range(present - TOLERANCE, present + TOLERANCE + 1)
    return next((step for step in steps if step > found.last_step and _shows(plain, step, code)), None)


def _shows(plain: bytes, step: int, code: str) -> bool:
    try:
        HOTP(plain, DIGITS, SHA1()).verify(code.encode(), step)  # noqa: S303 - what apps compute by default
    except InvalidToken:
        return False
    return True


def _plain(keyring: Keyring, found: MfaDevice) -> bytes:
    return keyring.unseal(TABLE, found.account, found.serial, found.seed)
