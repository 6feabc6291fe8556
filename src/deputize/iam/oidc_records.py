"""OpenID Connect providers as the operations on them find them, and what may be one (IAM API,
CreateOpenIDConnectProvider).
"""

import ipaddress
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Resource
from deputize.iam import errors
from deputize.model.federation import OidcProvider
from deputize.policy.arn import Arn
from deputize.store.api import Snapshot

RESOURCE = "oidc-provider/"
INVALID_URL = "Invalid Open ID Connect Provider URL"
THUMBPRINT = re.compile(r"[0-9a-fA-F]{40}", re.ASCII)
_HOST = re.compile(
    r"(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
)
_PATH = re.compile(r"(?:/[A-Za-z0-9._~%!$&'()+,;=@:-]*)*", re.ASCII)
_SCHEMES = ("https://", "http://")


def arn_of(call: Call, url: str) -> str:
    return f"arn:{call.partition}:iam::{call.account}:{RESOURCE}{url}"


def bare(url: str) -> str:
    """A URL as ARNs have it: without its scheme."""
    return next((url.removeprefix(scheme) for scheme in _SCHEMES if url.startswith(scheme)), url)


def checked_url(call: Call, text: str) -> tuple[str, bool]:
    """The URL without its scheme, and whether that is https.

    It is the issuer's: no port, no query, no fragment, no user (IAM API). An http URL of a loopback address,
    with a port, is for tests, where the operator has allowed that. Raises InvalidInput.
    """
    try:
        parts = urlsplit(text)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        raise ApiError("InvalidInput", INVALID_URL) from None
    netloc = parts.netloc.lower() if port is None else f"{host}:{port}"
    plain = text == f"{parts.scheme}://{parts.netloc}{parts.path}" and parts.netloc.lower() == netloc
    if not plain or _PATH.fullmatch(parts.path) is None:
        raise ApiError("InvalidInput", INVALID_URL)
    if parts.scheme == "http" and call.installation.settings.insecure_oidc_loopback and _loopback(host):
        return bare(text), False
    if parts.scheme != "https" or port is not None or _HOST.fullmatch(parts.netloc) is None:
        raise ApiError("InvalidInput", INVALID_URL)
    return bare(text), True


def _loopback(host: str) -> bool:
    try:
        return ipaddress.IPv4Address(host).is_loopback
    except ValueError:
        return False


def checked_thumbprints(thumbprints: Iterable[str], limit: int) -> tuple[str, ...]:
    """SHA-1 thumbprints in lower case; raises InvalidInput."""
    found = tuple(dict.fromkeys(text.lower() for text in thumbprints))
    if len(found) > limit:
        raise ApiError("InvalidInput", f"Thumbprint list must contain fewer than {limit} entries.")
    if not all(THUMBPRINT.fullmatch(text) for text in found):
        raise ApiError("InvalidInput", "A thumbprint is 40 hexadecimal digits.")
    return found


def checked_clients(clients: Iterable[str], limit: int) -> tuple[str, ...]:
    """Client ids, each once; raises LimitExceeded."""
    found = tuple(dict.fromkeys(clients))
    if len(found) > limit:
        raise errors.over_quota("ClientIdsPerOpenIdConnectProvider", limit)
    return found


def find(db: Snapshot, arn: Arn) -> OidcProvider | None:
    provider = db.oidc_providers.get(arn.account, arn.resource.removeprefix(RESOURCE))
    return provider if provider is not None and provider.partition == arn.partition else None


def parse(text: str) -> Arn:
    """The ARN of a provider; raises InvalidInput for anything else."""
    arn = Arn.parse(text)
    if arn is None or arn.service != "iam" or arn.region or not arn.resource.startswith(RESOURCE):
        raise ApiError("InvalidInput", f"Invalid ARN: {text}")
    return arn


def named(db: Snapshot, call: Call, request: Any) -> Resource:
    """The provider that the request names."""
    text = request["OpenIDConnectProviderArn"]
    arn = parse(text)
    provider = find(db, arn)
    return Resource(arn=text, account=arn.account, tags=provider.tags if provider is not None else {})


def require(db: Snapshot, call: Call, request: Any) -> OidcProvider:
    """The caller's account's provider that the request names; raises NoSuchEntity."""
    text = request["OpenIDConnectProviderArn"]
    provider = find(db, parse(text))
    if provider is None or provider.account != call.account:
        raise ApiError("NoSuchEntity", f"OpenIDConnect Provider not found for arn {text}")
    return provider


def fresh(db: Snapshot, call: Call, request: Any) -> Resource:
    """The ARN that the provider to be created will have; AWS counts the tags of the request as its tags."""
    tags = {tag["Key"]: tag["Value"] for tag in request.get("Tags", [])}
    return Resource(arn=arn_of(call, bare(request["Url"])), account=call.account, tags=tags)
