"""Who calls: the outcome of authentication, as the rest of the server needs it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from deputize.model.credentials import Session
from deputize.policy.request import Principal

ANONYMOUS_ID = "anonymous"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A caller whose signature was verified, or the anonymous one.

    `principal` is what policies match. `user_id` is `aws:userid`, `name` the IAM user's name (None for
    others). `key` is the access key id that signed. `session` is what the session token says, None for
    long-term keys. `tags` are the effective principal tags: the user's, or the role's overlaid by the
    session's. `vouched` is what an identity provider says of them, as condition keys.
    """

    principal: Principal
    user_id: str
    name: str | None = None
    key: str | None = None
    session: Session | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    vouched: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)

    @property
    def anonymous(self) -> bool:
        return self.principal.kind == "anonymous"

    @property
    def root(self) -> bool:
        return self.principal.kind == "root"

    @property
    def account(self) -> str:
        """The caller's account id; the word `anonymous`, which is no account's id, for an unsigned
        request.
        """
        return self.principal.account or ANONYMOUS_ID

    @property
    def arn(self) -> str:
        """The ARN that messages name; the word `anonymous` for an unsigned request, as AWS prints it."""
        return self.principal.arn or ANONYMOUS_ID
