"""Bad input for every field of every IAM and STS operation, generated from AWS's models: each is told as AWS
tells it, before anything is done.
"""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pytest
import regex
from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StructureShape
from botocore.session import get_session
from tests.access import every as _every  # noqa: F401 - the examples register themselves
from tests.access.harness import EXAMPLES, Stage
from tests.fix_world import Clock, World, running
from tests.state import dump

from deputize import app

OPERATIONS = [(name, one) for name in ("iam", "sts") for one in app.services()[name].operations]
# Characters of which every pattern of the models forbids one at least.
STRANGE = ("!", " ", "é", "\u0100", "\x7f", "#")
# The longest body of a request: what is longer is refused before it is read (413).
BODY = 10_000_000
PATH = tuple[str | int, ...]


@dataclass(frozen=True)
class Bad:
    """One request that must be refused: where `value` goes (None: nothing goes there), and what is said.
    `beside`: what else its structure then needs, or it would not be sent at all.
    """

    path: PATH
    value: Any
    rule: str
    beside: Mapping[str, Any] = field(default_factory=dict)


@cache
def service_model(service: str) -> ServiceModel:
    return get_session().get_service_model(service)


def model(service: str, operation: str) -> StructureShape | None:
    """The input of an operation, as botocore reads AWS's model."""
    shape = service_model(service).operation_model(operation).input_shape
    return shape if isinstance(shape, StructureShape) else None


def members(shape: StructureShape, path: PATH) -> Iterator[Bad]:
    """What may be wrong with each member of a structure."""
    for name, member in shape.members.items():
        beside = {other: plain(inner) for other, inner in shape.members.items() if other != name}
        if name in shape.required_members and (beside or not path):
            yield Bad((*path, name), None, "Member must not be null", beside)
        yield from values(member, (*path, name))


def values(shape: Shape, path: PATH) -> Iterator[Bad]:
    """What may be wrong with a value, and with what is in it."""
    match shape:
        case StructureShape():
            yield from members(shape, path)
        case ListShape():
            yield from items(shape, path)
        case MapShape():
            return
        case _ if shape.type_name == "string":
            yield from strings(shape, path)
        case _ if shape.type_name in ("integer", "long"):
            yield from numbers(shape, path)


def items(shape: ListShape, path: PATH) -> Iterator[Bad]:
    most, item = shape.metadata.get("max"), shape.member
    if most is not None:
        yield Bad(path, [plain(item)] * (most + 1), f"Member must have length less than or equal to {most}")
    if isinstance(item, StructureShape):
        yield from members(item, (*path, 0))
        return
    for bad in values(item, path):
        # Of plain items the list is named, and every rule that holds for them.
        yield Bad(path, [bad.value], "Member must satisfy constraint: [")


def plain(shape: Shape) -> Any:
    """Something to fill a list with."""
    if isinstance(shape, StructureShape):
        return {name: plain(member) for name, member in shape.members.items()}
    if isinstance(shape, ListShape):
        return [plain(shape.member)]
    return "a" * max(1, shape.metadata.get("min", 1))


def strings(shape: Shape, path: PATH) -> Iterator[Bad]:
    least, most = shape.metadata.get("min", 0), shape.metadata.get("max")
    pattern = shape.metadata.get("pattern")
    if least > 0:
        yield Bad(path, "a" * (least - 1), f"Member must have length greater than or equal to {least}")
    if most is not None and most < BODY:
        yield Bad(path, "a" * (most + 1), f"Member must have length less than or equal to {most}")
    if pattern is not None:
        flags = 0 if r"\p" in pattern else regex.ASCII
        for strange in STRANGE:
            value = strange * max(least, 1)
            if not regex.fullmatch(pattern, value, flags):
                yield Bad(path, value, "Member must satisfy regular expression pattern: ")
                break
    if getattr(shape, "enum", None):
        yield Bad(path, "Nonsense", "Member must satisfy enum value set")


def numbers(shape: Shape, path: PATH) -> Iterator[Bad]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None:
        yield Bad(path, least - 1, f"Member must have value greater than or equal to {least}")
    if most is not None:
        yield Bad(path, most + 1, f"Member must have value less than or equal to {most}")


def spoiled(request: dict[str, Any], bad: Bad) -> dict[str, Any]:
    """The request with the bad value in its place; what leads there is made where it is missing."""
    made = copy.deepcopy(request)
    place: Any = made
    for step, following in zip(bad.path, bad.path[1:], strict=False):
        empty: Any = [{}] if following == 0 else {}
        place = place.setdefault(step, empty) if isinstance(place, dict) else place[step]
        if place == []:
            place.append({})
    last = bad.path[-1]
    if bad.value is None:
        place.pop(last, None)
        if not place and len(bad.path) > 1:
            place.update(bad.beside)
    else:
        place[last] = bad.value
    return made


def told(path: PATH) -> str:
    """A path in AWS's words: `tags.1.member.key`."""
    words = [f"{step + 1}.member" if isinstance(step, int) else step[:1].lower() + step[1:] for step in path]
    return ".".join(words)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with running(tmp_path_factory.mktemp("bad") / "data", Clock()) as world:
        yield Stage(world, world.account("Bad input"))


def refusal(world: World, stage: Stage, service: str, operation: str, request: dict[str, Any]) -> Any:
    client = world.client(service, stage.account.admin, parameter_validation=False)
    with pytest.raises(ClientError) as caught:
        getattr(client, xform_name(operation))(**request)
    return caught.value.response


@pytest.mark.parametrize(("service", "operation"), OPERATIONS, ids=[one for _, one in OPERATIONS])
def test_each_field(stage: Stage, service: str, operation: str) -> None:
    shape = model(service, operation)
    if shape is None:
        return
    own = Stage(stage.world, stage.account)
    request = EXAMPLES[service, operation].make(own)
    before = dump(stage.world)
    for bad in members(shape, ()):
        answer = refusal(stage.world, own, service, operation, spoiled(request, bad))
        said, error = answer["Error"]["Message"], answer["Error"]
        assert (error["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]) == ("ValidationError", 400), bad
        assert regex.match(r"\d+ validation errors? detected: Value", said), bad
        assert f" at '{told(bad.path)}' failed to satisfy constraint: {bad.rule}" in said, (bad, said)
    assert dump(stage.world) == before


def unreadable(shape: Shape, path: PATH) -> Iterator[Bad]:
    """What is no whole number at all."""
    match shape:
        case StructureShape():
            for name, member in shape.members.items():
                yield from unreadable(member, (*path, name))
        case ListShape() if isinstance(shape.member, StructureShape):
            yield from unreadable(shape.member, (*path, 0))
        case _ if shape.type_name in ("integer", "long"):
            for text in ("", "x", "1.5", "1e3", "0x10", "٣", " 1", "99999999999999999999"):
                yield Bad(path, text, "")


@pytest.mark.parametrize(("service", "operation"), OPERATIONS, ids=[one for _, one in OPERATIONS])
def test_each_number(stage: Stage, service: str, operation: str) -> None:
    """AWS's front end answers what it cannot read without a message (measured at STS)."""
    shape = model(service, operation)
    cases = [] if shape is None else list(unreadable(shape, ()))
    if not cases:
        return
    own = Stage(stage.world, stage.account)
    request = EXAMPLES[service, operation].make(own)
    before = dump(stage.world)
    for bad in cases:
        answer = refusal(stage.world, own, service, operation, spoiled(request, bad))
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 400, bad
        assert answer["Error"]["Code"] == "MalformedInput", bad
    assert dump(stage.world) == before
