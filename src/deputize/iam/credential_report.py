"""GenerateCredentialReport and GetCredentialReport: how old everybody's credentials are, as CSV (IAM guide,
"Getting credential reports").

Nothing is stored but that somebody asked: the report is made when it is fetched, of what is so then.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING, Any

from deputize.domain import passwords
from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.facts import flag, moment
from deputize.gateway.operation import Needs
from deputize.iam.account import own
from deputize.iam.paging import walk
from deputize.iam.resources import anything
from deputize.iam.service import iam
from deputize.model.account import Account
from deputize.model.credentials import AccessKey
from deputize.model.identity import User
from deputize.model.reports import CredentialReport
from deputize.model.sign_in import PasswordPolicy
from deputize.model.user_credentials import SigningCertificate
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.iam import GenerateCredentialReportResponse, GetCredentialReportResponse

# For so long a report can be fetched before it must be asked for again (seconds).
VALID = 4 * 3600
NONE, UNKNOWN, UNSUPPORTED = "N/A", "no_information", "not_supported"
KEY_COLUMNS = ("active", "last_rotated", "last_used_date", "last_used_region", "last_used_service")
HEADER = (
    *("user", "arn", "user_creation_time", "password_enabled", "password_last_used"),
    *("password_last_changed", "password_next_rotation", "mfa_active"),
    *(f"access_key_{number}_{column}" for number in (1, 2) for column in KEY_COLUMNS),
    *(f"cert_{number}_{column}" for number in (1, 2) for column in ("active", "last_rotated")),
)


@dataclass(frozen=True)
class Credentials:
    """What the account has, by the ids of its owners. An account's root user is its owner by its id."""

    keys: Mapping[str, list[AccessKey]]
    certificates: Mapping[str, list[SigningCertificate]]
    with_mfa: frozenset[str | None]
    policy: PasswordPolicy | None


@iam.command("GenerateCredentialReport", access=(Needs("iam:GenerateCredentialReport", on=anything),))
def generate_credential_report(
    db: Transaction, call: Call, request: Mapping[str, Any]
) -> "GenerateCredentialReportResponse":
    """STARTED the first time, then COMPLETE for as long as the report is valid."""
    if _standing(db, call) is not None:
        return {"State": "COMPLETE"}
    db.credential_reports.put(CredentialReport(account=call.account, requested=call.time))
    return {
        "State": "STARTED",
        "Description": "No report exists. Starting a new report generation task",
    }


@iam.query("GetCredentialReport", access=(Needs("iam:GetCredentialReport", on=anything),), slow=True)
def get_credential_report(
    db: Snapshot, call: Call, request: Mapping[str, Any]
) -> "GetCredentialReportResponse":
    """Raises ReportNotPresent, ReportExpired."""
    if db.credential_reports.get(call.account) is None:
        raise ApiError("ReportNotPresent", "No report exists. Please generate one first.")
    if _standing(db, call) is None:
        raise ApiError("ReportExpired", "The report has expired. Please generate a new one.")
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(_rows(db, call))
    content = text.getvalue().removesuffix("\n").encode()
    return {"Content": content, "ReportFormat": "text/csv", "GeneratedTime": call.time}


def _standing(db: Snapshot, call: Call) -> CredentialReport | None:
    """The report that was asked for and is still valid."""
    report = db.credential_reports.get(call.account)
    return report if report is not None and call.time < report.requested + VALID else None


def _rows(db: Snapshot, call: Call) -> Iterator[list[str]]:
    """The root user's row, then one for each user, by name."""
    have = Credentials(
        keys=_by_owner(db.access_keys.find("owner", call.account)),
        certificates=_by_owner(db.signing_certificates.find("owner", call.account)),
        with_mfa=frozenset(device.owner for device in db.mfa_devices.page(call.account)),
        policy=db.password_policies.get(call.account),
    )
    account = own(db, call)
    root = [UNSUPPORTED, _used(account), UNSUPPORTED, UNSUPPORTED]
    yield [
        *("<root_account>", account.arn, moment(account.created), *root),
        *_factors(db, have, account.id),
    ]
    for user in walk(db.users, call.account, start=None, position=lambda user: user.name):
        yield [
            *(user.name, user.arn, moment(user.created), *_password(db, have, user)),
            *_factors(db, have, user.id),
        ]


def _by_owner(records: Iterable[Any]) -> Mapping[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for record in records:
        found[record.owner].append(record)
    return found


def _password(db: Snapshot, have: Credentials, user: User) -> list[str]:
    profile = db.login_profiles.get(user.id)
    if profile is None:
        return ["false", NONE, NONE, NONE]
    expires = None if have.policy is None else passwords.expiry(have.policy, profile)
    next_rotation = NONE if expires is None else moment(expires)
    return ["true", _used(user), moment(profile.changed), next_rotation]


def _used(person: User | Account) -> str:
    return UNKNOWN if person.password_last_used is None else moment(person.password_last_used)


def _factors(db: Snapshot, have: Credentials, owner: str) -> list[str]:
    """MFA, two keys, two certificates: the oldest of them, if there are more."""
    keys = sorted(have.keys.get(owner, ()), key=lambda key: (key.created, key.id))
    certificates = sorted(have.certificates.get(owner, ()), key=lambda one: (one.uploaded, one.id))
    return [
        flag(owner in have.with_mfa),
        *(cell for at in (0, 1) for cell in _key(db, keys[at : at + 1])),
        *(cell for at in (0, 1) for cell in _certificate(certificates[at : at + 1])),
    ]


def _key(db: Snapshot, keys: list[AccessKey]) -> list[str]:
    if not keys:
        return ["false", NONE, NONE, NONE, NONE]
    use = db.key_uses.get(keys[0].id)
    used = [NONE, NONE, NONE] if use is None else [moment(use.at), use.region, use.service]
    return [flag(keys[0].status == "Active"), moment(keys[0].created), *used]


def _certificate(certificates: list[SigningCertificate]) -> list[str]:
    if not certificates:
        return ["false", NONE]
    return [flag(certificates[0].status == "Active"), moment(certificates[0].uploaded)]
