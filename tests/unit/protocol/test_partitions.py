"""Regions and partitions, against the data that AWS's SDKs carry."""

import json
from pathlib import Path
from typing import Any

import boto3
import botocore
import pytest

from deputize.protocol.partitions import HOME_REGIONS, IAM_REGIONS, PARTITIONS, home_region, partition_of

SDK: list[dict[str, Any]] = json.loads(
    (Path(botocore.__file__).parent / "data" / "partitions.json").read_text()
)["partitions"]


def test_the_partitions_are_the_sdks() -> None:
    assert set(PARTITIONS) == {partition["id"] for partition in SDK}


@pytest.mark.parametrize("partition", SDK, ids=lambda partition: partition["id"])
def test_each_region_is_in_its_partition(partition: dict[str, Any]) -> None:
    assert partition["regions"]
    for region in partition["regions"]:
        assert partition_of(region) == partition["id"]


@pytest.mark.parametrize("partition", SDK, ids=lambda partition: partition["id"])
def test_home_regions(partition: dict[str, Any]) -> None:
    assert HOME_REGIONS[partition["id"]] == partition["outputs"]["implicitGlobalRegion"]
    assert partition_of(HOME_REGIONS[partition["id"]]) == partition["id"]


@pytest.mark.parametrize("partition", SDK, ids=lambda partition: partition["id"])
def test_iam_answers_where_the_sdk_signs_for(partition: dict[str, Any]) -> None:
    for region in (name for name in partition["regions"] if not name.endswith("-global")):
        client = boto3.client("iam", region_name=region, aws_access_key_id="AKIAX", aws_secret_access_key="x")
        url = client.generate_presigned_url("list_users")
        assert f"%2F{IAM_REGIONS[partition['id']]}%2Fiam%2F" in url


@pytest.mark.parametrize("partition", SDK, ids=lambda partition: partition["id"])
def test_a_region_opened_tomorrow(partition: dict[str, Any]) -> None:
    for region in partition["regions"]:
        if not region.endswith("global"):
            assert partition_of(region.rpartition("-")[0] + "-99") == partition["id"]


@pytest.mark.parametrize(
    "region",
    [
        "",
        "aws",
        "local",
        "us-east",
        "us-east-",
        "us-east-1 ",
        "US-EAST-1",
        "us-east-1\n",
        "xx-east-1",
        "us-east-\u0661",
    ],
)
def test_what_is_no_region(region: str) -> None:
    assert partition_of(region) is None


def test_the_region_to_name() -> None:
    assert home_region(None, "eu-west-1") == "eu-west-1"
    assert home_region("aws", "eu-west-1") == "eu-west-1"
    assert home_region("aws-cn", "eu-west-1") == "cn-northwest-1"
    assert home_region("aws-cn", "cn-north-1") == "cn-north-1"
