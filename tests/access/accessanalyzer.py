"""Examples of Access Analyzer's operations."""

from tests.access.harness import Request, Stage, example


@example("accessanalyzer", "ValidatePolicy")
def validate_policy(stage: Stage) -> Request:
    return {"policyDocument": "{}", "policyType": "IDENTITY_POLICY"}
