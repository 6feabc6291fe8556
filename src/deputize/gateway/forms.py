"""Browser uploads: a form whose fields say what headers say elsewhere, signed by its policy (S3 API,
"Authenticating Requests: Browser-Based Uploads Using POST"). What it asks for is a PutObject, authorized like
any other as whoever signed it.
"""

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast
from urllib.parse import urlencode

from deputize.errors import ApiError
from deputize.protocol import located, xml
from deputize.protocol.message import Body, Head
from deputize.protocol.model import Shape, load
from deputize.protocol.post_form import FormReader, malformed
from deputize.protocol.post_policy import PostPolicy, parse
from deputize.protocol.validate import MALFORMED_XML
from deputize.protocol.validate_s3 import validate_s3

# The largest file that a form may bring (S3 guide, "Uploading objects").
MOST = 5 * 1024**3
# What stands in fields for the name of the file.
FILE_NAME = "${filename}"
# What a form calls otherwise than headers do.
HEADERS = {"acl": "x-amz-acl"}
# No header could hold these, and answers give fields back in headers.
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
# Headers of the request itself that speak of the form, and not of the object.
OF_THE_FORM = ("content-", "x-amz-")


@dataclass(frozen=True, slots=True)
class Form:
    """A form up to its file. `policy` is None if it is not signed."""

    fields: Mapping[str, str]
    policy: PostPolicy | None
    reader: FormReader
    body: AsyncIterator[bytes]

    @property
    def sizes(self) -> tuple[int, int]:
        """The least and the most bytes of the file."""
        least, most = (0, MOST) if self.policy is None or self.policy.sizes is None else self.policy.sizes
        return least, min(most, MOST)

    async def file(self) -> AsyncIterator[bytes]:
        """The file's bytes. Raises MalformedPOSTRequest for a body that ends before the file does."""
        while True:
            for piece in self.reader.pieces():
                yield piece
            if self.reader.file_ended:
                break
            fed = await anext(self.body, None)
            if fed is None:
                raise malformed()
            self.reader.feed(fed)
        async for _ in self.body:  # what comes after the file counts for nothing
            pass


async def opened(head: Head, body: Body) -> Form:
    """Read the form's fields, in all of which the file's name may stand: they are what they become with it,
    to the policy as well (S3 API, "Creating an HTML Form" and "Creating a POST Policy"). Raises ApiError for
    one that is malformed, has no key or no file.
    """
    if head.get("authorization") is not None:
        raise ApiError("InvalidArgument", "A form is signed by its policy alone.", status=400)
    reader = FormReader(head.get("content-type") or "")
    chunks = body.chunks()
    while not (reader.in_file or reader.file_ended):
        piece = await anext(chunks, None)
        if piece is None:
            raise ApiError(
                "InvalidArgument",
                "POST requires exactly one file upload per request.",
                status=400,
                ArgumentName="file",
                ArgumentValue="0",
            )
        reader.feed(piece)
    fields = {name: value.replace(FILE_NAME, reader.file_name) for name, value in reader.fields.items()}
    if not fields.get("key"):
        raise ApiError(
            "InvalidArgument",
            "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of "
            "the fields.",
            status=400,
            ArgumentName="key",
            ArgumentValue="",
        )
    policy = parse(fields["policy"]) if "policy" in fields else None
    return Form(fields, policy, reader, chunks)


def check(form: Form, bucket: str, now: float) -> None:
    """Raises AccessDenied for a form that its policy does not allow. Its bucket is the one that is
    addressed.
    """
    if form.policy is not None:
        form.policy.check({**form.fields, "bucket": bucket}, now)


def head_of(head: Head, form: Form) -> Head:
    """The head of the PutObject that the form stands for: the fields are its headers."""
    own = tuple((name, value) for name, value in head.headers if not name.startswith(OF_THE_FORM))
    return replace(head, headers=(*own, *_headers(form)))


def _headers(form: Form) -> Iterator[tuple[str, str]]:
    members = _input("PutObject").members.values()
    known = {member.wire.lower() for member in members if member.location == "header"}
    for name, value in form.fields.items():
        header = HEADERS.get(name, name)
        if header == "tagging":
            header, value = "x-amz-tagging", _tags(value)
        if header in known or header.startswith(("x-amz-meta-", "x-amz-checksum-")):
            if _CONTROL.search(value):
                raise ApiError("InvalidArgument", f"{name} holds control characters.", status=400)
            yield header, value.encode("utf-8", "surrogateescape").decode("latin-1")


def _tags(document: str) -> str:
    """The tags of a form, which are XML there, as a header says them. Raises MalformedXML."""
    shape = _input("PutObjectTagging").members["Tagging"].shape
    try:
        root = xml.parsed(document.encode("utf-8", "surrogateescape"), "Tagging", load("s3").namespace)
        tags = xml.structure(shape, root).get("TagSet", ())
        return urlencode([(tag["Key"], tag["Value"]) for tag in tags])
    except (xml.Malformed, KeyError):
        raise ApiError("MalformedXML", MALFORMED_XML) from None


def request_of(head: Head, bucket: str, form: Form) -> dict[str, Any]:
    """The members of that PutObject. `head` is `head_of`'s. Raises ApiError for what none can say."""
    operation = load("s3").operations["PutObject"]
    labels = {"Bucket": bucket, "Key": form.fields["key"]}
    request = located.members(_input("PutObject"), replace(head, query=""), labels)
    validate_s3(operation, {name: value for name, value in request.items() if name != "Body"})
    return request


def _input(operation: str) -> Shape:
    """What an operation of S3 that takes something takes."""
    return cast(Shape, load("s3").operations[operation].input)
