"""Examples of the policy simulator's operations."""

import json

from tests.access.harness import Request, Stage, example, policy, statement

DOCUMENT = json.dumps(policy(statement("Allow", ["s3:GetObject"])))


def source(stage: Stage) -> Request:
    return {"PolicySourceArn": stage.iam.create_user(UserName=stage.name)["User"]["Arn"]}


@example("iam", "SimulatePrincipalPolicy")
def simulate_principal_policy(stage: Stage) -> Request:
    return {**source(stage), "ActionNames": ["s3:GetObject"]}


@example("iam", "SimulateCustomPolicy")
def simulate_custom_policy(stage: Stage) -> Request:
    return {"PolicyInputList": [DOCUMENT], "ActionNames": ["s3:GetObject"]}


example("iam", "GetContextKeysForPrincipalPolicy")(source)


@example("iam", "GetContextKeysForCustomPolicy")
def get_context_keys_for_custom_policy(stage: Stage) -> Request:
    return {"PolicyInputList": [DOCUMENT]}
