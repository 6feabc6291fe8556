"""The access advisor: GenerateServiceLastAccessedDetails and the two operations that fetch what it found.

Nothing is stored but who asked for what: a report is made when it is fetched, of what is so then.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.iam.paging import page
from deputize.iam.resources import anything
from deputize.iam.service import iam
from deputize.iam.service_access import named, reached, subject
from deputize.model.identity import Role, User
from deputize.model.reports import AccessReport, ActionUse
from deputize.policy.findings import knowledge
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.iam import (
        GenerateServiceLastAccessedDetailsRequest,
        GenerateServiceLastAccessedDetailsResponse,
        GetServiceLastAccessedDetailsRequest,
        GetServiceLastAccessedDetailsResponse,
        GetServiceLastAccessedDetailsWithEntitiesRequest,
        GetServiceLastAccessedDetailsWithEntitiesResponse,
    )

# Who asks for the same again gets the same job: their reports do not pile up.
JOBS = uuid.UUID("5b4c1f0e-6d7a-4a53-9a57-0f3f4d3a8c11")


@dataclass(frozen=True, slots=True)
class Tried:
    """A use, and the user or role whose it is."""

    use: ActionUse
    actor: User | Role


@iam.command(
    "GenerateServiceLastAccessedDetails", access=(Needs("iam:GenerateServiceLastAccessedDetails", on=named),)
)
def generate_service_last_accessed_details(
    db: Transaction, call: Call, request: "GenerateServiceLastAccessedDetailsRequest"
) -> "GenerateServiceLastAccessedDetailsResponse":
    """Raises NoSuchEntity, InvalidInput, ValidationError."""
    subject(db, call, request["Arn"])
    actions = request.get("Granularity") == "ACTION_LEVEL"
    asker = _asker(call)
    report = AccessReport(
        id=str(uuid.uuid5(JOBS, f"{call.account} {asker} {actions} {request['Arn']}")),
        account=call.account,
        caller=asker,
        arn=request["Arn"],
        actions=actions,
        requested=call.time,
    )
    db.access_reports.put(report)
    return {"JobId": report.id}


@iam.query(
    "GetServiceLastAccessedDetails",
    access=(Needs("iam:GetServiceLastAccessedDetails", on=anything),),
    slow=True,
)
def get_service_last_accessed_details(
    db: Snapshot, call: Call, request: "GetServiceLastAccessedDetailsRequest"
) -> "GetServiceLastAccessedDetailsResponse":
    """Every service that the policies reach, by prefix, and when it was tried last. Raises NoSuchEntity."""
    report = _require(db, call, request["JobId"])
    about = subject(db, call, report.arn)
    tried = _tried(db, about.actors)
    services, end = page(call, request, reached(one.document for one in about.policies), str)
    shown = [_service(service, tried.get(service, ()), report.actions) for service in services]
    answer = {**_job(report), "ServicesLastAccessed": shown, **end}
    answer["JobType"] = "ACTION_LEVEL" if report.actions else "SERVICE_LEVEL"
    return answer  # type: ignore[return-value]


@iam.query(
    "GetServiceLastAccessedDetailsWithEntities",
    access=(Needs("iam:GetServiceLastAccessedDetailsWithEntities", on=anything),),
    slow=True,
)
def get_service_last_accessed_details_with_entities(
    db: Snapshot, call: Call, request: "GetServiceLastAccessedDetailsWithEntitiesRequest"
) -> "GetServiceLastAccessedDetailsWithEntitiesResponse":
    """The users and roles that act with the policies, those first that tried the service last. Raises
    NoSuchEntity.
    """
    report = _require(db, call, request["JobId"])
    about = subject(db, call, report.arn)
    latest = _latest(_tried(db, about.actors).get(request["ServiceNamespace"].lower(), ()))
    rows = [(actor, latest.get(actor.id)) for actor in about.actors]
    found, end = page(call, request, rows, lambda row: f"{10**12 - (row[1] or 0):013d}{row[0].id}")
    return {**_job(report), "EntityDetailsList": [_entity(*row) for row in found], **end}  # type: ignore[typeddict-item]


def _asker(call: Call) -> str:
    """Who may fetch a report: the same user, root user or role."""
    return call.caller.principal.unique_id or call.caller.user_id


def _require(db: Snapshot, call: Call, job: str) -> AccessReport:
    report = db.access_reports.get(job)
    if report is None or report.account != call.account or report.caller != _asker(call):
        raise ApiError("NoSuchEntity", f"No job with id {job} was found.")
    return report


def _job(report: AccessReport) -> dict[str, Any]:
    return {
        "JobStatus": "COMPLETED",
        "JobCreationDate": report.requested,
        "JobCompletionDate": report.requested,
    }


def _tried(db: Snapshot, actors: tuple[User | Role, ...]) -> Mapping[str, list[Tried]]:
    """What they tried, by service."""
    found: dict[str, list[Tried]] = {}
    for actor in actors:
        for use in db.action_uses.page(actor.id):
            service = use.action.partition(":")[0]
            found.setdefault(service, []).append(Tried(use, actor))
    return found


def _latest(tried: list[Tried] | tuple[()]) -> Mapping[str, int]:
    """When each of them tried last, by id."""
    found: dict[str, int] = {}
    for one in tried:
        found[one.actor.id] = max(one.use.at, found.get(one.actor.id, 0))
    return found


def _service(prefix: str, tried: list[Tried] | tuple[()], actions: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "ServiceName": knowledge.titles().get(prefix, prefix),
        "ServiceNamespace": prefix,
        "TotalAuthenticatedEntities": len(_latest(tried)),
    }
    if tried:
        last = max(tried, key=lambda one: one.use.at)
        shown["LastAuthenticated"] = last.use.at
        shown["LastAuthenticatedEntity"] = last.actor.arn
        shown["LastAuthenticatedRegion"] = last.use.region
    if actions:
        shown["TrackedActionsLastAccessed"] = _actions(tried)
    return shown


def _actions(tried: list[Tried] | tuple[()]) -> list[dict[str, Any]]:
    """The last use of each action, by name."""
    last: dict[str, Tried] = {}
    for one in sorted(tried, key=lambda one: one.use.at):
        last[one.use.action.partition(":")[2]] = one
    return [
        {
            "ActionName": name,
            "LastAccessedEntity": last[name].actor.arn,
            "LastAccessedTime": last[name].use.at,
            "LastAccessedRegion": last[name].use.region,
        }
        for name in sorted(last)
    ]


def _entity(actor: User | Role, at: int | None) -> dict[str, Any]:
    info = {
        "Arn": actor.arn,
        "Name": actor.name,
        "Type": type(actor).__name__.upper(),
        "Id": actor.id,
        "Path": actor.path,
    }
    return {"EntityInfo": info} if at is None else {"EntityInfo": info, "LastAuthenticated": at}
