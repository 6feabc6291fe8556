"""How requests state access control lists (canned, by headers, in their body), and how answers write them (S3
API, PutBucketAcl).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from deputize.domain.public_access import blocks
from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.model import ids
from deputize.model.storage import Acl, Bucket, Grant, GranteeKind
from deputize.protocol.validate import MALFORMED_XML
from deputize.s3 import access_points, errors
from deputize.s3.grants import (
    ALL_USERS,
    ANONYMOUS_ID,
    AUTHENTICATED_USERS,
    EC2_ID,
    FULL,
    LOG_DELIVERY,
    PUBLIC,
    canonical_id,
    enforced,
    is_public,
    new_owner,
)
from deputize.store.api import Snapshot

# The most grants that a list has.
MOST = 100
# Canned lists that change nothing where the bucket's owner owns every object.
HARMLESS = frozenset({"private", "bucket-owner-read", "bucket-owner-full-control"})
# The members of requests that grant a permission.
HEADERS = {
    "GrantFullControl": FULL,
    "GrantRead": "READ",
    "GrantReadACP": "READ_ACP",
    "GrantWrite": "WRITE",
    "GrantWriteACP": "WRITE_ACP",
}
# The same the other way round, where objects are uploaded: nobody writes those.
OF_OBJECTS = {permission: member for member, permission in HEADERS.items() if permission != "WRITE"}
CANNED: Mapping[str, Sequence[Grant]] = {
    "private": (),
    "public-read": (Grant("group", ALL_USERS, "READ"),),
    "public-read-write": (Grant("group", ALL_USERS, "READ"), Grant("group", ALL_USERS, "WRITE")),
    "authenticated-read": (Grant("group", AUTHENTICATED_USERS, "READ"),),
    "aws-exec-read": (Grant("canonical", EC2_ID, "READ"),),
    "log-delivery-write": (Grant("group", LOG_DELIVERY, "WRITE"), Grant("group", LOG_DELIVERY, "READ_ACP")),
}
# Nothing in it is tried twice: blanks may stand in three places, and a header has room for thousands.
_GRANTEE = re.compile(r'\s*+(id|uri|emailAddress)\s*+=\s*+"?+([^",]*+)"?+\s*+', re.IGNORECASE)
Grantee = tuple[GranteeKind, str]


def upload(db: Snapshot, call: Call, bucket: Bucket, request: Mapping[str, Any]) -> Acl:
    """The list of what a request uploads. Raises AccessControlListNotSupported where lists count for nothing,
    and what `read` raises.
    """
    if not asked(request):
        return None
    if enforced(bucket):
        if any(name in request for name in HEADERS) or request["ACL"] not in HARMLESS:
            raise errors.acls_off()
        return None
    return read(db, call, bucket, new_owner(call, bucket, request), request)


def asked(request: Mapping[str, Any]) -> bool:
    """Whether the request says anything of a list."""
    return "ACL" in request or any(name in request for name in HEADERS)


def read(db: Snapshot, call: Call, bucket: Bucket, owner: str, request: Mapping[str, Any]) -> Acl:
    """The list that a request states: canned, by headers, or in its body; None is the owner's full control
    alone.

    Raises InvalidRequest for more than one of these, InvalidArgument, MalformedACLError, MethodNotAllowed for
    a grantee by e-mail, AccessDenied for a public list where Block Public Access refuses those.
    """
    acl = of_request(db, bucket, owner, request)
    refuse_public(db, call, bucket, request, acl)
    return acl


def refuse_public(db: Snapshot, call: Call, bucket: Bucket, request: Mapping[str, Any], acl: Acl) -> None:
    """Raises AccessDenied for a public list where Block Public Access refuses those."""
    point = access_points.through(db, call, request, bucket)
    if is_public(acl) and blocks(db, bucket, "block_public_acls", point):
        resource = f"{bucket.arn}/{request['Key']}" if "Key" in request else bucket.arn
        raise ApiError(
            "AccessDenied",
            f"User: {call.caller.arn} is not authorized to perform: {call.operation.needs[0].action} on "
            f'resource: "{resource}" because public ACLs are prevented by the BlockPublicAcls setting in S3 '
            "Block Public Access.",
        )


def of_request(db: Snapshot, bucket: Bucket, owner: str, request: Mapping[str, Any]) -> Acl:
    """As `read`, but whether the list is public."""
    headers = [name for name in HEADERS if name in request]
    if ("ACL" in request) + bool(headers) + ("AccessControlPolicy" in request) > 1:
        raise errors.invalid_request("Specifying both Canned ACLs and Header Grants is not allowed")
    if "AccessControlPolicy" in request:
        return _of_body(db, owner, request["AccessControlPolicy"])
    if headers:
        return _limited(
            Grant(*_grantee(db, entry), HEADERS[name])
            for name in headers
            for entry in _entries(request[name], HEADERS[name])
        )
    return _canned(bucket, owner, request.get("ACL", "private"))


def _canned(bucket: Bucket, owner: str, name: str) -> Acl:
    if name in ("bucket-owner-read", "bucket-owner-full-control"):
        if owner == bucket.account:
            return None
        permission = FULL if name == "bucket-owner-full-control" else "READ"
        return (*_own(owner), Grant("account", bucket.account, permission))
    grants = CANNED[name]
    return (*_own(owner), *grants) if grants else None


def _own(owner: str) -> tuple[Grant, ...]:
    return (Grant("account", owner, FULL),)


def _entries(header: str, permission: str) -> list[tuple[str, str]]:
    """The grantees of a permission's header: `id="..."`, `uri="..."`, separated by commas. Raises
    InvalidArgument.
    """
    matches = [_GRANTEE.fullmatch(part) for part in header.split(",")]
    found = [(match[1].lower(), match[2]) for match in matches if match is not None]
    if len(found) < len(matches):
        name = f"x-amz-grant-{permission.lower().replace('_', '-')}"
        raise errors.invalid_argument("Argument format not recognized", name, header)
    return found


def _grantee(db: Snapshot, entry: tuple[str, str]) -> Grantee:
    kind, value = entry
    match kind:
        case "id":
            return _account(db, value, "id")
        case "uri":
            return _group(value)
    raise _by_mail()


def _account(db: Snapshot, canonical: str, argument: str) -> Grantee:
    """Raises InvalidArgument, which names the argument, for an id that is nobody's."""
    if canonical in (EC2_ID, ANONYMOUS_ID):
        return "canonical", canonical
    accounts = db.remember(
        ("canonical ids",), lambda: {ids.canonical_id(one.id): one.id for one in db.accounts.page()}
    )
    if canonical not in accounts:
        raise errors.invalid_argument("Invalid id", argument, canonical)
    return "account", accounts[canonical]


def _group(uri: str) -> Grantee:
    if uri not in (*PUBLIC, LOG_DELIVERY):
        raise errors.invalid_argument("Invalid group uri", "uri", uri)
    return "group", uri


def _by_mail() -> ApiError:
    """Grantees by e-mail ended in October 2025 (S3 API, "Grantee")."""
    return ApiError(
        "MethodNotAllowed", "The specified method is not allowed against this resource.", status=405
    )


def target_grants(db: Snapshot, given: Iterable[Mapping[str, Any]]) -> tuple[Grant, ...]:
    """The grants of a TargetGrants. Raises InvalidArgument, MalformedACLError, MethodNotAllowed."""
    return _limited(Grant(*_written(db, one["Grantee"]), one["Permission"]) for one in given)


def shown_grants(grants: Iterable[Grant]) -> list[dict[str, Any]]:
    """Grants as answers have them."""
    return [{"Grantee": _shown(grant), "Permission": grant.permission} for grant in grants]


def stated(grants: Iterable[Grant]) -> dict[str, str]:
    """Grants as the members of a request that uploads an object."""
    said: dict[str, list[str]] = {}
    for grant in grants:
        shown = _shown(grant)
        grantee = f'uri="{shown["URI"]}"' if grant.kind == "group" else f'id="{shown["ID"]}"'
        said.setdefault(OF_OBJECTS[grant.permission], []).append(grantee)
    return {member: ", ".join(grantees) for member, grantees in said.items()}


def _of_body(db: Snapshot, owner: str, policy: Mapping[str, Any]) -> Acl:
    """The list of an AccessControlPolicy, whose owner cannot be changed. Raises MalformedACLError,
    AccessDenied.
    """
    if policy.get("Owner", {}).get("ID") is None or "Grants" not in policy:
        raise _malformed()
    if policy["Owner"]["ID"] != canonical_id(owner):
        raise ApiError("AccessDenied", "Access Denied", status=403)
    grants = []
    for one in policy["Grants"]:
        if "Permission" not in one or "Grantee" not in one:
            raise _malformed()
        grants.append(Grant(*_written(db, one["Grantee"]), one["Permission"]))
    return _limited(grants)


def _written(db: Snapshot, grantee: Mapping[str, str]) -> Grantee:
    if grantee["Type"] == "CanonicalUser" and "ID" in grantee:
        return _account(db, grantee["ID"], "CanonicalUser/ID")
    if grantee["Type"] == "Group" and "URI" in grantee:
        return _group(grantee["URI"])
    raise _by_mail() if grantee["Type"] == "AmazonCustomerByEmail" else _malformed()


def _limited(grants: Iterable[Grant]) -> tuple[Grant, ...]:
    found = tuple(grants)
    if len(found) > MOST:
        raise _malformed()
    return found


def _malformed() -> ApiError:
    return ApiError("MalformedACLError", MALFORMED_XML, status=400)


# --- how answers write them


def wire(owner: str, acl: Acl) -> dict[str, Any]:
    """A list as answers have it."""
    return {
        "Owner": {"ID": canonical_id(owner)},
        "Grants": shown_grants(_own(owner) if acl is None else acl),
    }


def _shown(grant: Grant) -> dict[str, str]:
    if grant.kind == "group":
        return {"Type": "Group", "URI": grant.grantee}
    identity = grant.grantee if grant.kind == "canonical" else canonical_id(grant.grantee)
    return {"Type": "CanonicalUser", "ID": identity}
