"""Calls that an AWS service makes, as EC2 does for its instances: by its service principal, for an account.

They are authorized and recorded as any other call (`gateway.perform`); that they are made at all is the
installation's own doing, so nobody signs them.
"""

import secrets
from collections.abc import Mapping

from deputize.gateway.call import Call
from deputize.gateway.caller import Caller
from deputize.gateway.installation import Installation
from deputize.gateway.operation import Operation
from deputize.policy.request import Principal
from deputize.protocol.message import Head


def service_call(
    installation: Installation,
    operation: Operation,
    *,
    principal: str,
    keys: Mapping[str, str],
    account: str,
    partition: str,
    region: str,
    now: float,
) -> Call:
    """A call of `operation` by the service `principal` (`ec2.amazonaws.com`) on behalf of `account`; `keys`
    are the condition keys that it brings.
    """
    who = Principal(kind="service", account=account, partition=partition, arn=principal)
    return Call(
        id=secrets.token_hex(8).upper(),
        now=now,
        operation=operation,
        region=region,
        caller=Caller(principal=who, user_id=principal, vouched=keys),
        # Services are told by their name where others are by their address and program (CloudTrail guide).
        head=Head("POST", "/", "", (("user-agent", principal),), principal, secure=True),
        installation=installation,
    )
