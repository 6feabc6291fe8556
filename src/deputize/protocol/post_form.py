"""A browser's upload form (S3 API, "POST Object"; RFC 7578): its fields, and then the bytes of its file, as
they come in.
"""

from collections import deque
from email.message import Message
from typing import TYPE_CHECKING

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser

from deputize.errors import ApiError

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

# Bytes of all fields before the file, names included (S3 API, "POST Object").
FIELDS = 20 * 1024
# Bytes of one field's headers.
HEADER = 4096
FILE = "file"


class FormReader:
    """Fed with the body, it fills `fields` (names in lower case; of a repeated one the first counts) until
    the file begins; then the file's bytes are taken by `pieces`. What comes after the file is passed over.
    """

    def __init__(self, content_type: str) -> None:
        """Raises ApiError for a body that is no form."""
        message = Message()
        message["content-type"] = content_type
        boundary = message.get_boundary()
        if message.get_content_type() != "multipart/form-data" or not boundary:
            raise ApiError(
                "PreconditionFailed",
                "At least one of the pre-conditions you specified did not hold",
                status=412,
                Condition="Bucket POST must be of the enclosure-type multipart/form-data",
            )
        self.fields: dict[str, str] = {}
        self.in_file = False
        self.file_ended = False
        self.file_name = ""
        self._pieces: deque[bytes] = deque()
        self._size = 0
        self._header = self._value = b""
        self._headers: dict[str, str] = {}
        self._content = bytearray()
        try:
            self._parser = MultipartParser(boundary, self._callbacks(), max_header_size=HEADER)
        except FormParserError:
            raise malformed() from None

    def _callbacks(self) -> "MultipartCallbacks":
        return {
            "on_part_begin": self._part_begins,
            "on_header_field": self._header_name,
            "on_header_value": self._header_value,
            "on_header_end": self._header_ends,
            "on_headers_finished": self._headers_end,
            "on_part_data": self._data,
            "on_part_end": self._part_ends,
        }

    def feed(self, piece: bytes) -> None:
        """Raises MalformedPOSTRequest, MaxPostPreDataLengthExceededError."""
        if self.file_ended:
            return
        try:
            self._parser.write(piece)
        except FormParserError:
            raise malformed() from None

    def pieces(self) -> list[bytes]:
        """The bytes of the file that have come since they were asked for last."""
        found = list(self._pieces)
        self._pieces.clear()
        return found

    # --- what the parser calls

    def _part_begins(self) -> None:
        self._headers, self._content = {}, bytearray()
        self._header = self._value = b""

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_ends(self) -> None:
        self._headers[self._header.decode("latin-1").lower()] = self._value.decode("utf-8", "surrogateescape")
        self._header = self._value = b""

    def _headers_end(self) -> None:
        if self._name() == FILE and not self.file_ended:
            self.in_file = True
            self.file_name = self._file_name()

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self.file_ended:
            return
        if self.in_file:
            self._pieces.append(data[start:end])
            return
        self._size += end - start
        if self._size > FIELDS:
            raise ApiError(
                "MaxPostPreDataLengthExceededError",
                "Your POST request fields preceeding the upload file was too large.",
                status=400,
                MaxPostPreDataLengthBytes=str(FIELDS),
            )
        self._content += data[start:end]

    def _part_ends(self) -> None:
        if self.in_file:
            self.in_file, self.file_ended = False, True
        elif not self.file_ended:
            self._size += len(self._name())
            self.fields.setdefault(self._name(), self._content.decode("utf-8", "surrogateescape"))

    def _disposition(self) -> Message:
        message = Message()
        message["content-disposition"] = self._headers.get("content-disposition", "")
        return message

    def _name(self) -> str:
        return str(self._disposition().get_param("name", "", "content-disposition")).lower()

    def _file_name(self) -> str:
        """The last part of the name: some browsers send the whole path."""
        name = str(self._disposition().get_param("filename", "", "content-disposition"))
        return name.replace("\\", "/").rpartition("/")[2]


def malformed() -> ApiError:
    return ApiError(
        "MalformedPOSTRequest",
        "The body of your POST request is not well-formed multipart/form-data.",
        status=400,
    )
