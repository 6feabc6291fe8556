"""What an answer's head says."""

import pytest
from tests.conformance.http_edge import DATE, NOW

from deputize.http.outgoing import Dates, content_of, head_of
from deputize.http.refusal import refusal
from deputize.protocol.message import Answer


def test_head_of_an_answer() -> None:
    head = head_of(Answer(206, (("etag", '"e"'),)), 5, date="D", close=False, old=False)
    assert head == (
        b'HTTP/1.1 206 Partial Content\r\netag: "e"\r\n'
        b"date: D\r\nserver: Deputize\r\ncontent-length: 5\r\n\r\n"
    )


@pytest.mark.parametrize(("close", "old", "says"), [(True, True, b"close"), (False, True, b"keep-alive")])
def test_what_is_said_about_the_connection(close: bool, old: bool, says: bytes) -> None:
    assert b"\r\nconnection: " + says + b"\r\n" in head_of(Answer(200), 0, date="D", close=close, old=old)


@pytest.mark.parametrize("number", [*range(9), *range(10, 32), 127])
def test_control_characters_are_refused(number: int) -> None:
    with pytest.raises(ValueError, match="control"):
        head_of(Answer(200, (("x", chr(number)),)), 0, date="D", close=False, old=False)


def test_content_by_method_and_status() -> None:
    answer = Answer(200, (), b"abc")
    assert content_of(answer, "GET") == (b"abc", 3)
    assert content_of(answer, "HEAD") == (b"", 3)
    assert content_of(Answer(200, length=7), "HEAD") == (b"", 7)
    assert content_of(Answer(304, (), b"abc"), "GET") == (b"", None)
    assert content_of(Answer(204), "HEAD") == (b"", None)


def test_dates_follow_the_clock() -> None:
    now = NOW
    dates = Dates(lambda: now)
    assert dates.now() == DATE
    now += 0.9
    assert dates.now() == DATE
    now += 0.1
    assert dates.now() == "Thu, 01 Jan 2026 00:00:01 GMT"


def test_refusals_escape_their_reason() -> None:
    answer = refusal(417, "a < b & c")
    assert answer.body == (
        b'<?xml version="1.0" encoding="UTF-8"?>\n'
        b"<Error><Code>BadRequest</Code><Message>a &lt; b &amp; c</Message></Error>"
    )
