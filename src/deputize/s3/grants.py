"""Access control lists: what they grant, to whom (S3 guide, "Access control list (ACL) overview").

A list only adds rights. It has its say as further statements of the resource's policy: a grant to an account
is one to that account, whose identities still need their own; one to a group is one to everybody in it.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from deputize.gateway.call import Call
from deputize.model import ids
from deputize.model.storage import Acl, Bucket, DeleteMarker, Grant, StoredObject

ENFORCED, PREFERRED, WRITER = "BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"
FULL = "FULL_CONTROL"
GROUPS = "http://acs.amazonaws.com/groups/"
ALL_USERS, AUTHENTICATED_USERS = f"{GROUPS}global/AllUsers", f"{GROUPS}global/AuthenticatedUsers"
LOG_DELIVERY = f"{GROUPS}s3/LogDelivery"
PUBLIC = frozenset({ALL_USERS, AUTHENTICATED_USERS})
# Who uploads without signing, and Amazon EC2, which reads bundles.
ANONYMOUS_ID = "65a011a29cdf8ec533ec3d1ccaae921c"
EC2_ID = "6aa5a366c34c1cbe25dc49211496e913e0351eb0e8c37aa3477e40942ec6b97c"
Allowed = Mapping[str, tuple[str, ...]]
# What grants of a permission allow, on a bucket and on an object (the same page, "Mapping of ACL permissions
# and access
# policy permissions").
ON_BUCKET: Allowed = {
    "READ": ("s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads"),
    "WRITE": (),
    "READ_ACP": ("s3:GetBucketAcl",),
    "WRITE_ACP": ("s3:PutBucketAcl",),
}
# What those on a bucket allow on objects in it: on new ones, on those that the grantee owns, and on all
# others.
IN_BUCKET: Allowed = {
    "READ": (),
    "WRITE": ("s3:PutObject", "s3:PutObjectAcl"),  # the second: an upload may state its list
    "READ_ACP": (),
    "WRITE_ACP": (),
}
OF_OWN: Allowed = {**IN_BUCKET, "WRITE": (*IN_BUCKET["WRITE"], "s3:DeleteObject")}
NOTHING: Allowed = {**IN_BUCKET, "WRITE": ()}
ON_OBJECT: Allowed = {
    "READ": ("s3:GetObject", "s3:GetObjectVersion"),
    "WRITE": (),
    "READ_ACP": ("s3:GetObjectAcl", "s3:GetObjectVersionAcl"),
    "WRITE_ACP": ("s3:PutObjectAcl", "s3:PutObjectVersionAcl"),
}
_SIGNED = {"StringNotEquals": {"aws:PrincipalType": "Anonymous"}}


# --- who owns what


def enforced(bucket: Bucket) -> bool:
    """Whether lists count for nothing in this bucket."""
    return bucket.ownership == ENFORCED


def owner_of(bucket: Bucket, found: StoredObject | DeleteMarker) -> str:
    """The account that owns the object, or the word for nobody's."""
    return bucket.account if enforced(bucket) else found.owner


def new_owner(call: Call, bucket: Bucket, request: Mapping[str, Any]) -> str:
    """Who owns what this request uploads (S3 guide, "Controlling ownership of objects")."""
    given = bucket.ownership == PREFERRED and request.get("ACL") == "bucket-owner-full-control"
    return bucket.account if enforced(bucket) or given else call.account


def canonical_id(owner: str) -> str:
    """The canonical user id of an account, or of those who do not sign."""
    return ids.canonical_id(owner) if owner.isdigit() else ANONYMOUS_ID


# --- what lists allow


def granted(acl: Acl, allowed: Allowed, *, public: bool) -> tuple[str, ...]:
    """The statements, as JSON, that the list amounts to; groups of everybody count if `public`."""
    statements = []
    for grant in acl or ():
        if grant.grantee in PUBLIC and not public:
            continue
        permissions = allowed if grant.permission == FULL else (grant.permission,)
        actions = [action for permission in permissions for action in allowed[permission]]
        principal = _principal(grant)
        if principal is None or not actions:
            continue
        statement = {"Effect": "Allow", "Principal": principal, "Action": actions, "Resource": "*"}
        if grant.grantee == AUTHENTICATED_USERS:
            statement["Condition"] = _SIGNED
        statements.append(json.dumps(statement))
    return tuple(statements)


def _principal(grant: Grant) -> Any:
    if grant.kind == "account":
        return {"AWS": grant.grantee}
    if grant.grantee in PUBLIC:
        return "*"
    return {"Service": "logging.s3.amazonaws.com"} if grant.grantee == LOG_DELIVERY else None


@lru_cache(maxsize=4096)
def joined(policy: str | None, statements: tuple[str, ...], *, denials_only: bool) -> str | None:
    """A stored bucket policy, or its denials alone, together with what lists allow; None if there is
    neither.
    """
    if not statements and not denials_only:
        return policy
    document = json.loads(policy) if policy is not None else {"Version": "2012-10-17", "Statement": []}
    own: Any = document["Statement"]
    listed = own if isinstance(own, list) else [own]
    kept = [one for one in listed if not denials_only or one.get("Effect") != "Allow"]
    both = [*kept, *(json.loads(one) for one in statements)]
    return json.dumps({**document, "Statement": both}) if both else None


def lets_others_in(acl: Acl, owner: str) -> bool:
    """Whether the list grants anything to anybody but the account that owns what it is of."""
    return any((grant.kind, grant.grantee) != ("account", owner) for grant in acl or ())


def is_public(acl: Acl) -> bool:
    return any(grant.grantee in PUBLIC for grant in acl or ())
