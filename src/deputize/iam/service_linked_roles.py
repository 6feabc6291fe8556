"""Service-linked roles: a service's own, which nobody else may change (IAM guide, "Using service-linked
roles").
"""

import json
import re
import uuid
from typing import TYPE_CHECKING, Any

from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.managed_policies import policy_by_arn
from deputize.gateway.operation import Needs, Resource
from deputize.iam import errors, wire
from deputize.iam.deletion import forget_uses
from deputize.iam.entities import ROLE
from deputize.iam.linked_services import LINKED_SERVICES, PREFIX
from deputize.iam.service import iam
from deputize.model import ids
from deputize.model.deletion_task import DeletionTask
from deputize.model.identity import SERVICE_LINKED, Role
from deputize.model.policies import Attachment
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.iam import (
        CreateServiceLinkedRoleRequest,
        CreateServiceLinkedRoleResponse,
        DeleteServiceLinkedRoleRequest,
        DeleteServiceLinkedRoleResponse,
        GetServiceLinkedRoleDeletionStatusRequest,
        GetServiceLinkedRoleDeletionStatusResponse,
    )

LONGEST_NAME = 64
TASK = re.compile(rf"task{SERVICE_LINKED}(?P<service>[^/]+)/(?P<role>[^/]+)/[^/]+")


def path_of(principal: str) -> str:
    return f"{SERVICE_LINKED}{principal}/"


def name_of(request: "CreateServiceLinkedRoleRequest") -> str:
    """The name that the role will have; a star for a service that is not known."""
    service = LINKED_SERVICES.get(request["AWSServiceName"])
    if service is None:
        return "*"
    name = PREFIX + service.role
    return f"{name}_{request['CustomSuffix']}" if "CustomSuffix" in request else name


def fresh(db: Snapshot, call: Call, request: Any) -> Resource:
    arn = ROLE.arn(call, path_of(request["AWSServiceName"]), name_of(request))
    return Resource(arn=arn, account=call.account)


def service_name(db: Snapshot, call: Call, request: Any) -> str:
    name: str = request["AWSServiceName"]
    return name


@iam.command(
    "CreateServiceLinkedRole",
    access=(Needs("iam:CreateServiceLinkedRole", on=fresh, keys={"iam:AWSServiceName": service_name}),),
)
def create_service_linked_role(
    db: Transaction, call: Call, request: "CreateServiceLinkedRoleRequest"
) -> "CreateServiceLinkedRoleResponse":
    """Raises InvalidInput for an unknown service, a suffix where the service takes none, and a name that is
    taken; LimitExceeded.
    """
    service = LINKED_SERVICES.get(request["AWSServiceName"])
    if service is None:
        raise ApiError("InvalidInput", f"No service-linked role is known for {request['AWSServiceName']}.")
    if "CustomSuffix" in request and not service.suffix:
        raise ApiError("InvalidInput", f"Custom suffix is not allowed for {service.principal}")
    name = name_of(request)
    if len(name) > LONGEST_NAME:
        raise ApiError("InvalidInput", f"The role name {name} is longer than {LONGEST_NAME} characters.")
    if ROLE.find(db, call.account, name) is not None:
        raise ApiError(
            "InvalidInput",
            f"Service role name {name} has been taken in this account, please try a different suffix.",
        )
    ROLE.check_room(db, call)
    role = Role(
        account=call.account,
        partition=call.partition,
        name=name,
        path=path_of(service.principal),
        id=ids.unique_id(ROLE.prefix, call.account),
        created=call.time,
        trust=trust_in(service.principal),
        description=request.get("Description"),
    )
    policy = f"arn:{call.partition}:iam::aws:policy{SERVICE_LINKED}{service.policy}"
    if policy_by_arn(db, policy, call.partition) is None:
        raise LookupError(f"the catalogue of AWS's policies lacks {policy}")
    db.roles.put(role)
    db.attachments.put(Attachment(account=role.account, entity=role.id, policy=policy))
    return {"Role": wire.created_role(db, role)}


def trust_in(principal: str) -> str:
    """The trust policy of a service's own role."""
    statement = {"Effect": "Allow", "Principal": {"Service": principal}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@iam.command("DeleteServiceLinkedRole", access=(Needs("iam:DeleteServiceLinkedRole", on=ROLE.named),))
def delete_service_linked_role(
    db: Transaction, call: Call, request: "DeleteServiceLinkedRoleRequest"
) -> "DeleteServiceLinkedRoleResponse":
    """Done at once, with what is attached to the role: no service uses it here. Raises NoSuchEntity, also
    for a role of another kind.
    """
    role = ROLE.require(db, call, request["RoleName"])
    if not role.service_linked:
        raise errors.no_such("service-linked role", role.name)
    for attachment in db.attachments.page(role.id):
        db.attachments.delete(role.id, attachment.policy)
    db.roles.delete(role.account, role.name)
    forget_uses(db, role)
    task = f"task{role.path}{role.name}/{uuid.uuid4()}"
    db.deletion_tasks.put(DeletionTask(account=role.account, role=role.name, id=task, at=call.time))
    return {"DeletionTaskId": task}


def deleted(db: Snapshot, call: Call, request: Any) -> Resource:
    """The role that the task was to delete. Raises InvalidInput for what is no id of a task."""
    task = TASK.fullmatch(request["DeletionTaskId"])
    if task is None:
        raise ApiError("InvalidInput", "The deletion task ID is not valid.")
    name = task["role"]
    arn = ROLE.arn(call, path_of(task["service"]), name)
    return Resource(arn=arn, account=call.account, shown=f"role {name}")


@iam.query(
    "GetServiceLinkedRoleDeletionStatus",
    access=(Needs("iam:GetServiceLinkedRoleDeletionStatus", on=deleted),),
)
def get_service_linked_role_deletion_status(
    db: Snapshot, call: Call, request: "GetServiceLinkedRoleDeletionStatusRequest"
) -> "GetServiceLinkedRoleDeletionStatusResponse":
    """Raises NoSuchEntity for a task that there was not, or that a later one of this name followed."""
    task = request["DeletionTaskId"]
    known = db.deletion_tasks.get(call.account, task.rsplit("/", 2)[1])
    if known is None or known.id != task:
        raise ApiError("NoSuchEntity", f"The deletion task {task} cannot be found.")
    return {"Status": "SUCCEEDED"}
