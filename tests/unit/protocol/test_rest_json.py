"""The rest-json codec, where no client of AWS's goes."""

import dataclasses
import json
from typing import Any

import pytest

from deputize.errors import ApiError
from deputize.protocol.families import codec_of
from deputize.protocol.message import Head
from deputize.protocol.model import OperationModel, load
from deputize.protocol.rest_json import BODY_LIMIT, DEPTH

CODEC = codec_of("accessanalyzer")
RULE = {"analyzerName": "a"}


def head(method: str = "POST") -> Head:
    return Head(method, "/", "", (("host", "x"),), "127.0.0.1", False)


def operation(name: str) -> OperationModel:
    return load("accessanalyzer").operations[name]


def parsed(name: str, document: Any, labels: dict[str, str] | None = None) -> dict[str, Any]:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return CODEC.parse(operation(name), head(), body, labels or {})


def refused(name: str, document: Any, labels: dict[str, str] | None = None) -> str:
    with pytest.raises(ApiError) as caught:
        parsed(name, document, labels)
    return caught.value.code


def test_null_is_not_sent_and_what_is_unknown_is_passed_over() -> None:
    rule = {"ruleName": "r", "filter": {"a": {"eq": ["x", None], "exists": None}, "b": None}, "more": [1]}
    assert parsed("CreateArchiveRule", rule, RULE) == {
        "analyzerName": "a",
        "ruleName": "r",
        "filter": {"a": {"eq": ["x"]}},
    }


def test_a_label_is_not_taken_from_the_body() -> None:
    rule = {"analyzerName": "other", "ruleName": "r", "filter": {}}
    assert parsed("CreateArchiveRule", rule, RULE)["analyzerName"] == "a"


@pytest.mark.parametrize(
    "changed",
    [
        {"ruleName": 1},
        {"ruleName": True},
        {"filter": []},
        {"filter": {"a": {"eq": "x"}}},
        {"filter": {"a": {"eq": {}}}},
        {"filter": {"a": {"exists": "true"}}},
        {"filter": {"a": {"exists": 1}}},
        {"filter": {"a": []}},
    ],
)
def test_values_of_other_types(changed: dict[str, Any]) -> None:
    rule = {"ruleName": "r", "filter": {"a": {"exists": True}}}
    assert parsed("CreateArchiveRule", rule, RULE)["filter"] == {"a": {"exists": True}}
    assert refused("CreateArchiveRule", {**rule, **changed}, RULE) == "SerializationException"


@pytest.mark.parametrize(
    "value",
    ["tomorrow", True, "1e999", [], {}, json.loads("1e999"), json.loads("-1e999"), "2026-99-01T00:00:00Z"],
)
def test_times_that_are_none(value: Any) -> None:
    assert refused("StartPolicyGeneration", generation(value)) == "SerializationException"


def test_times_as_text_and_as_seconds() -> None:
    for value in ("2026-01-01T00:00:00Z", 1767225600, 1767225600.0):
        read = parsed("StartPolicyGeneration", generation(value))
        assert read["cloudTrailDetails"]["startTime"] == 1767225600


def generation(start: Any) -> dict[str, Any]:
    role = "arn:aws:iam::111122223333:role/x"
    trail = {"cloudTrailArn": "arn:aws:cloudtrail:us-east-1:111122223333:trail/t"}
    details = {"trails": [trail], "accessRole": role, "startTime": start}
    return {"policyGenerationDetails": {"principalArn": role}, "cloudTrailDetails": details}


@pytest.mark.parametrize("value", [2**31, -(2**31) - 1, 1.0, "1", True])
def test_integers_that_are_none(value: Any) -> None:
    assert refused("ListFindings", {"analyzerArn": "x", "maxResults": value}) == "SerializationException"


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"1",
        b"\xff{}",
        b"NaN",
        b'{"a": Infinity}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"9" * 5000,
    ],
)
def test_bodies_that_are_no_object(body: bytes) -> None:
    assert refused("ListFindings", body) == "SerializationException"


def test_depth_is_bounded() -> None:
    """A shape that contains itself takes no more than DEPTH levels."""
    shape = load("accessanalyzer").shape("ValidatePolicyResponse")
    nested: dict[str, Any] = {}
    member = dataclasses.replace(shape.members["nextToken"], name="inner", wire="inner", shape=shape)
    looped = dataclasses.replace(shape, members={"inner": member}, required=())
    object.__setattr__(member, "shape", looped)
    model = dataclasses.replace(operation("ValidatePolicy"), input=looped)
    for _ in range(DEPTH + 1):
        nested = {"inner": nested}
    with pytest.raises(ApiError, match="SerializationException"):
        CODEC.parse(model, head(), json.dumps(nested).encode())


def test_an_operation_that_takes_nothing() -> None:
    assert CODEC.parse(dataclasses.replace(operation("ListFindings"), input=None), head(), b"{") == {}
    assert CODEC.body_limit(operation("ListFindings")) == BODY_LIMIT


def test_errors() -> None:
    answer = CODEC.error(ApiError("AccessDenied", "no", RequestId="x"), "0af1", head())
    assert answer.status == 403
    assert dict(answer.headers)["x-amzn-errortype"] == "AccessDeniedException"
    assert isinstance(answer.body, bytes)
    assert json.loads(answer.body) == {"message": "no"}
    silent = CODEC.error(ApiError("InternalError", "x", status=500), "0af1", head("HEAD"))
    assert (silent.status, silent.body) == (500, b"")
    assert CODEC.error(ApiError("Nobody knows", "x"), "0af1").status == 400


@pytest.mark.parametrize(
    ("code", "status", "name"),
    [
        ("ServiceUnavailable", 503, "ServiceUnavailableException"),
        ("EntityTooLarge", 413, "RequestEntityTooLargeException"),
        ("ThrottlingException", 429, "ThrottlingException"),
        ("ResourceNotFoundException", 404, "ResourceNotFoundException"),
    ],
)
def test_statuses(code: str, status: int, name: str) -> None:
    answer = CODEC.error(ApiError(code, "x"), "0af1")
    assert (answer.status, dict(answer.headers)["x-amzn-errortype"]) == (status, name)
