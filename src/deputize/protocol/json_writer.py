"""Values as JSON, for the answers of REST-JSON services, and of query services to those who accept it."""

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from deputize.protocol import scalars
from deputize.protocol.model import Member, Shape


def members(shape: Shape, value: Mapping[str, Any]) -> dict[str, Any]:
    """A structure's members by their names on the wire, those that are there."""
    return {
        member.wire: _said(member, value[member.name])
        for member in shape.members.values()
        if value.get(member.name) is not None
    }


def _said(member: Member, value: Any) -> Any:
    shape = member.shape
    match shape.type:
        case "structure":
            return members(shape, value)
        case "list" if shape.element is not None:
            return [_said(shape.element, one) for one in value]
        case "map" if shape.value is not None:
            return {key: _said(shape.value, one) for key, one in value.items()}
        case "timestamp" if member.timestamp_format not in (None, "unixTimestamp"):
            return scalars.write_timestamp(float(value), member.timestamp_format)
        case "blob":
            return base64.b64encode(value).decode()
        case "string" if shape.uri_encoded:
            return quote(value, safe="-_.~")
        case _:
            return value
