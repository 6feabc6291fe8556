"""Every right that any operation asks for is simulated as it is enforced: same question, same answer."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from unittest import mock

import pytest
from botocore.exceptions import ClientError
from tests.access.harness import EXAMPLES, Stage, policy, statement
from tests.access.test_matrix import ASKING, actions_of, call
from tests.fix_world import Clock, Keys, running

from deputize.gateway import authorize
from deputize.gateway.operation import Operation
from deputize.policy.decide import Decision, ResourceKind, decide


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with running(tmp_path_factory.mktemp("simulated") / "data", Clock()) as world:
        yield Stage(world, world.account("Simulated"))


@contextmanager
def overheard() -> Iterator[list[Decision]]:
    """What is decided meanwhile."""
    heard: list[Decision] = []

    def overhear(*arguments: Any, **more: Any) -> Decision:
        decision = decide(*arguments, **more)
        heard.append(authorize._settled(decision))
        return decision

    with mock.patch.object(authorize, "decide", overhear):
        yield heard


def simulated(stage: Stage, decision: Decision) -> str:
    """What the simulator says to the question of a decision."""
    assert decision.asked is not None
    request, policies, kind = decision.asked
    more: dict[str, Any] = {}
    if request.resource_account is not None:
        more["ResourceOwner"] = request.resource_account
    if policies.resource is not None and kind is not ResourceKind.ROLE_TRUST:
        more["ResourcePolicy"] = policies.resource.document.source
    answer = stage.iam.simulate_principal_policy(
        PolicySourceArn=request.principal.arn,
        ActionNames=[request.action],
        ResourceArns=[request.resource],
        ContextEntries=[
            {
                "ContextKeyName": name,
                "ContextKeyValues": [value] if isinstance(value, str) else list(value),
                "ContextKeyType": "string" if isinstance(value, str) else "stringList",
            }
            for name, value in request.context.items()
        ],
        **more,
    )
    return str(answer["EvaluationResults"][0]["EvalDecision"])


@pytest.mark.parametrize("operation", ASKING, ids=[f"{one.service}:{one.name}" for one in ASKING])
def test_every_right_is_simulated_as_it_is_enforced(stage: Stage, operation: Operation) -> None:
    example = EXAMPLES[operation.service, operation.name]
    actions = actions_of(operation, example)
    for allowed in (policy(statement("Allow", actions)), None):
        request = example.make(Stage(stage.world, stage.account))
        keys: Keys = stage.caller(allowed)
        # Some examples are answered with an error of their own, once they are let through.
        with overheard() as heard, suppress(ClientError):
            call(stage.world, keys, example, request)
        assert any(decision.allowed for decision in heard) is (allowed is not None)
        for decision in heard:
            assert simulated(stage, decision) == decision.word, decision.asked
