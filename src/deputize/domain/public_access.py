"""Block Public Access of a bucket, an account, an access point: as requests and answers have it, and what of
it is on (S3 API and S3 Control API, "PublicAccessBlockConfiguration"; S3 guide, "Blocking public access").
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from deputize.errors import ApiError
from deputize.model.access_point import AccessPoint
from deputize.model.storage import Bucket, PublicAccessBlock
from deputize.policy.document import parse
from deputize.policy.public import is_public
from deputize.store.api import Snapshot

# The wire's members and the record's fields.
SETTINGS = {
    "BlockPublicAcls": "block_public_acls",
    "IgnorePublicAcls": "ignore_public_acls",
    "BlockPublicPolicy": "block_public_policy",
    "RestrictPublicBuckets": "restrict_public_buckets",
}


def given(configuration: Mapping[str, Any]) -> PublicAccessBlock:
    """The settings of a request; those that are left out are off."""
    return PublicAccessBlock(
        **{field: bool(configuration.get(member, False)) for member, field in SETTINGS.items()}
    )


def told(block: PublicAccessBlock | None, **of: str) -> Any:
    """The settings for an answer. Raises NoSuchPublicAccessBlockConfiguration with the details `of` what has
    none.
    """
    if block is None:
        raise ApiError(
            "NoSuchPublicAccessBlockConfiguration",
            "The public access block configuration was not found",
            status=404,
            **of,
        )
    return {member: getattr(block, field) for member, field in SETTINGS.items()}


@lru_cache(maxsize=1024)
def public(policy: str) -> bool:
    """Whether a stored policy is public."""
    return is_public(parse(policy))


def blocks(db: Snapshot, bucket: Bucket, setting: str, point: AccessPoint | None = None) -> bool:
    """Whether a setting is on for the bucket, for its whole account, or for the access point through which
    the bucket is reached: the strictest one counts.
    """
    through = None if point is None else point.public_access_block
    return any(
        block is not None and getattr(block, setting)
        for block in (bucket.public_access_block, of_account(db, bucket.account), through)
    )


def of_account(db: Snapshot, account: str) -> PublicAccessBlock | None:
    """The settings of a whole account."""
    found = db.accounts.get(account)
    return found.public_access_block if found is not None else None
