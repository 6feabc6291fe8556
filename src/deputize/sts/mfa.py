"""The second factor of GetSessionToken and AssumeRole: `SerialNumber` and `TokenCode`.

A code is checked before anything is authorized, since trust policies may ask for it, and spent in the same
transaction. Only users and root users have devices: a role session that passes a code is refused.
"""

from collections.abc import Mapping
from typing import Any

from deputize.domain import mfa
from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import KeyReader
from deputize.model.sign_in import MfaDevice
from deputize.store.api import Snapshot, Transaction

# AWS's words, blanks included.
INCOMPLETE = "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code."
UNKNOWN = (
    "MultiFactorAuthentication failed, unable to validate MFA code.  "
    "Please verify your MFA serial number is valid and associated with this user."
)
WRONG = "MultiFactorAuthentication failed with invalid MFA one time pass code. "


def check(db: Snapshot, call: Call, request: Mapping[str, Any]) -> None:
    """Raises AccessDenied for a code that is wrong, used, or of no device of the caller's."""
    found = _device(db, call, request)
    if found is not None and not mfa.right(call.installation, found, request["TokenCode"], call.now):
        raise ApiError("AccessDenied", WRONG)


def spend(db: Transaction, call: Call, request: Mapping[str, Any]) -> bool:
    """Use the code of the request; says whether there is one. Raises what `check` raises."""
    found = _device(db, call, request)
    if found is None:
        return False
    if not mfa.spend(db, call.installation, found, request["TokenCode"], call.now):
        raise ApiError("AccessDenied", WRONG)
    return True


def _device(db: Snapshot, call: Call, request: Mapping[str, Any]) -> MfaDevice | None:
    if "SerialNumber" not in request and "TokenCode" not in request:
        return None
    if "SerialNumber" not in request or "TokenCode" not in request:
        raise ApiError("AccessDenied", INCOMPLETE)
    principal = call.caller.principal
    found = None
    if principal.kind in ("user", "root") and principal.unique_id is not None:
        found = mfa.device(db, call.account, principal.unique_id, request["SerialNumber"])
    if found is None:
        raise ApiError("AccessDenied", UNKNOWN)
    return found


def _present(db: Snapshot, call: Call, request: Mapping[str, Any]) -> str | None:
    return "true" if "TokenCode" in request else None


def _age(db: Snapshot, call: Call, request: Mapping[str, Any]) -> str | None:
    return "0" if "TokenCode" in request else None


# Of a call with a code; without one they tell what the caller's session has (IAM guide, "Configuring
# MFA-protected API access").
KEYS: Mapping[str, KeyReader] = {
    "aws:MultiFactorAuthPresent": _present,
    "aws:MultiFactorAuthAge": _age,
}
