"""GetAccessKeyInfo: the account that an access key id belongs to, read from the id alone."""

from typing import TYPE_CHECKING

from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs, Resource
from deputize.model import ids
from deputize.store.api import Snapshot
from deputize.sts.service import sts

if TYPE_CHECKING:
    from deputize.protocol.shapes.sts import GetAccessKeyInfoRequest, GetAccessKeyInfoResponse


def no_resource(db: Snapshot, call: Call, request: "GetAccessKeyInfoRequest") -> Resource:
    return Resource(arn="*", account=None)


@sts.query("GetAccessKeyInfo", access=(Needs("sts:GetAccessKeyInfo", on=no_resource),))
def get_access_key_info(
    db: Snapshot, call: Call, request: "GetAccessKeyInfoRequest"
) -> "GetAccessKeyInfoResponse":
    account = ids.account_of(request["AccessKeyId"])
    if account is None:
        raise ApiError("ValidationError", "Invalid Access Key ID")
    return {"Account": account}
