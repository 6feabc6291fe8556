"""The tags of a bucket as condition keys: only where attribute-based access control is on (S3 guide,
"Enabling ABAC in general purpose buckets").
"""

from collections.abc import Mapping

from deputize.model.storage import Bucket

NOTHING: Mapping[str, str] = {}


def deciding_tags(bucket: Bucket) -> Mapping[str, str]:
    """The tags that take part in decisions, on the bucket and on what is in it."""
    return bucket.tags if bucket.abac else NOTHING


def bucket_keys(bucket: Bucket) -> Mapping[str, str]:
    """`s3:BucketTag`, for requests through access points too."""
    if not bucket.abac:
        return NOTHING
    return {f"s3:buckettag/{key.lower()}": value for key, value in bucket.tags.items()}
