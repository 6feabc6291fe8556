"""Imports every file that declares an operation of STS."""

from deputize.sts import assume_role, caller_identity, key_info, session_token
from deputize.sts.service import sts

__all__ = ["assume_role", "caller_identity", "key_info", "session_token", "sts"]
