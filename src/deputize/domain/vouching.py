"""Somebody whom an identity provider vouches for, on the way to a role session: the same for tokens and
assertions.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from deputize.model.federation import OidcProvider, SamlProvider
from deputize.policy.request import Principal

Keys = Mapping[str, str | tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """What is set on a session by whoever vouches: tags, those that follow over chaining, source identity."""

    tags: Mapping[str, str] = field(default_factory=dict)
    transitive: tuple[str, ...] = ()
    source_identity: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Whom `provider` vouches for. `keys` are the condition keys that the trust policy sees, `kept` those
    that the session keeps. `user_id` names `subject` among all whom providers vouch for.
    """

    provider: OidcProvider | SamlProvider
    subject: str
    user_id: str
    audience: str
    keys: Keys
    kept: Keys
    passed: Passed

    @property
    def principal(self) -> Principal:
        """As policies see them: by their provider."""
        provider = self.provider
        return Principal(
            kind="federated", account=provider.account, partition=provider.partition, arn=provider.arn
        )
