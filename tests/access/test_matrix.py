"""Every declared operation x who must not: generated from the registry, so an operation added tomorrow is
tested today.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.access import every as _every  # noqa: F401 - all examples
from tests.access.harness import EXAMPLES, Example, Stage, policy, statement, trust
from tests.fix_world import Clock, Keys, World, running
from tests.state import dump

from deputize import app
from deputize.config import Settings
from deputize.gateway.operation import Open, Operation

# All but what browsers ask unsigned, and the forms that they send, which no client of ours signs:
# tests/conformance/test_s3_cors.py and test_s3_post.py.
OPERATIONS = [
    operation
    for service in app.services().values()
    for operation in service.operations.values()
    if not operation.form and not (isinstance(operation.access, Open) and operation.access.anonymous)
]
NAMES = [f"{operation.service}:{operation.name}" for operation in OPERATIONS]
# Those that are signed, and those whose caller an identity provider vouches for.
SIGNED = [operation for operation in OPERATIONS if operation.vouches is None]
VOUCHED = [operation for operation in OPERATIONS if operation.vouches is not None]
# Those that ask the signer for a right at all.
ASKING = [operation for operation in SIGNED if not isinstance(operation.access, Open)]
# What the JSON services call the query services' errors.
JSON_SERVICES = {"accessanalyzer"}
JSON_CODES = {
    "AccessDeniedException": "AccessDenied",
    "ExpiredTokenException": "ExpiredToken",
    "MissingAuthenticationTokenException": "MissingAuthenticationToken",
    "UnrecognizedClientException": "InvalidClientTokenId",
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    settings = Settings(insecure_oidc_loopback=True)
    with running(tmp_path_factory.mktemp("matrix") / "data", Clock(), settings=settings) as made:
        yield made


@pytest.fixture(scope="module")
def stages(world: World) -> dict[str, Stage]:
    """Two accounts, each with a stage to copy."""
    return {name: Stage(world, world.account(name)) for name in ("home", "abroad")}


@pytest.fixture
def stage(world: World, stages: dict[str, Stage]) -> Stage:
    return Stage(world, stages["home"].account)


def snake(name: str) -> str:
    import botocore

    return str(botocore.xform_name(name))


def call(world: World, keys: Keys | None, example: Example, request: dict[str, Any]) -> Any:
    """Make the call; a refusal among the items of a batch counts as one of the call."""
    try:
        answer = getattr(world.client(example.service, keys), snake(example.operation))(**request)
    except ClientError as error:
        if example.answers(error.response["Error"]):
            return None
        raise
    if example.partial and answer.get("Errors"):
        refusal = answer["Errors"][0]
        raise ClientError(
            {"Error": refusal, "ResponseMetadata": {"HTTPStatusCode": 403}},
            example.operation,
        )
    return answer


def rows_of(world: World, account: str, other: str) -> dict[str, list[str]]:
    """What the database remembers of `account`, without what `other` has that names it (a trust policy,
    say).
    """
    return {
        table: [row for row in rows if account in row and other not in row]
        for table, rows in dump(world).items()
    }


def refuse(world: World, keys: Keys | None, example: Example, request: dict[str, Any]) -> str:
    """The call must be refused with 403 and change nothing; returns the code."""
    before = dump(world)
    with pytest.raises(ClientError) as caught:
        call(world, keys, example, request)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403, caught.value
    assert dump(world) == before
    return code_of(example, caught.value)


def code_of(example: Example, error: ClientError) -> str:
    """An error's code, as the query services call it."""
    code = str(error.response["Error"]["Code"])
    return JSON_CODES[code] if example.service in JSON_SERVICES else code


def actions_of(operation: Operation, example: Example) -> list[str]:
    """The actions that the example needs."""
    return [need.action for need in operation.needs if need.when is None or need.action in example.applies]


@pytest.mark.parametrize("operation", OPERATIONS, ids=NAMES)
def test_every_operation_has_an_example(operation: Operation) -> None:
    assert (operation.service, operation.name) in EXAMPLES


def test_every_example_is_of_an_operation() -> None:
    declared = {(operation.service, operation.name) for operation in OPERATIONS}
    assert set(EXAMPLES) <= declared


@pytest.mark.parametrize("operation", SIGNED, ids=[f"{one.service}:{one.name}" for one in SIGNED])
class TestMatrix:
    def test_anonymous(self, stage: Stage, operation: Operation) -> None:
        example = EXAMPLES[operation.service, operation.name]
        code = refuse(stage.world, None, example, example.make(stage))
        assert code in {"MissingAuthenticationToken", "AccessDenied", "403"}

    def test_no_policy(self, stage: Stage, operation: Operation) -> None:
        example = EXAMPLES[operation.service, operation.name]
        request, keys = example.make(stage), stage.caller(None)
        if isinstance(operation.access, Open):
            call(stage.world, keys, example, request)
        else:
            assert refuse(stage.world, keys, example, request) in {"AccessDenied", "403"}

    def test_exactly_its_needs(self, stage: Stage, operation: Operation) -> None:
        example = EXAMPLES[operation.service, operation.name]
        request = example.make(stage)
        allowed = actions_of(operation, example)
        keys = stage.caller(policy(statement("Allow", allowed)) if allowed else None)
        example.equip(stage, stage.iam.get_access_key_last_used(AccessKeyId=keys.id)["UserName"])
        call(stage.world, keys, example, request)

    def test_each_need_missing(self, stage: Stage, operation: Operation) -> None:
        example = EXAMPLES[operation.service, operation.name]
        needed = actions_of(operation, example)
        for missing in needed:
            others = [action for action in needed if action != missing] or ["iam:Nothing"]
            keys = stage.caller(policy(statement("Allow", others)))
            request = example.make(Stage(stage.world, stage.account))
            assert refuse(stage.world, keys, example, request) in {"AccessDenied", "403"}, missing

    def test_explicit_deny_of_each_need(self, stage: Stage, operation: Operation) -> None:
        example = EXAMPLES[operation.service, operation.name]
        for action in actions_of(operation, example):
            keys = stage.caller(policy(statement("Allow", ["*"]), statement("Deny", [action])))
            request = example.make(Stage(stage.world, stage.account))
            assert refuse(stage.world, keys, example, request) in {"AccessDenied", "403"}, action

    def test_another_accounts_administrator(
        self, stage: Stage, stages: dict[str, Stage], operation: Operation
    ) -> None:
        """IAM's names live in the caller's own account; all else must be refused. Nothing of ours may
        change.
        """
        example = EXAMPLES[operation.service, operation.name]
        request = example.make(stage)
        home, abroad = stage.account.id, stages["abroad"].account
        before = rows_of(stage.world, home, abroad.id)
        try:
            call(stage.world, abroad.admin, example, request)
        except ClientError as error:
            assert error.response["ResponseMetadata"]["HTTPStatusCode"] in {400, 403, 404, 405, 409}, error
        assert rows_of(stage.world, home, abroad.id) == before

    def test_expired_session(self, stage: Stage, operation: Operation) -> None:
        example = EXAMPLES[operation.service, operation.name]
        request = example.make(stage)
        session = Keys.of(stage.sts.get_session_token(DurationSeconds=900)["Credentials"])
        clock = stage.world.clock
        clock.advance(900)
        with pytest.raises(ClientError) as caught:
            call(stage.world, session, example, request)
        assert code_of(example, caught.value) in {"ExpiredToken", "400"}

    def test_inactive_key(self, stage: Stage, operation: Operation) -> None:
        example = EXAMPLES[operation.service, operation.name]
        request = example.make(stage)
        keys = stage.caller(policy(statement("Allow", ["*"])))
        name = stage.iam.get_access_key_last_used(AccessKeyId=keys.id)["UserName"]
        stage.iam.update_access_key(UserName=name, AccessKeyId=keys.id, Status="Inactive")
        code = refuse(stage.world, keys, example, request)
        assert code in {"InvalidClientTokenId", "InvalidAccessKeyId", "403"}


@pytest.mark.parametrize("operation", ASKING, ids=[f"{one.service}:{one.name}" for one in ASKING])
def test_boundary_and_session_policy_cap(stage: Stage, operation: Operation) -> None:
    example = EXAMPLES[operation.service, operation.name]
    request = example.make(stage)
    name = f"{stage.name}-role"
    stage.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(stage.account.id))
    stage.iam.put_role_policy(
        RoleName=name, PolicyName="all", PolicyDocument=json.dumps(policy(statement("Allow", ["*"])))
    )
    limited = json.dumps(policy(statement("Allow", ["sqs:*"])))
    session = stage.sts.assume_role(
        RoleArn=f"arn:aws:iam::{stage.account.id}:role/{name}", RoleSessionName="test", Policy=limited
    )
    keys = Keys.of(session["Credentials"])
    assert refuse(stage.world, keys, example, request) in {"AccessDenied", "403"}


@pytest.mark.parametrize("operation", VOUCHED, ids=[f"{one.service}:{one.name}" for one in VOUCHED])
class TestVouched:
    """The role of the example, `stage.name`, trusts the caller's provider: that alone decides."""

    def trust(self, stage: Stage) -> Any:
        return stage.iam.get_role(RoleName=stage.name)["Role"]["AssumeRolePolicyDocument"]

    def change(self, stage: Stage, document: Any) -> None:
        stage.iam.update_assume_role_policy(RoleName=stage.name, PolicyDocument=json.dumps(document))

    def test_unsigned(self, stage: Stage, operation: Operation) -> None:
        example = EXAMPLES[operation.service, operation.name]
        call(stage.world, None, example, example.make(stage))

    def test_each_need_missing(self, stage: Stage, operation: Operation) -> None:
        example = EXAMPLES[operation.service, operation.name]
        request = example.make(stage)
        needed = actions_of(operation, example)
        document = self.trust(stage)
        for missing in needed:
            document["Statement"][0]["Action"] = [action for action in needed if action != missing]
            self.change(stage, document)
            assert refuse(stage.world, None, example, request) == "AccessDenied", missing

    def test_explicit_deny_of_each_need(self, stage: Stage, operation: Operation) -> None:
        example = EXAMPLES[operation.service, operation.name]
        request = example.make(stage)
        document = self.trust(stage)
        deny = {**document["Statement"][0], "Effect": "Deny"}
        for action in actions_of(operation, example):
            self.change(
                stage, {**document, "Statement": [*document["Statement"], {**deny, "Action": action}]}
            )
            assert refuse(stage.world, None, example, request) == "AccessDenied", action

    def test_no_signature_is_worth_anything(self, stage: Stage, operation: Operation) -> None:
        """The administrator's, where the role trusts the account and not the provider."""
        example = EXAMPLES[operation.service, operation.name]
        request = example.make(stage)
        document = self.trust(stage)
        document["Statement"][0]["Principal"] = {"AWS": stage.account.id}
        self.change(stage, document)
        for keys in (None, stage.account.admin, stage.account.root):
            assert refuse(stage.world, keys, example, request) == "AccessDenied"

    def test_a_role_of_another_account(
        self, stage: Stage, stages: dict[str, Stage], operation: Operation
    ) -> None:
        """Even one that trusts this very provider."""
        example = EXAMPLES[operation.service, operation.name]
        request = example.make(stage)
        abroad = stages["abroad"]
        made = abroad.iam.create_role(
            RoleName=stage.name, AssumeRolePolicyDocument=json.dumps(self.trust(stage))
        )
        with pytest.raises(ClientError) as caught:
            call(stage.world, None, example, {**request, "RoleArn": made["Role"]["Arn"]})
        assert code_of(example, caught.value) in {"InvalidIdentityToken", "AccessDenied"}
