"""One codec per protocol family turns bytes into requests and results into bytes, without I/O."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Protocol

from deputize.errors import ApiError
from deputize.protocol.message import Answer, Head
from deputize.protocol.model import OperationModel

NO_LABELS: Mapping[str, str] = MappingProxyType({})


class Codec(Protocol):
    """Requests and answers are dicts in AWS's own member names, nested dicts and lists in them.

    Timestamps are epoch seconds, blobs are bytes. A member that was not sent is absent. A streaming blob
    travels apart from them: it is never in a parsed request, and in a result it is written only if it is
    already bytes or a FileSlice.
    """

    def body_limit(self, operation: OperationModel) -> int:
        """The most bytes to read of a body that `parse` is given."""

    def parse(
        self, operation: OperationModel, head: Head, body: bytes, labels: Mapping[str, str] = NO_LABELS
    ) -> dict[str, Any]:
        """The request. `labels` are what the route took from the path (REST). Raises ApiError, and nothing
        else.
        """

    def serialize(self, operation: OperationModel, result: Mapping[str, Any], request_id: str) -> Answer:
        """The answer that says `result`. Raises ApiError if a header's value holds control characters."""

    def error(self, error: ApiError, request_id: str, head: Head | None = None) -> Answer:
        """The answer that says `error`; without a body if `head` is a HEAD request's. Never raises."""
