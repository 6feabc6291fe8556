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


def invalid_request(message: str) -> ApiError:
    return ApiError("InvalidRequest", message, status=400)


def no_such_upload(upload: str) -> ApiError:
    return ApiError(
        "NoSuchUpload",
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have been "
        "aborted or completed.",
        UploadId=upload,
    )


def invalid_part(upload: str, number: int, etag: str) -> ApiError:
    return ApiError(
        "InvalidPart",
        "One or more of the specified parts could not be found.  The part may not have been uploaded, or the "
        "specified entity tag may not match the part's entity tag.",
        status=400,
        UploadId=upload,
        PartNumber=str(number),
        ETag=etag,
    )


def checksum_mismatch(expected: str | None, actual: str | None) -> ApiError:
    """`expected` and `actual` are algorithms."""
    names = [name.lower() if name is not None else "null" for name in (expected, actual)]
    return invalid_request(
        f"Checksum Type mismatch occurred, expected checksum Type: {names[0]}, "
        f"actual checksum Type: {names[1]}"
    )
