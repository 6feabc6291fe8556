"""Imports every file that declares an operation of STS."""

from deputize.sts import (
    assume_role,
    assume_root,
    authorization_message,
    caller_identity,
    federation_token,
    identity_token,
    key_info,
    saml,
    session_token,
    web_identity,
)
from deputize.sts.service import sts

__all__ = [
    "assume_role",
    "assume_root",
    "authorization_message",
    "caller_identity",
    "federation_token",
    "identity_token",
    "key_info",
    "saml",
    "session_token",
    "sts",
    "web_identity",
]
