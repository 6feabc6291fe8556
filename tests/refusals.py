"""What a refusal is to a test: the code, the message and the status that a client gets."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

NO_IDENTITY = "because no identity-based policy allows the {} action"


def refused(call: Any, **arguments: Any) -> tuple[str, str, int]:
    """Code, message and status of the error that this call must get."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error = caught.value.response
    return error["Error"]["Code"], error["Error"]["Message"], error["ResponseMetadata"]["HTTPStatusCode"]


def denied(who: str, action: str, resource: str, reason: str = "") -> tuple[str, str, int]:
    """AWS's words for a refusal."""
    message = f"User: {who} is not authorized to perform: {action} on resource: {resource}"
    return "AccessDenied", f"{message} {reason}".rstrip(), 403
