"""OpenID Connect providers: whose tokens AssumeRoleWithWebIdentity accepts, if a role trusts them."""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.iam import errors, tagging
from deputize.iam.oidc_records import checked_clients, checked_thumbprints, checked_url, fresh, named, require
from deputize.iam.quotas import limits
from deputize.iam.resources import anything
from deputize.iam.service import DONE, iam
from deputize.model.federation import OidcProvider
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.iam import (
        AddClientIDToOpenIDConnectProviderRequest,
        CreateOpenIDConnectProviderRequest,
        CreateOpenIDConnectProviderResponse,
        DeleteOpenIDConnectProviderRequest,
        GetOpenIDConnectProviderRequest,
        GetOpenIDConnectProviderResponse,
        ListOpenIDConnectProvidersResponse,
        ListOpenIDConnectProviderTagsRequest,
        ListOpenIDConnectProviderTagsResponse,
        RemoveClientIDFromOpenIDConnectProviderRequest,
        TagOpenIDConnectProviderRequest,
        UntagOpenIDConnectProviderRequest,
        UpdateOpenIDConnectProviderThumbprintRequest,
    )

# What ties a provider to Identity Center, which is not here.
NOT_OFFERED = ("ContextProvider", "IdentityCenterInstanceArn")


@iam.command(
    "CreateOpenIDConnectProvider",
    access=(
        Needs("iam:CreateOpenIDConnectProvider", on=fresh, keys=tagging.REQUEST_KEYS),
        Needs("iam:TagOpenIDConnectProvider", on=fresh, keys=tagging.REQUEST_KEYS, when=tagging.has_tags),
    ),
)
def create_oidc_provider(
    db: Transaction, call: Call, request: "CreateOpenIDConnectProviderRequest"
) -> "CreateOpenIDConnectProviderResponse":
    """Nothing is fetched now: the provider's keys are, when a token of it comes. Raises InvalidInput,
    EntityAlreadyExists, LimitExceeded.
    """
    for parameter in NOT_OFFERED:
        if parameter in request:
            raise errors.not_offered(parameter)
    url, secure = checked_url(call, request["Url"])
    if db.oidc_providers.get(call.account, url) is not None:
        raise ApiError("EntityAlreadyExists", f"Provider with url {request['Url']} already exists.")
    quotas = limits(db, call)
    if db.oidc_providers.count(call.account) >= quotas.oidc_providers:
        raise errors.over_quota("OpenIdConnectProvidersPerAccount", quotas.oidc_providers)
    tags = tagging.read(request.get("Tags", []))
    provider = OidcProvider(
        account=call.account,
        partition=call.partition,
        url=url,
        created=call.time,
        client_ids=checked_clients(request.get("ClientIDList", []), quotas.client_ids_per_provider),
        thumbprints=checked_thumbprints(request.get("ThumbprintList", []), quotas.thumbprints_per_provider),
        tags=tags,
        secure=secure,
    )
    db.oidc_providers.put(provider)
    answer: dict[str, Any] = {"OpenIDConnectProviderArn": provider.arn}
    if tags:
        answer["Tags"] = tagging.wire(tags)
    return answer  # type: ignore[return-value]


@iam.query("GetOpenIDConnectProvider", access=(Needs("iam:GetOpenIDConnectProvider", on=named),))
def get_oidc_provider(
    db: Snapshot, call: Call, request: "GetOpenIDConnectProviderRequest"
) -> "GetOpenIDConnectProviderResponse":
    provider = require(db, call, request)
    return {
        "Url": provider.url,
        "ClientIDList": list(provider.client_ids),
        "ThumbprintList": list(provider.thumbprints),
        "CreateDate": provider.created,
        "Tags": tagging.wire(provider.tags),  # type: ignore[typeddict-item]
    }


@iam.query("ListOpenIDConnectProviders", access=(Needs("iam:ListOpenIDConnectProviders", on=anything),))
def list_oidc_providers(
    db: Snapshot, call: Call, request: Mapping[str, Any]
) -> "ListOpenIDConnectProvidersResponse":
    return {
        "OpenIDConnectProviderList": [
            {"Arn": provider.arn} for provider in db.oidc_providers.page(call.account)
        ]
    }


@iam.command("DeleteOpenIDConnectProvider", access=(Needs("iam:DeleteOpenIDConnectProvider", on=named),))
def delete_oidc_provider(
    db: Transaction, call: Call, request: "DeleteOpenIDConnectProviderRequest"
) -> Mapping[str, Any]:
    """Roles that trust it stay, and let nobody in any more. The sessions that it vouched for go on."""
    provider = require(db, call, request)
    db.oidc_providers.delete(provider.account, provider.url)
    return DONE


@iam.command(
    "AddClientIDToOpenIDConnectProvider", access=(Needs("iam:AddClientIDToOpenIDConnectProvider", on=named),)
)
def add_client_id(
    db: Transaction, call: Call, request: "AddClientIDToOpenIDConnectProviderRequest"
) -> Mapping[str, Any]:
    """Adding one that is there already is no error (IAM API). Raises LimitExceeded."""
    provider = require(db, call, request)
    limit = limits(db, call).client_ids_per_provider
    clients = checked_clients((*provider.client_ids, request["ClientID"]), limit)
    db.oidc_providers.put(dataclasses.replace(provider, client_ids=clients))
    return DONE


@iam.command(
    "RemoveClientIDFromOpenIDConnectProvider",
    access=(Needs("iam:RemoveClientIDFromOpenIDConnectProvider", on=named),),
)
def remove_client_id(
    db: Transaction, call: Call, request: "RemoveClientIDFromOpenIDConnectProviderRequest"
) -> Mapping[str, Any]:
    """Removing one that is not there is no error (IAM API)."""
    provider = require(db, call, request)
    clients = tuple(client for client in provider.client_ids if client != request["ClientID"])
    db.oidc_providers.put(dataclasses.replace(provider, client_ids=clients))
    return DONE


@iam.command(
    "UpdateOpenIDConnectProviderThumbprint",
    access=(Needs("iam:UpdateOpenIDConnectProviderThumbprint", on=named),),
)
def update_thumbprints(
    db: Transaction, call: Call, request: "UpdateOpenIDConnectProviderThumbprintRequest"
) -> Mapping[str, Any]:
    """The list takes the place of the old one. Raises InvalidInput."""
    provider = require(db, call, request)
    limit = limits(db, call).thumbprints_per_provider
    thumbprints = checked_thumbprints(request["ThumbprintList"], limit)
    db.oidc_providers.put(dataclasses.replace(provider, thumbprints=thumbprints))
    return DONE


@iam.command(
    "TagOpenIDConnectProvider",
    access=(Needs("iam:TagOpenIDConnectProvider", on=named, keys=tagging.REQUEST_KEYS),),
)
def tag_oidc_provider(
    db: Transaction, call: Call, request: "TagOpenIDConnectProviderRequest"
) -> Mapping[str, Any]:
    provider = require(db, call, request)
    tags = tagging.merged(call, provider.tags, request["Tags"])
    db.oidc_providers.put(dataclasses.replace(provider, tags=tags))
    return DONE


@iam.command(
    "UntagOpenIDConnectProvider",
    access=(Needs("iam:UntagOpenIDConnectProvider", on=named, keys=tagging.UNTAG_KEYS),),
)
def untag_oidc_provider(
    db: Transaction, call: Call, request: "UntagOpenIDConnectProviderRequest"
) -> Mapping[str, Any]:
    provider = require(db, call, request)
    tags = tagging.remaining(provider.tags, request["TagKeys"])
    db.oidc_providers.put(dataclasses.replace(provider, tags=tags))
    return DONE


@iam.query("ListOpenIDConnectProviderTags", access=(Needs("iam:ListOpenIDConnectProviderTags", on=named),))
def list_oidc_provider_tags(
    db: Snapshot, call: Call, request: "ListOpenIDConnectProviderTagsRequest"
) -> "ListOpenIDConnectProviderTagsResponse":
    tags, end = tagging.listed(call, request, require(db, call, request).tags)
    return {"Tags": tags, **end}
