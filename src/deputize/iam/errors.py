"""IAM's refusals in AWS's words ("Common errors", and the errors of each operation in the IAM API
reference).
"""

from deputize.errors import ApiError
from deputize.model.identity import SERVICE_LINKED


def no_such(kind: str, name: str) -> ApiError:
    """`kind` is `user`, `group`, `role`, or `user policy` and its kin for an inline policy."""
    return ApiError("NoSuchEntity", f"The {kind} with name {name} cannot be found.")


def no_such_policy(arn: str) -> ApiError:
    return ApiError("NoSuchEntity", f"Policy {arn} was not found.")


def check_not_a_services(path: str, kind: str) -> None:
    """Raises PolicyNotAttachable for the path of a policy that is for a service's own role alone."""
    if path.startswith(SERVICE_LINKED):
        raise ApiError("PolicyNotAttachable", f"Cannot attach a Service Role Policy to a Customer {kind}.")


def not_attachable(arn: str) -> ApiError:
    return ApiError("NoSuchEntity", f"Policy {arn} does not exist or is not attachable.")


def taken(kind: str, name: str) -> ApiError:
    """`kind` is `User`, `Group` or `Role`."""
    return ApiError("EntityAlreadyExists", f"{kind} with name {name} already exists.")


def over_quota(quota: str, limit: int) -> ApiError:
    return ApiError("LimitExceeded", f"Cannot exceed quota for {quota}: {limit}")


def in_use(obstacle: str) -> ApiError:
    """IAM never deletes what stands in the way: `obstacle` says what the caller must do first."""
    return ApiError("DeleteConflict", f"Cannot delete entity, must {obstacle} first.")


def protected(role: str) -> ApiError:
    return ApiError(
        "UnmodifiableEntity",
        f"Cannot perform the operation on the protected role '{role}' - this role is only modifiable by AWS",
    )


def invalid_input(message: str) -> ApiError:
    return ApiError("InvalidInput", message)


def not_offered(parameter: str) -> ApiError:
    """A parameter that would change what is granted and is not built is refused, never ignored."""
    return ApiError("ValidationError", f"{parameter} is not offered.")


def no_login_profile(user: str) -> ApiError:
    return ApiError("NoSuchEntity", f"Login Profile for User {user} cannot be found.")


def taken_login_profile(user: str) -> ApiError:
    return ApiError("EntityAlreadyExists", f"Login Profile for user {user} already exists.")


def changed_meanwhile() -> ApiError:
    """What the call began with is no longer so; asked again, it may succeed."""
    return ApiError(
        "EntityTemporarilyUnmodifiable", "The entity was changed by another request. Please try again."
    )


def no_boundary(kind: str, name: str) -> ApiError:
    return ApiError("NoSuchEntity", f"The {kind} with name {name} does not have a permissions boundary.")


def not_member(user: str, group: str) -> ApiError:
    return ApiError("NoSuchEntity", f"The user with name {user} is not in the group with name {group}.")
