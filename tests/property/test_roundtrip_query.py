"""IAM and STS: what botocore writes we read, and what we write botocore reads, for every operation."""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.property import botocore_wire, shape_values

from deputize.protocol.families import codec_of
from deputize.protocol.model import load
from deputize.protocol.route import family, query_operation

OPERATIONS = [(service, name) for service in ("iam", "sts") for name in load(service).operation_names]
FEW = settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


@pytest.mark.parametrize(("service", "name"), OPERATIONS)
@FEW
@given(data=st.data())
def test_requests(service: str, name: str, data: st.DataObject) -> None:
    operation = load(service).operations[name]
    params: dict[str, Any] = {}
    if operation.input is not None:
        params = data.draw(shape_values.structures(operation.input, shape_values.anything))
        sent = shape_values.for_botocore(operation.input, params)
    head, body = botocore_wire.written(service, name, sent if params else {})
    assert family(head) == "sts"
    assert query_operation(service, head, body) is operation
    assert codec_of(service).parse(operation, head, body) == params


@pytest.mark.parametrize(("service", "name"), OPERATIONS)
@FEW
@given(data=st.data())
def test_answers(service: str, name: str, data: st.DataObject) -> None:
    operation = load(service).operations[name]
    result: dict[str, Any] = {}
    if operation.output is not None:
        result = data.draw(shape_values.structures(operation.output, shape_values.xml_text))
    answer = codec_of(service).serialize(operation, result, "0af1")
    found = botocore_wire.read(service, name, answer)
    assert found["ResponseMetadata"]["RequestId"] == "0af1"
    if operation.output is not None:
        assert shape_values.from_botocore(operation.output, found) == result
