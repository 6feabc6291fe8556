"""AWS's managed policies: all of them, whole, in each partition."""

import json

import pytest

from deputize.model.managed import catalogue
from deputize.policy.document import parse

ALL = catalogue.all("aws")


def test_every_policy_has_every_version_it_names() -> None:
    assert len(ALL) > 1500
    for policy in ALL:
        assert policy.default_version in policy.versions
        assert policy.created <= policy.versions[policy.default_version] <= policy.updated
        assert json.loads(policy.document)["Statement"]
        assert catalogue.get(policy.arn, "aws") is policy


def test_every_older_document_is_there_and_no_other() -> None:
    for policy in ALL[::40]:
        texts = {number: policy.text(number) for number in policy.versions}
        assert all(text is not None and json.loads(text)["Statement"] for text in texts.values())
        assert policy.text(max(policy.versions) + 1) is None


def test_every_document_in_force_is_one_that_is_understood() -> None:
    for policy in ALL:
        assert parse(policy.document).statements


def test_ids_are_of_amazons_form_and_unique() -> None:
    ids = {policy.id for policy in ALL}
    assert len(ids) == len(ALL)
    assert all(one.startswith("ANPA") and len(one) == 21 for one in ids)


@pytest.mark.parametrize("partition", ["aws-cn", "aws-us-gov"])
def test_another_partition_has_them_under_its_own_name(partition: str) -> None:
    policy = catalogue.get(f"arn:{partition}:iam::aws:policy/AmazonDynamoDBFullAccess", partition)
    assert policy is not None
    assert "arn:aws:" not in policy.document
    assert f"arn:{partition}:" in policy.document
    assert catalogue.get(policy.arn, "aws") is None
