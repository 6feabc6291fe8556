"""S3's refusals in AWS's words (S3 API, "Error responses")."""

from deputize.errors import ApiError


def no_such_bucket(name: str) -> ApiError:
    return ApiError("NoSuchBucket", "The specified bucket does not exist", BucketName=name)


def no_such_key(key: str) -> ApiError:
    return ApiError("NoSuchKey", "The specified key does not exist.", Key=key)


def precondition_failed(condition: str) -> ApiError:
    return ApiError(
        "PreconditionFailed",
        "At least one of the pre-conditions you specified did not hold",
        status=412,
        Condition=condition,
    )


def invalid_argument(message: str, name: str, value: str) -> ApiError:
    return ApiError("InvalidArgument", message, ArgumentName=name, ArgumentValue=value)


def header_not_offered(header: str) -> ApiError:
    """What a header asks for is refused, never passed over: the caller relies on it."""
    return ApiError(
        "NotImplemented",
        "A header you provided implies functionality that is not implemented",
        status=501,
        Header=header,
    )


def acls_off() -> ApiError:
    return ApiError("AccessControlListNotSupported", "The bucket does not allow ACLs")
