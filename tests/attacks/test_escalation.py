"""T22: every known way from rights on IAM to all rights needs exactly the rights that AWS demands for it."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.access.harness import statement
from tests.attacks.escalations import WAYS, Scene, Way, gained, text
from tests.fix_world import World
from tests.state import dump

from deputize.policy.findings.checks import Severity
from deputize.policy.findings.statements import PolicyType
from deputize.policy.findings.validate import findings

each_way = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)


@pytest.fixture(scope="module")
def scene(shared_world: World) -> Scene:
    return Scene(shared_world, shared_world.account("Escalation"))


def enter(scene: Scene, way: Way, change: Any = list) -> None:
    """A Mallory with the rights of the way as `change` leaves them, and the way's surroundings."""
    scene.enter()
    rights = change(way.statements(scene.me))
    if rights:
        scene.give("rights", *rights)
    way.prepare(scene)


def stopped(scene: Scene, way: Way) -> None:
    """The way is refused; one that has but one step has then changed nothing."""
    before = dump(scene.world)
    with pytest.raises(ClientError) as caught:
        way.attack(scene)
    assert caught.value.response["Error"]["Code"] == "AccessDenied"
    if len(way.rights) == 1:
        assert dump(scene.world) == before
    assert not gained(scene, way, None, before)


@each_way
def test_t22_with_exactly_its_rights(scene: Scene, way: Way) -> None:
    enter(scene, way)
    before = dump(scene.world)
    assert not gained(scene, way, None, before)
    assert gained(scene, way, way.attack(scene), before)


@each_way
def test_t22_without_one_of_them(scene: Scene, way: Way) -> None:
    for missing in range(len(way.rights)):
        enter(scene, way, lambda rights, at=missing: [*rights[:at], *rights[at + 1 :]])
        stopped(scene, way)


@each_way
def test_t22_with_one_on_another_resource(scene: Scene, way: Way) -> None:
    """One whose name begins with the right one, and the same of another account."""
    for at in range(len(way.rights)):
        for old, new in (("$", "2"), ("*", "222222222222")):

            def moved(rights: Any, at: int = at, old: str = old, new: str = new) -> Any:
                resource = f"{rights[at]['Resource']}$".replace(old, new).rstrip("$")
                return [*rights[:at], {**rights[at], "Resource": resource}, *rights[at + 1 :]]

            enter(scene, way, moved)
            stopped(scene, way)


@each_way
def test_t22_with_a_neighbouring_action(scene: Scene, way: Way) -> None:
    """All of IAM on everything, but for one right."""
    for action, _ in way.rights:
        enter(scene, way, lambda _rights, action=action: [_all_but(action), statement("Deny", [action])])
        before = dump(scene.world)
        with pytest.raises(ClientError) as caught:
            way.attack(scene)
        assert "with an explicit deny in an identity-based policy" in str(caught.value)
        if len(way.rights) == 1:
            assert dump(scene.world) == before


def _all_but(action: str) -> dict[str, Any]:
    return {"Effect": "Allow", "NotAction": [action], "Resource": "*"}


@each_way
def test_t22_behind_a_boundary_that_leaves_it_out(scene: Scene, way: Way) -> None:
    enter(scene, way)
    scene.fence(statement("Allow", ["s3:*"]))
    stopped(scene, way)


@pytest.mark.parametrize("way", [way for way in WAYS if way.own], ids=lambda way: way.name)
def test_t22_behind_a_boundary_the_gain_is_nil(scene: Scene, way: Way) -> None:
    """The boundary lets the way itself be gone: more policies give nothing beyond it."""
    enter(scene, way)
    scene.fence(*way.statements(scene.me))
    before = dump(scene.world)
    got = way.attack(scene)
    assert not gained(scene, way, got, before)


@each_way
def test_t22_the_validator_tells_it(way: Way) -> None:
    told = findings(text(*way.statements("mallory")), PolicyType.IDENTITY_POLICY)
    assert "PRIVILEGE_ESCALATION" in {one.check.code for one in told}
    assert not [one for one in told if one.check.severity is Severity.ERROR]
