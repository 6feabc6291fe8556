"""SAML providers: whose assertions AssumeRoleWithSAML accepts, if a role trusts them."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs, Resource
from deputize.iam import errors, tagging
from deputize.iam.quotas import limits
from deputize.iam.resources import anything
from deputize.iam.service import DONE, iam
from deputize.model import ids
from deputize.model.federation import SamlMetadata, SamlProvider
from deputize.policy.arn import Arn
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.domain.saml.metadata import Metadata
    from deputize.protocol.shapes.iam import (
        CreateSAMLProviderRequest,
        CreateSAMLProviderResponse,
        DeleteSAMLProviderRequest,
        GetSAMLProviderRequest,
        GetSAMLProviderResponse,
        ListSAMLProvidersResponse,
        ListSAMLProviderTagsRequest,
        ListSAMLProviderTagsResponse,
        TagSAMLProviderRequest,
        UntagSAMLProviderRequest,
        UpdateSAMLProviderRequest,
        UpdateSAMLProviderResponse,
    )

RESOURCE = "saml-provider/"
# Encrypted assertions, and what ties a provider to Identity Center, which is not here.
NOT_OFFERED = (
    "AssertionEncryptionMode", "AddPrivateKey", "RemovePrivateKey", "ContextProvider",
    "IdentityCenterInstanceArn", "RemoveContextProvider", "RemoveIdentityCenterInstance",
)  # fmt: skip
# For how long a provider is good whose metadata do not say (IAM API, GetSAMLProvider: a hundred years).
CENTURY = 100 * 365 * 24 * 3600


def parse(text: str) -> Arn:
    """The ARN of a provider; raises InvalidInput for anything else."""
    arn = Arn.parse(text)
    if arn is None or arn.service != "iam" or arn.region or not arn.resource.startswith(RESOURCE):
        raise ApiError("InvalidInput", f"Invalid ARN: {text}")
    return arn


def find(db: Snapshot, text: str) -> SamlProvider | None:
    arn = parse(text)
    provider = db.saml_providers.get(arn.account, arn.resource.removeprefix(RESOURCE))
    return provider if provider is not None and provider.arn == text else None


def named(db: Snapshot, call: Call, request: Any) -> Resource:
    """The provider that the request names."""
    text = request["SAMLProviderArn"]
    provider = find(db, text)
    tags = provider.tags if provider is not None else {}
    return Resource(arn=text, account=parse(text).account, tags=tags)


def require(db: Snapshot, call: Call, request: Any) -> SamlProvider:
    """The caller's account's provider that the request names; raises NoSuchEntity."""
    text = request["SAMLProviderArn"]
    provider = find(db, text)
    if provider is None or provider.account != call.account:
        raise ApiError("NoSuchEntity", f"Manifest not found for arn {text}")
    return provider


def fresh(db: Snapshot, call: Call, request: Any) -> Resource:
    """The ARN that the provider to be created will have; AWS counts the tags of the request as its tags."""
    arn = f"arn:{call.partition}:iam::{call.account}:{RESOURCE}{request['Name']}"
    tags = {tag["Key"]: tag["Value"] for tag in request.get("Tags", [])}
    return Resource(arn=arn, account=call.account, tags=tags)


def read_metadata(db: Snapshot, call: Call, request: Any) -> "Callable[[], Metadata | None]":
    """Megabytes of XML take long: they are read before the transaction. Raises ValidationError."""
    for parameter in NOT_OFFERED:
        if parameter in request:
            raise errors.not_offered(parameter)
    document = request.get("SAMLMetadataDocument")
    return lambda: None if document is None else _metadata(document)


def _metadata(document: str) -> "Metadata":
    # Loaded by those who need them: XML and its signatures are megabytes of library.
    from deputize.domain.saml import metadata
    from deputize.domain.saml.xml import Malformed

    try:
        return metadata.read(document)
    except Malformed:
        raise ApiError("InvalidInput", "Could not parse metadata") from None


@iam.command(
    "CreateSAMLProvider",
    access=(
        Needs("iam:CreateSAMLProvider", on=fresh, keys=tagging.REQUEST_KEYS),
        Needs("iam:TagSAMLProvider", on=fresh, keys=tagging.REQUEST_KEYS, when=tagging.has_tags),
    ),
    prepare=read_metadata,
)
def create_saml_provider(
    db: Transaction, call: Call, request: "CreateSAMLProviderRequest"
) -> "CreateSAMLProviderResponse":
    """Raises InvalidInput, EntityAlreadyExists, LimitExceeded."""
    told: Metadata = call.prepared
    name = request["Name"]
    if db.saml_providers.get(call.account, name) is not None:
        raise ApiError("EntityAlreadyExists", f"SAMLProvider with name {name} already exists.")
    limit = limits(db, call).saml_providers
    if db.saml_providers.count(call.account) >= limit:
        raise errors.over_quota("SAMLProvidersPerAccount", limit)
    provider = SamlProvider(
        account=call.account,
        partition=call.partition,
        name=name,
        id=ids.unique_id("ASPR", call.account) + "A",
        created=call.time,
        valid_until=told.valid_until or call.time + CENTURY,
        issuer=told.issuer,
        certificates=told.certificates,
        tags=tagging.read(request.get("Tags", [])),
    )
    db.saml_providers.put(provider)
    db.saml_metadata.put(SamlMetadata(provider=provider.id, document=request["SAMLMetadataDocument"]))
    answer: dict[str, Any] = {"SAMLProviderArn": provider.arn}
    if provider.tags:
        answer["Tags"] = tagging.wire(provider.tags)
    return answer  # type: ignore[return-value]


@iam.command("UpdateSAMLProvider", access=(Needs("iam:UpdateSAMLProvider", on=named),), prepare=read_metadata)
def update_saml_provider(
    db: Transaction, call: Call, request: "UpdateSAMLProviderRequest"
) -> "UpdateSAMLProviderResponse":
    """New metadata, and with them new certificates. Raises InvalidInput, NoSuchEntity."""
    told: Metadata | None = call.prepared
    provider = require(db, call, request)
    if told is None:
        raise ApiError(
            "InvalidInput",
            "Unable to update identity provider. No updates are defined for metadata or encryption "
            "assertion.",
        )
    changed = dataclasses.replace(
        provider,
        valid_until=told.valid_until or call.time + CENTURY,
        issuer=told.issuer,
        certificates=told.certificates,
    )
    db.saml_providers.put(changed)
    db.saml_metadata.put(SamlMetadata(provider=provider.id, document=request["SAMLMetadataDocument"]))
    return {"SAMLProviderArn": provider.arn}


@iam.query("GetSAMLProvider", access=(Needs("iam:GetSAMLProvider", on=named),))
def get_saml_provider(
    db: Snapshot, call: Call, request: "GetSAMLProviderRequest"
) -> "GetSAMLProviderResponse":
    provider = require(db, call, request)
    found = db.saml_metadata.get(provider.id)
    return {
        "SAMLProviderUUID": provider.id,
        "SAMLMetadataDocument": found.document if found is not None else "",
        "CreateDate": provider.created,
        "ValidUntil": provider.valid_until,
        "Tags": tagging.wire(provider.tags),  # type: ignore[typeddict-item]
    }


@iam.query("ListSAMLProviders", access=(Needs("iam:ListSAMLProviders", on=anything),))
def list_saml_providers(db: Snapshot, call: Call, request: Mapping[str, Any]) -> "ListSAMLProvidersResponse":
    return {
        "SAMLProviderList": [
            {"Arn": one.arn, "ValidUntil": one.valid_until, "CreateDate": one.created}
            for one in db.saml_providers.page(call.account)
        ]
    }


@iam.command("DeleteSAMLProvider", access=(Needs("iam:DeleteSAMLProvider", on=named),))
def delete_saml_provider(
    db: Transaction, call: Call, request: "DeleteSAMLProviderRequest"
) -> Mapping[str, Any]:
    """Roles that trust it stay, and let nobody in any more. The sessions that it vouched for go on."""
    provider = require(db, call, request)
    db.saml_providers.delete(provider.account, provider.name)
    db.saml_metadata.delete(provider.id)
    return DONE


@iam.command("TagSAMLProvider", access=(Needs("iam:TagSAMLProvider", on=named, keys=tagging.REQUEST_KEYS),))
def tag_saml_provider(db: Transaction, call: Call, request: "TagSAMLProviderRequest") -> Mapping[str, Any]:
    provider = require(db, call, request)
    tags = tagging.merged(call, provider.tags, request["Tags"])
    db.saml_providers.put(dataclasses.replace(provider, tags=tags))
    return DONE


@iam.command("UntagSAMLProvider", access=(Needs("iam:UntagSAMLProvider", on=named, keys=tagging.UNTAG_KEYS),))
def untag_saml_provider(
    db: Transaction, call: Call, request: "UntagSAMLProviderRequest"
) -> Mapping[str, Any]:
    provider = require(db, call, request)
    tags = tagging.remaining(provider.tags, request["TagKeys"])
    db.saml_providers.put(dataclasses.replace(provider, tags=tags))
    return DONE


@iam.query("ListSAMLProviderTags", access=(Needs("iam:ListSAMLProviderTags", on=named),))
def list_saml_provider_tags(
    db: Snapshot, call: Call, request: "ListSAMLProviderTagsRequest"
) -> "ListSAMLProviderTagsResponse":
    tags, end = tagging.listed(call, request, require(db, call, request).tags)
    return {"Tags": tags, **end}
