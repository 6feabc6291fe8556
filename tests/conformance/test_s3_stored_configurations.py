"""Configurations that buckets keep and nothing acts on, and settings that no bucket has."""

from typing import Any

import pytest
from tests.access.s3_settings import CONFIGURATIONS
from tests.conformance.fix_s3 import Shop, grant
from tests.refusals import refused

from deputize.s3 import stored_configurations

pytest_plugins = ["tests.conformance.fix_s3"]
MISSING = ("NoSuchConfiguration", "The specified configuration does not exist.", 404)


@pytest.fixture(params=CONFIGURATIONS)
def word(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def of(shop: Shop, verb: str, word: str) -> Any:
    """The administrator's call."""
    snake = {"IntelligentTiering": "intelligent_tiering"}.get(word, word.lower())
    plural = "s" if verb == "list" else ""
    return getattr(shop.s3, f"{verb}_bucket_{snake}_configuration{plural}")


def test_they_come_back_as_they_were_put(shop: Shop, word: str) -> None:
    named = {"Bucket": shop.bucket(), "Id": "one"}
    member, given = f"{word}Configuration", CONFIGURATIONS[word]
    assert refused(of(shop, "get", word), **named) == MISSING
    assert refused(of(shop, "delete", word), **named) == MISSING
    of(shop, "put", word)(**named, **{member: given})
    assert of(shop, "get", word)(**named)[member] == given
    assert of(shop, "list", word)(Bucket=named["Bucket"])[f"{member}List"] == [given]
    of(shop, "delete", word)(**named)
    assert refused(of(shop, "get", word), **named) == MISSING


def test_both_ids_are_one(shop: Shop, word: str) -> None:
    bucket = shop.bucket()
    wrong = {"Bucket": bucket, "Id": "other", f"{word}Configuration": CONFIGURATIONS[word]}
    assert refused(of(shop, "put", word), **wrong)[0] == "MalformedXML"
    assert not of(shop, "list", word)(Bucket=bucket).get(f"{word}ConfigurationList")


def test_a_long_list_comes_in_pages_and_is_limited(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_configurations, "PAGE", 2)
    monkeypatch.setattr(stored_configurations, "MOST", 3)
    bucket = shop.bucket()

    def put(identity: str) -> None:
        shop.s3.put_bucket_metrics_configuration(
            Bucket=bucket, Id=identity, MetricsConfiguration={"Id": identity}
        )

    for identity in ("a", "b", "c"):
        put(identity)
    assert refused(put, identity="d")[0] == "TooManyConfigurations"
    put("c")
    first = shop.s3.list_bucket_metrics_configurations(Bucket=bucket)
    assert (first["IsTruncated"], [one["Id"] for one in first["MetricsConfigurationList"]]) == (
        True,
        ["a", "b"],
    )
    second = shop.s3.list_bucket_metrics_configurations(
        Bucket=bucket, ContinuationToken=first["NextContinuationToken"]
    )
    assert (second["IsTruncated"], [one["Id"] for one in second["MetricsConfigurationList"]]) == (
        False,
        ["c"],
    )
    wrong = refused(shop.s3.list_bucket_metrics_configurations, Bucket=bucket, ContinuationToken="?")
    assert wrong[0] == "InvalidArgument"


def test_they_go_with_their_bucket(shop: Shop) -> None:
    bucket = shop.bucket()
    shop.s3.put_bucket_metrics_configuration(Bucket=bucket, Id="a", MetricsConfiguration={"Id": "a"})
    shop.s3.delete_bucket(Bucket=bucket)
    shop.s3.create_bucket(Bucket=bucket)
    assert not shop.s3.list_bucket_metrics_configurations(Bucket=bucket).get("MetricsConfigurationList")


def test_what_no_bucket_has_was_never_set(shop: Shop) -> None:
    bucket, s3 = shop.bucket(), shop.s3
    assert "Status" not in s3.get_bucket_accelerate_configuration(Bucket=bucket)
    assert "TopicConfigurations" not in s3.get_bucket_notification_configuration(Bucket=bucket)
    assert refused(s3.get_bucket_replication, Bucket=bucket)[::2] == (
        "ReplicationConfigurationNotFoundError",
        404,
    )
    s3.delete_bucket_replication(Bucket=bucket)
    accelerated = {"AccelerateConfiguration": {"Status": "Enabled"}}
    rule = {"Status": "Enabled", "Prefix": "", "Destination": {"Bucket": "arn:aws:s3:::elsewhere"}}
    replicated = {"ReplicationConfiguration": {"Role": "arn:aws:iam::111122223333:role/r", "Rules": [rule]}}
    for call, wanted in (
        (s3.put_bucket_accelerate_configuration, accelerated),
        (s3.put_bucket_replication, replicated),
    ):
        assert refused(call, Bucket=bucket, **wanted)[::2] == ("NotImplemented", 501)


def test_to_list_them_is_the_right_to_get_them(shop: Shop) -> None:
    bucket = shop.bucket()
    reader = shop.user(grant("s3:GetMetricsConfiguration", "*"))
    assert reader.list_bucket_metrics_configurations(Bucket=bucket)["IsTruncated"] is False
    other = shop.user(grant("s3:GetInventoryConfiguration", "*"))
    assert refused(other.list_bucket_metrics_configurations, Bucket=bucket)[0] == "AccessDenied"
