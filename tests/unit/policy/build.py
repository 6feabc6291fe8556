"""Short ways to write policies, callers and questions in the tests of the policy language."""

import json
from typing import Any

from deputize.policy.decide import Decision, Policies, ResourceKind, decide
from deputize.policy.document import parse
from deputize.policy.layers import Attached
from deputize.policy.request import Context, Principal, Request

HERE, THERE = "111111111111", "222222222222"
OBJECT = "arn:aws:s3:::photos/cat.jpg"
ROLE = f"arn:aws:iam::{HERE}:role/app/Reader"
SESSION = f"arn:aws:sts::{HERE}:assumed-role/Reader/ann"
ANN_ARN = f"arn:aws:iam::{HERE}:user/ann"

ANN = Principal(kind="user", account=HERE, partition="aws", arn=ANN_ARN, unique_id="AIDAANN")
READER = Principal(
    kind="role-session", account=HERE, partition="aws", arn=SESSION, unique_id="AROAREADER", role_arn=ROLE
)
FEDERATED = Principal(
    kind="federated-user",
    account=HERE,
    partition="aws",
    arn=f"arn:aws:sts::{HERE}:federated-user/bob",
    unique_id="AIDAANN",
    parent_arn=ANN_ARN,
)
ROOT = Principal(kind="root", account=HERE, partition="aws", arn=f"arn:aws:iam::{HERE}:root", unique_id=HERE)
SERVICE = Principal(kind="service", arn="cloudtrail.amazonaws.com")
VOUCHED = Principal(kind="federated", arn="accounts.google.com")
NOBODY = Principal(kind="anonymous")


def statement(effect: str = "Allow", action: Any = "s3:GetObject", **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": "*", **more}


def policy(
    *statements: dict[str, Any], kind: str = "inline", arn: str | None = None, version: str = "2012-10-17"
) -> Attached:
    text = json.dumps({"Version": version, "Statement": list(statements)})
    return Attached(parse(text), kind, "test", arn, None)


def granted(principal: Any, effect: str = "Allow", element: str = "Principal", **more: Any) -> Attached:
    """A resource's policy of one statement, which names `principal`."""
    return policy(statement(effect, **{element: principal, **more}), kind="resource")


def trusting(principal: Any, effect: str = "Allow") -> Attached:
    """A role's trust policy."""
    return policy({"Effect": effect, "Action": "sts:AssumeRole", "Principal": principal}, kind="resource")


ALLOW = policy(statement())
SILENT = policy(statement(action="s3:PutObject"))
DENY = policy(statement("Deny"))
EVERYTHING = policy(statement(action="*"))


def ask(
    caller: Principal = ANN,
    owner: str | None = HERE,
    *,
    action: str = "s3:GetObject",
    on: str = OBJECT,
    context: Context | None = None,
    kind: ResourceKind = ResourceKind.ORDINARY,
    **policies: Any,
) -> Decision:
    request = Request(
        principal=caller, action=action, resource=on, resource_account=owner, context=context or {}
    )
    known = Policies(identity=policies.pop("identity", ()), **policies)
    return decide(request, known, resource_kind=kind)


def assume(caller: Principal, owner: str, trust: Attached | None, **policies: Any) -> Decision:
    """Whether `caller` may assume a role of the account `owner`."""
    return ask(
        caller,
        owner,
        action="sts:AssumeRole",
        on=f"arn:aws:iam::{owner}:role/R",
        kind=ResourceKind.ROLE_TRUST,
        resource=trust,
        **policies,
    )
