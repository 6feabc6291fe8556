"""Console passwords: CreateLoginProfile, GetLoginProfile, UpdateLoginProfile, DeleteLoginProfile, and
ChangePassword, which is a user's own.

What is asked before a password is hashed is asked again in the transaction.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from deputize.domain import passwords as rules
from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs, Work
from deputize.iam import errors
from deputize.iam.account import own
from deputize.iam.entities import USER
from deputize.iam.password_policy import own_user
from deputize.iam.resources import NO_USER, caller_or_user
from deputize.iam.service import DONE, iam
from deputize.model.identity import User
from deputize.model.sign_in import LoginProfile
from deputize.secrets import passwords
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.iam import (
        ChangePasswordRequest,
        CreateLoginProfileRequest,
        CreateLoginProfileResponse,
        DeleteLoginProfileRequest,
        GetLoginProfileRequest,
        GetLoginProfileResponse,
        UpdateLoginProfileRequest,
    )


@dataclass(frozen=True, slots=True)
class Hashed:
    """A new password's hash, and the profile it was hashed for, as it was then."""

    hash: str = field(repr=False)
    found: LoginProfile


def named(db: Snapshot, call: Call, request: Mapping[str, Any]) -> User:
    """The user that the request names, or the caller. Raises NoSuchEntity, and ValidationError for a root
    user, whose own password this is not for.
    """
    name = request.get("UserName", call.caller.name)
    if name is None:
        raise ApiError("ValidationError", NO_USER)
    return USER.require(db, call, name)


def require(db: Snapshot, user: User) -> LoginProfile:
    """Raises NoSuchEntity."""
    found = db.login_profiles.get(user.id)
    if found is None:
        raise errors.no_login_profile(user.name)
    return found


def check(db: Snapshot, call: Call, password: str) -> None:
    """Raises PasswordPolicyViolation."""
    complaint = rules.complaint(db, own(db, call), password)
    if complaint is not None:
        raise ApiError("PasswordPolicyViolation", complaint)


def hashed(found: LoginProfile, remembered: int, password: str) -> Hashed:
    """The work for a password that takes the place of another. Raises PasswordPolicyViolation for a former
    one.
    """
    if rules.seen_before(found, remembered, password):
        raise ApiError(
            "PasswordPolicyViolation",
            "Policy constraint violation with password reuse prevention during password change",
        )
    return Hashed(passwords.hashed(password), found)


def remembered(db: Snapshot, call: Call) -> int:
    """How many passwords a user may not use again."""
    policy = db.password_policies.get(call.account)
    return 0 if policy is None else policy.remembered


def wire(user: User, profile: LoginProfile) -> Any:
    answer: dict[str, Any] = {
        "UserName": user.name,
        "CreateDate": profile.created,
        "PasswordResetRequired": profile.reset_required,
    }
    if profile.max_session is not None:
        answer["MaxSigninSessionDuration"] = profile.max_session
    return answer


def check_new(db: Snapshot, call: Call, request: "CreateLoginProfileRequest") -> User:
    """Raises NoSuchEntity, EntityAlreadyExists, PasswordPolicyViolation, and ValidationError without a
    password.
    """
    user = named(db, call, request)
    if "Password" not in request:
        raise ApiError("ValidationError", "Password is required.")
    if db.login_profiles.get(user.id) is not None:
        raise errors.taken_login_profile(user.name)
    check(db, call, request["Password"])
    return user


def hash_new(db: Snapshot, call: Call, request: "CreateLoginProfileRequest") -> Work:
    check_new(db, call, request)
    return partial(passwords.hashed, request["Password"])


@iam.command(
    "CreateLoginProfile", access=(Needs("iam:CreateLoginProfile", on=caller_or_user),), prepare=hash_new
)
def create_login_profile(
    db: Transaction, call: Call, request: "CreateLoginProfileRequest"
) -> "CreateLoginProfileResponse":
    """Raises what `check_new` raises."""
    user = check_new(db, call, request)
    profile = dataclasses.replace(
        rules.profile(call.account, user.id, call.prepared, now=call.time),
        reset_required=request.get("PasswordResetRequired", False),
        max_session=request.get("MaxSigninSessionDuration"),
    )
    db.login_profiles.put(profile)
    return {"LoginProfile": wire(user, profile)}


@iam.query("GetLoginProfile", access=(Needs("iam:GetLoginProfile", on=caller_or_user),))
def get_login_profile(
    db: Snapshot, call: Call, request: "GetLoginProfileRequest"
) -> "GetLoginProfileResponse":
    user = named(db, call, request)
    return {"LoginProfile": wire(user, require(db, user))}


def hash_update(db: Snapshot, call: Call, request: "UpdateLoginProfileRequest") -> Work | None:
    found = require(db, USER.require(db, call, request["UserName"]))
    if "Password" not in request:
        return None
    check(db, call, request["Password"])
    return partial(hashed, found, remembered(db, call), request["Password"])


@iam.command(
    "UpdateLoginProfile", access=(Needs("iam:UpdateLoginProfile", on=USER.named),), prepare=hash_update
)
def update_login_profile(
    db: Transaction, call: Call, request: "UpdateLoginProfileRequest"
) -> Mapping[str, Any]:
    """What the request leaves out stays. Raises NoSuchEntity, PasswordPolicyViolation, InvalidInput for a
    longest session that is set and reset, EntityTemporarilyUnmodifiable if the password changed meanwhile.
    """
    profile = require(db, USER.require(db, call, request["UserName"]))
    reset = request.get("PasswordResetRequired", profile.reset_required)
    longest = request.get("MaxSigninSessionDuration", profile.max_session)
    if request.get("ResetMaxSigninSessionDuration", False):
        if "MaxSigninSessionDuration" in request:
            raise ApiError(
                "InvalidInput",
                "MaxSigninSessionDuration and ResetMaxSigninSessionDuration cannot be used together.",
            )
        longest = None
    if call.prepared is not None:
        profile = replaced(db, call, profile, request["Password"])
    db.login_profiles.put(dataclasses.replace(profile, reset_required=reset, max_session=longest))
    return DONE


def replaced(db: Snapshot, call: Call, profile: LoginProfile, password: str) -> LoginProfile:
    """The profile with the password that was prepared for it. Raises PasswordPolicyViolation, and
    EntityTemporarilyUnmodifiable if it was prepared for another.
    """
    check(db, call, password)
    prepared: Hashed = call.prepared
    if prepared.found != profile:
        raise errors.changed_meanwhile()
    return rules.replaced(profile, prepared.hash, now=call.time)


@iam.command("DeleteLoginProfile", access=(Needs("iam:DeleteLoginProfile", on=caller_or_user),))
def delete_login_profile(
    db: Transaction, call: Call, request: "DeleteLoginProfileRequest"
) -> Mapping[str, Any]:
    """Access keys stay (IAM API). Raises NoSuchEntity."""
    user = named(db, call, request)
    require(db, user)
    db.login_profiles.delete(user.id)
    return DONE


def callers(db: Snapshot, call: Call) -> LoginProfile:
    """The calling user's profile. Raises InvalidUserType for root users and roles, NoSuchEntity."""
    if call.caller.name is None:
        raise ApiError("InvalidUserType", "Only IAM Users can change their own password")
    return require(db, USER.require(db, call, call.caller.name))


def hash_change(db: Snapshot, call: Call, request: "ChangePasswordRequest") -> Work:
    """Whoever has a user's keys may not guess their password: each try counts as wrong until it is known to
    be right, and wrong ones cost time, as in signing in. Raises Throttling, and what `callers` and `check`
    raise.
    """
    found = callers(db, call)
    check(db, call, request["NewPassword"])
    known = remembered(db, call)
    guesses, name = call.installation.guesses.names, f"change/{found.owner}"
    if not guesses.open(name, call.now):
        raise ApiError("Throttling", "Rate exceeded")
    guesses.wrong(name, call.now)

    def work() -> Hashed:
        if not rules.check(found, request["OldPassword"]):
            raise ApiError("AccessDenied", "The old password was incorrect.")
        guesses.right(name)
        return hashed(found, known, request["NewPassword"])

    return work


@iam.command("ChangePassword", access=(Needs("iam:ChangePassword", on=own_user),), prepare=hash_change)
def change_password(db: Transaction, call: Call, request: "ChangePasswordRequest") -> Mapping[str, Any]:
    """Raises AccessDenied for a wrong old password, what `callers` raises, and what `replaced` raises."""
    profile = replaced(db, call, callers(db, call), request["NewPassword"])
    db.login_profiles.put(dataclasses.replace(profile, reset_required=False))
    return DONE
