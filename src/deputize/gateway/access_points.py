"""Access points as requests name them: by alias, by ARN, or by name and account in one (S3 guide,
"Referencing access points"). The last is how SDKs turn an ARN into a host under an endpoint of one's own.
"""

import re
from collections.abc import Mapping, Sequence

from deputize.model.access_point import AccessPoint
from deputize.model.storage import Bucket
from deputize.policy.arn import Arn
from deputize.store.api import Snapshot

ALIAS_END = "-s3alias"
_HOST = re.compile(r"([a-z0-9][a-z0-9-]{1,48}[a-z0-9])-(\d{12})", re.ASCII)
_TYPE = "accesspoint/"


def named(db: Snapshot, name: str, region: str) -> AccessPoint | None:
    """The access point that `name` means where it stands for a bucket; `region` is the request's, which tells
    several of one name apart.
    """
    if name.endswith(ALIAS_END):
        return db.remember(
            ("access point", name), lambda: next(iter(db.access_points.find("alias", name)), None)
        )
    arn = Arn.parse(name)
    if arn is not None:
        point = db.access_points.get(arn.account, arn.resource.removeprefix(_TYPE), arn.region)
        return point if point is not None and point.arn == name else None
    found = _of_host(db, name)
    if len(found) > 1:
        return next((point for point in found if point.region == region), None)
    return next(iter(found), None)


def takes(db: Snapshot, bucket: str) -> bool:
    """Whether an access point is addressed by a host that a bucket of this name would have."""
    return bool(_of_host(db, bucket))


def _of_host(db: Snapshot, name: str) -> Sequence[AccessPoint]:
    """The access points, of several regions, that `NAME-ACCOUNT` may mean."""
    host = _HOST.fullmatch(name)
    if host is None:
        return ()
    return db.remember(("access points", name), lambda: db.access_points.page(host[2], host[1]))


def bucket_behind(db: Snapshot, point: AccessPoint) -> Bucket | None:
    """The bucket that it leads to; None if that is gone."""
    bucket = db.buckets.get(point.bucket_name)
    return bucket if bucket is not None and bucket.id == point.bucket else None


def keys(point: AccessPoint) -> Mapping[str, str]:
    """Its condition keys (Service Authorization Reference)."""
    return {
        "s3:dataaccesspointarn": point.arn,
        "s3:dataaccesspointaccount": point.account,
        "s3:accesspointnetworkorigin": point.network_origin,
        **{f"s3:accesspointtag/{key.lower()}": value for key, value in point.tags.items()},
    }
