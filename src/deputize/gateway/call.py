"""One call on its way through the gateway: who, what, when, from where. Immutable; each step makes a fuller
one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from deputize.errors import ApiError
from deputize.gateway.caller import Caller
from deputize.gateway.installation import Installation
from deputize.model.storage import Blob, StoredObject
from deputize.protocol.message import Head
from deputize.protocol.sigv4 import Claim
from deputize.protocol.sigv4_stream import Chain
from deputize.records import record

if TYPE_CHECKING:
    from deputize.gateway.operation import Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A body that was staged: the blob it will be, its entity tag and the checksums that were computed (AWS
    name -> base64). The tag is the MD5 in hex, or random if the bytes are sealed with a client's own key.
    """

    blob: Blob
    etag: str
    checksums: Mapping[str, str]


@record(kw_only=True)
class Call:
    """What is known of a call. `now` is in epoch seconds; `region` is the one the request is addressed to.

    `chain` says how the chunks of a body are signed, `upload` is the staged body of an operation that
    streams one in, or what was staged of `copied`, an object as it was then; `refused` are the items that an
    operation with item-by-item answers must not touch, each with its error. `recipients` are addresses of
    this server's own to which assertions may have been sent, besides AWS's. `prepared` is what the work of
    the operation's `prepare` returned, `form` the fields of a browser's form.
    """

    id: str
    now: float
    operation: "Operation"
    region: str
    caller: Caller
    head: Head
    installation: Installation
    claim: Claim | None = None
    chain: Chain | None = None
    upload: Upload | None = None
    copied: StoredObject | None = None
    refused: Mapping[str, ApiError] = field(default_factory=dict)
    recipients: tuple[str, ...] = ()
    prepared: Any = field(default=None, repr=False)
    form: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def account(self) -> str:
        """The caller's account id."""
        return self.caller.account

    @property
    def partition(self) -> str:
        """The caller's partition."""
        return self.caller.principal.partition or "aws"

    @property
    def time(self) -> int:
        """`now` in whole seconds, as records keep it."""
        return int(self.now)
