"""Sessions of the web console, and the roles that somebody switched to lately."""

from dataclasses import dataclass, field

from deputize.model.credentials import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchedRole:
    """A role that somebody switched to: its account, its name with its path (`path/role`), and how it is
    shown.
    """

    account: str
    name: str
    display_name: str
    color: str | None = None

    @property
    def base_name(self) -> str:
        """The name without its path."""
        return self.name.rpartition("/")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleSession:
    """Somebody's session of the console. `id` is no secret; `token` is the SHA-256 (hex) of the cookie that
    goes with it.

    `identity` is who signed in, over all their sessions: a user's id, an account's for its root user,
    `ROLE:NAME` of a federated one. `acts` is what credentials of whoever signed in say, but for key and
    secret. `base` is the session that `role` was switched to from; both are None of one that signed in.
    `issued` and `expires` are in epoch seconds; one that `ended` is remembered until then.
    """

    id: str
    token: str = field(repr=False)
    identity: str
    acts: Session
    issued: int
    expires: int
    base: str | None = None
    role: SwitchedRole | None = None
    ended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleHistory:
    """The latest roles that this identity switched to, the latest first; `returned`: it once went back."""

    identity: str
    roles: tuple[SwitchedRole, ...] = ()
    returned: bool = False
