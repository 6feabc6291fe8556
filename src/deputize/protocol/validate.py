"""Checks of a parsed request against its model."""

from collections.abc import Mapping
from typing import Any

from deputize.protocol.model import OperationModel


def validate(operation: OperationModel, request: Mapping[str, Any]) -> None:
    """Raises ApiError ValidationError (S3: its own codes) naming everything in `request` that breaks the
    model.
    """
    raise NotImplementedError
