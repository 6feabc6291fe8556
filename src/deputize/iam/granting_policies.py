"""ListPoliciesGrantingServiceAccess: through which policies somebody reaches a service."""

from typing import TYPE_CHECKING, Any

from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.gateway.policies import identity_policies
from deputize.iam.entities import KINDS
from deputize.iam.paging import after
from deputize.iam.service import iam
from deputize.iam.service_access import named, reached
from deputize.iam.simulation.subject import entity
from deputize.policy.layers import Attached
from deputize.store.api import Snapshot

if TYPE_CHECKING:
    from deputize.protocol.shapes.iam import (
        ListPoliciesGrantingServiceAccessRequest,
        ListPoliciesGrantingServiceAccessResponse,
    )


@iam.query(
    "ListPoliciesGrantingServiceAccess",
    access=(Needs("iam:ListPoliciesGrantingServiceAccess", on=named),),
    slow=True,
)
def list_policies_granting_service_access(
    db: Snapshot, call: Call, request: "ListPoliciesGrantingServiceAccessRequest"
) -> "ListPoliciesGrantingServiceAccessResponse":
    """Of a user those of its groups, too. A user, group or role has few enough policies for one page, so no
    marker was ever given out. Raises NoSuchEntity, InvalidInput, ValidationError.
    """
    after(call, request)
    holder = entity(db, request["Arn"])
    policies = [(one, reached((one.document,))) for one in identity_policies(db, call, holder.id)]
    granting = [
        {
            "ServiceNamespace": service,
            "Policies": [_policy(db, one) for one, services in policies if service.lower() in services],
        }
        for service in request["ServiceNamespaces"]
    ]
    return {"PoliciesGrantingServiceAccess": granting, "IsTruncated": False}  # type: ignore[typeddict-item]


def _policy(db: Snapshot, policy: Attached) -> dict[str, Any]:
    """A managed policy by its ARN; an inline one by whom it is embedded in."""
    if policy.arn is not None:
        return {"PolicyName": policy.name, "PolicyType": "MANAGED", "PolicyArn": policy.arn}
    shown = {"PolicyName": policy.name, "PolicyType": "INLINE"}
    for kind in KINDS:
        holder = kind.by_id(db, policy.entity or "")
        if holder is not None:
            shown |= {"EntityType": kind.word.upper(), "EntityName": holder.name}
    return shown
