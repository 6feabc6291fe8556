"""Buckets as websites: what is set on them (S3 API, PutBucketWebsite). `website_endpoint` serves them."""

import dataclasses
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.model.bucket_rules import RoutingRule, Website
from deputize.protocol.validate import MALFORMED_XML
from deputize.s3 import errors
from deputize.s3.resources import bucket_of, require_bucket
from deputize.s3.service import s3
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.s3 import (
        DeleteBucketWebsiteRequest,
        GetBucketWebsiteRequest,
        GetBucketWebsiteResponse,
        PutBucketWebsiteRequest,
    )

RULES = 50
# What stands in an address between `//` and the path: a name or an address, and a port.
_HOST = re.compile(r"[A-Za-z0-9._-]{1,253}(:[0-9]{1,5})?", re.ASCII)
_REDIRECT = re.compile(r"3(?!00)[0-9][0-9]", re.ASCII)
_ERROR = re.compile(r"[45][0-9][0-9]", re.ASCII)


@s3.query("GetBucketWebsite", access=(Needs("s3:GetBucketWebsite", on=bucket_of),))
def get_bucket_website(
    db: Snapshot, call: Call, request: "GetBucketWebsiteRequest"
) -> "GetBucketWebsiteResponse":
    """Raises NoSuchWebsiteConfiguration."""
    bucket = require_bucket(db, call, request)
    site = bucket.website
    if site is None:
        raise no_website(bucket.name)
    if site.host:
        return {"RedirectAllRequestsTo": _sent(HostName=site.host, Protocol=site.protocol or None)}  # type: ignore[typeddict-item]
    return _sent(  # type: ignore[return-value]
        IndexDocument={"Suffix": site.index},
        ErrorDocument={"Key": site.error} if site.error else None,
        RoutingRules=[_wire(rule) for rule in site.rules] or None,
    )


def no_website(name: str) -> ApiError:
    return ApiError(
        "NoSuchWebsiteConfiguration",
        "The specified bucket does not have a website configuration",
        status=404,
        BucketName=name,
    )


def _sent(**members: Any) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def _wire(rule: RoutingRule) -> dict[str, Any]:
    error, code = (str(one) if one is not None else None for one in (rule.error, rule.code))
    condition = _sent(KeyPrefixEquals=rule.prefix, HttpErrorCodeReturnedEquals=error)
    redirect = _sent(
        Protocol=rule.protocol or None,
        HostName=rule.host or None,
        ReplaceKeyPrefixWith=rule.new_prefix,
        ReplaceKeyWith=rule.new_key,
        HttpRedirectCode=code,
    )
    return _sent(Condition=condition or None, Redirect=redirect)


@s3.command("PutBucketWebsite", access=(Needs("s3:PutBucketWebsite", on=bucket_of),))
def put_bucket_website(db: Transaction, call: Call, request: "PutBucketWebsiteRequest") -> Mapping[str, Any]:
    """All of it anew. Raises InvalidArgument, InvalidRequest, MalformedXML for what no website can do."""
    bucket = require_bucket(db, call, request)
    site = _read(request["WebsiteConfiguration"])
    db.buckets.put(dataclasses.replace(bucket, website=site))
    return {}


@s3.command("DeleteBucketWebsite", access=(Needs("s3:DeleteBucketWebsite", on=bucket_of),))
def delete_bucket_website(
    db: Transaction, call: Call, request: "DeleteBucketWebsiteRequest"
) -> Mapping[str, Any]:
    bucket = require_bucket(db, call, request)
    db.buckets.put(dataclasses.replace(bucket, website=None))
    return {}


def _read(given: Mapping[str, Any]) -> Website:
    everything = given.get("RedirectAllRequestsTo")
    if everything is not None:
        if len(given) > 1:
            raise errors.invalid_argument(
                "RedirectAllRequestsTo cannot be provided in conjunction with other Routing Rules.",
                "RedirectAllRequestsTo",
                "not null",
            )
        return Website(host=_host(everything["HostName"]), protocol=everything.get("Protocol", ""))
    if "IndexDocument" not in given:
        raise errors.invalid_argument(
            "A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty",
            "IndexDocument",
            "null",
        )
    index = given["IndexDocument"]["Suffix"]
    if not index or "/" in index:
        raise errors.invalid_argument("The IndexDocument Suffix is not well formed", "IndexDocument", index)
    rules = given.get("RoutingRules", ())
    if len(rules) > RULES:
        raise errors.invalid_request(
            f"The number of routing rules exceeds the allowed limit of {RULES} rules."
        )
    error = given.get("ErrorDocument", {}).get("Key", "")
    return Website(index=index, error=error, rules=tuple(_rule(one) for one in rules))


def _rule(given: Mapping[str, Any]) -> RoutingRule:
    condition, redirect = given.get("Condition", {}), given["Redirect"]
    if "Condition" in given and not condition:
        raise errors.invalid_request(
            "Condition cannot be empty. To redirect all requests without a condition, the condition element "
            "shouldn't be present."
        )
    if not redirect:
        raise ApiError("MalformedXML", MALFORMED_XML)
    if "ReplaceKeyWith" in redirect and "ReplaceKeyPrefixWith" in redirect:
        raise errors.invalid_request("You can only define ReplaceKeyPrefix or ReplaceKey but not both.")
    return RoutingRule(
        prefix=condition.get("KeyPrefixEquals"),
        error=_code(condition.get("HttpErrorCodeReturnedEquals"), _ERROR, "HTTP error", "4XX or 5XX"),
        protocol=redirect.get("Protocol", ""),
        host=_host(redirect["HostName"]) if "HostName" in redirect else "",
        new_prefix=redirect.get("ReplaceKeyPrefixWith"),
        new_key=redirect.get("ReplaceKeyWith"),
        code=_code(redirect.get("HttpRedirectCode"), _REDIRECT, "HTTP redirect", "3XX except 300"),
    )


def _host(name: str) -> str:
    """Nothing that is written into an address may lead elsewhere, or end the header that it stands in."""
    if not _HOST.fullmatch(name):
        raise errors.invalid_request("The HostName is not well formed.")
    return name


def _code(text: str | None, form: re.Pattern[str], what: str, valid: str) -> int | None:
    if text is None:
        return None
    if not form.fullmatch(text):
        raise errors.invalid_request(
            f"The provided {what} code ({text}) is not valid. Valid codes are {valid}."
        )
    return int(text)
