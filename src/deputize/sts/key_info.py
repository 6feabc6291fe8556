"""GetAccessKeyInfo: the account that an access key id belongs to, read from the id alone."""

from typing import TYPE_CHECKING

from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.model import ids
from deputize.store.api import Snapshot
from deputize.sts.resources import anything
from deputize.sts.service import sts

if TYPE_CHECKING:
    from deputize.protocol.shapes.sts import GetAccessKeyInfoRequest, GetAccessKeyInfoResponse


@sts.query("GetAccessKeyInfo", access=(Needs("sts:GetAccessKeyInfo", on=anything),))
def get_access_key_info(
    db: Snapshot, call: Call, request: "GetAccessKeyInfoRequest"
) -> "GetAccessKeyInfoResponse":
    account = ids.account_of(request["AccessKeyId"])
    if account is None:
        raise ApiError("ValidationError", "Invalid Access Key ID")
    return {"Account": account}
