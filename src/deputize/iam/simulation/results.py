"""A simulation's results as they are answered: one for each action, and in it one for each resource
(SimulatePrincipalPolicy, EvaluationResult).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from deputize.gateway.call import Call
from deputize.iam import errors
from deputize.iam.paging import DEFAULT_ITEMS, page
from deputize.iam.simulation import inputs
from deputize.iam.simulation.context_keys import keys_of
from deputize.iam.simulation.outcome import Matched, Outcome, World, outcome
from deputize.policy.arn import Arn
from deputize.policy.findings import knowledge

# From the mildest.
SEVERITY = ("allowed", "implicitDeny", "explicitDeny")
# At how many statements, once for each resource, one answer looks at most, and for one action: answers may be
# shorter than MaxItems, and each statement may come back as one that matched.
MOST = 20_000


def answer(world: World, call: Call, request: Mapping[str, Any]) -> Any:
    """The page of results that the request asks for. Raises InvalidInput."""
    actions, resources = inputs.actions(request), inputs.resources(request)
    cost = len(resources) * (1 + _statements(world))
    if cost > MOST:
        raise errors.invalid_input("The policies and resources are too many for one simulation.")
    size = min(request.get("MaxItems", DEFAULT_ITEMS), MOST // cost)
    found, end = page(call, {**request, "MaxItems": size}, range(len(actions)), "{:06}".format)
    missing = _missing(world)
    results = [_result(world, call, actions[number], resources, missing) for number in found]
    return {"EvaluationResults": results, **end}


def _statements(world: World) -> int:
    policies = world.subject.policies
    levels = [policies.identity, *(policies.scps or ())]
    single = [one for one in (policies.boundary, policies.resource) if one is not None]
    return sum(len(one.document.statements) for one in [*single, *(one for level in levels for one in level)])


def _missing(world: World) -> list[str]:
    """Keys that identity and resource policies refer to and that are not known, wherever they refer to them
    (seen on AWS: in statements on other actions too).
    """
    policies = world.subject.policies
    attached = [*policies.identity, *([policies.resource] if policies.resource is not None else [])]
    here = {*world.subject.known, *world.given, "aws:resourceaccount", "s3:resourceaccount"}
    if world.records is not None:
        here |= {"aws:currenttime", "aws:epochtime"}
    return [key for key in keys_of(one.document for one in attached) if key.lower() not in here]


def _result(
    world: World, call: Call, action: str, resources: Sequence[str], missing: Sequence[str]
) -> Mapping[str, Any]:
    outcomes = [outcome(world, call, action, resource) for resource in resources]
    word = max((one.word for one in outcomes), key=SEVERITY.index)
    unspecific = list(resources) == [inputs.EVERYTHING]
    matched = dict.fromkeys(one for result in outcomes if result.word == word for one in result.matched)
    result: dict[str, Any] = {
        "EvalActionName": action,
        "EvalResourceName": resources[0] if unspecific else _form(action, resources[0]),
        "EvalDecision": word,
        "MatchedStatements": [_statement(one) for one in matched],
        "MissingContextValues": _all_missing(missing, outcomes),
        **_boundary(outcomes),
    }
    organization = [one.by_organization for one in outcomes if one.by_organization is not None]
    if organization:
        result["OrganizationsDecisionDetail"] = {"AllowedByOrganizations": all(organization)}
    if not unspecific:
        if False not in organization:
            result["EvalDecisionDetails"] = _details(outcomes)
        result["ResourceSpecificResults"] = [_specific(one, missing) for one in outcomes]
    return result


def _specific(one: Outcome, missing: Sequence[str]) -> Mapping[str, Any]:
    result: dict[str, Any] = {
        "EvalResourceName": one.resource,
        "EvalResourceDecision": one.word,
        "MatchedStatements": [_statement(matched) for matched in one.matched],
        "MissingContextValues": _all_missing(missing, [one]),
        **_boundary([one]),
    }
    return {**result, "EvalDecisionDetails": one.details} if one.details else result


def _statement(matched: Matched) -> Mapping[str, Any]:
    return {
        "SourcePolicyId": matched.policy,
        "SourcePolicyType": matched.kind,
        "StartPosition": {"Line": matched.begin[0], "Column": matched.begin[1]},
        "EndPosition": {"Line": matched.end[0], "Column": matched.end[1]},
    }


def _all_missing(missing: Sequence[str], outcomes: Sequence[Outcome]) -> list[str]:
    """With those that the trust policies of roles ask for; each key once, whatever its capitals."""
    found = {key.lower(): key for key in missing}
    for one in outcomes:
        for key in one.missing:
            found.setdefault(key.lower(), key)
    return list(found.values())


def _boundary(outcomes: Sequence[Outcome]) -> Mapping[str, Any]:
    says = [one.by_boundary for one in outcomes if one.by_boundary is not None]
    if not says:
        return {}
    return {"PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": all(says)}}


def _details(outcomes: Sequence[Outcome]) -> Mapping[str, str]:
    """The severest word of each kind of policy."""
    found: dict[str, str] = {}
    for one in outcomes:
        for kind, word in one.details.items():
            found[kind] = max(found.get(kind, word), word, key=SEVERITY.index)
    return found


def _form(action: str, resource: str) -> str:
    """The form of the ARNs of the resources that the action takes, as the service authorization reference
    writes it; `*` where there is none.
    """
    prefix, _, name = action.lower().partition(":")
    service, arn = knowledge.service(prefix), Arn.parse(resource)
    known = service.action(name) if service is not None else None
    if service is None or known is None or arn is None:
        return inputs.EVERYTHING
    taken = [one for one in service.types if one.name.lower() in {kind.lower() for kind in known.types}]
    fitting = [one for one in taken if one.service == arn.service and one.resource.overlaps(arn.resource)]
    return next((one.form for one in [*fitting, *taken]), inputs.EVERYTHING)
