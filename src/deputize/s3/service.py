"""S3's offered operations are declared on this."""

from collections.abc import Iterator, Mapping
from typing import Any

from deputize.gateway.call import Call
from deputize.gateway.operation import Access, Service
from deputize.model.storage import Bucket
from deputize.s3 import payer
from deputize.s3.copy_source import named
from deputize.s3.resources import require_bucket
from deputize.store.api import Snapshot


class S3(Service):
    """Answers say who pays, whichever operation answers."""

    def _add(self, name: str, access: Access, handler: Any, **rest: Any) -> None:
        super()._add(name, access, payer.telling(name, handler, _buckets), **rest)


def _buckets(db: Snapshot, call: Call, request: Mapping[str, Any]) -> Iterator[Bucket]:
    """The buckets of a request: that of a copy's source too."""
    yield require_bucket(db, call, request)
    if "CopySource" in request:
        yield require_bucket(db, call, named(request))


s3 = S3("s3")
