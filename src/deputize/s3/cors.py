"""A bucket's rules for pages of other origins, and what browsers ask before such a page may make a request
(S3 API, PutBucketCors; Fetch, "CORS-preflight request").
"""

import dataclasses
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.errors import ApiError
from deputize.gateway import cors
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs, Open
from deputize.model.bucket_rules import CorsRule
from deputize.s3 import errors
from deputize.s3.resources import bucket_of, require_bucket
from deputize.s3.service import s3
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.s3 import (
        DeleteBucketCorsRequest,
        GetBucketCorsRequest,
        GetBucketCorsResponse,
        OptionsObjectRequest,
        OptionsObjectResponse,
        PutBucketCorsRequest,
    )

RULES = 100
METHODS = frozenset({"GET", "PUT", "POST", "DELETE", "HEAD"})
# Nothing that is written back into a header may end it.
_PLAIN = re.compile(r"[\x21-\x7e]{1,255}")


@s3.query("GetBucketCors", access=(Needs("s3:GetBucketCORS", on=bucket_of),))
def get_bucket_cors(db: Snapshot, call: Call, request: "GetBucketCorsRequest") -> "GetBucketCorsResponse":
    """Raises NoSuchCORSConfiguration."""
    bucket = require_bucket(db, call, request)
    if not bucket.cors:
        raise ApiError(
            "NoSuchCORSConfiguration",
            "The CORS configuration does not exist",
            status=404,
            BucketName=bucket.name,
        )
    return {"CORSRules": [_wire(rule) for rule in bucket.cors]}  # type: ignore[misc]


def _wire(rule: CorsRule) -> dict[str, Any]:
    told: dict[str, Any] = {
        "ID": rule.id or None,
        "AllowedHeaders": list(rule.headers) or None,
        "AllowedMethods": list(rule.methods),
        "AllowedOrigins": list(rule.origins),
        "ExposeHeaders": list(rule.exposed) or None,
        "MaxAgeSeconds": rule.max_age,
    }
    return {name: value for name, value in told.items() if value is not None}


@s3.command("PutBucketCors", access=(Needs("s3:PutBucketCORS", on=bucket_of),))
def put_bucket_cors(db: Transaction, call: Call, request: "PutBucketCorsRequest") -> Mapping[str, Any]:
    """All rules anew. Raises InvalidRequest for what no rule can say."""
    bucket = require_bucket(db, call, request)
    given = request["CORSConfiguration"]["CORSRules"]
    if len(given) > RULES:
        raise errors.invalid_request(
            f"The number of CORS rules should not exceed allowed limit of {RULES} rules."
        )
    db.buckets.put(dataclasses.replace(bucket, cors=tuple(_read(rule) for rule in given)))
    return {}


def _read(given: Mapping[str, Any]) -> CorsRule:
    for method in given["AllowedMethods"]:
        if method not in METHODS:
            raise errors.invalid_request(
                f"Found unsupported HTTP method in CORS config. Unsupported method is {method}"
            )
    rule = CorsRule(
        id=given.get("ID", ""),
        methods=tuple(given["AllowedMethods"]),
        origins=tuple(given["AllowedOrigins"]),
        headers=tuple(given.get("AllowedHeaders", ())),
        exposed=tuple(given.get("ExposeHeaders", ())),
        max_age=given.get("MaxAgeSeconds"),
    )
    for name, values in (
        ("AllowedOrigin", rule.origins),
        ("AllowedHeader", rule.headers),
        ("ExposeHeader", rule.exposed),
    ):
        for value in values:
            _check(name, value)
    return rule


def _check(name: str, value: str) -> None:
    if not _PLAIN.fullmatch(value):
        raise errors.invalid_request(f"{name} contains characters that it may not contain.")
    if name == "ExposeHeader" and "*" in value:
        raise errors.invalid_request(
            f'ExposeHeader "{value}" contains wildcard. We currently do not support wildcard for '
            "ExposeHeader."
        )
    if value.count("*") > 1:
        raise errors.invalid_request(f'{name} "{value}" can not have more than one wildcard.')


@s3.command("DeleteBucketCors", access=(Needs("s3:PutBucketCORS", on=bucket_of),))
def delete_bucket_cors(db: Transaction, call: Call, request: "DeleteBucketCorsRequest") -> Mapping[str, Any]:
    bucket = require_bucket(db, call, request)
    db.buckets.put(dataclasses.replace(bucket, cors=()))
    return {}


@s3.query(
    "OptionsObject",
    access=Open(
        "browsers ask unsigned whether a page may ask; it reads nothing of the bucket", anonymous=True
    ),
)
def options_object(db: Snapshot, call: Call, request: "OptionsObjectRequest") -> "OptionsObjectResponse":
    """Raises AccessForbidden where no rule allows what is asked, BadRequest for half a question."""
    origin = request.get("Origin")
    method = request.get("AccessControlRequestMethod")
    if not origin:
        raise ApiError("BadRequest", "Insufficient information. Origin request header needed.", status=400)
    if method not in METHODS:
        raise ApiError("BadRequest", f"Invalid Access-Control-Request-Method: {method or 'null'}", status=400)
    rules = cors.rules_of(db, request["Bucket"], call.region)
    if not rules:
        what = "Bucket not found" if rules is None else "CORS is not enabled for this bucket."
        raise _forbidden(what, method)
    asked = [one.strip().lower() for one in request.get("AccessControlRequestHeaders", "").split(",")]
    headers = [one for one in asked if one]
    rule = cors.matched(rules, origin, method, headers)
    if rule is None:
        raise _forbidden(
            "This CORS request is not allowed. This is usually because the evalution of Origin, request "
            "method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted "
            "by the resource's CORS spec.",
            method,
        )
    told = {MEMBERS[name]: value for name, value in cors.granted(rule, origin)}
    if headers:
        told["AccessControlAllowHeaders"] = ", ".join(headers)
    return told  # type: ignore[return-value]


MEMBERS = {
    "access-control-allow-origin": "AccessControlAllowOrigin",
    "access-control-allow-credentials": "AccessControlAllowCredentials",
    "access-control-allow-methods": "AccessControlAllowMethods",
    "access-control-expose-headers": "AccessControlExposeHeaders",
    "access-control-max-age": "AccessControlMaxAge",
    "vary": "Vary",
}


def _forbidden(why: str, method: str) -> ApiError:
    return ApiError(
        "AccessForbidden", f"CORSResponse: {why}", status=403, Method=method, ResourceType="BUCKET"
    )
