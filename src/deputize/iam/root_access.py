"""Centralized root access: ListOrganizationsFeatures and the switches of its two features (IAM guide,
"Centrally manage root access for member accounts").

There are no organizations here yet, and each of them answers as AWS does to an account without one.
"""

from collections.abc import Mapping
from typing import Any, NoReturn

from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.iam.resources import anything
from deputize.iam.service import iam
from deputize.store.api import Snapshot

SWITCHES = (
    "EnableOrganizationsRootCredentialsManagement",
    "DisableOrganizationsRootCredentialsManagement",
    "EnableOrganizationsRootSessions",
    "DisableOrganizationsRootSessions",
)


def no_organization(db: Snapshot, call: Call, request: Mapping[str, Any]) -> NoReturn:
    raise ApiError(
        "OrganizationNotFoundException",
        "The request was rejected because no organization is associated with your account.",
        status=400,
    )


iam.query("ListOrganizationsFeatures", access=(Needs("iam:ListOrganizationsFeatures", on=anything),))(
    no_organization
)
for switch in SWITCHES:
    iam.command(switch, access=(Needs(f"iam:{switch}", on=anything),))(no_organization)
