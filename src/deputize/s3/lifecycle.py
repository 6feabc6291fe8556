"""A bucket's lifecycle rules: when its objects expire (S3 API, PutBucketLifecycleConfiguration). They are
applied by `domain.lifecycle`; that of storage classes there is one, so nothing moves between them.
"""

import dataclasses
import email.utils
import json
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from deputize.domain.lifecycle import DAY, expiry, upload_end
from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.model.bucket_rules import LifecycleRule
from deputize.model.multipart import MultipartUpload
from deputize.model.storage import Bucket, StoredObject
from deputize.protocol.validate import MALFORMED_XML
from deputize.s3 import errors
from deputize.s3.headers import PRINTABLE
from deputize.s3.resources import bucket_of, require_bucket
from deputize.s3.service import s3
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.s3 import (
        DeleteBucketLifecycleRequest,
        GetBucketLifecycleConfigurationRequest,
        GetBucketLifecycleConfigurationResponse,
        PutBucketLifecycleConfigurationRequest,
        PutBucketLifecycleConfigurationResponse,
    )

RULES, ID = 1000, 255
# What objects are large enough for transitions, of which there are none here: AWS's default.
TRANSITIONS = {"TransitionDefaultMinimumObjectSize": "all_storage_classes_128K"}


@s3.query("GetBucketLifecycleConfiguration", access=(Needs("s3:GetLifecycleConfiguration", on=bucket_of),))
def get_bucket_lifecycle_configuration(
    db: Snapshot, call: Call, request: "GetBucketLifecycleConfigurationRequest"
) -> "GetBucketLifecycleConfigurationResponse":
    """Raises NoSuchLifecycleConfiguration."""
    bucket = require_bucket(db, call, request)
    if not bucket.lifecycle:
        raise ApiError(
            "NoSuchLifecycleConfiguration",
            "The lifecycle configuration does not exist",
            status=404,
            BucketName=bucket.name,
        )
    return {"Rules": [_wire(rule) for rule in bucket.lifecycle], **TRANSITIONS}  # type: ignore[typeddict-item]


@s3.command("PutBucketLifecycleConfiguration", access=(Needs("s3:PutLifecycleConfiguration", on=bucket_of),))
def put_bucket_lifecycle_configuration(
    db: Transaction, call: Call, request: "PutBucketLifecycleConfigurationRequest"
) -> "PutBucketLifecycleConfigurationResponse":
    """All rules anew. Raises InvalidRequest, InvalidArgument, MalformedXML, and NotImplemented for
    transitions.
    """
    bucket = require_bucket(db, call, request)
    given = request.get("LifecycleConfiguration", {}).get("Rules", [])
    if not given:
        raise ApiError("MalformedXML", MALFORMED_XML)
    if len(given) > RULES:
        raise errors.invalid_request(
            f"The number of lifecycle rules must not exceed the allowed limit of {RULES} rules"
        )
    rules = tuple(_read(rule) for rule in given)
    if len({rule.id for rule in rules}) < len(rules):
        raise _argument("Rule ID must be unique. Found same ID for more than one rule")
    db.buckets.put(dataclasses.replace(bucket, lifecycle=rules))
    return TRANSITIONS  # type: ignore[return-value]


@s3.command("DeleteBucketLifecycle", access=(Needs("s3:PutLifecycleConfiguration", on=bucket_of),))
def delete_bucket_lifecycle(
    db: Transaction, call: Call, request: "DeleteBucketLifecycleRequest"
) -> Mapping[str, Any]:
    bucket = require_bucket(db, call, request)
    db.buckets.put(dataclasses.replace(bucket, lifecycle=()))
    return {}


def told(bucket: Bucket, found: StoredObject) -> dict[str, str]:
    """How answers say when the object expires (S3 API, GetObject, "x-amz-expiration")."""
    end = expiry(bucket.lifecycle, found) if bucket.lifecycle else None
    if end is None:
        return {}
    when = email.utils.formatdate(end[0], usegmt=True)
    return {"Expiration": f'expiry-date="{when}", rule-id="{quote(end[1].id)}"'}


def told_upload(bucket: Bucket, upload: MultipartUpload) -> dict[str, Any]:
    """How answers say when the upload will be aborted (S3 API, CreateMultipartUpload, "x-amz-abort-date")."""
    end = upload_end(bucket.lifecycle, upload)
    return {} if end is None else {"AbortDate": end[0], "AbortRuleId": quote(end[1].id, PRINTABLE)}


# --- reading a rule


def _read(given: Mapping[str, Any]) -> LifecycleRule:
    """Raises for a rule that says nothing, or what no rule can say."""
    for name in ("Transitions", "NoncurrentVersionTransitions"):
        if given.get(name):
            raise ApiError(
                "NotImplemented", f"{name} is not offered: there is one storage class.", status=501
            )
    identity = given.get("ID") or secrets.token_urlsafe(36)
    if len(identity) > ID:
        raise _argument(f"ID length should not exceed allowed limit of {ID}")
    if ("Prefix" in given) is ("Filter" in given):
        raise ApiError("MalformedXML", MALFORMED_XML)
    rule = LifecycleRule(
        id=identity,
        enabled=given["Status"] == "Enabled",
        **_filter(given),
        **_expiration(given.get("Expiration")),
        **_noncurrent(given.get("NoncurrentVersionExpiration")),
        upload_days=_upload_days(given.get("AbortIncompleteMultipartUpload")),
    )
    if not (rule.expires or rule.markers or rule.noncurrent_days is not None or rule.upload_days is not None):
        raise errors.invalid_request("At least one action needs to be specified in a rule")
    sized = rule.larger is not None or rule.smaller is not None
    if rule.upload_days is not None and (rule.tags or sized):
        raise errors.invalid_request("AbortIncompleteMultipartUpload cannot be specified with Tags or sizes.")
    if rule.markers and rule.tags:
        raise errors.invalid_request("ExpiredObjectDeleteMarker cannot be specified with Tags.")
    return rule


def _filter(given: Mapping[str, Any]) -> dict[str, Any]:
    if "Prefix" in given:
        return {"prefix": given["Prefix"]}
    filtered = given["Filter"]
    if len(filtered) > 1:
        raise ApiError("MalformedXML", MALFORMED_XML)
    parts = filtered.get("And", filtered)
    tags = [parts["Tag"]] if "Tag" in parts else parts.get("Tags", [])
    if len({tag["Key"] for tag in tags}) < len(tags):
        raise errors.invalid_request("Duplicate Tag Keys are not allowed.")
    return {
        "prefix": parts.get("Prefix", ""),
        "tags": {tag["Key"]: tag["Value"] for tag in tags},
        "larger": parts.get("ObjectSizeGreaterThan"),
        "smaller": parts.get("ObjectSizeLessThan"),
        "filtered": json.dumps(filtered),
    }


def _expiration(given: Mapping[str, Any] | None) -> dict[str, Any]:
    if given is None:
        return {}
    if len(given) != 1:
        raise ApiError("MalformedXML", MALFORMED_XML)
    if "ExpiredObjectDeleteMarker" in given:
        return {"markers": bool(given["ExpiredObjectDeleteMarker"])}
    if "Days" in given:
        return {"days": _positive(given["Days"], "Expiration action")}
    if given["Date"] % DAY:
        raise _argument("'Date' must be at midnight GMT")
    return {"date": int(given["Date"])}


def _noncurrent(given: Mapping[str, Any] | None) -> dict[str, Any]:
    if given is None:
        return {}
    if "NoncurrentDays" not in given:
        raise ApiError("MalformedXML", MALFORMED_XML)
    kept = given.get("NewerNoncurrentVersions", 0)
    if not 0 <= kept <= 100:
        raise _argument("'NewerNoncurrentVersions' must be a positive integer of at most 100")
    days = _positive(given["NoncurrentDays"], "NoncurrentVersionExpiration action", "NoncurrentDays")
    return {"noncurrent_days": days, "noncurrent_kept": kept}


def _upload_days(given: Mapping[str, Any] | None) -> int | None:
    if given is None:
        return None
    if "DaysAfterInitiation" not in given:
        raise ApiError("MalformedXML", MALFORMED_XML)
    return _positive(
        given["DaysAfterInitiation"], "AbortIncompleteMultipartUpload action", "DaysAfterInitiation"
    )


def _positive(days: int, where: str, name: str = "Days") -> int:
    if not 1 <= days < 2**31:
        raise _argument(f"'{name}' for {where} must be a positive integer")
    return days


def _argument(message: str) -> ApiError:
    return ApiError("InvalidArgument", message, status=400)


# --- writing one


def _wire(rule: LifecycleRule) -> dict[str, Any]:
    expiration = {
        "Days": rule.days,
        "Date": rule.date,
        "ExpiredObjectDeleteMarker": True if rule.markers else None,
    }
    noncurrent = {
        "NoncurrentDays": rule.noncurrent_days,
        "NewerNoncurrentVersions": rule.noncurrent_kept or None,
    }
    told: dict[str, Any] = {
        "ID": rule.id,
        **({"Filter": json.loads(rule.filtered)} if rule.filtered else {"Prefix": rule.prefix}),
        "Status": "Enabled" if rule.enabled else "Disabled",
        "Expiration": _present(expiration),
        "NoncurrentVersionExpiration": _present(noncurrent),
        "AbortIncompleteMultipartUpload": _present({"DaysAfterInitiation": rule.upload_days}),
    }
    return _present(told) or {}


def _present(members: Mapping[str, Any]) -> dict[str, Any] | None:
    return {name: value for name, value in members.items() if value is not None} or None
