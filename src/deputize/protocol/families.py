"""Which codec speaks a service's protocol."""

from functools import cache

from deputize.protocol.codec import Codec
from deputize.protocol.model import load
from deputize.protocol.query import QueryCodec
from deputize.protocol.rest_xml import RestXmlCodec


@cache
def codec_of(service: str) -> Codec:
    """The codec of `service` (`iam`, `sts`, `s3`); raises LookupError for a service without a model."""
    model = load(service)
    match model.protocol:
        case "query":
            return QueryCodec(model)
        case "rest-xml":
            return RestXmlCodec(model)
    # json and rest-json get a codec class and a case of their own here.
