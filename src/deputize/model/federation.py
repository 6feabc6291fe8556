"""Who vouches for people and programs from outside, and how an account vouches for its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcProvider:
    """An OpenID Connect provider. `url` is its issuer without the scheme; tokens must be for one of
    `client_ids`.

    `thumbprints` are SHA-1 hashes of certificates, 40 lower-case hex digits. `secure`: the scheme is https;
    http is for a test provider on this machine alone.
    """

    account: str
    partition: str
    url: str
    created: int
    client_ids: tuple[str, ...] = ()
    thumbprints: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    secure: bool = True

    @property
    def arn(self) -> str:
        return f"arn:{self.partition}:iam::{self.account}:oidc-provider/{self.url}"

    @property
    def issuer(self) -> str:
        """What tokens must say as `iss`, to the letter."""
        return f"{'https' if self.secure else 'http'}://{self.url}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SamlProvider:
    """A SAML provider. `issuer` is its entity id, `certificates` those that it signs with (base64 of DER).

    `valid_until` and `created` are in epoch seconds. Its metadata as they were given are a record of their
    own.
    """

    account: str
    partition: str
    name: str
    id: str
    created: int
    valid_until: int
    issuer: str
    certificates: tuple[str, ...]
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        return f"arn:{self.partition}:iam::{self.account}:saml-provider/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SamlMetadata:
    """The metadata document of the SAML provider with this id, as it was given."""

    provider: str
    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerKey:
    """A key that tokens are signed with. `public` is its JWK, `private` its PKCS #8 in DER, sealed by the
    keyring: table `token_issuer`, the account, this `kid`.
    """

    kid: str
    algorithm: str
    public: Mapping[str, str]
    private: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenIssuer:
    """An account as an issuer of web identity tokens for its own identities. `url` is what they say as `iss`;
    under it, `id` being its last part, the keys are published. They stay when the account is no longer
    `enabled`, since tokens are good until they expire.
    """

    account: str
    id: str
    url: str
    created: int
    keys: tuple[IssuerKey, ...]
    enabled: bool = True
