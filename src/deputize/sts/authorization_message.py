"""DecodeAuthorizationMessage: what an encoded denial says.

On AWS a few services encode their denials (EC2 foremost); IAM, STS and S3 tell theirs in plain words. So no
message was ever encoded here, and every one is answered as AWS answers what it did not encode.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.store.api import Snapshot
from deputize.sts.resources import anything
from deputize.sts.service import sts

if TYPE_CHECKING:
    from deputize.protocol.shapes.sts import DecodeAuthorizationMessageRequest


@sts.query("DecodeAuthorizationMessage", access=(Needs("sts:DecodeAuthorizationMessage", on=anything),))
def decode_authorization_message(
    db: Snapshot, call: Call, request: "DecodeAuthorizationMessageRequest"
) -> Mapping[str, Any]:
    """Raises InvalidAuthorizationMessageException."""
    raise ApiError("InvalidAuthorizationMessageException", "Message is not valid")
