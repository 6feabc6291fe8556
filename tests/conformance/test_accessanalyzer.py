"""ValidatePolicy over the wire, with boto3 and with bytes."""

import json
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from tests.access.harness import policy, statement
from tests.fix_world import Keys, TestAccount, World

MAY = policy(statement("Allow", ["access-analyzer:ValidatePolicy"]))


@pytest.fixture(scope="module")
def account(shared_world: World) -> TestAccount:
    return shared_world.account("Analyzed")


@pytest.fixture(scope="module")
def keys(shared_world: World, account: TestAccount) -> Keys:
    return shared_world.user(account, "analyst", MAY)


@pytest.fixture
def analyzer(shared_world: World, keys: Keys) -> Any:
    return shared_world.client("accessanalyzer", keys)


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def refused(call: Any, **params: Any) -> ClientError:
    with pytest.raises(ClientError) as caught:
        call(**params)
    return caught.value


def post(
    world: World,
    keys: Keys | None,
    body: bytes,
    path: str = "/policy/validation",
    method: str = "POST",
    **changed: str,
) -> tuple[int, dict[str, str], bytes]:
    """A request with exactly this body: the status, headers and body of the answer."""
    scope = changed.pop("scope", "access-analyzer")
    request = AWSRequest(method, world.url + path, headers={"Content-Type": "application/json"}, data=body)
    if keys is not None:
        SigV4Auth(Credentials(keys.id, keys.secret, keys.token), scope, "us-east-1").add_auth(request)
    headers = {
        **dict(request.headers),
        "Host": f"127.0.0.1:{world.port}",
        "Content-Length": str(len(body)),
        **changed,
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    raw = world.raw(f"{method} {path} HTTP/1.1\r\n{head}Connection: close\r\n\r\n".encode() + body)
    top, _, content = raw.partition(b"\r\n\r\n")
    line, *fields = top.decode().split("\r\n")
    return int(line.split()[1]), {k.lower(): v for k, v in (one.split(": ", 1) for one in fields)}, content


def test_a_finding(analyzer: Any) -> None:
    text = document({"Effect": "Allow", "Action": "s3:GetObjcet", "Resource": "*"})
    answer = analyzer.validate_policy(policyDocument=text, policyType="IDENTITY_POLICY")
    assert "nextToken" not in answer
    (finding,) = answer["findings"]
    (location,) = finding.pop("locations")
    assert finding == {
        "findingDetails": "s3 has no action s3:GetObjcet. Did you mean s3:GetObject?",
        "findingType": "ERROR",
        "issueCode": "INVALID_ACTION",
        "learnMoreLink": "docs/policy-checks.md#invalid_action",
    }
    assert location["path"] == [{"value": "Statement"}, {"index": 0}, {"value": "Action"}]
    start, end = location["span"]["start"], location["span"]["end"]
    assert text[start["offset"] : end["offset"]] == '"s3:GetObjcet"'


def test_korean_and_every_other_locale(analyzer: Any) -> None:
    text = document({"Effect": "Allow", "Action": "s3:GetObjcet", "Resource": "*"})
    asked = {"policyDocument": text, "policyType": "IDENTITY_POLICY"}
    (english,) = analyzer.validate_policy(**asked)["findings"]
    for locale in ("EN", "DE", "JA", "PT_BR", "ZH_TW"):
        assert analyzer.validate_policy(**asked, locale=locale)["findings"] == [english]
    (korean,) = analyzer.validate_policy(**asked, locale="KO")["findings"]
    assert korean == {
        **english,
        "findingDetails": "s3 서비스에 s3:GetObjcet 작업은 없습니다. s3:GetObject을(를) 의도했습니까?",
    }
    for locale in ("ko", "KO_KR", ""):
        error = refused(analyzer.validate_policy, **asked, locale=locale)
        assert error.response["Error"]["Code"] == "ValidationException"


@pytest.mark.parametrize(
    ("policy_type", "resource_type", "code"),
    [
        ("IDENTITY_POLICY", None, "UNSUPPORTED_PRINCIPAL"),
        ("RESOURCE_POLICY", "AWS::S3::Bucket", "UNSUPPORTED_ACTION_IN_POLICY"),
        ("RESOURCE_POLICY", "AWS::IAM::AssumeRolePolicyDocument", "ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE"),
        ("SERVICE_CONTROL_POLICY", None, "SCP_SYNTAX_ERROR_PRINCIPAL"),
        ("RESOURCE_CONTROL_POLICY", None, "RCP_SYNTAX_ERROR_ALLOW"),
    ],
)
def test_every_type_of_policy(analyzer: Any, policy_type: str, resource_type: str | None, code: str) -> None:
    text = document(
        {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Resource": "*"}
    )
    more = {"validatePolicyResourceType": resource_type} if resource_type else {}
    answer = analyzer.validate_policy(policyDocument=text, policyType=policy_type, **more)
    assert code in [finding["issueCode"] for finding in answer["findings"]]


def test_the_callers_account_is_no_third_party(analyzer: Any, account: TestAccount) -> None:
    def codes(trusted: str) -> list[str]:
        one = {"Effect": "Allow", "Principal": {"AWS": trusted}, "Action": "sts:AssumeRole"}
        answer = analyzer.validate_policy(
            policyDocument=document(one),
            policyType="RESOURCE_POLICY",
            validatePolicyResourceType="AWS::IAM::AssumeRolePolicyDocument",
        )
        return [finding["issueCode"] for finding in answer["findings"]]

    assert codes(account.id) == []
    assert codes("999999999999") == ["TRUST_WITHOUT_CONDITION"]


def test_pages(analyzer: Any) -> None:
    text = document(*({"Effect": "allow", "Action": "s3:GetObject", "Resource": "*"} for _ in range(5)))
    whole = analyzer.validate_policy(policyDocument=text, policyType="IDENTITY_POLICY")["findings"]
    pages = analyzer.get_paginator("validate_policy").paginate(
        policyDocument=text, policyType="IDENTITY_POLICY", PaginationConfig={"PageSize": 4}
    )
    by_page = [page["findings"] for page in pages]
    assert [len(page) for page in by_page] == [4] * (len(whole) // 4) + [len(whole) % 4] * (
        len(whole) % 4 > 0
    )
    assert [finding for page in by_page for finding in page] == whole
    first = analyzer.validate_policy(policyDocument=text, policyType="IDENTITY_POLICY", maxResults=4)
    other = text.replace("GetObject", "PutObject")
    for params in (
        {"policyDocument": other, "nextToken": first["nextToken"]},
        {"policyDocument": text, "nextToken": first["nextToken"][:-2]},
        {"policyDocument": text, "nextToken": "MC54"},
        {"policyDocument": text, "nextToken": "ä"},
        {"policyDocument": text, "nextToken": ""},
        {"policyDocument": text, "maxResults": 0},
    ):
        error = refused(analyzer.validate_policy, policyType="IDENTITY_POLICY", **params)
        assert error.response["Error"]["Code"] == "ValidationException", params
        assert error.response["reason"] == "fieldValidationFailed"


def test_what_does_not_fit_the_model(analyzer: Any) -> None:
    error = refused(analyzer.validate_policy, policyDocument="{}", policyType="NO_POLICY")
    assert error.response["Error"] == {
        "Code": "ValidationException",
        "Message": "1 validation error detected: Value at 'policyType' failed to satisfy constraint: "
        "Member must satisfy enum value set",
    }
    assert error.response["reason"] == "fieldValidationFailed"
    error = refused(
        analyzer.validate_policy,
        policyDocument="{}",
        policyType="IDENTITY_POLICY",
        validatePolicyResourceType="AWS::S3::Bucket",
    )
    assert error.response["Error"]["Code"] == "ValidationException"


def test_a_denial_says_why(shared_world: World, account: TestAccount) -> None:
    stranger = shared_world.user(account, "stranger")
    analyzer = shared_world.client("accessanalyzer", stranger, region="eu-west-1")
    error = refused(analyzer.validate_policy, policyDocument="{}", policyType="IDENTITY_POLICY")
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert error.response["Error"] == {
        "Code": "AccessDeniedException",
        "Message": f"User: arn:aws:iam::{account.id}:user/stranger is not authorized to perform: "
        f"access-analyzer:ValidatePolicy on resource: arn:aws:access-analyzer:eu-west-1:{account.id}:* "
        "because no identity-based policy allows the access-analyzer:ValidatePolicy action",
    }


def test_what_is_not_offered_says_so(shared_world: World, account: TestAccount) -> None:
    analyzer = shared_world.client("accessanalyzer", account.admin)
    error = refused(analyzer.get_analyzer, analyzerName="mine")
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 501
    assert error.response["Error"] == {
        "Code": "NotImplementedException",
        "Message": "accessanalyzer:GetAnalyzer is not offered by this server.",
    }


def test_who_did_not_sign_well(shared_world: World, account: TestAccount, keys: Keys) -> None:
    def code(keys: Keys | None) -> tuple[int, str, str]:
        analyzer = shared_world.client("accessanalyzer", keys)
        error = refused(analyzer.validate_policy, policyDocument="{}", policyType="IDENTITY_POLICY").response
        return (
            error["ResponseMetadata"]["HTTPStatusCode"],
            error["Error"]["Code"],
            error["Error"]["Message"],
        )

    assert code(None) == (
        403,
        "MissingAuthenticationTokenException",
        "Request is missing Authentication Token",
    )
    wrong = (403, "UnrecognizedClientException", "The security token included in the request is invalid.")
    assert code(Keys("AKIAIOSFODNN7EXAMPLE", "x")) == wrong
    assert code(Keys(keys.id, keys.secret, "token")) == wrong
    status, name, message = code(Keys(keys.id, "x"))
    assert (status, name) == (403, "InvalidSignatureException")
    assert message.startswith("The request signature we calculated does not match")
    sts = shared_world.client("sts", account.admin)
    session = Keys.of(sts.get_session_token(DurationSeconds=900)["Credentials"])
    shared_world.clock.advance(900)
    assert code(session) == (
        403,
        "ExpiredTokenException",
        "The security token included in the request is expired",
    )


def test_the_head_of_an_answer(shared_world: World, keys: Keys) -> None:
    body = json.dumps({"policyDocument": "{}", "policyType": "IDENTITY_POLICY"}).encode()
    status, headers, content = post(shared_world, keys, body)
    assert (status, headers["content-type"]) == (200, "application/json")
    assert headers["x-amzn-requestid"]
    assert json.loads(content)["findings"]
    status, headers, content = post(shared_world, keys, b"{}")
    assert (status, headers["x-amzn-errortype"]) == (400, "ValidationException")
    assert json.loads(content)["message"].startswith("2 validation errors detected: ")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b"\xff",
        b"[" * 100_000,
        b'{"policyDocument": NaN}',
        b'{"policyDocument": 1, "policyType": "IDENTITY_POLICY"}',
        b'{"policyDocument": ["{}"], "policyType": "IDENTITY_POLICY"}',
        b'{"policyDocument": null, "policyType": {}}',
    ],
)
def test_bodies_that_are_no_request(shared_world: World, keys: Keys, body: bytes) -> None:
    status, headers, content = post(shared_world, keys, body)
    assert status == 400
    assert headers["x-amzn-errortype"] in {"SerializationException", "ValidationException"}
    assert json.loads(content)["message"]


def test_a_body_that_is_too_large(shared_world: World, keys: Keys) -> None:
    status, headers, _ = post(shared_world, keys, b" " * (1024 * 1024 + 1))
    assert (status, headers["x-amzn-errortype"]) == (413, "RequestEntityTooLargeException")


def test_paths_and_scopes(shared_world: World, keys: Keys) -> None:
    body = b'{"policyDocument": "{}", "policyType": "IDENTITY_POLICY"}'
    status, headers, _ = post(shared_world, keys, body, path="/policy/nothing")
    assert (status, headers["x-amzn-errortype"]) == (404, "UnknownOperationException")
    status, headers, content = post(shared_world, keys, body, scope="accessanalyzer")
    assert status != 200
    assert b"findings" not in content
    status, headers, _ = post(shared_world, keys, body, path="/policy/validation?maxResults=x")
    assert (status, headers["x-amzn-errortype"]) == (400, "ValidationException")
    status, _, content = post(
        shared_world, keys, body.replace(b"{}", b"[]"), **{"X-Amz-Date": "20200101T000000Z"}
    )
    assert status == 403


def test_a_body_that_was_changed_on_its_way(shared_world: World, keys: Keys) -> None:
    body = b'{"policyDocument": "{}", "policyType": "IDENTITY_POLICY"}'
    request = AWSRequest(
        "POST",
        f"{shared_world.url}/policy/validation",
        headers={"Content-Type": "application/json"},
        data=body,
    )
    SigV4Auth(Credentials(keys.id, keys.secret), "access-analyzer", "us-east-1").add_auth(request)
    headers = dict(request.headers)
    status, answered, _ = post(
        shared_world,
        None,
        body.replace(b"{}", b"[]"),
        **{name: str(value) for name, value in headers.items()},
    )
    assert (status, answered["x-amzn-errortype"]) == (403, "InvalidSignatureException")


def test_a_bucket_may_be_called_policy(shared_world: World, account: TestAccount) -> None:
    """Unsigned JSON that S3 could mean stays S3's."""
    shared_world.client("s3", account.admin).create_bucket(Bucket="policy")
    for query, expected in (("uploads", 403), ("uploadId=x", 400)):
        status, headers, _ = post(shared_world, None, b"{}", path=f"/policy/validation?{query}")
        assert (status, headers["content-type"]) == (expected, "application/xml")
    status, _, _ = post(shared_world, None, b"{}", method="PUT", path="/policy/validation")
    assert status == 403


def test_the_record_names_the_service_and_leaves_the_document_out(
    shared_world: World,
) -> None:
    account = shared_world.account("Recorded")
    shared_world.client("accessanalyzer", account.admin).validate_policy(
        policyDocument='{"secret": 1}', policyType="IDENTITY_POLICY"
    )
    shared_world.opened.store.write(lambda db: None).result()
    with shared_world.opened.store.snapshot() as db:
        events = [one.record for one in db.events.page(limit=1000) if one.account == account.id]
    (mine,) = [one for one in events if one["eventName"] == "ValidatePolicy"]
    assert mine["eventSource"] == "access-analyzer.amazonaws.com"
    assert mine["requestParameters"] == {"policyType": "IDENTITY_POLICY"}
    assert mine["readOnly"] is True
