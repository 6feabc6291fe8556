"""Cross-origin requests to buckets (S3 guide, "Using cross-origin resource sharing (CORS)"; Fetch, "CORS
protocol"): which rule of a bucket lets a page of another origin read the answer, and the headers that say so
to its browser.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from deputize.gateway import access_points
from deputize.model.bucket_rules import CorsRule
from deputize.protocol.message import Answer, Head
from deputize.store.api import Snapshot, Store


def matched(rules: Sequence[CorsRule], origin: str, method: str, headers: Sequence[str]) -> CorsRule | None:
    """The first rule that allows the origin, the method and all of these headers."""
    for rule in rules:
        if (
            method in rule.methods
            and any(_like(pattern, origin) for pattern in rule.origins)
            and all(any(_like(pattern.lower(), one) for pattern in rule.headers) for one in headers)
        ):
            return rule
    return None


def _like(pattern: str, text: str) -> bool:
    """Whether `text` is `pattern`, whose one `*` stands for anything."""
    start, star, end = pattern.partition("*")
    if not star:
        return text == pattern
    return len(text) >= len(start) + len(end) and text.startswith(start) and text.endswith(end)


def granted(rule: CorsRule, origin: str) -> Iterator[tuple[str, str]]:
    """What every answer says to a page of `origin`. Credentials only for origins that are named."""
    if "*" in rule.origins:
        yield "access-control-allow-origin", "*"
    else:
        yield "access-control-allow-origin", origin
        yield "access-control-allow-credentials", "true"
    yield "access-control-allow-methods", ", ".join(rule.methods)
    if rule.exposed:
        yield "access-control-expose-headers", ", ".join(rule.exposed)
    if rule.max_age is not None:
        yield "access-control-max-age", str(rule.max_age)
    yield "vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"


def rules_of(db: Snapshot, name: str, region: str) -> Sequence[CorsRule] | None:
    """The rules of the bucket that is named, itself or by an access point; None if there is none."""
    found = db.buckets.get(name)
    point = access_points.named(db, name, region) if found is None else None
    bucket = found if point is None else access_points.bucket_behind(db, point)
    return bucket.cors if bucket is not None else None


def opened(store: Store, bucket: str, region: str, head: Head, answer: Answer) -> Answer:
    """The answer, be it an error, to a request with an Origin; readable to that if the bucket's rules say
    so.
    """
    origin = head.get("origin") or ""
    with store.snapshot() as db:
        rules = rules_of(db, bucket, region)
    rule = matched(rules or (), origin, head.method, ())
    return answer if rule is None else replace(answer, headers=(*answer.headers, *granted(rule, origin)))
