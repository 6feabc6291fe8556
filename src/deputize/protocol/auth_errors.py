"""What can be wrong with a request's authentication, and the words in which each family of services says so.

Sources: S3's "Error responses", IAM's and STS's "Common errors".
"""

import enum
from collections.abc import Mapping

from deputize.errors import ApiError
from deputize.protocol.rest_route import S3_SERVICES
from deputize.protocol.rest_route import SERVICES as JSON_SERVICES


class Problem(enum.Enum):
    """What is wrong."""

    NO_CREDENTIALS = enum.auto()
    MALFORMED = enum.auto()
    NO_DATE = enum.auto()
    UNSUPPORTED = enum.auto()
    TWO_FORMS = enum.auto()
    SKEWED = enum.auto()
    EXPIRED = enum.auto()
    NOT_YET = enum.auto()
    WRONG_DATE = enum.auto()
    WRONG_SERVICE = enum.auto()
    WRONG_REGION = enum.auto()
    HEADERS_NOT_SIGNED = enum.auto()
    UNKNOWN_KEY = enum.auto()
    INACTIVE_KEY = enum.auto()
    TOKEN_MISSING = enum.auto()
    TOKEN_DAMAGED = enum.auto()
    TOKEN_FOREIGN = enum.auto()
    TOKEN_UNEXPECTED = enum.auto()
    TOKEN_EXPIRED = enum.auto()
    ROLE_GONE = enum.auto()
    BAD_SIGNATURE = enum.auto()


class AuthProblem(Exception):
    """A request that could not be authenticated. `detail` is what the client may be told beside the message;
    `presigned` and `text` belong to forms that are malformed.
    """

    def __init__(self, problem: Problem, text: str = "", presigned: bool = False, /, **detail: str) -> None:
        super().__init__(problem.name, text)
        self.problem = problem
        self.text = text
        self.presigned = presigned
        self.detail = detail


S3_BAD_SIGNATURE = (
    "The request signature we calculated does not match the signature you provided. "
    "Check your key and signing method."
)
QUERY_BAD_SIGNATURE = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret "
    "Access Key and signing method. Consult the service documentation for details."
)
NO_SUCH_KEY = ("InvalidAccessKeyId", 403, "The AWS Access Key Id you provided does not exist in our records.")
INVALID_TOKEN = ("InvalidClientTokenId", 403, "The security token included in the request is invalid.")
BAD_TOKEN = ("InvalidToken", 400, "The provided token is malformed or otherwise invalid.")

Said = tuple[str, int, str]
# Where the message is empty, the problem's own text is told.
S3: Mapping[Problem, Said] = {
    Problem.NO_CREDENTIALS: ("AccessDenied", 403, "Access Denied"),
    Problem.NO_DATE: (
        "AccessDenied",
        403,
        "AWS authentication requires a valid Date or x-amz-date header",
    ),
    Problem.UNSUPPORTED: (
        "InvalidRequest",
        400,
        "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
    ),
    Problem.TWO_FORMS: (
        "InvalidArgument",
        400,
        "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string "
        "parameter or the Authorization header should be specified",
    ),
    Problem.SKEWED: (
        "RequestTimeTooSkewed",
        403,
        "The difference between the request time and the current time is too large.",
    ),
    Problem.EXPIRED: ("AccessDenied", 403, "Request has expired"),
    Problem.NOT_YET: ("AccessDenied", 403, "Request is not valid yet"),
    Problem.HEADERS_NOT_SIGNED: (
        "AccessDenied",
        403,
        "There were headers present in the request which were not signed",
    ),
    Problem.UNKNOWN_KEY: NO_SUCH_KEY,
    Problem.INACTIVE_KEY: NO_SUCH_KEY,
    Problem.TOKEN_MISSING: NO_SUCH_KEY,
    Problem.TOKEN_FOREIGN: NO_SUCH_KEY,
    Problem.ROLE_GONE: NO_SUCH_KEY,
    Problem.TOKEN_DAMAGED: BAD_TOKEN,
    Problem.TOKEN_UNEXPECTED: BAD_TOKEN,
    Problem.TOKEN_EXPIRED: ("ExpiredToken", 400, "The provided token has expired."),
    Problem.BAD_SIGNATURE: ("SignatureDoesNotMatch", 403, S3_BAD_SIGNATURE),
}
QUERY: Mapping[Problem, Said] = {
    Problem.NO_CREDENTIALS: ("MissingAuthenticationToken", 403, "Request is missing Authentication Token"),
    Problem.MALFORMED: ("IncompleteSignature", 400, ""),
    Problem.UNSUPPORTED: (
        "IncompleteSignature",
        400,
        "Unsupported authorization: this server takes AWS4-HMAC-SHA256.",
    ),
    Problem.TWO_FORMS: ("IncompleteSignature", 400, "Only one form of authorization is allowed."),
    Problem.SKEWED: ("SignatureDoesNotMatch", 403, ""),
    Problem.EXPIRED: ("SignatureDoesNotMatch", 403, ""),
    Problem.NOT_YET: ("SignatureDoesNotMatch", 403, ""),
    Problem.WRONG_DATE: ("SignatureDoesNotMatch", 403, ""),
    Problem.WRONG_SERVICE: ("SignatureDoesNotMatch", 403, ""),
    Problem.WRONG_REGION: ("SignatureDoesNotMatch", 403, ""),
    Problem.HEADERS_NOT_SIGNED: ("SignatureDoesNotMatch", 403, ""),
    Problem.UNKNOWN_KEY: INVALID_TOKEN,
    Problem.INACTIVE_KEY: INVALID_TOKEN,
    Problem.TOKEN_MISSING: INVALID_TOKEN,
    Problem.TOKEN_DAMAGED: INVALID_TOKEN,
    Problem.TOKEN_FOREIGN: INVALID_TOKEN,
    Problem.TOKEN_UNEXPECTED: INVALID_TOKEN,
    Problem.ROLE_GONE: INVALID_TOKEN,
    Problem.TOKEN_EXPIRED: (
        "ExpiredToken",
        403,
        "The security token included in the request is expired",
    ),
    Problem.BAD_SIGNATURE: ("SignatureDoesNotMatch", 403, QUERY_BAD_SIGNATURE),
}
# What the JSON services call the query services' errors (AWS, "Common error types").
JSON_CODES = {
    "MissingAuthenticationToken": "MissingAuthenticationTokenException",
    "IncompleteSignature": "IncompleteSignatureException",
    "SignatureDoesNotMatch": "InvalidSignatureException",
    "InvalidClientTokenId": "UnrecognizedClientException",
    "ExpiredToken": "ExpiredTokenException",
}
# S3 tells a malformed or wrongly scoped form by the place where it stood.
S3_FORM = {
    False: ("AuthorizationHeaderMalformed", "The authorization header is malformed; "),
    True: ("AuthorizationQueryParametersError", ""),
}


def refusal(problem: AuthProblem, service: str) -> ApiError:
    """The error that `service` answers."""
    if service not in S3_SERVICES:
        code, status, message = QUERY.get(problem.problem, INVALID_TOKEN)
        if service in JSON_SERVICES:
            code = JSON_CODES[code]
        return ApiError(code, message or problem.text, status=status)
    if problem.problem in S3:
        code, status, message = S3[problem.problem]
        return ApiError(code, message, status=status, **problem.detail)
    code, before = S3_FORM[problem.presigned]
    return ApiError(code, before + problem.text, status=400, **problem.detail)
