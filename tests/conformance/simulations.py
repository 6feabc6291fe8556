"""Simulations in tests: how they are asked, and what is looked at in their results."""

import json
from typing import Any

from tests.access.harness import policy, statement
from tests.conformance.fix_iam import Home

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
OBJECT = "arn:aws:s3:::photos/cat.jpg"
READ = policy(statement("Allow", ["s3:GetObject"], "arn:aws:s3:::photos/*"))
READ_TEXT = json.dumps(READ)


def simulated(home: Home, source: str, *actions: str, **more: Any) -> list[Any]:
    """The results of a simulation of the user, group or role `source` (`user/ann`)."""
    answer = home.iam.simulate_principal_policy(
        PolicySourceArn=home.arn(source), ActionNames=list(actions), **more
    )
    assert answer["IsTruncated"] is False
    results: list[Any] = answer["EvaluationResults"]
    return results


def custom(home: Home, *documents: Any, action: str = "s3:GetObject", **more: Any) -> Any:
    """The result of simulating one action by policies alone."""
    texts = [one if isinstance(one, str) else json.dumps(one) for one in documents]
    answer = home.iam.simulate_custom_policy(PolicyInputList=texts, ActionNames=[action], **more)
    (result,) = answer["EvaluationResults"]
    return result


def decision(result: Any) -> Any:
    return result["EvalDecision"]


def sources(result: Any) -> list[str]:
    return [one["SourcePolicyId"] for one in result["MatchedStatements"]]


def entry(name: str, *values: str, kind: str = "string") -> dict[str, Any]:
    return {"ContextKeyName": name, "ContextKeyValues": list(values), "ContextKeyType": kind}


def conditional(operator: str, key: str, *values: str) -> dict[str, Any]:
    """Reading of objects under a condition."""
    allow = {**statement("Allow", ["s3:GetObject"]), "Condition": {operator: {key: list(values)}}}
    return policy(allow)
