"""How much IAM the caller's account may hold."""

import dataclasses

from deputize.config import IamQuotas
from deputize.gateway.call import Call
from deputize.store.api import Snapshot


def limits(db: Snapshot, call: Call) -> IamQuotas:
    """The installation's figures, with those that the operator set for this account in their place."""
    account = db.accounts.get(call.account)
    own = account.quotas if account is not None else {}
    return dataclasses.replace(call.installation.settings.iam_quotas, **own)
