"""What botocore writes and reads, without a client: its serialisers and parsers on their own."""

import io
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSRequest, HeadersDict, prepare_request_dict
from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel
from botocore.parsers import create_parser
from botocore.serialize import create_serializer

from deputize.protocol.message import Answer, Head

ENDPOINT = "http://localhost:8080"


@cache
def service_model(service: str) -> Any:
    """botocore's model of `service`, as it ships."""
    return ServiceModel(
        Loader(include_default_extras=False).load_service_model(service, "service-2"), service
    )


def operation_model(service: str, name: str) -> "OperationModel":
    """botocore's model of one operation."""
    return service_model(service).operation_model(name)


def written(service: str, name: str, params: dict[str, Any]) -> tuple[Head, bytes]:
    """The request that botocore makes of `params`, as it arrives here."""
    operation = operation_model(service, name)
    serializer = create_serializer(operation.service_model.metadata["protocol"], include_validation=False)
    request_dict = serializer.serialize_to_request(params, operation)
    prepare_request_dict(request_dict, ENDPOINT)
    prepared = AWSRequest(
        **{key: request_dict[key] for key in ("method", "url", "headers")}, data=request_dict["body"]
    ).prepare()
    target = urlsplit(prepared.url)
    body = prepared.body or b""
    headers = [(str(key).lower(), _text(value)) for key, value in prepared.headers.items()]
    head = Head(
        method=prepared.method,
        path=target.path or "/",
        query=target.query,
        headers=(("host", target.netloc), *headers),
        peer="127.0.0.1",
        secure=False,
    )
    return head, body.encode() if isinstance(body, str) else bytes(body)


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def read(service: str, name: str, answer: Answer) -> dict[str, Any]:
    """What botocore reads in an answer of ours."""
    operation = operation_model(service, name)
    assert isinstance(answer.body, bytes)
    parser = create_parser(operation.service_model.metadata["protocol"])
    headers = HeadersDict(answer.headers)
    if answer.length is not None:
        headers["Content-Length"] = str(answer.length)
    body = io.BytesIO(answer.body) if operation.has_streaming_output else answer.body
    response = {"status_code": answer.status, "headers": headers, "body": body}
    found: dict[str, Any] = parser.parse(response, operation.output_shape)
    return found
