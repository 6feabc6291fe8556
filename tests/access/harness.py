"""What the access matrix needs of every operation: one minimal valid request and the state it needs.

    @example("iam", "DeleteUser")
    def delete_user(stage: Stage) -> Request:
        stage.iam.create_user(UserName=stage.name)
        return {"UserName": stage.name}

An operation that is declared without one fails `test_every_operation_has_an_example`. When a right that is
asked only sometimes (`when=`) applies to the request, name its action: `@example("iam", "CreateUser",
applies=("iam:TagUser",))`.
"""

import itertools
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.fix_world import Keys, TestAccount, World

Request = dict[str, Any]

_numbers = itertools.count(1)


@dataclass
class Stage:
    """An account in which an example sets up its state, as the account's administrator. `name` is new each
    time.
    """

    world: World
    account: TestAccount
    name: str = field(default_factory=lambda: f"thing{next(_numbers)}")

    @property
    def iam(self) -> Any:
        return self.world.client("iam", self.account.admin)

    @property
    def s3(self) -> Any:
        return self.world.client("s3", self.account.admin)

    @property
    def sts(self) -> Any:
        return self.world.client("sts", self.account.admin)

    def caller(self, policy: dict[str, Any] | None) -> Keys:
        """A new user of the account with this inline policy."""
        return self.world.user(self.account, f"caller{next(_numbers)}", policy)


@dataclass(frozen=True)
class Example:
    """How to make one call of an operation."""

    service: str
    operation: str
    make: Callable[[Stage], Request]
    applies: tuple[str, ...]
    partial: bool
    answer: str | None
    equip: Callable[[Stage, str], object]

    def answers(self, error: Mapping[str, str]) -> bool:
        """Whether this error is what those get who may make the call."""
        told = f"{error['Code']}: {error.get('Message', '')}"
        return self.answer is not None and (
            error["Code"] == self.answer or re.fullmatch(self.answer, told) is not None
        )


EXAMPLES: dict[tuple[str, str], Example] = {}


def example(
    service: str,
    operation: str,
    *,
    applies: tuple[str, ...] = (),
    partial: bool = False,
    answer: str | None = None,
    equip: Callable[[Stage, str], object] = lambda stage, caller: None,
) -> Callable[[Callable[[Stage], Request]], Callable[[Stage], Request]]:
    """Registers the decorated function as the example of an operation.

    `applies`: actions of conditional needs that this request does need. `partial`: the operation answers 200
    and tells refusals item by item in `Errors`. `answer`: the error that those get who may make the call,
    where there is no other answer: its code, or a pattern of `code: message`. `equip`: what the calling user
    of this name must have (a password to change, say).
    """

    def register(make: Callable[[Stage], Request]) -> Callable[[Stage], Request]:
        key = (service, operation)
        if key in EXAMPLES:
            raise ValueError(f"{service}:{operation} has two examples")
        EXAMPLES[key] = Example(service, operation, make, applies, partial, answer, equip)
        return make

    return register


def statement(effect: str, actions: list[str], resource: str = "*") -> dict[str, Any]:
    return {"Effect": effect, "Action": actions, "Resource": resource}


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    """An identity policy of these statements."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def trust(principal: str) -> str:
    """A trust policy for one AWS principal."""
    allow = {
        "Effect": "Allow",
        "Principal": {"AWS": principal},
        "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [allow]})
