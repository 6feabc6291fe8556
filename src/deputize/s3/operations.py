"""Imports every file that declares an operation of S3."""

from deputize.s3 import (
    acls,
    batch,
    bucket_policies,
    bucket_settings,
    buckets,
    completion,
    copies,
    listings,
    objects,
    parts,
    reads,
    uploads,
)
from deputize.s3.service import s3

__all__ = [
    "acls",
    "batch",
    "bucket_policies",
    "bucket_settings",
    "buckets",
    "completion",
    "copies",
    "listings",
    "objects",
    "parts",
    "reads",
    "s3",
    "uploads",
]
