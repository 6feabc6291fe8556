"""PostObject: an upload by a browser's form (S3 API, "POST Object"). `gateway.forms` made a PutObject of its
fields.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.s3.customer_keys import plan_upload
from deputize.s3.objects import BESIDE, CREATES, new_object, put_object
from deputize.s3.service import s3
from deputize.store.api import Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.s3 import PostObjectResponse, PutObjectRequest

STATUS = "success_action_status"
# What answers say of the object as those to a PutObject do (S3 API, "POST Object", "Response Headers").
TOLD = ("VersionId", "Expiration", "ServerSideEncryption", "SSECustomerAlgorithm", "SSECustomerKeyMD5")
# The second is its older name.
REDIRECTS = ("success_action_redirect", "redirect")


@s3.command(
    "PostObject",
    uploads=True,
    form=True,
    plans=plan_upload,
    access=(Needs("s3:PutObject", on=new_object, keys=CREATES), *BESIDE),
)
def post_object(db: Transaction, call: Call, request: Mapping[str, Any]) -> "PostObjectResponse":
    """As PutObject; the fields say how success is told. Raises what that raises."""
    made = put_object(db, call, cast("PutObjectRequest", request))
    etag = made["ETag"]
    head = call.head
    location = f"http{'s' if head.secure else ''}://{head.get('host') or ''}{_path(call, request)}"
    answer: dict[str, Any] = {"ETagHeader": etag, "LocationHeader": location, "StatusCode": 204}
    answer.update({name: value for name, value in made.items() if name in TOLD})
    redirect = _redirect(call, request, etag)
    if redirect is not None:
        answer.update({"LocationHeader": redirect, "StatusCode": 303})
        return answer  # type: ignore[return-value]
    match call.form.get(STATUS):
        case "200":
            answer["StatusCode"] = 200
        case "201":
            answer["StatusCode"] = 201
            answer["PostResponse"] = {
                "Location": location,
                "Bucket": request["Bucket"],
                "Key": request["Key"],
                "ETag": etag,
            }
    return answer  # type: ignore[return-value]


def _path(call: Call, request: Mapping[str, Any]) -> str:
    return f"{call.head.path.rstrip('/')}/{quote(request['Key'])}"


def _redirect(call: Call, request: Mapping[str, Any], etag: str) -> str | None:
    """Where the browser is sent, told what was stored; None for what is no address of the web."""
    wanted = next((call.form[name] for name in REDIRECTS if call.form.get(name)), None)
    if wanted is None or not wanted.isascii() or not wanted.isprintable():
        return None
    parts = urlsplit(wanted)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return None
    told = urlencode({"bucket": request["Bucket"], "key": request["Key"], "etag": etag})
    return urlunsplit(parts._replace(query=f"{parts.query}&{told}" if parts.query else told))
