"""Imports every file that declares an operation of S3 Control."""

from deputize.s3control import access_point_policies, access_points, public_access, tags
from deputize.s3control.service import s3control

__all__ = ["access_point_policies", "access_points", "public_access", "s3control", "tags"]
