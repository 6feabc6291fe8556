"""The one exception that becomes an answer: an AWS error code, its message and what else the answer must
carry.
"""

from collections.abc import Mapping
from types import MappingProxyType

NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class ApiError(Exception):
    """A refusal or failure in AWS's words.

    `code` is what stands in `<Code>` (or `__type`), `message` what clients show. `detail` are the further
    elements that some errors carry (S3's BucketName, Key, Condition ...), `headers` further ones of the
    answer. The HTTP status and the fault come from the service's model, or for S3 from its table
    (`deputize.protocol`), unless `status` overrides them where AWS gives one code two statuses.
    """

    def __init__(
        self,
        code: str,
        message: str = "",
        headers: Mapping[str, str] = NO_HEADERS,
        /,
        *,
        status: int | None = None,
        **detail: str,
    ) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.status = status
        self.headers = headers
        self.detail: Mapping[str, str] = detail

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"
