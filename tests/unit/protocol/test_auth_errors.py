"""How each family of services words each refusal: the whole table, once more and independently."""

import pytest

from deputize.protocol.auth_errors import AuthProblem, Problem, refusal

NO_SUCH_KEY = ("InvalidAccessKeyId", 403, "The AWS Access Key Id you provided does not exist in our records.")
BAD_TOKEN = ("InvalidToken", 400, "The provided token is malformed or otherwise invalid.")
INVALID = ("InvalidClientTokenId", 403, "The security token included in the request is invalid.")
TEXT = "what was found"
MISMATCH = "The request signature we calculated does not match the signature you provided. "
IN_HEADER = ("AuthorizationHeaderMalformed", 400, f"The authorization header is malformed; {TEXT}")
WRONG = ("SignatureDoesNotMatch", 403, TEXT)

# problem -> what S3 says, what IAM and STS say
TABLE: dict[Problem, tuple[tuple[str, int, str], tuple[str, int, str]]] = {
    Problem.NO_CREDENTIALS: (
        ("AccessDenied", 403, "Access Denied"),
        ("MissingAuthenticationToken", 403, "Request is missing Authentication Token"),
    ),
    Problem.MALFORMED: (IN_HEADER, ("IncompleteSignature", 400, TEXT)),
    Problem.NO_DATE: (
        ("AccessDenied", 403, "AWS authentication requires a valid Date or x-amz-date header"),
        INVALID,  # theirs is MALFORMED
    ),
    Problem.UNSUPPORTED: (
        (
            "InvalidRequest",
            400,
            "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
        ),
        ("IncompleteSignature", 400, "Unsupported authorization: this server takes AWS4-HMAC-SHA256."),
    ),
    Problem.TWO_FORMS: (
        (
            "InvalidArgument",
            400,
            "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query "
            "string parameter or the Authorization header should be specified",
        ),
        ("IncompleteSignature", 400, "Only one form of authorization is allowed."),
    ),
    Problem.SKEWED: (
        (
            "RequestTimeTooSkewed",
            403,
            "The difference between the request time and the current time is too large.",
        ),
        WRONG,
    ),
    Problem.EXPIRED: (("AccessDenied", 403, "Request has expired"), WRONG),
    Problem.NOT_YET: (("AccessDenied", 403, "Request is not valid yet"), WRONG),
    Problem.WRONG_DATE: (IN_HEADER, WRONG),
    Problem.WRONG_SERVICE: (IN_HEADER, WRONG),
    Problem.WRONG_REGION: (IN_HEADER, WRONG),
    Problem.HEADERS_NOT_SIGNED: (
        ("AccessDenied", 403, "There were headers present in the request which were not signed"),
        WRONG,
    ),
    Problem.UNKNOWN_KEY: (NO_SUCH_KEY, INVALID),
    Problem.INACTIVE_KEY: (NO_SUCH_KEY, INVALID),
    Problem.TOKEN_MISSING: (NO_SUCH_KEY, INVALID),
    Problem.TOKEN_DAMAGED: (BAD_TOKEN, INVALID),
    Problem.TOKEN_FOREIGN: (NO_SUCH_KEY, INVALID),
    Problem.TOKEN_UNEXPECTED: (BAD_TOKEN, INVALID),
    Problem.TOKEN_EXPIRED: (
        ("ExpiredToken", 400, "The provided token has expired."),
        ("ExpiredToken", 403, "The security token included in the request is expired"),
    ),
    Problem.ROLE_GONE: (NO_SUCH_KEY, INVALID),
    Problem.BAD_SIGNATURE: (
        ("SignatureDoesNotMatch", 403, MISMATCH + "Check your key and signing method."),
        (
            "SignatureDoesNotMatch",
            403,
            MISMATCH + "Check your AWS Secret Access Key and signing method. "
            "Consult the service documentation for details.",
        ),
    ),
}


def said(problem: Problem, service: str) -> tuple[str, int | None, str]:
    error = refusal(AuthProblem(problem, TEXT), service)
    return error.code, error.status, error.message


def test_the_table_is_whole() -> None:
    assert set(TABLE) == set(Problem)


@pytest.mark.parametrize("problem", TABLE)
def test_each_refusal(problem: Problem) -> None:
    of_s3, of_others = TABLE[problem]
    assert said(problem, "s3") == of_s3
    assert said(problem, "iam") == said(problem, "sts") == of_others


JSON_CODES = {
    "MissingAuthenticationToken": "MissingAuthenticationTokenException",
    "IncompleteSignature": "IncompleteSignatureException",
    "SignatureDoesNotMatch": "InvalidSignatureException",
    "InvalidClientTokenId": "UnrecognizedClientException",
    "ExpiredToken": "ExpiredTokenException",
}


@pytest.mark.parametrize("problem", TABLE)
def test_json_services_use_other_codes_for_the_same_words(problem: Problem) -> None:
    code, status, message = TABLE[problem][1]
    assert said(problem, "accessanalyzer") == (JSON_CODES[code], status, message)


@pytest.mark.parametrize("problem", Problem)
@pytest.mark.parametrize("service", ["s3", "iam", "sts", "accessanalyzer", "anything"])
def test_every_refusal_is_one(problem: Problem, service: str) -> None:
    """And tells something, even if no text was given."""
    error = refusal(AuthProblem(problem, "x"), service)
    assert error.status in (400, 403)
    assert error.code
    assert error.message


@pytest.mark.parametrize(
    "problem", [Problem.MALFORMED, Problem.WRONG_DATE, Problem.WRONG_SERVICE, Problem.WRONG_REGION]
)
def test_s3_tells_a_presigned_form_apart(problem: Problem) -> None:
    error = refusal(AuthProblem(problem, TEXT, True, Region="eu-west-1"), "s3")
    assert (error.code, error.status, error.message) == ("AuthorizationQueryParametersError", 400, TEXT)
    assert error.detail == {"Region": "eu-west-1"}


def test_details_are_s3s() -> None:
    problem = AuthProblem(Problem.TOKEN_EXPIRED, **{"Token-0": "token"})
    assert refusal(problem, "s3").detail == {"Token-0": "token"}
    assert refusal(problem, "sts").detail == {}
    assert "token" not in repr(problem) + str(problem)
