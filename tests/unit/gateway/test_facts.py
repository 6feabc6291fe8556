"""Condition keys are found out when they are asked for, and not before."""

from typing import Any, cast

import pytest

from deputize.config import Settings
from deputize.errors import ApiError
from deputize.gateway import facts
from deputize.gateway.call import Call
from deputize.gateway.caller import Caller
from deputize.gateway.installation import Installation
from deputize.gateway.operation import Needs, Operation, Resource
from deputize.policy.request import Principal
from deputize.protocol.message import Head
from deputize.store.api import Snapshot

OBJECT = Resource(arn="arn:aws:s3:::photos/a", account="111111111111", tags={"Team": "red"})


def call() -> Call:
    operation = Operation(
        service="s3",
        name="GetObject",
        access=(),
        handler=lambda db, call, request: {},
        writes=False,
        uploads=False,
        slow=False,
    )
    principal = Principal(
        kind="user", account="111111111111", partition="aws", arn="arn:aws:iam::111111111111:user/a"
    )
    parts = cast(Any, None)
    return Call(
        id="1",
        now=0.0,
        operation=operation,
        region="us-east-1",
        caller=Caller(principal=principal, user_id="AIDA"),
        head=Head("GET", "/photos/a", "", (("host", "x"),), "192.0.2.1", False),
        installation=Installation(keyring=parts, vault=parts, settings=Settings()),
    )


def asked(need: Needs) -> facts.Facts:
    return cast(facts.Facts, facts.question(cast(Snapshot, None), call(), need, OBJECT, {}).context)


def test_the_operations_own_keys_are_read_when_a_policy_asks_for_one() -> None:
    read: list[str] = []

    def tags(db: Snapshot, call: Call, request: Any) -> dict[str, str]:
        read.append("tags")
        return {"Stage": "test"}

    keys = asked(Needs("s3:GetObject", on=lambda *_: OBJECT, keys={"s3:ExistingObjectTag/*": tags}))
    assert keys.get("aws:sourceip") == "192.0.2.1"
    assert keys.get("aws:resourcetag/team") == "red"
    assert keys.get("s3:nothing") is None
    assert read == []
    assert keys.get("s3:existingobjecttag/stage") == "test"
    assert keys.get("s3:existingobjecttag/team") is None
    assert read == ["tags"]


def test_an_operations_own_word_on_a_key_counts() -> None:
    need = Needs("s3:GetObject", on=lambda *_: OBJECT, keys={"aws:SourceIp": lambda *_: "198.51.100.7"})
    assert asked(need)["aws:sourceip"] == "198.51.100.7"


def test_all_keys_can_be_listed() -> None:
    need = Needs(
        "s3:GetObject",
        on=lambda *_: OBJECT,
        keys={"s3:prefix": lambda *_: "a/", "s3:max-keys": lambda *_: None},
    )
    keys = asked(need)
    assert {"aws:sourceip", "s3:prefix", "aws:resourcetag/team"} <= set(keys)
    assert "s3:max-keys" not in keys
    assert len(keys) == len(set(keys))
    with pytest.raises(KeyError):
        keys["s3:max-keys"]


def test_what_cannot_be_read_is_left_out_of_what_is_kept() -> None:
    def gone(db: Snapshot, call: Call, request: Any) -> str:
        raise ApiError("NoSuchBucket", "gone")

    there = Needs("s3:GetObject", on=lambda *_: OBJECT, keys={"s3:prefix": lambda *_: "a/"})
    missing = Needs("s3:GetObject", on=lambda *_: OBJECT, keys={"s3:prefix": gone})
    assert asked(there).settled()["s3:prefix"] == "a/"
    left = asked(missing).settled()
    assert "s3:prefix" not in left
    assert left["aws:sourceip"] == "192.0.2.1"
