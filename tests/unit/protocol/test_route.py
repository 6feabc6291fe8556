"""Which service and operation a request is for."""

import pytest

from deputize.errors import ApiError
from deputize.protocol.address import locate
from deputize.protocol.elsewhere import NotHere
from deputize.protocol.message import Head
from deputize.protocol.rest_route import path_operation
from deputize.protocol.route import family, query_operation, rest_operation

JSON = ("content-type", "application/json")
FORM = ("content-type", "application/x-www-form-urlencoded; charset=utf-8")


def head(method: str, target: str, *headers: tuple[str, str]) -> Head:
    path, _, query = target.partition("?")
    return Head(method, path, query, (("host", "x"), *headers), "127.0.0.1", False)


def signed(service: str) -> tuple[str, str]:
    scope = f"AKIA/20260101/us-east-1/{service}/aws4_request"
    return "authorization", f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"


@pytest.mark.parametrize(
    ("request_head", "service"),
    [
        (head("POST", "/", signed("iam")), "iam"),
        (head("POST", "/", signed("sts")), "sts"),
        (head("GET", "/b/k", signed("s3")), "s3"),
        (head("GET", "/b/k", signed("ec2")), "s3"),
        (head("POST", "/policy/validation", signed("access-analyzer")), "accessanalyzer"),
        (head("GET", "/b/k", signed("access-analyzer")), "accessanalyzer"),
        (head("GET", "/b/k", signed("accessanalyzer")), "s3"),
        (head("POST", "/policy/validation", JSON), "accessanalyzer"),
        (head("POST", "/policy/validation?uploads", JSON), "s3"),
        (head("POST", "/policy/other", JSON), "s3"),
        (head("PUT", "/policy/validation", JSON), "s3"),
        (head("POST", "/policy/validation"), "s3"),
        (
            head(
                "GET",
                "/?Action=GetCallerIdentity&X-Amz-Credential=AKIA%2F20260101%2Fus-east-1%2Fsts%2Faws4_request",
            ),
            "sts",
        ),
        (head("GET", "/b?X-Amz-Credential=AKIA%2F20260101%2Fus-east-1%2Fs3%2Faws4_request"), "s3"),
        (head("POST", "/", FORM), "sts"),
        (head("GET", "/?Action=GetCallerIdentity"), "sts"),
        (head("GET", "/"), "s3"),
        (head("POST", "/bucket", FORM), "s3"),
    ],
)
def test_the_service(request_head: Head, service: str) -> None:
    assert family(request_head) == service


TARGET = ("x-amz-target", "DynamoDB_20120810.ListTables")
ACCOUNT = ("x-amz-account-id", "111122223333")
AMZ_JSON = ("content-type", "application/x-amz-json-1.0")


@pytest.mark.parametrize(
    ("request_head", "service", "protocol"),
    [
        (head("POST", "/", signed("dynamodb"), TARGET), "dynamodb", "json"),
        (head("POST", "/", TARGET, AMZ_JSON), "DynamoDB_20120810", "json"),
        (head("POST", "/", signed("mars"), TARGET, AMZ_JSON), "DynamoDB_20120810", "json"),
        (head("POST", "/", signed("kms")), "kms", "json"),
        (head("POST", "/", signed("ec2"), FORM), "ec2", "ec2"),
        (head("POST", "/", signed("sqs"), FORM), "sqs", "query"),
        (head("POST", "/123456789012/queue", signed("sqs"), FORM), "sqs", "query"),
        (head("GET", "/?Action=ListTopics&X-Amz-Credential=A/2026/eu/sns/aws4_request"), "sns", "query"),
        (head("GET", "/2015-03-31/functions", signed("lambda")), "lambda", "rest-json"),
        (head("GET", "/2013-04-01/hostedzone", signed("route53")), "route53", "rest-xml"),
        (
            head("POST", "/service/S/operation/O", signed("monitoring"), ("smithy-protocol", "rpc-v2-cbor")),
            "monitoring",
            "smithy-rpc-v2-cbor",
        ),
    ],
)
def test_services_that_are_not_here(request_head: Head, service: str, protocol: str) -> None:
    with pytest.raises(NotHere) as caught:
        family(request_head)
    assert (caught.value.service, caught.value.protocol) == (service, protocol)


@pytest.mark.parametrize(
    "request_head",
    [
        head("POST", "/", signed("s3"), TARGET, AMZ_JSON),
        head("POST", "/", TARGET),
        head("POST", "/", AMZ_JSON, ("x-amz-target", "../x")),
        head("PUT", "/", TARGET, AMZ_JSON),
        head("POST", "/b", TARGET, AMZ_JSON),
        head("GET", "/", signed("mars")),
        head("GET", "/b/k", signed("sqs")),
        head("PUT", "/b/k", signed("dynamodb"), TARGET),
    ],
)
def test_what_remains_s3s(request_head: Head) -> None:
    assert family(request_head) == "s3"


CONTROL = "/v20180820/configuration/publicAccessBlock"


@pytest.mark.parametrize(
    ("request_head", "service"),
    [
        (head("GET", CONTROL, signed("s3"), ACCOUNT), "s3control"),
        (head("GET", CONTROL, ACCOUNT), "s3control"),
        (head("GET", CONTROL, signed("mars"), ACCOUNT), "s3control"),
        (head("GET", CONTROL, signed("s3")), "s3"),
        (head("GET", "/b/k", signed("s3"), ACCOUNT), "s3"),
        (head("GET", "/v20180820", signed("s3"), ACCOUNT), "s3"),
        (head("GET", "//v20180820/configuration/publicAccessBlock", signed("s3"), ACCOUNT), "s3"),
        (head("POST", CONTROL, signed("iam"), ACCOUNT), "iam"),
    ],
)
def test_s3_controls_requests(request_head: Head, service: str) -> None:
    assert family(request_head) == service


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_s3_controls_operations(method: str) -> None:
    operation, labels = path_operation("s3control", head(method, CONTROL))
    assert operation.name == f"{method.title()}PublicAccessBlock"
    assert labels == {}


def test_what_is_no_operation_of_s3_control() -> None:
    with pytest.raises(ApiError) as caught:
        path_operation("s3control", head("POST", CONTROL))
    assert (caught.value.code, caught.value.status) == ("MethodNotAllowed", 405)


def test_a_query_operation_by_its_action() -> None:
    body = b"Action=GetUser&Version=2010-05-08"
    assert query_operation("iam", head("POST", "/", FORM, signed("iam")), body).name == "GetUser"
    unsigned = query_operation("sts", head("POST", "/", FORM), body)
    assert (unsigned.service, unsigned.name) == ("iam", "GetUser")
    first = query_operation(
        "sts", head("GET", "/?Action=GetCallerIdentity&Version=2011-06-15&Action=AssumeRole"), b""
    )
    assert first.name == "GetCallerIdentity"


@pytest.mark.parametrize(
    ("service", "body", "code", "message"),
    [
        ("iam", b"", "MissingAction", "The request is missing an action or a required parameter."),
        (
            "iam",
            b"Action=Fly&Version=2010-05-08",
            "InvalidAction",
            "Could not find operation Fly for version 2010-05-08",
        ),
        (
            "iam",
            b"Action=GetCallerIdentity&Version=2011-06-15",
            "InvalidAction",
            "Could not find operation GetCallerIdentity for version 2011-06-15",
        ),
        ("iam", b"Action=%FF", "MalformedQueryString", "A parameter is not UTF-8."),
        ("iam", b"a&" * 20_001, "MalformedQueryString", "There are too many parameters."),
    ],
)
def test_no_query_operation(service: str, body: bytes, code: str, message: str) -> None:
    with pytest.raises(ApiError) as caught:
        query_operation(service, head("POST", "/", FORM, signed(service)), body)
    assert (caught.value.code, caught.value.message) == (code, message)


def operation(method: str, target: str, *headers: tuple[str, str]) -> str:
    one = head(method, target, *headers)
    return rest_operation("s3", one, locate(one))[0].name


@pytest.mark.parametrize(
    ("method", "target", "name"),
    [
        ("GET", "/", "ListBuckets"),
        ("PUT", "/b", "CreateBucket"),
        ("HEAD", "/b", "HeadBucket"),
        ("DELETE", "/b", "DeleteBucket"),
        ("GET", "/b", "ListObjects"),
        ("GET", "/b?prefix=a&x-id=ListObjects", "ListObjects"),
        ("GET", "/b?list-type=2", "ListObjectsV2"),
        ("GET", "/b?list-type=3", "ListObjects"),
        ("GET", "/b?location", "GetBucketLocation"),
        ("GET", "/b?policy", "GetBucketPolicy"),
        ("GET", "/b?policyStatus", "GetBucketPolicyStatus"),
        ("PUT", "/b?policy", "PutBucketPolicy"),
        ("DELETE", "/b?policy=", "DeleteBucketPolicy"),
        ("GET", "/b?versions", "ListObjectVersions"),
        ("GET", "/b?lifecycle", "GetBucketLifecycleConfiguration"),
        ("POST", "/b?delete", "DeleteObjects"),
        ("PUT", "/b/k", "PutObject"),
        ("PUT", "/b/k?x-id=PutObject", "PutObject"),
        ("PUT", "/b/k?partNumber=1&uploadId=u", "UploadPart"),
        ("POST", "/b/k?uploads", "CreateMultipartUpload"),
        ("POST", "/b/k?uploadId=u", "CompleteMultipartUpload"),
        ("DELETE", "/b/k?uploadId=u", "AbortMultipartUpload"),
        ("GET", "/b/k", "GetObject"),
        ("GET", "/b/k?versionId=null", "GetObject"),
        ("GET", "/b/k?acl", "GetObjectAcl"),
        ("HEAD", "/b/k", "HeadObject"),
        ("DELETE", "/b/k", "DeleteObject"),
    ],
)
def test_an_operation_of_s3(method: str, target: str, name: str) -> None:
    assert operation(method, target) == name


def test_a_header_makes_a_put_a_copy() -> None:
    assert operation("PUT", "/b/k", ("x-amz-copy-source", "/a/k")) == "CopyObject"
    assert operation("PUT", "/b/k?partNumber=1&uploadId=u", ("x-amz-copy-source", "/a/k")) == "UploadPartCopy"


@pytest.mark.parametrize(
    ("method", "target", "allowed"),
    [
        ("HEAD", "/", "GET"),
        ("DELETE", "/", "GET"),
        ("POST", "/b/k", "DELETE, GET, HEAD, OPTIONS, PUT"),
        ("PUT", "/", "GET"),
    ],
)
def test_what_is_no_operation(method: str, target: str, allowed: str) -> None:
    with pytest.raises(ApiError) as caught:
        operation(method, target)
    assert (caught.value.code, caught.value.status) == ("MethodNotAllowed", 405)
    assert caught.value.headers == {"allow": allowed}


@pytest.mark.parametrize(
    ("method", "target"), [("DELETE", "/b?everything"), ("PUT", "/b?quota"), ("DELETE", "/b/k?torrent")]
)
def test_a_change_with_an_unknown_subresource_is_no_other_operation(method: str, target: str) -> None:
    with pytest.raises(ApiError) as caught:
        operation(method, target)
    assert (caught.value.code, caught.value.status) == ("NotImplemented", 501)


@pytest.mark.parametrize(
    ("target", "name", "message"),
    [
        ("/b/k?uploadId=u", "uploadId", "This operation does not accept uploadId."),
        ("/b/k?partNumber=1", "partNumber", "This operation does not accept partNumber."),
        ("/b/k?versionId=null", "versionId", "This operation does not accept a version-id."),
        (
            "/b/k?partNumber=1&uploadId=u&versionId=v",
            "versionId",
            "This operation does not accept a version-id.",
        ),
    ],
)
def test_a_change_with_a_parameter_of_others_is_no_other_operation(
    target: str, name: str, message: str
) -> None:
    with pytest.raises(ApiError) as caught:
        operation("PUT", target)
    assert (caught.value.code, caught.value.status, caught.value.message) == ("InvalidArgument", 400, message)
    assert caught.value.detail["ArgumentName"] == name


@pytest.mark.parametrize("target", ["/b/k?x-id=PutObject", "/b/k?X-Amz-Expires=60", "/b/k?anything=else"])
def test_a_change_with_other_parameters_is_what_it_is(target: str) -> None:
    assert operation("PUT", target) == "PutObject"


@pytest.mark.parametrize(
    ("method", "target", "name", "labels"),
    [
        ("POST", "/policy/validation", "ValidatePolicy", {}),
        ("GET", "/analyzer", "ListAnalyzers", {}),
        ("GET", "/analyzer/a%2Fb%C3%A4", "GetAnalyzer", {"analyzerName": "a/b\u00e4"}),
        ("GET", "/analyzer/a/archive-rule/r", "GetArchiveRule", {"analyzerName": "a", "ruleName": "r"}),
    ],
)
def test_a_json_operation_by_its_path(method: str, target: str, name: str, labels: dict[str, str]) -> None:
    operation, found = path_operation("accessanalyzer", head(method, target))
    assert (operation.name, found) == (name, labels)


@pytest.mark.parametrize(
    ("target", "arn"),
    [
        ("arn%3Aaws%3As3%3A%3A%3Ab", "arn:aws:s3:::b"),
        ("arn:aws:s3:us-east-1:1:accesspoint/p", "arn:aws:s3:us-east-1:1:accesspoint/p"),
        ("a%2Fb/c//", "a/b/c"),
    ],
)
def test_a_last_label_that_takes_slashes(target: str, arn: str) -> None:
    operation, found = path_operation("s3control", head("GET", f"/v20180820/tags/{target}"))
    assert (operation.name, found) == ("ListTagsForResource", {"resourceArn": arn})


def test_a_label_is_not_empty() -> None:
    for path in ("/v20180820/tags/", "/v20180820"):
        with pytest.raises(ApiError) as caught:
            path_operation("s3control", head("GET", path))
        assert caught.value.code == "MethodNotAllowed"


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", "/policy/validation"),
        ("GET", "/analyzer/a/b"),
        ("GET", "/finding/"),
        ("GET", "/"),
        ("HEAD", "/analyzer"),
    ],
)
def test_no_json_operation(method: str, target: str) -> None:
    with pytest.raises(ApiError) as caught:
        path_operation("accessanalyzer", head(method, target))
    assert (caught.value.code, caught.value.status) == ("UnknownOperationException", 404)
