"""`shop`: an account with buckets, and another one beside it, on the server that a module's tests share."""

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from tests.fix_world import TestAccount, World

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Shop:
    """Tests take a bucket of their own from it."""

    world: World
    account: TestAccount
    other: TestAccount

    @property
    def s3(self) -> Any:
        """The client of the account's administrator."""
        return self.world.client("s3", self.account.admin)

    @property
    def foreign(self) -> Any:
        """The client of the other account's administrator."""
        return self.world.client("s3", self.other.admin)

    @property
    def anonymous(self) -> Any:
        return self.world.client("s3", None)

    def bucket(self, *, blocked: bool = True) -> str:
        """A new bucket; `blocked` leaves Block Public Access on, as it is in new buckets."""
        name = f"bucket-{next(_numbers)}"
        self.s3.create_bucket(Bucket=name)
        if not blocked:
            self.s3.delete_public_access_block(Bucket=name)
        return name

    def user(self, *statements: dict[str, Any]) -> Any:
        """The client of a new user with these statements, or with no policy."""
        policy = {"Version": "2012-10-17", "Statement": list(statements)}
        keys = self.world.user(self.account, f"user{next(_numbers)}", policy if statements else None)
        return self.world.client("s3", keys)

    def policy(self, bucket: str, *statements: dict[str, Any]) -> None:
        """Put these statements as the bucket's policy."""
        self.s3.put_bucket_policy(Bucket=bucket, Policy=policy_text(*statements))

    def fill(self, bucket: str, *keys: str) -> None:
        """Put an object under each key that holds the key's bytes."""
        for key in keys:
            self.s3.put_object(Bucket=bucket, Key=key, Body=key.encode())


def policy_text(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def grant(
    action: str | list[str], resource: str | list[str], *, effect: str = "Allow", **more: Any
) -> dict[str, Any]:
    """A statement; `more` are further elements such as Principal and Condition."""
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


@pytest.fixture(scope="module")
def shop(shared_world: World) -> Iterator[Shop]:
    yield Shop(shared_world, shared_world.account("Shop"), shared_world.account("Other"))
