"""An account's Block Public Access settings: together with a bucket's own, whichever is stricter counts (S3
guide, "Blocking public access to your Amazon S3 storage").
"""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.domain import public_access
from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs, Resource
from deputize.model.account import Account
from deputize.s3control.service import s3control
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.s3control import (
        DeletePublicAccessBlockRequest,
        GetPublicAccessBlockRequest,
        GetPublicAccessBlockResponse,
        PutPublicAccessBlockRequest,
    )


def own_account(db: Snapshot, call: Call, request: Mapping[str, Any]) -> Resource:
    """The rights are asked on `*`. Raises AccessDenied for an account that is not the caller's."""
    account = require_own(db, call, request)
    return Resource(arn="*", account=account.id, shown="")


def require_own(db: Snapshot, call: Call, request: Mapping[str, Any]) -> Account:
    """The caller's account, which the request must name. Raises AccessDenied."""
    account = db.accounts.get(request["AccountId"])
    if account is None or account.id != call.caller.principal.account:
        raise ApiError("AccessDenied", "Access Denied", status=403)
    return account


@s3control.command("PutPublicAccessBlock", access=(Needs("s3:PutAccountPublicAccessBlock", on=own_account),))
def put_public_access_block(
    db: Transaction, call: Call, request: "PutPublicAccessBlockRequest"
) -> Mapping[str, Any]:
    account = require_own(db, call, request)
    block = public_access.given(request["PublicAccessBlockConfiguration"])
    db.accounts.put(dataclasses.replace(account, public_access_block=block))
    return {}


@s3control.query("GetPublicAccessBlock", access=(Needs("s3:GetAccountPublicAccessBlock", on=own_account),))
def get_public_access_block(
    db: Snapshot, call: Call, request: "GetPublicAccessBlockRequest"
) -> "GetPublicAccessBlockResponse":
    account = require_own(db, call, request)
    told = public_access.told(account.public_access_block, AccountId=account.id)
    return {"PublicAccessBlockConfiguration": told}


@s3control.command(
    "DeletePublicAccessBlock", access=(Needs("s3:PutAccountPublicAccessBlock", on=own_account),)
)
def delete_public_access_block(
    db: Transaction, call: Call, request: "DeletePublicAccessBlockRequest"
) -> Mapping[str, Any]:
    """Also of an account that has no settings."""
    account = require_own(db, call, request)
    db.accounts.put(dataclasses.replace(account, public_access_block=None))
    return {}
