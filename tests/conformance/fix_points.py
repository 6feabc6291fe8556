"""`points`: an account with buckets and access points to them, and another one beside it."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from tests.conformance.fix_s3 import policy_text
from tests.fix_world import Keys, TestAccount, World

_numbers = itertools.count(1)
OPEN = dict.fromkeys(
    ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), False
)


@dataclass(frozen=True)
class Point:
    """An access point as its tests know it."""

    name: str
    arn: str
    alias: str
    bucket: str

    @property
    def objects(self) -> str:
        return f"{self.arn}/object/*"

    @property
    def account(self) -> str:
        return self.arn.split(":")[4]


@dataclass(frozen=True)
class Points:
    """Tests take access points of their own from it."""

    world: World
    account: TestAccount
    other: TestAccount

    def control(self, keys: Keys | None = None, region: str = "us-east-1") -> Any:
        return self.world.client("s3control", keys or self.account.admin, region=region)

    def s3(self, keys: Keys | None = None, region: str = "us-east-1") -> Any:
        """A client that knows ARNs of access points; the administrator's where no keys are given."""
        return self.world.client("s3", keys or self.account.admin, region=region, named=True)

    @property
    def anonymous(self) -> Any:
        return self.world.client("s3", None, named=True)

    def bucket(self, **more: Any) -> str:
        """A new bucket that holds the object `cat`."""
        name = f"behind-{next(_numbers)}"
        self.s3().create_bucket(Bucket=name, **more)
        self.s3().put_object(Bucket=name, Key="cat", Body=b"meow")
        return name

    def point(self, bucket: str | None = None, owner: TestAccount | None = None, **more: Any) -> Point:
        """A new access point, of the account or of another `owner`; to a new bucket unless one is named."""
        owner, name, bucket = owner or self.account, f"point-{next(_numbers)}", bucket or self.bucket()
        asked = {"AccountId": owner.id, "Name": name, "Bucket": bucket, **more}
        made = self.control(owner.admin).create_access_point(**asked)
        return Point(name, made["AccessPointArn"], made["Alias"], bucket)

    def user(self, *statements: dict[str, Any], owner: TestAccount | None = None) -> Any:
        """The S3 client of a new user with these statements."""
        policy = {"Version": "2012-10-17", "Statement": list(statements)} if statements else None
        return self.s3(self.world.user(owner or self.account, f"user{next(_numbers)}", policy))

    def policy(self, point: Point, *statements: dict[str, Any]) -> None:
        """Put these statements as the policy of the access point."""
        owner = self.other if point.account == self.other.id else self.account
        self.control(owner.admin).put_access_point_policy(
            AccountId=owner.id, Name=point.name, Policy=policy_text(*statements)
        )

    def delegate(self, point: Point, account: TestAccount | None = None) -> None:
        """Leave it to the access points of an account what may be done with the bucket (S3 guide)."""
        arn = f"arn:aws:s3:::{point.bucket}"
        statement = {
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": "*",
            "Resource": [arn, f"{arn}/*"],
            "Condition": {"StringEquals": {"s3:DataAccessPointAccount": (account or self.account).id}},
        }
        self.s3().put_bucket_policy(Bucket=point.bucket, Policy=policy_text(statement))


@pytest.fixture(scope="module")
def points(shared_world: World) -> Iterator[Points]:
    yield Points(shared_world, shared_world.account("Points"), shared_world.account("Beside"))
