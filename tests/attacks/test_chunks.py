"""T03, T09: every byte that frames a body in chunks is checked before anything of the body can be read."""

import dataclasses
import re
from collections.abc import Callable, Iterator

import pytest
from tests.attacks.fix_target import Target
from tests.attacks.wire import Request, code_of, exchange, flipped
from tests.conformance.test_uploads_in_chunks import CRC32, crc32
from tests.state import unchanged
from tests.unit.protocol.test_sigv4_stream import signed, unsigned

from deputize.protocol.sigv4_stream import SIGNED, SIGNED_TRAILER, UNSIGNED_TRAILER

FORMS = (SIGNED, SIGNED_TRAILER, UNSIGNED_TRAILER)
# Below what the server keeps in its database, and beyond it: the second is staged in a file.
SIZES = {"inline": [b"a" * 8192, b"b" * 8192, b"c" * 100], "file": [b"a" * 32768, b"b" * 8192, b"c" * 100]}
CODES = {
    (403, "SignatureDoesNotMatch"),
    (403, "InvalidChunkSizeError"),
    (400, "MalformedTrailerError"),
    (400, "IncompleteBody"),
    (400, "BadDigest"),
    (400, "InvalidRequest"),
}


@dataclasses.dataclass(frozen=True)
class Upload:
    """An upload in chunks, whose body can be changed after it was signed."""

    target: Target
    form: str
    chunks: list[bytes]
    stated: str | None = None

    @property
    def head(self) -> Request:
        content = b"".join(self.chunks)
        length = self.stated if self.stated is not None else str(len(content))
        request = self.target.request("PUT", "chunked").also(("x-amz-decoded-content-length", length))
        if self.form != SIGNED:
            request = request.also(("x-amz-trailer", CRC32))
        return self.target.signer.sign(request, self.form)

    def body(self, head: Request, chunks: list[bytes] | None = None) -> bytes:
        found = self.chunks if chunks is None else chunks
        trailer = f"{CRC32}:{crc32(b''.join(found))}\n".encode()
        chain = self.target.signer.chain(head)
        if self.form == UNSIGNED_TRAILER:
            return unsigned(found, trailer.replace(b"\n", b"\r\n"))
        return signed(found, chain, trailer if self.form == SIGNED_TRAILER else b"")

    def attempts(self, bodies: Callable[[bytes], Iterator[bytes]]) -> None:
        """As it is, the upload succeeds; with each of `bodies` instead, it is refused and nothing is left."""
        head = self.head
        body = self.body(head)
        self.target.takes(dataclasses.replace(head, body=body))
        self.target.s3.delete_object(Bucket=self.target.bucket, Key="chunked")
        with unchanged(self.target.world):
            for other in bodies(body):
                assert other != body
                (reply,) = exchange(self.target.world, dataclasses.replace(head, body=other).raw())
                assert (reply.status, code_of(reply)) in CODES, (reply, other[:100], other[-200:])


def places(body: bytes, pattern: bytes) -> list[int]:
    """The positions of all bytes that the groups of `pattern` take."""
    found = re.finditer(pattern, body, re.DOTALL)
    return [at for match in found for at in range(match.start(1), match.end(1))]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("form", [SIGNED, SIGNED_TRAILER])
@pytest.mark.parametrize("what", [rb"chunk-signature=(\w{64})", rb"trailer-signature:(\w{64})"])
def test_t03_every_digit_of_every_signature(target: Target, form: str, size: str, what: bytes) -> None:
    """T03. One bit of each digit: of every chunk, of the last, empty one, and of the trailers."""
    if form == SIGNED and b"trailer" in what:
        what = rb"(0;chunk-signature=)"
    Upload(target, form, SIZES[size]).attempts(
        lambda body: (next(iter(flipped(body, [8 * at]))) for at in places(body, what))
    )


@pytest.mark.parametrize("form", FORMS)
def test_t03_every_bit_of_the_framing(target: Target, form: str) -> None:
    """T03. Sizes, extensions, line ends, trailers; only the letter case of a size or of a trailer's name
    means the same.
    """

    def bodies(body: bytes) -> Iterator[bytes]:
        data = set(places(body, rb"\r\n([abc]{2,})\r\n"))
        named = places(body, rb"(x-amz-[a-z0-9-]+):")
        for at in set(range(len(body))) - data:
            for bit in range(8):
                if bit == 5 and at in named:
                    continue
                yield next(iter(flipped(body, [8 * at + bit])))

    Upload(target, form, [b"a" * 8192, b"c" * 9]).attempts(bodies)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("form", FORMS)
def test_t03_data_that_was_changed(target: Target, form: str, size: str) -> None:
    """T03. A bit in the first, a middle and the last byte of each chunk."""

    def bodies(body: bytes) -> Iterator[bytes]:
        for match in re.finditer(rb"\r\n([abc]{2,})\r\n", body):
            for at in (match.start(1), (match.start(1) + match.end(1)) // 2, match.end(1) - 1):
                yield next(iter(flipped(body, [8 * at])))

    Upload(target, form, SIZES[size]).attempts(bodies)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("form", FORMS)
def test_t03_chunks_that_are_missing_moved_or_added(target: Target, form: str, size: str) -> None:
    """T03. The signatures are a chain, and a body ends once."""

    def bodies(body: bytes) -> Iterator[bytes]:
        parts = re.findall(rb"[0-9a-f]+(?:;[^\r]*)?\r\n[abc]*\r\n", body)
        first, second, third, *_ = parts
        rest = body[len(first + second + third) :]
        yield first + second + third
        yield first + second + rest
        yield second + first + third + rest
        yield first + first + second + third + rest
        yield first + third + second + rest
        yield rest
        yield body[:-2]
        yield body + b"x"
        yield body + b"\r\n"
        yield body + body
        yield b""

    Upload(target, form, SIZES[size]).attempts(bodies)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("stated", ["0", "8191", "8193", "16384", "-1", "+8192", "8192.0", "", "x", "9" * 25])
def test_t09_a_stated_length_that_is_not_the_datas(target: Target, form: str, stated: str) -> None:
    """T09. Signed, and yet another one than the data has."""
    Upload(target, form, [b"a" * 8192]).attempts(lambda body: iter(()))
    lying = Upload(target, form, [b"a" * 8192], stated)
    head = lying.head
    target.refuses(
        dataclasses.replace(head, body=lying.body(head)), *CODES, (400, "InvalidArgument"), (411, "")
    )


@pytest.mark.parametrize("stated", [5 * 1024**3 + 1, 2**63 - 1, 2**63, 2**64])
@pytest.mark.parametrize("form", FORMS)
def test_t09_a_stated_length_that_no_object_has(target: Target, form: str, stated: int) -> None:
    """T09. Refused from the head alone: the body never comes, and nothing was made ready for it."""
    head = Upload(target, form, [b"a" * 8192], str(stated)).head
    target.refuses(head, (400, "EntityTooLarge"), (400, "InvalidArgument"))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "size",
    [b"+2000", b"-2000", b"0x2000", b" 2000", b"2000 ", b"00000000000002000", b"", b"g", b"2001", b"1fff"],
)
def test_t09_a_chunk_size_that_is_none(target: Target, form: str, size: bytes) -> None:
    """T09. Also with more digits than any size has, and with an extension that nobody knows."""
    Upload(target, form, [b"a" * 8192]).attempts(lambda body: iter([size + body[4:]]))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("extension", [b";", b";x", b";chunk-signature=", b";a=b", b"\t"])
def test_t09_an_extension_that_nobody_knows(target: Target, form: str, extension: bytes) -> None:
    """T09. In front of the one that is known, or where there is none."""
    Upload(target, form, [b"a" * 8192]).attempts(lambda body: iter([body[:4] + extension + body[4:]]))


@pytest.mark.parametrize("form", [SIGNED, SIGNED_TRAILER])
def test_t09_signed_chunks_below_eight_kibibytes(target: Target, form: str) -> None:
    """T09. Only the last one may be (S3, "Signature calculations ... in multiple chunks")."""
    chunks = [b"a" * 8191, b"b" * 8193]
    Upload(target, form, chunks[::-1]).attempts(lambda body: iter(()))
    small = Upload(target, form, chunks)
    head = small.head
    target.refuses(dataclasses.replace(head, body=small.body(head)), (403, "InvalidChunkSizeError"))


@pytest.mark.parametrize("changed", [False, True])
def test_t09_a_million_chunks_of_one_byte(target: Target, changed: bool) -> None:
    """T09. Where small chunks are allowed they cost a bounded time: some 4 microseconds each, and about ten
    times as much where every line is traced for its coverage.
    """
    content = b"a" * 10**6
    upload = Upload(target, UNSIGNED_TRAILER, [content])
    trailer = f"{CRC32}:{crc32(content)}\r\n".encode()
    body = b"1\r\na\r\n" * 10**6 + b"0\r\n" + trailer + b"\r\n"
    if changed:
        body = body.replace(b"a", b"b", 1)
    request = dataclasses.replace(upload.head, body=body, patience=60.0)
    if changed:
        target.refuses(request, (400, "BadDigest"))
    else:
        target.takes(request)
