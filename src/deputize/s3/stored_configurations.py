"""Analytics, inventory, metrics and tiering configurations: kept by id and given back as they were put, for
programs that manage buckets. Nothing acts on them: there is one storage class, and no reports are made
(docs/differences.md).
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.model.bucket_rules import BucketConfiguration
from deputize.protocol.validate import MALFORMED_XML
from deputize.s3 import errors
from deputize.s3.resources import bucket_of, require_bucket
from deputize.s3.service import s3
from deputize.store.api import Snapshot, Transaction

# How many one page lists, and how many a bucket has of a kind (S3 API).
PAGE, MOST = 100, 1000


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind, by the word that its operations have in their names."""

    word: str

    @property
    def member(self) -> str:
        return f"{self.word}Configuration"

    def declare(self) -> None:
        """Its four operations; to list them is the right to get them (Service Authorization Reference)."""
        gets = (Needs(f"s3:Get{self.word}Configuration", on=bucket_of),)
        puts = (Needs(f"s3:Put{self.word}Configuration", on=bucket_of),)
        s3.query(f"GetBucket{self.word}Configuration", access=gets)(self.get)
        s3.query(f"ListBucket{self.word}Configurations", access=gets)(self.list_all)
        s3.command(f"PutBucket{self.word}Configuration", access=puts)(self.put)
        s3.command(f"DeleteBucket{self.word}Configuration", access=puts)(self.delete)

    def get(self, db: Snapshot, call: Call, request: Any) -> Mapping[str, Any]:
        """Raises NoSuchConfiguration."""
        return {self.member: json.loads(self._require(db, call, request).document)}

    def put(self, db: Transaction, call: Call, request: Any) -> Mapping[str, Any]:
        """Raises MalformedXML where the two ids differ, TooManyConfigurations."""
        bucket, given = require_bucket(db, call, request), request[self.member]
        if given.get("Id") != request["Id"]:
            raise ApiError("MalformedXML", MALFORMED_XML)
        known = db.bucket_configurations.get(bucket.id, self.word, request["Id"]) is not None
        if not known and db.bucket_configurations.count(bucket.id, self.word) >= MOST:
            raise ApiError(
                "TooManyConfigurations",
                "You are attempting to create a new configuration but have already reached the "
                f"{MOST}-configuration limit.",
                status=400,
            )
        db.bucket_configurations.put(
            BucketConfiguration(
                bucket=bucket.id, kind=self.word, id=request["Id"], document=json.dumps(given)
            )
        )
        return {}

    def delete(self, db: Transaction, call: Call, request: Any) -> Mapping[str, Any]:
        """Raises NoSuchConfiguration."""
        found = self._require(db, call, request)
        db.bucket_configurations.delete(found.bucket, found.kind, found.id)
        return {}

    def list_all(self, db: Snapshot, call: Call, request: Any) -> Mapping[str, Any]:
        """By id, a hundred at a time. Raises InvalidArgument for a token that is none."""
        bucket, token = require_bucket(db, call, request), request.get("ContinuationToken")
        found = db.bucket_configurations.page(bucket.id, self.word, after=_position(token), limit=PAGE + 1)
        answer: dict[str, Any] = {
            "IsTruncated": len(found) > PAGE,
            f"{self.member}List": [json.loads(one.document) for one in found[:PAGE]],
        }
        if token is not None:
            answer["ContinuationToken"] = token
        if len(found) > PAGE:
            answer["NextContinuationToken"] = base64.urlsafe_b64encode(found[PAGE - 1].id.encode()).decode()
        return answer

    def _require(self, db: Snapshot, call: Call, request: Any) -> BucketConfiguration:
        bucket = require_bucket(db, call, request)
        found = db.bucket_configurations.get(bucket.id, self.word, request["Id"])
        if found is None:
            raise ApiError("NoSuchConfiguration", "The specified configuration does not exist.")
        return found


def _position(token: str | None) -> str:
    try:
        return base64.b64decode((token or "").encode("ascii"), b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise errors.invalid_argument(
            "The continuation token provided is incorrect", "continuation-token", token or ""
        ) from None


KINDS = tuple(Kind(word) for word in ("Analytics", "Inventory", "Metrics", "IntelligentTiering"))
for kind in KINDS:
    kind.declare()
