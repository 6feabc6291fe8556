"""GetBucketAcl and GetObjectAcl. ACLs are off, as in every new bucket of AWS's: what is read is the owner's
full control (S3 guide, "Controlling ownership of objects").
"""

from typing import TYPE_CHECKING, Any

from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.model import ids
from deputize.s3.keys import VERSION, has_no_version, has_version
from deputize.s3.resources import bucket_of, key_is_missing, object_of, require_bucket, require_object
from deputize.s3.service import s3
from deputize.store.api import Snapshot

if TYPE_CHECKING:
    from deputize.protocol.shapes.s3 import (
        GetBucketAclRequest,
        GetBucketAclResponse,
        GetObjectAclRequest,
        GetObjectAclResponse,
    )


def _owners(account: str) -> Any:
    owner = {"ID": ids.canonical_id(account)}
    return {
        "Owner": owner,
        "Grants": [{"Grantee": {**owner, "Type": "CanonicalUser"}, "Permission": "FULL_CONTROL"}],
    }


@s3.query("GetBucketAcl", access=(Needs("s3:GetBucketAcl", on=bucket_of),))
def get_bucket_acl(db: Snapshot, call: Call, request: "GetBucketAclRequest") -> "GetBucketAclResponse":
    """Raises NoSuchBucket."""
    answer: GetBucketAclResponse = _owners(require_bucket(db, call, request).account)
    return answer


@s3.query(
    "GetObjectAcl",
    access=(
        Needs("s3:GetObjectAcl", on=object_of, when=has_no_version),
        Needs("s3:GetObjectVersionAcl", on=object_of, keys=VERSION, when=has_version),
        Needs("s3:ListBucket", on=bucket_of, when=key_is_missing),
    ),
)
def get_object_acl(db: Snapshot, call: Call, request: "GetObjectAclRequest") -> "GetObjectAclResponse":
    """Raises NoSuchKey."""
    answer: GetObjectAclResponse = _owners(require_object(db, call, request).owner)
    return answer
