"""What a web identity token says, as condition keys, session tags and source identity (IAM guide, "Available
keys for AWS OIDC federation", "Pass session tags in AWS STS").
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from deputize.domain.vouching import Passed
from deputize.errors import ApiError
from deputize.model.federation import OidcProvider

TAGS = "https://aws.amazon.com/tags"
SOURCE_IDENTITY = "https://aws.amazon.com/source_identity"
MOST_TAGS = 50
# Of all condition keys that a session keeps of whoever vouched for it.
KEPT_CHARACTERS = 2048
TAG_KEY = re.compile(r"[\w .:/=+\-@]{1,128}")
TAG_VALUE = re.compile(r"[\w .:/=+\-@]{0,256}")
IDENTITY_NAME = re.compile(r"[\w+=,.@-]{2,256}", re.ASCII)

_GITHUB = (
    "actor", "actor_id", "enterprise_id", "environment", "job_workflow_ref", "ref", "repository",
    "repository_id", "repository_owner_id", "workflow",
)  # fmt: skip
_BUILDKITE = (
    "build_branch", "cluster_id", "cluster_name", "organization_id", "organization_slug", "pipeline_id",
    "pipeline_slug",
)  # fmt: skip
_GITLAB = (
    "namespace_id", "pipeline_source", "project_id", "ref_protected", "runner_environment",
    "user_access_level", "user_email", "user_id", "user_login",
)  # fmt: skip
# Which issuers' further claims are keys (service authorization reference of STS); of all others, none is.
OF_ISSUERS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (re.compile(r"token\.actions\.(githubusercontent\.com|[a-z0-9-]+\.ghe\.com)(/.*)?"), _GITHUB),
    (re.compile(r"github\.com/enterprises/[^/]+"), _GITHUB),
    (re.compile(r"accounts\.google\.com"), ("google/organization_number",)),
    (re.compile(r"oidc\.circleci\.com/org/[^/]+"), ("oidc.circleci.com/project-id",)),
    (re.compile(r"gitlab\.com"), _GITLAB),
    (re.compile(r"agent\.(buildkite\.com|[a-z0-9-]+\.buildkite\.(dev|site))"), _BUILDKITE),
    (re.compile(r"idcs-[a-z0-9]+\.identity\.oraclecloud\.com"), ("rpst_id",)),
)

Keys = dict[str, str | tuple[str, ...]]


def refused(message: str) -> ApiError:
    return ApiError("InvalidIdentityToken", message)


def keys_of(provider: OidcProvider, claims: Mapping[str, Any]) -> tuple[Keys, Keys]:
    """The condition keys that the trust policy sees, and those of them that the session keeps.

    With `azp`, that is `aud`, and the token's `aud` is `oaud` (IAM guide).
    """
    prefix = provider.url.lower()
    kept: Keys = {}
    for name, value in (
        ("aud", claims.get("azp", claims.get("aud"))),
        ("oaud", claims.get("aud") if "azp" in claims else None),
        ("sub", claims.get("sub")),
        ("amr", claims.get("amr")),
    ):
        text = _text(value, several=name == "amr")
        if text is not None:
            kept[f"{prefix}:{name}"] = text
    further = {f"{prefix}:{name}": text for name, text in _further(provider, claims)}
    return {**further, **kept}, kept


def _further(
    provider: OidcProvider, claims: Mapping[str, Any]
) -> Iterator[tuple[str, str | tuple[str, ...]]]:
    # A test provider names in its path whose tokens it imitates.
    name = provider.url if provider.secure else provider.url.partition("/")[2]
    for issuer, known in OF_ISSUERS:
        if not issuer.fullmatch(name):
            continue
        for claim in known:
            value = claims.get(claim)
            if claim == "google/organization_number" and isinstance(claims.get("google"), dict):
                value = claims["google"].get("organization_number")
            text = _text(value)
            if text is not None:
                yield claim, text


def _text(value: Any, *, several: bool = False) -> str | tuple[str, ...] | None:
    """A claim as a condition key holds it; None if no key can hold it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        if several:
            return tuple(value)
        return value[0] if len(value) == 1 else None
    return None


def passed(claims: Mapping[str, Any]) -> Passed:
    """Tags and source identity that the token asks for; raises InvalidIdentityToken."""
    tags, transitive = _nested(claims[TAGS]) if TAGS in claims else _flat(claims)
    check_tags(tags)
    source = claims.get(SOURCE_IDENTITY)
    if source is not None:
        check_source_identity(source)
    return Passed(tags=tags, transitive=tuple(transitive), source_identity=source)


def _nested(claim: Any) -> tuple[dict[str, str], list[str]]:
    """`{"principal_tags": {"Team": ["blue"]}, "transitive_tag_keys": ["Team"]}`."""
    claim = claim if isinstance(claim, dict) else {}
    tags, transitive = claim.get("principal_tags", {}), claim.get("transitive_tag_keys", [])
    if not isinstance(tags, dict):
        raise refused(f"The claim {TAGS} is malformed.")
    return {key: _tag(value) for key, value in tags.items()}, _names(transitive)


def _flat(claims: Mapping[str, Any]) -> tuple[dict[str, str], list[str]]:
    """The same with a claim for each, for providers that cannot nest."""
    head = f"{TAGS}/principal_tags/"
    tags = {name.removeprefix(head): _tag(value) for name, value in claims.items() if name.startswith(head)}
    return tags, _names(claims.get(f"{TAGS}/transitive_tag_keys", []))


def _tag(value: Any) -> str:
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, str):
        raise refused("A session tag in the token has no single value.")
    return value


def _names(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise refused(f"The claim {TAGS} is malformed.")
    return value


def check_tags(tags: Mapping[str, str]) -> None:
    """What holds for session tags wherever they come from; raises InvalidIdentityToken."""
    if len(tags) > MOST_TAGS:
        raise refused(f"The token asks for more than {MOST_TAGS} session tags.")
    if len({key.lower() for key in tags}) < len(tags):
        raise refused("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
    for key, value in tags.items():
        if key.lower().startswith("aws:") or not TAG_KEY.fullmatch(key) or not TAG_VALUE.fullmatch(value):
            raise refused("A session tag in the token is not valid.")


def check_kept(kept: Mapping[str, str | tuple[str, ...]]) -> None:
    """A session token carries what the session keeps, and must fit into a header; raises
    InvalidIdentityToken.
    """
    values = (value if isinstance(value, tuple) else (value,) for value in kept.values())
    if sum(len(text) for texts in values for text in texts) > KEPT_CHARACTERS:
        raise refused("What the token says of its subject is too long.")


def check_source_identity(value: Any) -> None:
    """Raises InvalidIdentityToken (AWS's words)."""
    if not isinstance(value, str) or not IDENTITY_NAME.fullmatch(value) or value.lower().startswith("aws:"):
        raise refused('Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:"')
