"""Framing over any bytes: nothing but Refused is raised, only RFC 9112's grammar is taken, and how bytes are
cut into pieces on their way changes nothing.
"""

import re

from hypothesis import example, given
from hypothesis import strategies as st

from deputize.config import HttpLimits
from deputize.http.framing import METHODS, Framed, Refused, end_of_head, parse_head

LIMITS = HttpLimits()
TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
# Written from the RFC, apart from the code: single spaces, CRLF, no folding, no control characters.
WELL_FORMED = re.compile(
    rb"(?:\r\n)?(?:GET|HEAD|PUT|POST|DELETE|OPTIONS) /[\x21\x22\x24-\x7e]* HTTP/1\.[01]\r\n"
    rb"(?:" + TOKEN + rb":[\t\x20-\x7e\x80-\xff]*\r\n)*\r\n"
)
CHUNKED = b"PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"

PARTS = [
    *(b"GET", b"PUT", b"HEAD", b"PATCH", b"CONNECT", b"get", b" ", b"  ", b"/", b"/a%2F?x=y", b"http://a/"),
    *(b"HTTP/1.1", b"HTTP/1.0", b"HTTP/2.0", b"RTSP/1.0", b"\r\n", b"\n", b"\r", b"\t", b"\x00", b"\xe9"),
    *(
        b"Host: a",
        b"Host: b",
        b"Content-Length: 5",
        b"Content-Length: 05",
        b"Content-Length:",
        b"content-length",
    ),
    *(b"Transfer-Encoding: chunked", b"Transfer-Encoding: x", b"Expect: 100-continue", b"Expect: x", b":"),
    *(
        b"Connection: close",
        b"Connection: upgrade",
        b"Upgrade: h2c",
        b"X: y",
        b"X : y",
        b" folded",
        b"#",
        b"*",
    ),
]
FRAGMENTS = st.lists(st.sampled_from(PARTS) | st.binary(max_size=3), max_size=14).map(b"".join)
LINES = st.lists(st.sampled_from(PARTS) | st.binary(max_size=6), max_size=6).map(
    lambda lines: b"".join(line + b"\r\n" for line in lines)
)
# Mostly right, with something odd within: pure noise never gets past the request line.
NEARLY = st.tuples(
    st.sampled_from([b"GET / HTTP/1.1\r\n", b"PUT /a HTTP/1.0\r\n", b"PUT /a?b HTTP/1.1\r\n", b""]),
    LINES,
    st.sampled_from([b"Host: a\r\n", b""]),
    LINES,
).map(b"".join)


def parsed(raw: bytes) -> Framed | None:
    try:
        return parse_head(raw, LIMITS, "127.0.0.1", secure=False)
    except Refused as refused:
        assert refused.status in (400, 413, 414, 417, 431, 501, 505)
        return None


@given((FRAGMENTS | NEARLY).map(lambda raw: raw + b"\r\n"))
@example(b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n")
@example(b"\r\n\r\n")
def test_only_what_is_well_formed_is_taken(raw: bytes) -> None:
    if (end := end_of_head(bytearray(raw), 0, LIMITS)) is None:
        return
    framed = parsed(raw[:end])
    if framed is None:
        return
    assert WELL_FORMED.fullmatch(raw[:end])
    head = framed.head
    assert head.method in METHODS
    target = head.path + ("?" + head.query if b"?" in raw.partition(b" HTTP/")[0] else "")
    assert f"{head.method} {target} HTTP/1.".encode("latin-1") in raw
    assert len(head.all("host")) == 1
    lengths, codings = head.all("content-length"), head.all("transfer-encoding")
    assert not (lengths and codings)
    assert (framed.chunked is not None) is bool(codings)
    assert framed.length == (int(lengths[0]) if lengths else 0)
    assert not (framed.keep_alive and "close" in head.all("connection"))


@given(st.binary(max_size=200))
def test_noise_is_refused_and_nothing_else(raw: bytes) -> None:
    assert parsed(raw + b"\r\n\r\n") is None or raw.lstrip(b"\r\n").startswith(
        tuple(m.encode() for m in METHODS)
    )


@given(NEARLY, st.binary(max_size=20), st.lists(st.integers(1, 9), max_size=40))
def test_the_end_of_a_head_is_found_however_it_comes(head: bytes, rest: bytes, sizes: list[int]) -> None:
    raw = head + b"\r\n" + rest
    whole = end_of_head(bytearray(raw), 0, LIMITS)
    buffer, searched, position = bytearray(), 0, 0
    for size in [*sizes, len(raw)]:
        buffer += raw[position : position + size]
        position += size
        found = end_of_head(buffer, searched, LIMITS)
        if found is not None:
            assert found == whole
            return
        searched = len(buffer)
    assert whole is None


EXTENSION = st.sampled_from([b"", b";a", b";a=b", b';a="b c"'])
TRAILERS = st.lists(
    st.sampled_from([b"x-a: b\r\n", b"Host: b\r\n", b"Connection: close\r\n", b"x:\r\n"]), max_size=3
)


@st.composite
def chunked_bodies(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """A body and its chunked form."""
    chunks = draw(st.lists(st.binary(min_size=1, max_size=40), max_size=6))
    written = [b"%x%s\r\n%s\r\n" % (len(chunk), draw(EXTENSION), chunk) for chunk in chunks]
    return b"".join(chunks), b"".join([*written, b"0\r\n", *draw(TRAILERS), b"\r\n"])


@given(chunked_bodies(), st.lists(st.integers(1, 9), max_size=60))
def test_chunked_bodies_are_the_same_however_they_come(body: tuple[bytes, bytes], sizes: list[int]) -> None:
    content, written = body
    framed = parsed(CHUNKED)
    assert framed is not None
    assert framed.chunked is not None
    received, position = b"", 0
    for size in [*sizes, len(written)]:
        piece = written[position : position + size]
        position += size
        if piece:
            assert not framed.chunked.done
            received += b"".join(framed.chunked.feed(piece))
    assert received == content
    assert framed.chunked.done
    assert not framed.chunked.overrun


@given(chunked_bodies(), st.binary(min_size=1, max_size=60) | NEARLY.filter(bool))
def test_nothing_behind_a_chunked_body_gets_into_it(body: tuple[bytes, bytes], following: bytes) -> None:
    content, written = body
    framed = parsed(CHUNKED)
    assert framed is not None
    assert framed.chunked is not None
    assert b"".join(framed.chunked.feed(written + following)) == content
    assert framed.chunked.done
    assert framed.chunked.overrun or not following.strip(b"\r\n")


@given(
    st.lists(
        st.sampled_from([b"5", b"\r\n", b"hello", b"0", b";x=y", b"G", b"\n", b"ffffffffff"])
        | st.binary(max_size=4)
    )
)
def test_any_chunked_body_ends_in_a_body_or_a_refusal(pieces: list[bytes]) -> None:
    framed = parsed(CHUNKED)
    assert framed is not None
    assert framed.chunked is not None
    fed = received = 0
    try:
        for piece in pieces:
            if framed.chunked.done:
                break
            fed += len(piece)
            received += sum(map(len, framed.chunked.feed(piece)))
    except Refused as refused:
        assert refused.status in (400, 431)
    assert received <= fed
