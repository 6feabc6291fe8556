"""Long-term access keys, what is known of their use, and what a session token says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessKey:
    """A long-term access key. `owner` is the id of its user, or the account's id when it is the root user's.

    `secret` is sealed by the keyring: table `access_key`, this account, this key id.
    """

    id: str
    account: str
    owner: str
    secret: bytes = field(repr=False)
    created: int
    status: Literal["Active", "Inactive"] = "Active"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyUse:
    """When the access key with this id was last used, with which service and region."""

    key: str
    at: int
    service: str
    region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What a session token says; it is sealed into the token, and no row of ours names it but the console's.

    `kind`: "role" (AssumeRole and its kin), "user" (GetSessionToken; `issuer` is a user id, or the account id
    for root), "federated" (GetFederationToken) or "console" (somebody who signed in to the web console;
    `issuer` as of "user"). `issuer` is the unique id of the role or user whose rights it carries. `name` is
    the role session name or the federated user's name. `policies` are the texts of inline session policies,
    `policy_arns` those given by ARN; both None-less: `bounded` says whether any session policy was passed at
    all. `tags` are session tags, of which `transitive` (folded keys) follow over chaining. `issued`,
    `expires` and `mfa_at` are in epoch seconds; `mfa_at` is None without MFA. `console` is the session of the
    console that these credentials end with. `provider` is the ARN of the identity provider that vouched for
    the caller, `vouched` what it said of them, as condition keys, and `vouched_sets` those of several values.
    """

    key: str
    secret: str = field(repr=False)
    kind: Literal["role", "user", "federated", "console"]
    account: str
    partition: str
    issuer: str
    name: str
    issued: int
    expires: int
    policies: tuple[str, ...] = ()
    policy_arns: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    transitive: tuple[str, ...] = ()
    source_identity: str | None = None
    chained: bool = False
    mfa_at: int | None = None
    console: str | None = None
    provider: str | None = None
    vouched: Mapping[str, str] = field(default_factory=dict)
    vouched_sets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def bounded(self) -> bool:
        """Whether session policies limit this session."""
        return bool(self.policies or self.policy_arns)
