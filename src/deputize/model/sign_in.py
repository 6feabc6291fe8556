"""What makes somebody a person: a password, the rules for passwords, devices for a second factor."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginProfile:
    """The password of a user or a root user. `owner` is the user's unique id, or the account's id.

    `hash` and `previous` (the newest first) are argon2id hashes. `created` and `changed` are in epoch
    seconds. `max_session` is how long a sign-in may last, in seconds; None leaves it to the console.
    """

    account: str
    owner: str
    hash: str = field(repr=False)
    created: int
    changed: int
    reset_required: bool = False
    max_session: int | None = None
    previous: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordPolicy:
    """An account's own rules for its users' passwords: at least `least` characters, some of each kind.

    `users_change`: users may change their own, whatever their policies do not allow. `max_age` is in days;
    None: they do not expire. `remembered` passwords may not be used again. After a `hard_expiry`, an expired
    password is not changed at sign-in, but by an administrator.
    """

    account: str
    least: int
    symbols: bool
    numbers: bool
    uppercase: bool
    lowercase: bool
    users_change: bool
    max_age: int | None
    remembered: int
    hard_expiry: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MfaDevice:
    """A virtual device that shows time-based codes. `serial` is its ARN.

    `seed` is sealed by the keyring: table `mfa_device`, this account, this serial number. `owner` is the
    unique id of the user, or the account id of the root user, for whom it is enabled since `enabled` (epoch
    seconds, as `created`). `last_step` is the last time step of which a code was used, `drift` by how many
    steps its clock is ahead.
    """

    account: str
    serial: str
    seed: bytes = field(repr=False)
    created: int
    owner: str | None = None
    enabled: int | None = None
    last_step: int = 0
    drift: int = 0
    tags: Mapping[str, str] = field(default_factory=dict)
