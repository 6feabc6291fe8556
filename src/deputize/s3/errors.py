"""S3's refusals in AWS's words (S3 API, "Error responses")."""

import email.utils

from deputize.errors import ApiError


def no_such_bucket(name: str) -> ApiError:
    return ApiError("NoSuchBucket", "The specified bucket does not exist", BucketName=name)


def no_such_access_point(name: str) -> ApiError:
    message = "The specified accesspoint does not exist"
    return ApiError("NoSuchAccessPoint", message, status=404, AccessPointName=name)


def method_not_allowed() -> ApiError:
    return ApiError(
        "MethodNotAllowed", "The specified method is not allowed against this resource.", status=405
    )


def unsigned(what: str) -> ApiError:
    """Nobody may do this without signing, whatever the bucket allows."""
    return ApiError("AccessDenied", f"Anonymous users cannot {what}.  Please authenticate.")


def no_such_key(key: str) -> ApiError:
    return ApiError("NoSuchKey", "The specified key does not exist.", Key=key)


def no_such_version(key: str, version: str) -> ApiError:
    return ApiError(
        "NoSuchVersion", "The specified version does not exist.", status=404, Key=key, VersionId=version
    )


def deleted(key: str, version: str) -> ApiError:
    """The current version is a delete marker (S3 guide, "Working with delete markers")."""
    return ApiError(
        "NoSuchKey",
        "The specified key does not exist.",
        {"x-amz-delete-marker": "true", "x-amz-version-id": version},
        Key=key,
    )


def is_delete_marker(version: str, modified: int) -> ApiError:
    """The version that was named is a delete marker, which nothing but a delete applies to. `modified` is in
    epoch seconds.
    """
    return ApiError(
        "MethodNotAllowed",
        "The specified method is not allowed against this resource.",
        {
            "x-amz-delete-marker": "true",
            "x-amz-version-id": version,
            "allow": "DELETE",
            "last-modified": email.utils.formatdate(modified, usegmt=True),
        },
        status=405,
        Method="GET",
        ResourceType="DeleteMarker",
    )


def precondition_failed(condition: str) -> ApiError:
    return ApiError(
        "PreconditionFailed",
        "At least one of the pre-conditions you specified did not hold",
        status=412,
        Condition=condition,
    )


def invalid_argument(message: str, name: str, value: str) -> ApiError:
    return ApiError("InvalidArgument", message, ArgumentName=name, ArgumentValue=value)


def not_between(name: str, value: int) -> ApiError:
    """A number that begins or limits a page."""
    return invalid_argument(f"Argument {name} must be an integer between 0 and 2147483647", name, str(value))


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


def acl_with_ownership() -> ApiError:
    return ApiError(
        "InvalidBucketAclWithObjectOwnership",
        "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
    )


def acl_with_block() -> ApiError:
    return ApiError(
        "InvalidBucketAclWithBlockPublicAccessError",
        "Bucket cannot have public ACLs set with BlockPublicAccess enabled",
    )


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
