"""T29: what means something to SQL, LIKE, patterns, XML, paths or terminals means nothing in any string that
any operation takes: no answer of a server that stumbled, and no row but the one that is named.

Generated from the service models and the access matrix's examples: an operation added tomorrow is tried too.
"""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from tests.access import every as _every  # noqa: F401 - the examples register themselves
from tests.access.harness import EXAMPLES, Stage, policy, statement, trust
from tests.attacks.wire import Request, Signer, host, pipelined, send
from tests.fix_world import TestAccount, World
from tests.property import botocore_wire
from tests.property.shape_values import for_botocore
from tests.refusals import refused
from tests.state import dump

from deputize import app
from deputize.gateway.operation import Open, Operation
from deputize.protocol.model import Member, Shape, load

STRINGS = [
    *(
        "%",
        "_",
        "*",
        "?",
        "x%",
        "__",
        "\\",
        "[a-z]",
        "'",
        '"',
        "' OR '1'='1",
        "`",
        '") OR 1=1 --',
        "\x00",
        "x\x00y",
    ),
    *(
        "'; DROP TABLE users; --",
        "x' UNION SELECT * FROM access_keys --",
        "\r\nX-Injected: 1",
        "\n",
        "\x1b[31m",
    ),
    *(
        "\x7f",
        "\ufeff",
        "\u202e",
        "\uffff",
        "\U0001f511",
        "İ",
        "ß",
        "]]>",
        "&lt;&amp;",
        "<a/>",
        "${aws:username}",
    ),
    *(
        "$(id)",
        "%s%n%d",
        "%00",
        "../..",
        "/",
        "arn:aws:iam::*:*",
        "null",
        "-1",
        "1e309",
        " ",
        "x y",
        "a=b",
        ".",
    ),
]
LONG = ["a" * 2**20]
# Stands in what the other account has, and in what the caller's account has beside the operation's subject.
CANARY, BYSTANDER = "canary7f3a", "bystander7f3a"
# All but what browsers ask unsigned, and the forms that they send, which no client signs.
OPERATIONS = [
    one
    for service in app.services().values()
    for one in service.operations.values()
    if not one.form and not (isinstance(one.access, Open) and one.access.anonymous)
]
PREFIXES = {"PathPrefix", "Prefix"}
# botocore writes dates alone in the one, and in the other what a host's name may have
# (tests/conformance/test_s3control.py sends more).
UNWRITTEN = {"ResponseExpires", "AccountId"}
NESTED = ("structure", "list", "map")


def inhabit(stage: Stage, word: str) -> None:
    """One of each kind of thing, with names that a pattern of one letter would match, and `word` in it."""
    tags, path, names = [{"Key": word, "Value": word}], f"/{word}/", word[0]
    stage.iam.create_user(UserName=names, Path=path, Tags=tags)
    stage.iam.create_group(GroupName=names, Path=path)
    stage.iam.create_role(
        RoleName=names,
        Path=path,
        Description=word,
        Tags=tags,
        AssumeRolePolicyDocument=trust(stage.account.id),
    )
    for kind in ("user", "group", "role"):
        getattr(stage.iam, f"put_{kind}_policy")(
            **{f"{kind.title()}Name": names},
            PolicyName=names,
            PolicyDocument=DOCUMENT.replace("Sid1", word),
        )
    stage.iam.create_policy(
        PolicyName=names, Path=path, Description=word, PolicyDocument=DOCUMENT.replace("Sid1", word)
    )
    stage.iam.create_access_key(UserName=names)
    stage.s3.create_bucket(Bucket=f"{word}-bucket")
    stage.s3.put_object(Bucket=f"{word}-bucket", Key=names, Body=word.encode(), Metadata={"word": word})


DOCUMENT = (
    '{"Version": "2012-10-17", "Statement": '
    '[{"Sid": "Sid1", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}'
)


@pytest.fixture(scope="module")
def home(shared_world: World) -> TestAccount:
    """The caller's account, beside one that is none of its business."""
    abroad = shared_world.account("Abroad")
    inhabit(Stage(shared_world, abroad), CANARY)
    account = shared_world.account("Home")
    inhabit(Stage(shared_world, account), BYSTANDER)
    return account


def kept(world: World) -> dict[str, list[str]]:
    """The rows that nobody named."""
    return {
        table: [row for row in rows if CANARY in row or BYSTANDER in row]
        for table, rows in dump(world).items()
    }


def filled(shape: Shape, text: str) -> Any:
    """A value of `shape` whose strings are all `text`."""
    match shape.type:
        case "structure":
            return {name: filled(one.shape, text) for name, one in shape.members.items()}
        case "list" if shape.element is not None:
            return [filled(shape.element.shape, text)]
        case "map" if shape.value is not None:
            return {"a": filled(shape.value.shape, text)}
        case "string":
            return text
        case "boolean":
            return True
        case "blob":
            return text.encode()
        case "timestamp":
            return 1_767_225_600
        case _:
            return 1


def spoilt(shape: Shape, value: Any, text: str) -> Iterator[Any]:
    """`value` with one of its strings replaced by `text`, for each of them."""
    match shape.type:
        case "structure":
            for name, one in value.items():
                for other in spoilt(shape.members[name].shape, one, text):
                    yield {**value, name: other}
        case "list" if shape.element is not None:
            for at, one in enumerate(value):
                for other in spoilt(shape.element.shape, one, text):
                    yield [*value[:at], other, *value[at + 1 :]]
        case "string":
            yield text


def carries(member: Member, text: str) -> bool:
    """Whether a client can send it there: a header has one line, and no control characters."""
    return member.location not in ("header", "headers") or (text.isprintable() and text == text.strip())


def variants(shape: Shape, example: dict[str, Any], text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The example with `text` in one of its strings, or with a further member whose strings are `text`."""
    for name, member in shape.members.items():
        if not carries(member, text) or member.streaming or name in UNWRITTEN:
            continue
        if name in example:
            for other in spoilt(member.shape, example[name], text):
                yield name, {**example, name: other}
        elif member.shape.type in ("string", *NESTED) and _has_strings(member.shape):
            yield name, {**example, name: filled(member.shape, text)}


def _has_strings(shape: Shape, seen: frozenset[str] = frozenset()) -> bool:
    if shape.type == "string":
        return True
    if shape.name in seen:
        return False
    inner = [*shape.members.values(), *filter(None, (shape.element, shape.value))]
    return any(_has_strings(one.shape, seen | {shape.name}) for one in inner)


def request_of(world: World, operation: Operation, params: dict[str, Any]) -> Request:
    """As botocore writes it, without its own checks."""
    shape = load(operation.service).operations[operation.name].input
    assert shape is not None
    head, body = botocore_wire.written(operation.service, operation.name, for_botocore(shape, params))
    left_out = ("host", "content-length", "expect", "x-amz-content-sha256")
    headers = tuple((name, _wire(value)) for name, value in head.headers if name not in left_out)
    query = tuple(filter(None, head.query.split("&")))
    return Request(head.method, head.path, query, (host(world), *headers), body)


def _wire(value: str) -> str:
    """What is not latin-1 goes as UTF-8."""
    try:
        return value.encode("latin-1").decode("latin-1")
    except UnicodeEncodeError:
        return value.encode().decode("latin-1")


def attempts(
    world: World, account: TestAccount, operation: Operation, texts: list[str]
) -> Iterator[tuple[tuple[str, str], Request]]:
    """Member, text and signed request, for each string of the operation and each of `texts`."""
    shape = load(operation.service).operations[operation.name].input
    if shape is None:
        return
    example = EXAMPLES[operation.service, operation.name].make(Stage(world, account))
    signer = Signer(account.admin, world.clock.now, service=load(operation.service).signing)
    for text in texts:
        for name, params in variants(shape, example, text):
            yield (name, text), signer.sign(request_of(world, operation, params))


@pytest.mark.slow
@pytest.mark.parametrize("operation", OPERATIONS, ids=[f"{one.service}:{one.name}" for one in OPERATIONS])
def test_t29_metacharacters_in_every_string(
    shared_world: World, home: TestAccount, operation: Operation
) -> None:
    """T29. Every string of every operation: answered, and never with or at the cost of another row."""
    tried = list(attempts(shared_world, home, operation, STRINGS))
    before = kept(shared_world)
    answers = pipelined(shared_world, [request for _, request in tried])
    for ((name, text), _), (request, reply) in zip(tried, answers, strict=True):
        assert "x-injected" not in reply.headers
        assert CANARY.encode() not in reply.body, request
        lists = operation.name.startswith(("List", "GetAccountAuthorizationDetails"))
        if not lists or (name in PREFIXES and text != "/"):
            assert BYSTANDER.encode() not in reply.body, request
    assert kept(shared_world) == before


@pytest.mark.slow
@pytest.mark.parametrize("service", ["iam", "sts", "s3"])
def test_t29_a_mebibyte_in_every_string(shared_world: World, home: TestAccount, service: str) -> None:
    """T29. Answered in time, whatever the operation makes of it; what several operations take alike is tried
    once.
    """
    before = kept(shared_world)
    tried: set[tuple[str, Shape]] = set()
    for operation in OPERATIONS:
        shape = load(operation.service).operations[operation.name].input
        if shape is None or operation.service != service or operation.name.startswith("Head"):
            continue
        new = {(name, one.shape) for name, one in shape.members.items()} - tried
        tried |= new
        for (name, _), request in attempts(shared_world, home, operation, LONG):
            if (name, shape.members[name].shape) in new:
                assert CANARY.encode() not in send(shared_world, request).body
    assert kept(shared_world) == before


def test_t29_the_rows_are_there_for_those_who_name_them(shared_world: World, home: TestAccount) -> None:
    """T29. The control: by their own names they are found."""
    stage = Stage(shared_world, home)
    name = BYSTANDER[0]
    assert BYSTANDER in stage.iam.get_user(UserName=name)["User"]["Arn"]
    assert stage.iam.get_role(RoleName=name)["Role"]["Description"] == BYSTANDER
    assert stage.iam.list_users(PathPrefix=f"/{BYSTANDER}/")["Users"]
    bucket = f"{BYSTANDER}-bucket"
    assert stage.s3.list_objects_v2(Bucket=bucket, Prefix=name)["KeyCount"] == 1
    assert stage.s3.list_objects_v2(Bucket=bucket, Prefix="%")["KeyCount"] == 0
    assert stage.s3.list_objects_v2(Bucket=bucket, Prefix="_")["KeyCount"] == 0


@pytest.mark.parametrize("kind", ["User", "Group", "Role"])
def test_t29_names_that_differ_in_case_alone(shared_world: World, home: TestAccount, kind: str) -> None:
    """T29. IAM's names are one whatever their case (IAM guide, "IAM identifiers"); found under either."""
    stage = Stage(shared_world, home)
    more = {"AssumeRolePolicyDocument": trust(home.id)} if kind == "Role" else {}
    create = getattr(stage.iam, f"create_{kind.lower()}")
    get = getattr(stage.iam, f"get_{kind.lower()}")
    create(**{f"{kind}Name": f"MixedCase{kind}"}, **more)
    for other in (f"mixedcase{kind}", f"MIXEDCASE{kind.upper()}"):
        code, _, status = refused(create, **{f"{kind}Name": other}, **more)
        assert (code, status) == ("EntityAlreadyExists", 409)
        assert get(**{f"{kind}Name": other})[kind][f"{kind}Name"] == f"MixedCase{kind}"


def test_t29_a_policy_that_names_a_pattern_of_an_account(shared_world: World, home: TestAccount) -> None:
    """T29. `%` and `_` are letters in policies too."""
    policies = [
        policy(statement("Allow", ["s3:ListBucket"], f"arn:aws:s3:::{pattern}"))
        for pattern in ("%", "_" * len(f"{BYSTANDER}-bucket"), f"{BYSTANDER}-bucke_")
    ]
    for number, one in zip(itertools.count(), policies, strict=False):
        keys = shared_world.user(home, f"liker{number}", one)
        s3 = shared_world.client("s3", keys)
        assert refused(s3.list_objects_v2, Bucket=f"{BYSTANDER}-bucket")[0] == "AccessDenied"
    wild = policy(statement("Allow", ["s3:ListBucket"], f"arn:aws:s3:::{BYSTANDER}-bucke?"))
    keys = shared_world.user(home, "wild", wild)
    assert shared_world.client("s3", keys).list_objects_v2(Bucket=f"{BYSTANDER}-bucket")["KeyCount"] == 1
