"""`home`: a new account on the server that a module's tests share, and its administrator's IAM client."""

import itertools
import json
from dataclasses import dataclass
from typing import Any

import pytest
from tests.access.harness import policy, statement, trust
from tests.fix_world import Keys, TestAccount, World

DOCUMENT = json.dumps(policy(statement("Allow", ["s3:GetObject"])))
POWER_USER = "arn:aws:iam::aws:policy/PowerUserAccess"

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Home:
    """Tests name things in it as they like: no other test sees them."""

    world: World
    account: TestAccount

    @property
    def iam(self) -> Any:
        return self.world.client("iam", self.account.admin)

    def as_(self, keys: Keys, service: str = "iam") -> Any:
        return self.world.client(service, keys)

    def arn(self, resource: str) -> str:
        """Of an IAM resource of the account, such as `user/ann`."""
        return f"arn:{self.account.partition}:iam::{self.account.id}:{resource}"

    def managed(self, name: str, **more: Any) -> str:
        """The ARN of a new managed policy."""
        made = self.iam.create_policy(PolicyName=name, PolicyDocument=DOCUMENT, **more)
        arn: str = made["Policy"]["Arn"]
        return arn

    def user(self, name: str, *statements: dict[str, Any]) -> Any:
        """The IAM client of a new user with these statements."""
        return self.as_(self.world.user(self.account, name, policy(*statements) if statements else None))

    def session(self, name: str, *statements: dict[str, Any]) -> Keys:
        """A session of a new role with these statements, assumed by the administrator."""
        made = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(self.account.id))["Role"]
        document = json.dumps(policy(*statements))
        self.iam.put_role_policy(RoleName=name, PolicyName="test", PolicyDocument=document)
        sts = self.as_(self.account.admin, "sts")
        return Keys.of(sts.assume_role(RoleArn=made["Arn"], RoleSessionName="test")["Credentials"])


def missing(kind: str, name: str) -> tuple[str, str, int]:
    """What is answered for a user, group, role or inline policy that there is not."""
    return "NoSuchEntity", f"The {kind} with name {name} cannot be found.", 404


def conflict(words: str) -> tuple[str, str, int]:
    """What is answered when something stands in the way of deletion."""
    return "DeleteConflict", f"Cannot delete entity, must {words} first.", 409


def over(quota: str) -> tuple[str, str, int]:
    return "LimitExceeded", f"Cannot exceed quota for {quota}", 409


@pytest.fixture
def home(shared_world: World) -> Home:
    return Home(shared_world, shared_world.account(f"Home {next(_numbers)}"))
