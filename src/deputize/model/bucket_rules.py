"""What is set on buckets in rules: for pages of other origins, for objects that have had their time, and for
websites.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class CorsRule:
    """Which `origins` may use which `methods` with which `headers`, and which headers of answers their pages
    may read (`exposed`). One `*` in an origin or header stands for anything. `max_age` is in seconds.
    """

    methods: tuple[str, ...]
    origins: tuple[str, ...]
    headers: tuple[str, ...] = ()
    exposed: tuple[str, ...] = ()
    max_age: int | None = None
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecycleRule:
    """What becomes of the objects that it covers: those whose keys begin with `prefix`, that have all of
    `tags`, and whose size (bytes) lies between `larger` and `smaller`, both excluded.

    The current version expires after `days`, or on `date` (epoch seconds), and so does a delete marker that
    is alone; with `markers`, that goes at once. Older versions expire `noncurrent_days` after they were
    replaced, the `noncurrent_kept` newest of them not. Uploads that are not completed end after
    `upload_days`. `filtered` is the filter as it was sent (JSON), to be given back.
    """

    id: str
    enabled: bool
    prefix: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    larger: int | None = None
    smaller: int | None = None
    days: int | None = None
    date: int | None = None
    markers: bool = False
    noncurrent_days: int | None = None
    noncurrent_kept: int = 0
    upload_days: int | None = None
    filtered: str = ""

    @property
    def expires(self) -> bool:
        """Whether current versions expire."""
        return self.days is not None or self.date is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingRule:
    """Where a website sends those who ask for keys that begin with `prefix`, or would be answered with the
    status `error`; None: whichever. What is empty in the address of the redirect stays as it was asked for:
    `protocol`, `host`, and the key, of which `new_prefix` replaces the prefix and `new_key` all. `code` is
    the redirect's status.
    """

    prefix: str | None = None
    error: int | None = None
    protocol: str = ""
    host: str = ""
    new_prefix: str | None = None
    new_key: str | None = None
    code: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Website:
    """A bucket as a website: `index` is the last part of the keys that are shown for folders, `error` the key
    that is shown for errors, empty if there is none. All requests are redirected to `host`, if there is one,
    by `protocol`, if there is one.
    """

    index: str = ""
    error: str = ""
    host: str = ""
    protocol: str = ""
    rules: tuple[RoutingRule, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationRule:
    """Who is told (`target`, an ARN) of which `events`, on objects whose keys begin with `prefix` and end
    with `suffix`. `kind` is the member in which S3's API lists it; `filters` are its filter rules as they
    were sent, name and value.
    """

    id: str
    kind: str
    target: str
    events: tuple[str, ...]
    prefix: str = ""
    suffix: str = ""
    filters: tuple[tuple[str, ...], ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketConfiguration:
    """A configuration that is kept as it was put (`document`, JSON) and that nothing acts on. `kind` is AWS's
    word in the names of its operations.
    """

    bucket: int
    kind: str
    id: str
    document: str
