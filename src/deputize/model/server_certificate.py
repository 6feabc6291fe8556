"""Server certificates."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerCertificate:
    """A certificate that servers may show. `body` and `chain` are the texts as they were sent; of the private
    key nothing is kept, since nothing here would use it. Times are in epoch seconds.
    """

    account: str
    partition: str
    name: str
    path: str
    id: str
    uploaded: int
    expires: int
    body: str
    chain: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        return f"arn:{self.partition}:iam::{self.account}:server-certificate{self.path}{self.name}"
