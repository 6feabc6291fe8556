"""IAM's offered operations are declared on this."""

from collections.abc import Mapping
from typing import Any

from deputize.gateway.operation import Service

iam = Service("iam")

# The answer of an operation that only says that it is done.
DONE: Mapping[str, Any] = {}
