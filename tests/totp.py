"""Codes as an authenticator app computes them (RFC 6238), written apart from the server."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

from tests.fix_world import Clock


@dataclass
class App:
    """An app that was given a device's seed. `ahead` is by how many seconds its clock is wrong."""

    seed: str
    clock: Clock
    ahead: int = 0

    @classmethod
    def of(cls, device: Any, clock: Clock) -> "App":
        """From the VirtualMFADevice of an answer."""
        return cls(device["Base32StringSeed"].decode(), clock)

    def code(self, steps: int = 0) -> str:
        """What is shown now, or was or will be so many steps of 30 seconds from now."""
        step = (int(self.clock.now) + self.ahead) // 30 + steps
        digest = hmac.digest(base64.b32decode(self.seed), step.to_bytes(8, "big"), hashlib.sha1)
        at = digest[-1] & 15
        return f"{(int.from_bytes(digest[at : at + 4], 'big') & 0x7FFFFFFF) % 10**6:06d}"

    def pair(self) -> dict[str, str]:
        """The two codes with which a device is enabled, the second shown now."""
        return {"AuthenticationCode1": self.code(-1), "AuthenticationCode2": self.code()}


def enabled(iam: Any, user: str, clock: Clock, name: str | None = None) -> tuple[str, App]:
    """A new device that is enabled for a user, named as the user if not otherwise; its first unspent code is
    the next one.
    """
    device = iam.create_virtual_mfa_device(VirtualMFADeviceName=name or user)["VirtualMFADevice"]
    app = App.of(device, clock)
    iam.enable_mfa_device(UserName=user, SerialNumber=device["SerialNumber"], **app.pair())
    return device["SerialNumber"], app
