"""Examples of IAM's reports."""

from tests.access.harness import Request, Stage, example
from tests.access.iam import declare, user


def report(stage: Stage) -> Request:
    stage.iam.generate_credential_report()
    return {}


declare("GenerateCredentialReport", lambda stage: {})
declare("GetCredentialReport", report)
declare("GetAccountAuthorizationDetails", lambda stage: {}, Filter=["User"])


def of_a_user(stage: Stage) -> Request:
    return {"Arn": f"arn:aws:iam::{stage.account.id}:user/{user(stage)['UserName']}"}


declare("GenerateServiceLastAccessedDetails", of_a_user)
declare("ListPoliciesGrantingServiceAccess", of_a_user, ServiceNamespaces=["s3"])


# The report is for who asked for it: another's is not there.
@example("iam", "GetServiceLastAccessedDetails", answer="NoSuchEntity")
def get_service_last_accessed_details(stage: Stage) -> Request:
    return {"JobId": stage.iam.generate_service_last_accessed_details(**of_a_user(stage))["JobId"]}


@example("iam", "GetServiceLastAccessedDetailsWithEntities", answer="NoSuchEntity")
def get_service_last_accessed_details_with_entities(stage: Stage) -> Request:
    return {**get_service_last_accessed_details(stage), "ServiceNamespace": "s3"}
