"""GetWebIdentityToken: a token by which the caller shows others who they are."""

import json
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from deputize.domain.token_issuer import ALGORITHMS, sign
from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.facts import moment
from deputize.gateway.operation import Needs
from deputize.model.federation import TokenIssuer
from deputize.store.api import Snapshot, Transaction
from deputize.sts.assume_role import has_tags, request_tags, tag_keys, tags_of
from deputize.sts.resources import anything
from deputize.sts.service import sts

if TYPE_CHECKING:
    from deputize.protocol.shapes.sts import GetWebIdentityTokenRequest, GetWebIdentityTokenResponse

DEFAULT_SECONDS = 300
NAMESPACE = "https://sts.amazonaws.com/"
# Bytes of a token's claims; AWS keeps its own figure to itself.
CLAIMS_LIMIT = 8192
DISABLED = (
    "The outbound web identity federation feature is not enabled for this account. To use this feature, you "
    "must first enable it through the Amazon Web Services Management Console or API."
)
ESCALATION = (
    "The requested token duration would extend the session beyond its original expiration time. You cannot "
    "use this operation to extend the lifetime of a session beyond what was granted when the session was "
    "originally created."
)
TOO_LARGE = (
    "The requested token payload size exceeds the maximum allowed size. Reduce the number of request tags "
    "included in the GetWebIdentityToken API call to reduce the token payload size."
)


def seconds(request: "GetWebIdentityTokenRequest") -> int:
    return request.get("DurationSeconds", DEFAULT_SECONDS)


def audience_key(db: Snapshot, call: Call, request: "GetWebIdentityTokenRequest") -> tuple[str, ...]:
    return tuple(request["Audience"])


def algorithm_key(db: Snapshot, call: Call, request: "GetWebIdentityTokenRequest") -> str:
    return request["SigningAlgorithm"]


def seconds_key(db: Snapshot, call: Call, request: "GetWebIdentityTokenRequest") -> str:
    return str(seconds(request))


KEYS: dict[str, Any] = {
    "sts:IdentityTokenAudience": audience_key,
    "sts:SigningAlgorithm": algorithm_key,
    "sts:DurationSeconds": seconds_key,
    "aws:RequestTag/*": request_tags,
    "aws:TagKeys": tag_keys,
}


def issuer_of(db: Snapshot, call: Call) -> TokenIssuer:
    issuer = db.token_issuers.get(call.account)
    if issuer is None or not issuer.enabled:
        raise ApiError("OutboundWebIdentityFederationDisabledException", DISABLED)
    return issuer


def prepare_token(db: Snapshot, call: Call, request: "GetWebIdentityTokenRequest") -> Callable[[], str]:
    """Raises ValidationError, OutboundWebIdentityFederationDisabledException,
    SessionDurationEscalationException, JWTPayloadSizeExceededException.
    """
    algorithm = request["SigningAlgorithm"]
    if algorithm not in ALGORITHMS:
        raise ApiError("ValidationError", f"The signing algorithm must be one of {', '.join(ALGORITHMS)}.")
    for parameter in ("Scope", "SubjectMode"):
        if request.get(parameter, "AWSIdentity") != "AWSIdentity":
            # Both are about identities of trusted identity propagation, which is not here.
            raise ApiError("ValidationError", f"{parameter} is not offered.")
    issuer = issuer_of(db, call)
    session = call.caller.session
    if session is not None and call.time + seconds(request) > session.expires:
        raise ApiError("SessionDurationEscalationException", ESCALATION)
    claims = claims_of(issuer, call, request)
    if len(json.dumps(claims).encode()) > CLAIMS_LIMIT:
        raise ApiError("JWTPayloadSizeExceededException", TOO_LARGE)
    return lambda: sign(call.installation.keyring, issuer, algorithm, claims)


def claims_of(issuer: TokenIssuer, call: Call, request: "GetWebIdentityTokenRequest") -> dict[str, Any]:
    """IAM guide, "Understanding token claims". A role session's subject is its role."""
    caller, audience, tags = call.caller, request["Audience"], tags_of(request)
    subject = caller.principal.role_arn or caller.arn
    told: dict[str, Any] = {
        "aws_account": call.account,
        "source_region": call.region,
        "principal_id": subject,
    }
    if caller.session is not None:
        told["original_session_exp"] = moment(caller.session.expires)
        if caller.session.provider is not None:
            told["federated_provider"] = caller.session.provider
    if caller.tags:
        told["principal_tags"] = dict(caller.tags)
    if tags:
        told["request_tags"] = tags
    return {
        "iss": issuer.url,
        "aud": audience[0] if len(audience) == 1 else list(audience),
        "sub": subject,
        "iat": call.time,
        "exp": call.time + seconds(request),
        "jti": str(uuid.uuid4()),
        NAMESPACE: told,
    }


@sts.command(
    "GetWebIdentityToken",
    access=(
        Needs("sts:GetWebIdentityToken", on=anything, keys=KEYS),
        Needs("sts:TagGetWebIdentityToken", on=anything, keys=KEYS, when=has_tags),
    ),
    prepare=prepare_token,
)
def get_web_identity_token(
    db: Transaction, call: Call, request: "GetWebIdentityTokenRequest"
) -> "GetWebIdentityTokenResponse":
    """Raises what `prepare_token` raises."""
    issuer_of(db, call)
    return {"WebIdentityToken": call.prepared, "Expiration": call.time + seconds(request)}
