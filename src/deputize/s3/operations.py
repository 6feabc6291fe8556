"""Imports every file that declares an operation of S3."""

from deputize.s3 import bucket_policies, bucket_settings, buckets, listings, objects
from deputize.s3.service import s3

__all__ = ["bucket_policies", "bucket_settings", "buckets", "listings", "objects", "s3"]
