"""SimulatePrincipalPolicy, SimulateCustomPolicy and the two that list the condition keys of policies."""

from typing import TYPE_CHECKING

from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.gateway.policies import identity_policies
from deputize.iam.resources import anything
from deputize.iam.service import iam
from deputize.iam.simulation import inputs, subject
from deputize.iam.simulation.context_keys import keys_of
from deputize.iam.simulation.outcome import World
from deputize.iam.simulation.results import answer
from deputize.store.api import Snapshot

if TYPE_CHECKING:
    from deputize.protocol.shapes.iam import (
        GetContextKeysForCustomPolicyRequest,
        GetContextKeysForCustomPolicyResponse,
        GetContextKeysForPrincipalPolicyRequest,
        GetContextKeysForPrincipalPolicyResponse,
        SimulateCustomPolicyRequest,
        SimulateCustomPolicyResponse,
        SimulatePrincipalPolicyRequest,
        SimulatePrincipalPolicyResponse,
    )


@iam.query(
    "SimulatePrincipalPolicy",
    access=(Needs("iam:SimulatePrincipalPolicy", on=subject.source),),
    slow=True,
)
def simulate_principal_policy(
    db: Snapshot, call: Call, request: "SimulatePrincipalPolicyRequest"
) -> "SimulatePrincipalPolicyResponse":
    """What the calls of a user, group or role would get. Raises InvalidInput, NoSuchEntity."""
    simulated = subject.of_principal(db, call, request)
    world = World(
        subject=simulated,
        given=inputs.context(request),
        owner=inputs.owner(request) or simulated.principal.account or call.account,
        records=db,
    )
    return answer(world, call, request)  # type: ignore[no-any-return]


@iam.query("SimulateCustomPolicy", access=(Needs("iam:SimulateCustomPolicy", on=anything),), slow=True)
def simulate_custom_policy(
    db: Snapshot, call: Call, request: "SimulateCustomPolicyRequest"
) -> "SimulateCustomPolicyResponse":
    """What a call would get by the given policies alone: no record is looked at. Raises InvalidInput."""
    simulated = subject.of_policies(call, request)
    world = World(
        subject=simulated,
        given=inputs.context(request),
        owner=inputs.owner(request) or simulated.principal.account or call.account,
        records=None,
    )
    return answer(world, call, request)  # type: ignore[no-any-return]


@iam.query(
    "GetContextKeysForPrincipalPolicy",
    access=(Needs("iam:GetContextKeysForPrincipalPolicy", on=subject.source),),
    slow=True,
)
def get_context_keys_for_principal_policy(
    db: Snapshot, call: Call, request: "GetContextKeysForPrincipalPolicyRequest"
) -> "GetContextKeysForPrincipalPolicyResponse":
    """Raises InvalidInput, NoSuchEntity."""
    holder = subject.entity(db, request["PolicySourceArn"])
    attached = [*identity_policies(db, call, holder.id), *inputs.policies(call, request)]
    return {"ContextKeyNames": keys_of(one.document for one in attached)}


@iam.query(
    "GetContextKeysForCustomPolicy",
    access=(Needs("iam:GetContextKeysForCustomPolicy", on=anything),),
    slow=True,
)
def get_context_keys_for_custom_policy(
    db: Snapshot, call: Call, request: "GetContextKeysForCustomPolicyRequest"
) -> "GetContextKeysForCustomPolicyResponse":
    """Raises InvalidInput."""
    return {"ContextKeyNames": keys_of(one.document for one in inputs.policies(call, request))}
