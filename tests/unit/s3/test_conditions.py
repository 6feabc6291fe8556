"""Conditional requests, in the order of RFC 9110, 13.2.2."""

from typing import Any

import pytest

from deputize.errors import ApiError
from deputize.model.storage import StoredObject
from deputize.s3.conditions import check_write, not_modified, range_applies

MODIFIED = 1_700_000_000
FOUND = StoredObject(
    bucket=1, key=b"k", size=3, etag="abc", modified=MODIFIED, blob=b"b" * 16, owner="111122223333"
)


@pytest.mark.parametrize(
    "request_",
    [
        {},
        {"IfMatch": '"abc"'},
        {"IfMatch": "abc"},
        {"IfMatch": "*"},
        {"IfMatch": '"x", "abc"'},
        {"IfUnmodifiedSince": MODIFIED},
        {"IfModifiedSince": MODIFIED - 1},
        {"IfNoneMatch": '"x"'},
        # If-Match holds, so If-Unmodified-Since does not count.
        {"IfMatch": '"abc"', "IfUnmodifiedSince": MODIFIED - 1},
        # If-None-Match holds, so If-Modified-Since does not count.
        {"IfNoneMatch": '"x"', "IfModifiedSince": MODIFIED},
    ],
)
def test_answered(request_: dict[str, Any]) -> None:
    assert not_modified(FOUND, request_) is False


@pytest.mark.parametrize(
    "request_",
    [
        {"IfNoneMatch": '"abc"'},
        {"IfNoneMatch": "*"},
        {"IfNoneMatch": 'W/"abc"'},
        {"IfNoneMatch": '"x","abc"'},
        {"IfModifiedSince": MODIFIED},
        {"IfModifiedSince": MODIFIED + 60},
        {"IfNoneMatch": '"abc"', "IfModifiedSince": MODIFIED - 1},
        {"IfMatch": '"abc"', "IfNoneMatch": '"abc"'},
    ],
)
def test_not_modified(request_: dict[str, Any]) -> None:
    assert not_modified(FOUND, request_) is True


@pytest.mark.parametrize(
    ("request_", "condition"),
    [
        ({"IfMatch": '"x"'}, "If-Match"),
        ({"IfMatch": 'W/"abc"'}, "If-Match"),
        ({"IfMatch": ""}, "If-Match"),
        ({"IfUnmodifiedSince": MODIFIED - 1}, "If-Unmodified-Since"),
        ({"IfMatch": '"x"', "IfUnmodifiedSince": MODIFIED}, "If-Match"),
        ({"IfMatch": '"x"', "IfNoneMatch": '"abc"'}, "If-Match"),
        ({"IfUnmodifiedSince": MODIFIED - 1, "IfNoneMatch": '"abc"'}, "If-Unmodified-Since"),
    ],
)
def test_refused(request_: dict[str, Any], condition: str) -> None:
    with pytest.raises(ApiError) as caught:
        not_modified(FOUND, request_)
    assert (caught.value.code, caught.value.status) == ("PreconditionFailed", 412)
    assert caught.value.detail == {"Condition": condition}


@pytest.mark.parametrize(
    ("found", "request_"),
    [
        (None, {}),
        (FOUND, {}),
        (None, {"IfNoneMatch": "*"}),
        (FOUND, {"IfMatch": '"abc"'}),
        (FOUND, {"IfMatch": "*"}),
    ],
)
def test_written(found: StoredObject | None, request_: dict[str, Any]) -> None:
    check_write(found, request_, "k")


@pytest.mark.parametrize(
    ("found", "request_", "code"),
    [
        (FOUND, {"IfNoneMatch": "*"}, "PreconditionFailed"),
        (FOUND, {"IfMatch": '"x"'}, "PreconditionFailed"),
        (None, {"IfMatch": '"abc"'}, "NoSuchKey"),
        (None, {"IfMatch": "*"}, "NoSuchKey"),
        (None, {"IfNoneMatch": '"abc"'}, "NotImplemented"),
        (FOUND, {"IfNoneMatch": '"x"'}, "NotImplemented"),
    ],
)
def test_not_written(found: StoredObject | None, request_: dict[str, Any], code: str) -> None:
    with pytest.raises(ApiError) as caught:
        check_write(found, request_, "k")
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("header", "applies"),
    [
        (None, True),
        ('"abc"', True),
        ("Tue, 14 Nov 2023 22:13:20 GMT", True),
        ('"x"', False),
        ('W/"abc"', False),
        ("Tue, 14 Nov 2023 22:13:21 GMT", False),
        ("abc", False),
        ("", False),
    ],
)
def test_a_range_counts_only_for_the_object_that_it_was_meant_for(header: str | None, applies: bool) -> None:
    assert range_applies(FOUND, header) is applies
