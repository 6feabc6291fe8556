"""T10: a request that is hidden in another one's body or behind a refusal is never carried out.

The framing itself, case by case, stands in tests/conformance/test_http_edge.py and test_http_bodies.py. Here
what is hidden is a DELETE that is rightly signed: were it taken for a request, the object would be gone.
"""

import pytest
from tests.attacks.fix_target import Target
from tests.attacks.wire import Request, code_of, exchange
from tests.fix_world import Keys
from tests.state import unchanged

UNFRAMED = {
    "content-length beside transfer-encoding": (("Content-Length", "5"), ("Transfer-Encoding", "chunked")),
    "transfer-encoding beside content-length": (("Transfer-Encoding", "chunked"), ("Content-Length", "5")),
    "transfer-encoding twice": (("Transfer-Encoding", "chunked"), ("Transfer-Encoding", "chunked")),
    "transfer-encoding xchunked": (("Transfer-Encoding", "xchunked"),),
    "transfer-encoding behind a tab": (("Transfer-Encoding", "\tchunked, identity"),),
    "transfer-encoding with a vertical tab": (("Transfer-Encoding", "\x0bchunked"),),
    "content-length as a list": (("Content-Length", "5,5"),),
    "content-length twice": (("Content-Length", "5"), ("Content-Length", "6")),
    "content-length with a sign": (("Content-Length", "+5"),),
    "content-length in two lines": (("Content-Length", "\r\n 5"),),
    "content-length with an underscore": (("Content-Length", "1_0"),),
    "space before the colon": (("Content-Length ", "5"),),
    "obs-fold": (("X-A", "b\r\n\tc"), ("Content-Length", "0")),
    "bare line feed": (("X-A", "b\nContent-Length: 5"), ("Content-Length", "0")),
    "bare carriage return": (("X-A", "b\rContent-Length: 5"), ("Content-Length", "0")),
    "a NUL": (("X-A", "b\x00c"), ("Content-Length", "0")),
    "upgrade": (("Connection", "upgrade"), ("Upgrade", "h2c"), ("Content-Length", "5")),
}


def hidden(target: Target) -> bytes:
    """The DELETE."""
    return target.signer.sign(target.request("DELETE", "kept")).raw()


def outer(target: Target, keys: Keys | None = None) -> Request:
    """A signed upload whose connection is to go on."""
    request = target.request("PUT", "outer", body=b"meow").also(("Connection", "keep-alive"))
    signer = target.signer
    return (signer if keys is None else type(signer)(keys, signer.at)).sign(request)


def test_t10_behind_a_request_that_is_well_framed_it_is_a_request(target: Target) -> None:
    """T10. The control of all that follow: pipelined openly, it is carried out."""
    target.s3.put_object(Bucket=target.bucket, Key="gone", Body=b"meow")
    delete = target.signer.sign(target.request("DELETE", "gone")).raw()
    assert [one.status for one in exchange(target.world, outer(target).raw() + delete)] == [200, 204]
    assert target.s3.list_objects_v2(Bucket=target.bucket, Prefix="gone")["KeyCount"] == 0


@pytest.mark.parametrize("name", UNFRAMED)
def test_t10_behind_a_head_whose_body_is_not_clear(target: Target, name: str) -> None:
    """T10. One answer, 400, and the connection is closed."""
    request = target.signer.sign(target.request("PUT", "outer"))
    attack = Request(request.method, request.path, headers=request.headers + UNFRAMED[name]).raw()
    attack = attack.replace(b"Connection: close\r\n", b"").replace(b"Content-Length: 0\r\nConn", b"Conn")
    for body in (b"", b"0\r\n\r\n", b"meow!"):
        with unchanged(target.world):
            (reply,) = exchange(target.world, attack + body + hidden(target))
        assert (reply.status, reply.headers["connection"]) == (400, "close"), reply


@pytest.mark.parametrize("chunked", [False, True])
def test_t10_in_the_body_of_a_request_that_is_refused(target: Target, chunked: bool) -> None:
    """T10. Refused before its body was read: what is in the body, or behind it, is nobody's request."""
    request = outer(target, Keys(target.account.admin.id, "guessed"))
    inner = hidden(target)
    if chunked:
        request = request.also(("Transfer-Encoding", "chunked"))
        body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(inner), inner)
    else:
        body = inner
    attack = Request(request.method, request.path, headers=request.headers, body=body).raw()
    with unchanged(target.world):
        (reply,) = exchange(target.world, attack + inner)
    assert (reply.status, reply.headers["connection"]) == (403, "close")


def test_t10_in_the_body_of_a_request_that_waits_for_continue(target: Target) -> None:
    """T10. Refused instead of `100 Continue`: what the client sends all the same is thrown away."""
    request = outer(target, Keys(target.account.admin.id, "guessed")).also(("Expect", "100-continue"))
    with unchanged(target.world):
        (reply,) = exchange(target.world, request.raw() + hidden(target))
    assert (reply.status, reply.headers["connection"]) == (403, "close")


@pytest.mark.parametrize("form", [b"%x;a=b\r\n%s\r\n0\r\n\r\n", b"%x\r\n%s\r\n0\r\nX-A: b\r\n\r\n"])
def test_t10_in_a_chunked_body_it_is_content(target: Target, form: bytes) -> None:
    """T10. Chunk extensions and trailers open no way out of the body, which PutObject refuses as a whole."""
    inner = hidden(target)
    request = target.request("PUT", "outer").also(("Transfer-Encoding", "chunked"))
    signed = target.signer.sign(request, "UNSIGNED-PAYLOAD")
    attack = Request(
        signed.method, signed.path, headers=signed.headers, body=form % (len(inner), inner)
    ).raw()
    (reply,) = exchange(target.world, attack)
    assert (reply.status, code_of(reply)) == (411, "MissingContentLength")
    assert target.send(target.signer.sign(target.request("GET", "kept"))).status == 200
