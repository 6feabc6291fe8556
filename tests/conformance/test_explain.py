"""Why was this refused? What is kept of a refused call, `deputize explain`, and who is told what."""

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from click.testing import CliRunner, Result
from tests.access.harness import policy, statement, trust
from tests.fix_idp import SUBJECT, Federation
from tests.fix_world import Keys, TestAccount, World

from deputize.cli import explain as command
from deputize.cli.main import STARTED, main
from deputize.domain import explanations
from deputize.gateway import denials
from deputize.model.denial import Denial
from deputize.s3 import access_points
from deputize.store.queue import NOTE_DELAY

POWER_USER = "arn:aws:iam::aws:policy/PowerUserAccess"
ALL = statement("Allow", ["*"])


@pytest.fixture
def here(world: World) -> TestAccount:
    return world.account("Here")


def refuse(call: Any, **arguments: Any) -> str:
    """The request id of a call that must be refused."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    assert caught.value.response["Error"]["Code"] == "AccessDenied"
    return str(caught.value.response["ResponseMetadata"]["RequestId"])


def settle(world: World) -> None:
    """Let the notes that wait be written: they share the commit of the next command."""
    world.opened.store.write(lambda _db: None).result()


def kept(world: World, account: TestAccount) -> list[Denial]:
    settle(world)
    with world.opened.store.snapshot() as db:
        return explanations.recent(db, account.id, 1000)


def explained(world: World, *arguments: str) -> Result:
    settle(world)
    return CliRunner().invoke(main, ["explain", *arguments, "--data", str(world.data)])


def session(world: World, account: TestAccount, role: str, **limits: Any) -> Keys:
    made = world.client("sts", account.admin).assume_role(
        RoleArn=f"arn:aws:iam::{account.id}:role/{role}", RoleSessionName="David-ProdUpdate", **limits
    )
    return Keys.of(made["Credentials"])


class TestTheCommand:
    def test_a_call_that_the_session_policy_stops(self, world: World, here: TestAccount) -> None:
        """The example of the documentation: the role may, the session may not."""
        iam = world.client("iam", here.admin)
        world.client("s3", here.admin).create_bucket(Bucket="productionapp")
        iam.create_role(RoleName="UpdateApp", AssumeRolePolicyDocument=trust(here.id))
        write = statement("Allow", ["s3:PutObject"], "arn:aws:s3:::productionapp/*")
        iam.put_role_policy(
            RoleName="UpdateApp", PolicyName="read-write-app-bucket", PolicyDocument=json.dumps(policy(write))
        )
        limit = json.dumps(policy(statement("Allow", ["s3:GetObject"])))
        s3 = world.client("s3", session(world, here, "UpdateApp", Policy=limit))
        request = refuse(s3.put_object, Bucket="productionapp", Key="app.txt", Body=b"x")
        result = explained(world, request)
        assert result.exit_code == 0
        lines = result.stdout.splitlines()
        assert lines[0].endswith(f"UTC, request {request}")
        assert lines[1] == "DENIED  s3:PutObject on arn:aws:s3:::productionapp/app.txt"
        who = f"arn:aws:sts::{here.id}:assumed-role/UpdateApp/David-ProdUpdate"
        assert lines[2:4] == [f"by       {who}", f"         of Here ({here.id})"]
        assert lines[5] == "why      no session policy allows the s3:PutObject action"
        allowing = next(line for line in lines if line.startswith("  identity policies"))
        assert allowing.split(None, 3)[2:] == ["ALLOW", "read-write-app-bucket, statement 1, line 1"]
        deciding = next(line for line in lines if "<- decided here" in line)
        assert deciding.startswith("  session policies")
        assert "Action s3:GetObject does not cover s3:PutObject" in deciding
        place = lines.index("to allow it, add to the session policy:")
        assert json.loads(lines[place + 1]) == {
            "Effect": "Allow",
            "Action": "s3:PutObject",
            "Resource": "arn:aws:s3:::productionapp/app.txt",
        }
        assert lines[-2] == "the caller was told"

    def test_lists_and_the_last_one(self, world: World, here: TestAccount) -> None:
        there = world.account("There")
        assert explained(world).stdout == "No refused call is kept.\n"
        ann = world.client("iam", world.user(here, "ann"))
        bob = world.client("iam", world.user(there, "bob"))
        first = refuse(ann.list_users)
        world.clock.advance(1)
        second = refuse(bob.get_user, UserName="admin")
        lines = explained(world).stdout.splitlines()
        assert [line.split("  ")[1] for line in lines] == [second, first]
        assert lines[1].endswith(f"{first}  user/ann of Here: iam:ListUsers on arn:aws:iam::{here.id}:user/")
        assert explained(world, "--account", "Here").stdout.splitlines() == lines[1:]
        assert explained(world, "--limit", "1").stdout.splitlines() == lines[:1]
        assert f"request {second}" in explained(world, "--last").stdout
        assert f"request {first}" in explained(world, "--last", "--account", here.id).stdout

    def test_json(self, world: World, here: TestAccount) -> None:
        request = refuse(
            world.client("iam", world.user(here, "ann", policy(ALL, statement("Deny", ["iam:*"])))).list_users
        )
        (listed,) = json.loads(explained(world, "--json").stdout)
        single = json.loads(explained(world, "--json", request).stdout)
        assert json.loads(explained(world, "--json", "--last").stdout) == single
        assert listed == {name: single[name] for name in listed}
        assert listed["requestId"] == request
        assert single["decision"] == "explicitDeny"
        assert (single["layer"], single["explicit"]) == ("identity-based policy", True)
        assert single["because"] == "with an explicit deny in an identity-based policy"
        deciding = [layer for layer in single["trace"] if layer["decides"]]
        assert [layer["layer"] for layer in deciding] == ["identity policies"]
        assert "to allow it" not in explained(world, request).stdout

    def test_what_was_refused_just_before(
        self, world: World, here: TestAccount, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It waits for the notes of calls that were answered before the command began, and no longer."""
        waited: list[float] = []

        def sleep(seconds: float) -> None:
            waited.append(seconds)
            settle(world)

        clock = SimpleNamespace(monotonic=lambda: STARTED + 0.25, sleep=sleep)
        monkeypatch.setattr(command, "time", clock)
        request = refuse(world.client("iam", world.user(here, "ann")).list_users)
        for arguments in (["--last"], [request]):
            done = CliRunner().invoke(main, ["explain", *arguments, "--data", str(world.data)])
            assert f"request {request}" in done.stdout
        assert waited == [NOTE_DELAY + 0.25] * 2

    def test_what_is_not_there(self, world: World, here: TestAccount) -> None:
        missing = explained(world, "0123456789ABCDEF")
        assert missing.exit_code == 1
        assert "no refusal by policies with request id 0123456789ABCDEF is kept" in missing.output
        assert "other errors say themselves what is wrong" in missing.output
        unknown = explained(world, "--account", "Nowhere")
        assert unknown.exit_code == 2
        assert "there is no account Nowhere" in unknown.output
        assert explained(world, "--json", "--account", here.id).stdout == "[]\n"


class TestWhatIsKept:
    def test_block_public_access_is_named(self, world: World, here: TestAccount) -> None:
        s3 = world.client("s3", here.admin)
        s3.create_bucket(Bucket="sealed")
        s3.put_public_access_block(
            Bucket="sealed", PublicAccessBlockConfiguration={"RestrictPublicBuckets": True}
        )
        allow = {**statement("Allow", ["s3:GetObject"], "arn:aws:s3:::sealed/*"), "Principal": "*"}
        s3.put_bucket_policy(Bucket="sealed", Policy=json.dumps(policy(allow)))
        there = world.account("There")
        request = refuse(world.client("s3", there.admin).get_object, Bucket="sealed", Key="k")
        assert access_points.RESTRICTED in explained(world, request).stdout

    def test_facts_that_are_in_the_records(self, world: World, here: TestAccount) -> None:
        """The boundary that a role has is read while the records stand, though no policy asked for it."""
        world.client("iam", here.admin).create_role(
            RoleName="bounded", AssumeRolePolicyDocument=trust(here.id), PermissionsBoundary=POWER_USER
        )
        bounded = {"StringEquals": {"iam:PermissionsBoundary": POWER_USER}}
        second = {**statement("Deny", ["iam:PutRolePolicy"]), "Condition": bounded}
        keys = world.user(here, "ann", policy(statement("Deny", ["iam:*"]), second))
        refuse(
            world.client("iam", keys).put_role_policy,
            RoleName="bounded",
            PolicyName="p",
            PolicyDocument=json.dumps(policy(ALL)),
        )
        (only,) = kept(world, here)
        (identity,) = (one for one in only.explanation["trace"] if one["decides"])
        assert [one["matched"] for one in identity["policies"][0]["statements"]] == [True, True]

    def test_a_failure_to_explain_changes_no_answer(
        self,
        world: World,
        here: TestAccount,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        monkeypatch.setattr(denials, "because", lambda _decision: 1 / 0)
        request = refuse(world.client("iam", world.user(here, "ann")).list_users)
        assert kept(world, here) == []
        assert f"the refusal of request {request} cannot be explained" in caplog.text

    def test_nothing_of_parameters_and_of_anonymous_callers(self, world: World, here: TestAccount) -> None:
        iam = world.client("iam", world.user(here, "ann"))
        refuse(iam.create_login_profile, UserName="ann", Password="correct horse battery staple")
        world.client("s3", here.admin).create_bucket(Bucket="private")
        refuse(world.client("s3", None).get_object, Bucket="private", Key="k")
        (only,) = kept(world, here)
        assert only.action == "iam:CreateLoginProfile"
        assert "horse" not in repr(only)

    def test_a_token_that_a_role_does_not_trust(self, federation: Federation) -> None:
        """It is kept for the role's account: whom a provider vouches for has none."""
        name = f"{federation.issuer.host}:sub"
        role = federation.role({"StringEquals": {name: "repo:octo-org/another:*"}})
        refuse(federation.assume, role=role)
        (only,) = kept(federation.world, federation.account)
        assert (only.caller, only.action) == (federation.provider, "sts:AssumeRoleWithWebIdentity")
        told = explanations.told(only, federation.account.id)
        (trusts,) = (layer for layer in told["trace"] if layer["layer"] == "trust policy")
        mismatch = trusts["policies"][0]["statements"][0]["mismatch"]
        assert (mismatch["key"], mismatch["present"]) == (name, SUBJECT)

    def test_long_lists_are_cut(
        self, world: World, here: TestAccount, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Of AWS's policies that list thousands of actions."""
        keys = world.user(here, "ann")
        world.client("iam", here.admin).attach_user_policy(
            UserName="ann", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess"
        )
        monkeypatch.setattr(denials, "LINES", 6)
        refuse(world.client("iam", keys).create_user, UserName="bob")
        (only,) = kept(world, here)
        assert len(json.dumps(dict(only.explanation))) < 5000
        assert only.explanation["text"].splitlines()[-1].endswith("more lines")

    def test_a_flood_fills_nothing(
        self, world: World, here: TestAccount, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        iam = world.client("iam", world.user(here, "ann"))
        for _ in range(denials.RATE + 5):
            refuse(iam.list_users)
        assert len(kept(world, here)) == denials.RATE
        monkeypatch.setattr(denials, "KEPT", 3)
        world.clock.advance(1)
        requests = [refuse(iam.list_groups) for _ in range(4)]
        assert {one.id for one in kept(world, here)} <= set(requests)
        assert len(kept(world, here)) == 3


class TestWhoIsTold:
    @pytest.fixture
    def cross(self, world: World, here: TestAccount) -> Iterator[tuple[TestAccount, list[Denial]]]:
        """A role of There that trusts nobody of Here; refused by the other side, and by the caller's own."""
        there = world.account("There")
        world.client("iam", there.admin).create_role(
            RoleName="theirs", AssumeRolePolicyDocument=trust(there.id)
        )
        role = f"arn:aws:iam::{there.id}:role/theirs"
        for keys in (world.user(here, "ann"), here.admin):
            world.clock.advance(1)
            refuse(world.client("sts", keys).assume_role, RoleArn=role, RoleSessionName="x1")
        yield there, kept(world, here)

    def test_the_other_side_is_withheld(
        self, here: TestAccount, cross: tuple[TestAccount, list[Denial]]
    ) -> None:
        by_theirs, by_own = (explanations.told(one, here.id) for one in cross[1])
        for one in (by_theirs, by_own):
            trusts = next(layer for layer in one["trace"] if layer["layer"] == "trust policy")
            assert trusts == {
                "layer": "trust policy",
                "verdict": "withheld",
                "note": explanations.WITHHELD,
                "decides": False,
                "policies": [],
            }
        assert not {"decision", "because", "layer", "explicit", "text"} & set(by_theirs)
        assert by_own["because"] == "because no identity-based policy allows the sts:AssumeRole action"

    def test_the_resources_account_sees_its_side(self, cross: tuple[TestAccount, list[Denial]]) -> None:
        there, (by_theirs, _) = cross
        told = explanations.told(by_theirs, there.id)
        trusts = next(layer for layer in told["trace"] if layer["layer"] == "trust policy")
        assert (trusts["verdict"], trusts["decides"]) == ("silent", True)
        assert explanations.missing(by_theirs) is None

    def test_in_one_account_all_is_told(self, world: World, here: TestAccount) -> None:
        refuse(world.client("iam", world.user(here, "ann")).list_users)
        (one,) = kept(world, here)
        told = explanations.told(one, here.id)
        assert told["decision"] == "implicitDeny"
        assert "text" not in told
        assert explanations.missing(one) is not None

    def test_the_caller_is_told_what_aws_tells(self, world: World, here: TestAccount) -> None:
        iam = world.client("iam", world.user(here, "ann", policy(statement("Allow", ["s3:*"]))))
        with pytest.raises(ClientError) as caught:
            iam.list_users()
        answer = caught.value.response
        assert set(answer["Error"]) == {"Type", "Code", "Message"}
        assert not [name for name in answer["ResponseMetadata"]["HTTPHeaders"] if "explain" in name]
