"""Framing by hand-picked bytes; tests/property/test_framing.py does it over any."""

import pytest

from deputize.config import HttpLimits
from deputize.http.framing import ChunkedBody, Framed, Refused, end_of_head, parse_head

LIMITS = HttpLimits()
CHUNKED = b"PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"


def parsed(raw: bytes, limits: HttpLimits = LIMITS) -> Framed:
    return parse_head(raw, limits, "10.0.0.1", secure=True)


def chunked(limits: HttpLimits = LIMITS) -> ChunkedBody:
    body = parsed(CHUNKED, limits).chunked
    assert body is not None
    return body


def test_peer_and_security_are_what_the_connection_says() -> None:
    head = parsed(
        b"GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Proto: http\r\n\r\n"
    ).head
    assert (head.peer, head.secure) == ("10.0.0.1", True)


def test_head_must_be_whole_and_alone() -> None:
    whole = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    assert parsed(whole).head.path == "/"
    for wrong in (b"", b"\r\n", whole[:-2], whole[:-1], whole + whole, whole + b"G"):
        with pytest.raises(Refused) as refused:
            parsed(wrong)
        assert refused.value.status == 400


def test_reasons_hold_nothing_that_the_client_sent() -> None:
    for raw in (
        b"GET /secret<b> HTTP/9.9\r\n\r\n",
        b"SECRET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nsecret\r\n\r\n",
    ):
        with pytest.raises(Refused) as refused:
            parsed(raw)
        assert "secret" not in refused.value.reason.lower()


@pytest.mark.parametrize(
    ("request_", "expects"),
    [
        (b"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-Continue\r\n\r\n", True),
        (CHUNKED[:-2] + b"Expect: 100-continue\r\n\r\n", True),
        (b"PUT / HTTP/1.0\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n", False),
        (b"GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n", False),
        (b"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n", False),
    ],
)
def test_who_expects_continue(request_: bytes, expects: bool) -> None:
    assert parsed(request_).expects_continue is expects


def test_leading_zeros_of_a_length_are_harmless() -> None:
    assert parsed(b"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 0005\r\n\r\n").length == 5


def test_end_of_head_is_not_sought_beyond_the_limit() -> None:
    small = HttpLimits(head=20)
    assert end_of_head(bytearray(b"GET / HTTP/1.1\r\n\r\n"), 0, small) == 18
    assert end_of_head(bytearray(b"GET / HTTP/1.1\r\nX:"), 0, small) is None
    for long, status in ((b"GET / HTTP/1.1\r\nX: y\r\n\r\n", 431), (b"GET /aaaaaaaaaaaaaaaaaaaaaaaaaa", 414)):
        with pytest.raises(Refused) as refused:
            end_of_head(bytearray(long), 0, small)
        assert refused.value.status == status


@pytest.mark.parametrize("trailer", [b"Content-Length: 5", b"Transfer-Encoding: chunked"])
def test_trailers_about_framing_do_not_change_it(trailer: bytes) -> None:
    body = chunked()
    try:
        assert body.feed(b"3\r\nabc\r\n0\r\n" + trailer + b"\r\n\r\n") == [b"abc"]
    except Refused as refused:
        assert refused.status == 400
    else:
        assert body.done


def test_trailers_are_counted() -> None:
    limits = HttpLimits(trailers=2)
    assert chunked(limits).feed(b"0\r\nA: 1\r\nB: 2\r\n\r\n") == []
    with pytest.raises(Refused) as refused:
        chunked(limits).feed(b"0\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n")
    assert refused.value.status == 431


def test_headers_of_a_next_request_are_no_trailers() -> None:
    body = chunked(HttpLimits(trailers=1))
    assert body.feed(b"1\r\na\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n") == [b"a"]
    assert body.done
    assert body.overrun


def test_extensions_are_weighed_against_the_body() -> None:
    limits = HttpLimits(chunk_overhead=100)
    body = chunked(limits)
    for _ in range(100):
        body.feed(b"a;" + b"x" * 60 + b"\r\n0123456789\r\n")
    with pytest.raises(Refused):
        for _ in range(100):
            body.feed(b"1;" + b"x" * 60 + b"\r\n0\r\n")
