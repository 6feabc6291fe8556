"""Every operation of IAM that answers in pages takes no marker but its own."""

import json
from collections.abc import Iterator
from typing import Any

import botocore
import pytest
from tests.access import test_matrix as _examples  # noqa: F401 - every example registers itself
from tests.access.harness import EXAMPLES, Stage, policy, statement
from tests.fix_world import Clock, World, running
from tests.refusals import refused

from deputize import app
from deputize.protocol.model import load

DOCUMENT = json.dumps(policy(statement("Allow", ["*"])))
PAGED = [
    name
    for name, operation in load("iam").operations.items()
    if name in app.services()["iam"].operations
    and operation.input is not None
    and "Marker" in operation.input.members
]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with running(tmp_path_factory.mktemp("pages") / "data", Clock()) as world:
        yield Stage(world, World.account(world, "Pages"))


@pytest.fixture(scope="module")
def markers(stage: Stage) -> dict[str, str]:
    """Markers by the operation that made them."""
    for name in ("one", "two"):
        stage.iam.create_group(GroupName=name)
    request: dict[str, Any] = {"PolicyInputList": [DOCUMENT], "ActionNames": ["s3:GetObject", "s3:PutObject"]}
    return {
        "ListGroups": stage.iam.list_groups(MaxItems=1)["Marker"],
        "SimulateCustomPolicy": stage.iam.simulate_custom_policy(**request, MaxItems=1)["Marker"],
    }


@pytest.mark.parametrize("operation", PAGED)
def test_it_takes_no_marker_but_its_own(stage: Stage, markers: dict[str, str], operation: str) -> None:
    request = EXAMPLES["iam", operation].make(Stage(stage.world, stage.account))
    call = getattr(stage.iam, botocore.xform_name(operation))
    foreign = [marker for name, marker in markers.items() if name != operation]
    for marker in ("nonsense", *foreign):
        assert refused(call, **request, Marker=marker) == ("ValidationError", "Invalid marker.", 400)
