"""AssumeRoleWithWebIdentity: a role's session for somebody whom an OpenID Connect provider vouches for."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from deputize.domain import web_identity
from deputize.domain.roles import DEFAULT_SECONDS, assume, authorized_role
from deputize.domain.vouching import Identity
from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Vouched
from deputize.store.api import Snapshot, Transaction
from deputize.sts.assume_role import session_name
from deputize.sts.service import sts
from deputize.sts.vouched import arn_of, needs, vouched, wish

if TYPE_CHECKING:
    from deputize.protocol.shapes.sts import (
        AssumeRoleWithWebIdentityRequest,
        AssumeRoleWithWebIdentityResponse,
    )


def no_provider(issuer: str) -> ApiError:
    return ApiError("InvalidIdentityToken", f"No OpenIDConnect provider found in your account for {issuer}")


def provider_gone(identity: Identity) -> ApiError:
    return no_provider(identity.provider.issuer)


def same_provider(db: Snapshot, identity: Identity) -> bool:
    """Whether the provider is still the one that vouched: same clients, same thumbprints."""
    known = identity.provider
    return db.oidc_providers.get(known.account, known.issuer.partition("://")[2]) == known


def vouch(db: Snapshot, call: Call, request: "AssumeRoleWithWebIdentityRequest") -> Callable[[], Vouched]:
    """Finds the token's issuer among the providers of the role's account. Raises ValidationError,
    InvalidIdentityToken.
    """
    if "ProviderId" in request:
        # For OAuth access tokens of two providers, which are no JWTs.
        raise ApiError("ValidationError", "ProviderId is not offered.")
    arn = arn_of("Request", "role", request["RoleArn"])
    unverified = web_identity.read(request["WebIdentityToken"])
    provider = db.oidc_providers.get(arn.account, unverified.issuer.partition("://")[2])
    if provider is None or provider.issuer != unverified.issuer or provider.partition != arn.partition:
        raise no_provider(unverified.issuer)

    def verified() -> Vouched:
        here = call.installation
        return vouched(web_identity.verify(unverified, provider, here.issuer_keys, call.now, here.settings))

    return verified


@sts.command(
    "AssumeRoleWithWebIdentity",
    access=needs("sts:AssumeRoleWithWebIdentity", session_name, same_provider, provider_gone),
    vouches=vouch,
)
def assume_role_with_web_identity(
    db: Transaction, call: Call, request: "AssumeRoleWithWebIdentityRequest"
) -> "AssumeRoleWithWebIdentityResponse":
    """A session of the role. Raises what `domain.roles.assume` raises."""
    identity: Identity = call.prepared
    seconds = request.get("DurationSeconds", DEFAULT_SECONDS)
    asked = wish(request, identity, request["RoleSessionName"], seconds)
    made = assume(db, call, authorized_role(db, request["RoleArn"]), asked)
    return made.wire(
        SubjectFromWebIdentityToken=identity.subject,
        Audience=identity.audience,
        Provider=identity.provider.arn,
    )  # type: ignore[return-value]
