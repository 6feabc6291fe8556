"""S3: what botocore writes we read, and what we write botocore reads, for every operation without an event
stream.
"""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.property import botocore_wire, shape_values

from deputize.protocol.address import locate
from deputize.protocol.families import codec_of
from deputize.protocol.message import Head
from deputize.protocol.model import OperationModel, load
from deputize.protocol.route import family, rest_operation

# Not operations of botocore's model; SelectObjectContent answers with an event stream; WriteGetObjectResponse
# is called on another endpoint.
LEFT_OUT = {"PostObject", "OptionsObject", "SelectObjectContent", "WriteGetObjectResponse"}
# Its answer is read by botocore's client, not by its parser: tests/unit/protocol/test_rest_xml.py.
TEXT_ROOT = "GetBucketLocation"
OPERATIONS = [name for name in load("s3").operation_names if name not in LEFT_OUT]
# The status is read by no client, the region is an answer's header that botocore does not know, and a body's
# length is the HTTP edge's to count.
OURS = {"StatusCode", "BucketRegion"}
COUNTED = {"ContentLength"}
FEW = settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def arriving(operation: OperationModel, params: dict[str, Any], head: Head) -> dict[str, Any]:
    """`params` as they arrive: the stream apart, with the length that the HTTP client counted."""
    expected = {name: value for name, value in params.items() if name != operation.streaming_input}
    if operation.input is not None and "ContentLength" in operation.input.members:
        length = head.get("content-length")
        return expected if length is None else {**expected, "ContentLength": int(length)}
    return expected


@pytest.mark.parametrize("name", OPERATIONS)
@FEW
@given(data=st.data())
def test_requests(name: str, data: st.DataObject) -> None:
    operation = load("s3").operations[name]
    params: dict[str, Any] = {}
    if operation.input is not None:
        params = data.draw(shape_values.structures(operation.input, shape_values.xml_text))
        if name == "PutBucketPolicy":
            params["Policy"] += "{}"  # an empty body is no body, and refused
        head, body = botocore_wire.written("s3", name, shape_values.for_botocore(operation.input, params))
    else:
        head, body = botocore_wire.written("s3", name, {})
    assert family(head) == "s3"
    found, labels = rest_operation("s3", head, locate(head))
    assert found is operation
    assert codec_of("s3").parse(operation, head, body, labels) == arriving(operation, params, head)


@pytest.mark.parametrize("name", [name for name in OPERATIONS if name != TEXT_ROOT])
@FEW
@given(data=st.data())
def test_answers(name: str, data: st.DataObject) -> None:
    operation = load("s3").operations[name]
    result: dict[str, Any] = {}
    if operation.output is not None:
        result = data.draw(
            shape_values.structures(
                operation.output,
                shape_values.xml_text,
                without=OURS if operation.method == "HEAD" else OURS | COUNTED,
                needing=[operation.output.payload] if operation.output.payload else [],
            )
        )
    answer = codec_of("s3").serialize(operation, result, "0AF1")
    found = botocore_wire.read("s3", name, answer)
    assert found["ResponseMetadata"]["RequestId"] == "0AF1"
    if found.get("Metadata") == {}:
        del found["Metadata"]  # botocore's word for no such header
    if operation.streaming_output is not None:
        found[operation.streaming_output] = found[operation.streaming_output].read()
    if operation.output is not None:
        assert shape_values.from_botocore(operation.output, found) == result
