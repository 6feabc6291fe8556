"""Trust policies: who may assume a role. Saved with the principals they name bound to unique ids."""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.domain import principals
from deputize.domain.principals import UnknownPrincipal
from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.iam import errors
from deputize.iam.documents import check_document, size
from deputize.iam.entities import ROLE
from deputize.iam.quotas import limits
from deputize.iam.service import DONE, iam
from deputize.policy.validate import Kind
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.iam import UpdateAssumeRolePolicyRequest


def accepted(db: Snapshot, call: Call, document: str) -> str:
    """A trust policy as it is stored.

    Raises LimitExceeded, and MalformedPolicyDocument for the grammar and for principals that do not exist.
    """
    limit = limits(db, call).trust_policy_size
    if size(document) > limit:
        raise errors.over_quota("ACLSizePerRole", limit)
    check_document(call, document, Kind.TRUST)
    try:
        return principals.bind(db, document, partition=call.partition)
    except UnknownPrincipal as unknown:
        raise ApiError(
            "MalformedPolicyDocument", f'Invalid principal in policy: "{unknown.kind}":"{unknown.value}"'
        ) from None


@iam.command(
    "UpdateAssumeRolePolicy",
    access=(Needs("iam:UpdateAssumeRolePolicy", on=ROLE.named, keys=ROLE.boundary_keys),),
)
def update_assume_role_policy(
    db: Transaction, call: Call, request: "UpdateAssumeRolePolicyRequest"
) -> Mapping[str, Any]:
    role = ROLE.changeable(db, call, request["RoleName"])
    trust = accepted(db, call, request["PolicyDocument"])
    db.roles.put(dataclasses.replace(role, trust=trust))
    return DONE
