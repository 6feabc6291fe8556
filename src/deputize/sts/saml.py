"""AssumeRoleWithSAML: a role's session for somebody whom a SAML provider vouches for."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from deputize.domain.claims import refused
from deputize.domain.roles import DEFAULT_SECONDS, assume, authorized_role
from deputize.domain.vouching import Identity
from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Vouched
from deputize.store.api import Snapshot, Transaction
from deputize.sts.service import sts
from deputize.sts.vouched import arn_of, needs, vouched, wish

if TYPE_CHECKING:
    from deputize.domain.saml.identity import SamlIdentity
    from deputize.protocol.shapes.sts import AssumeRoleWithSAMLRequest, AssumeRoleWithSAMLResponse

ACTION = "sts:AssumeRoleWithSAML"


def no_provider(identity: Identity | None = None) -> ApiError:
    return refused("Specified provider doesn't exist")


def same_provider(db: Snapshot, identity: Identity) -> bool:
    """Whether the provider is still the one that vouched: same entity, same certificates."""
    known = identity.provider
    return db.saml_providers.get(known.account, known.arn.rpartition("/")[2]) == known


def session_name(db: Snapshot, call: Call, request: "AssumeRoleWithSAMLRequest") -> str:
    name: str = call.prepared.session_name
    return name


def vouch(db: Snapshot, call: Call, request: "AssumeRoleWithSAMLRequest") -> Callable[[], Vouched]:
    """Finds the provider, which must be of the role's account. Raises ValidationError,
    InvalidIdentityToken.
    """
    role, text = arn_of("Request", "role", request["RoleArn"]), request["PrincipalArn"]
    arn = arn_of("Principal", "saml-provider", text)
    provider = db.saml_providers.get(role.account, arn.resource.removeprefix("saml-provider/"))
    if provider is None or provider.arn != text or provider.partition != role.partition:
        raise no_provider()

    def verified() -> Vouched:
        # Loaded by those who need it: XML and its signatures are megabytes of library.
        from deputize.domain.saml.identity import verify

        found = verify(request["SAMLAssertion"], provider, call.now, call.recipients)
        if frozenset({request["RoleArn"], text}) not in found.roles:
            # The assertion is for other roles (STS API: as one that does not trust).
            raise ApiError("AccessDenied", f"Not authorized to perform {ACTION}")
        return vouched(found)

    return verified


@sts.command(
    "AssumeRoleWithSAML", access=needs(ACTION, session_name, same_provider, no_provider), vouches=vouch
)
def assume_role_with_saml(
    db: Transaction, call: Call, request: "AssumeRoleWithSAMLRequest"
) -> "AssumeRoleWithSAMLResponse":
    """A session of the role. Raises what `domain.roles.assume` raises."""
    identity: SamlIdentity = call.prepared
    seconds = request.get("DurationSeconds", DEFAULT_SECONDS)
    if identity.ends is not None:  # the provider may end the session earlier (STS API, DurationSeconds)
        seconds = min(seconds, identity.ends - call.time)
    asked = wish(request, identity, identity.session_name, seconds)
    made = assume(db, call, authorized_role(db, request["RoleArn"]), asked)
    return made.wire(
        Subject=identity.subject,
        SubjectType=identity.subject_type,
        Issuer=str(identity.keys["saml:iss"]),
        Audience=identity.audience,
        NameQualifier=identity.name_qualifier,
    )  # type: ignore[return-value]
