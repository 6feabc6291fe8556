"""The signatures that AWS prints in its own documents."""

import dataclasses

import pytest
from tests.unit.protocol.signing import EMPTY_SHA256, check, head

from deputize.protocol.auth_errors import AuthProblem, Problem
from deputize.protocol.message import Head
from deputize.protocol.sigv4_verify import signing_key

S3_KEY = "AKIAIOSFODNN7EXAMPLE"
S3_SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
IAM_SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
S3_HOST = ("Host", "examplebucket.s3.amazonaws.com")
S3_DATE = ("x-amz-date", "20130524T000000Z")
EMPTY = ("x-amz-content-sha256", EMPTY_SHA256)


def authorization(signed: str, signature: str) -> tuple[str, str]:
    credential = f"{S3_KEY}/20130524/us-east-1/s3/aws4_request"
    value = f"AWS4-HMAC-SHA256 Credential={credential},SignedHeaders={signed},Signature={signature}"
    return "Authorization", value


BASIC = "host;x-amz-content-sha256;x-amz-date"
# S3 API, "Signature Calculations for the Authorization Header", examples.
S3_EXAMPLES = {
    "GET object": head(
        "GET",
        "/test.txt",
        [
            S3_HOST,
            authorization(
                "host;range;x-amz-content-sha256;x-amz-date",
                "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
            ),
            ("Range", "bytes=0-9"),
            EMPTY,
            S3_DATE,
        ],
    ),
    "PUT object": head(
        "PUT",
        "/test$file.text",
        [
            S3_HOST,
            ("Date", "Fri, 24 May 2013 00:00:00 GMT"),
            authorization(
                "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
                "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
            ),
            S3_DATE,
            ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
            ("x-amz-content-sha256", "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"),
        ],
    ),
    "GET bucket lifecycle": head(
        "GET",
        "/?lifecycle",
        [
            S3_HOST,
            authorization(BASIC, "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
            S3_DATE,
            EMPTY,
        ],
    ),
    "GET bucket": head(
        "GET",
        "/?max-keys=2&prefix=J",
        [
            S3_HOST,
            authorization(BASIC, "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
            S3_DATE,
            EMPTY,
        ],
    ),
    "presigned": head(
        "GET",
        "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
        "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
        "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
        "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
        [S3_HOST],
    ),
}
# IAM guide, "Create a signed AWS API request": ListUsers.
IAM_EXAMPLE = head(
    "GET",
    "/?Action=ListUsers&Version=2010-05-08",
    [
        ("Host", "iam.amazonaws.com"),
        ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),
        ("X-Amz-Date", "20150830T123600Z"),
        (
            "Authorization",
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, "
            "SignedHeaders=content-type;host;x-amz-date, "
            "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
        ),
    ],
)


@pytest.mark.parametrize("request_head", S3_EXAMPLES.values(), ids=S3_EXAMPLES.keys())
def test_s3s_examples(request_head: Head) -> None:
    claim = check(request_head, secret=S3_SECRET)
    assert claim.access_key_id == S3_KEY
    assert claim.scope == "20130524/us-east-1/s3/aws4_request"
    assert claim.signed_at == 1369353600.0


@pytest.mark.parametrize("request_head", S3_EXAMPLES.values(), ids=S3_EXAMPLES.keys())
def test_s3s_examples_under_another_method(request_head: Head) -> None:
    with pytest.raises(AuthProblem) as caught:
        check(dataclasses.replace(request_head, method="DELETE"), secret=S3_SECRET)
    assert caught.value.problem is Problem.BAD_SIGNATURE


def test_iams_example() -> None:
    claim = check(IAM_EXAMPLE, "iam", secret=IAM_SECRET)
    assert (claim.access_key_id, claim.service, claim.signed_at) == ("AKIDEXAMPLE", "iam", 1440938160.0)


def test_iams_signing_key() -> None:
    key = signing_key(IAM_SECRET, "20150830", "us-east-1", "iam")
    assert key.hex() == "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9"
