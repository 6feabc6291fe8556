"""The audit records of signing in and switching roles ("AWS Management Console sign-in events"). Calls that
the console makes for somebody have the records of all calls besides.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deputize.gateway import facts
from deputize.model.event import Event
from deputize.protocol.message import Head

# CloudTrail's words in place of a name that is nobody's: it may be a password typed into the wrong field.
HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInRecord:
    """What happened, to be written down in `account`. `failed` is the reason of a failure."""

    name: str
    account: str
    identity: Mapping[str, Any]
    more: Mapping[str, Any]
    failed: str | None = None

    def event(self, head: Head, now: float, region: str) -> Event:
        """The record of it, as a request with this head brought it about."""
        result = "Success" if self.failed is None else "Failure"
        record: dict[str, Any] = {
            "eventVersion": "1.11",
            "userIdentity": dict(self.identity),
            "eventTime": facts.moment(now),
            "eventSource": "signin.amazonaws.com",
            "eventName": self.name,
            "awsRegion": region,
            "sourceIPAddress": head.peer,
            "userAgent": head.get("user-agent") or "",
            "requestParameters": None,
            "responseElements": {self.name: result},
            "additionalEventData": dict(self.more),
            "eventID": str(uuid.uuid4()),
            "readOnly": False,
            "eventType": "AwsConsoleSignIn",
            "managementEvent": True,
            "recipientAccountId": self.account,
            "eventCategory": "Management",
        }
        if self.failed is not None:
            record["errorMessage"] = self.failed
        return Event(account=self.account, at=int(now * 1000), id=record["eventID"], record=record)
