"""Which codec speaks a service's protocol."""

from functools import cache

from deputize.protocol.codec import Codec
from deputize.protocol.model import load
from deputize.protocol.query import JsonQueryCodec, QueryCodec
from deputize.protocol.rest_json import RestJsonCodec
from deputize.protocol.rest_xml import RestXmlCodec


@cache
def codec_of(service: str, *, json: bool = False) -> Codec:
    """The codec of `service` (`iam`, `sts`, `s3` ...), of a query service one that answers in `json` if that
    is wanted; raises LookupError for a service without a model.
    """
    model = load(service)
    match model.protocol:
        case "query":
            return JsonQueryCodec(model) if json else QueryCodec(model)
        case "rest-xml":
            return RestXmlCodec(model)
        case "rest-json":
            return RestJsonCodec(model)
    # json gets a codec class and a case of its own here.
