"""Which service a request is for, and which of its operations: decided from the head, and for query
services the form.
"""

from collections.abc import Mapping

from deputize.protocol.address import Address
from deputize.protocol.message import Head
from deputize.protocol.model import OperationModel

SERVICES = ("iam", "sts", "s3")


def family(head: Head) -> str:
    """The service that a request is for."""
    raise NotImplementedError


def query_operation(service: str, head: Head, body: bytes) -> OperationModel:
    """The operation that a query request calls. Its `service` counts from here on."""
    raise NotImplementedError


def rest_operation(service: str, head: Head, address: Address) -> tuple[OperationModel, Mapping[str, str]]:
    """The operation that a REST request calls, and its path labels."""
    raise NotImplementedError
