"""Access Analyzer: what botocore writes we read, and what we write botocore reads, for every operation."""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.property import botocore_wire, shape_values

from deputize.protocol.families import codec_of
from deputize.protocol.model import load
from deputize.protocol.rest_route import path_operation

SERVICE = "accessanalyzer"
OPERATIONS = load(SERVICE).operation_names
FEW = settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


def single(shape: Any, value: Any) -> Any:
    """`value` with one member alone in every union, as botocore's model has them."""
    match shape.type_name:
        case "structure":
            kept = list(value.items())[:1] if getattr(shape, "is_tagged_union", False) else value.items()
            return {name: single(shape.members[name], one) for name, one in kept}
        case "list":
            return [single(shape.member, one) for one in value]
        case "map":
            return {key: single(shape.value, one) for key, one in value.items()}
        case _:
            return value


@pytest.mark.parametrize("name", OPERATIONS)
@FEW
@given(data=st.data())
def test_requests(name: str, data: st.DataObject) -> None:
    operation = load(SERVICE).operations[name]
    params: dict[str, Any] = {}
    if operation.input is not None:
        params = data.draw(shape_values.structures(operation.input, shape_values.anything))
    sent = shape_values.for_botocore(operation.input, params) if operation.input is not None else {}
    head, body = botocore_wire.written(SERVICE, name, sent)
    found, labels = path_operation(SERVICE, head)
    assert found is operation
    assert codec_of(SERVICE).parse(operation, head, body, labels) == params


@pytest.mark.parametrize("name", OPERATIONS)
@FEW
@given(data=st.data())
def test_answers(name: str, data: st.DataObject) -> None:
    operation = load(SERVICE).operations[name]
    result: dict[str, Any] = {}
    if operation.output is not None:
        drawn = data.draw(shape_values.structures(operation.output, shape_values.anything))
        result = single(botocore_wire.operation_model(SERVICE, name).output_shape, drawn)
    answer = codec_of(SERVICE).serialize(operation, result, "0af1")
    found = botocore_wire.read(SERVICE, name, answer)
    assert found["ResponseMetadata"]["RequestId"] == "0af1"
    if operation.output is not None:
        assert shape_values.from_botocore(operation.output, found) == result
