"""Examples of IAM's operations on service-linked roles: each stage has one of its own, by a suffix."""

from tests.access.harness import Request, Stage, example
from tests.access.iam import declare

SERVICE = "autoscaling.amazonaws.com"


def linked(stage: Stage) -> Request:
    made = stage.iam.create_service_linked_role(AWSServiceName=SERVICE, CustomSuffix=stage.name)
    return {"RoleName": made["Role"]["RoleName"]}


@example("iam", "CreateServiceLinkedRole")
def create_service_linked_role(stage: Stage) -> Request:
    return {"AWSServiceName": SERVICE, "CustomSuffix": stage.name}


@example("iam", "GetServiceLinkedRoleDeletionStatus")
def get_service_linked_role_deletion_status(stage: Stage) -> Request:
    task = stage.iam.delete_service_linked_role(**linked(stage))["DeletionTaskId"]
    return {"DeletionTaskId": task}


declare("DeleteServiceLinkedRole", linked)
