"""`deputize agent`: a role's credentials for programs on this machine, by the metadata service and by the
container protocol, with real clients.
"""

import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from tests.access.harness import policy, statement
from tests.access.harness import trust as trust_in
from tests.conformance.fix_agent import INSTANCE, Agents
from tests.conformance.fix_iam import POWER_USER, Home
from tests.conformance.test_cli import PROGRAM, run
from tests.fix_world import Keys, World
from tests.programs import PATH
from tests.refusals import refused

from deputize.cli.agent.sessions import Absent
from deputize.store.errors import StoreBroken

EC2, ECS = "ec2.amazonaws.com", "ecs-tasks.amazonaws.com"
SECURITY = "/latest/meta-data/iam/security-credentials"
DOCUMENT = "/latest/dynamic/instance-identity/document"


@pytest.fixture
def home(world: World) -> Home:
    """On a server of the test's own, since some let time pass and others have clients that do not."""
    return Home(world, world.account("Home"))


def trust(service: str, condition: dict[str, Any] | None = None, effect: str = "Allow") -> str:
    one: dict[str, Any] = {"Effect": effect, "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps(policy({**one, "Condition": condition} if condition is not None else one))


def role(home: Home, service: str = EC2, name: str = "Web", **more: Any) -> str:
    """A role of this name that the service may assume, and that may list users."""
    made = home.iam.create_role(RoleName=name, Path="/app/", AssumeRolePolicyDocument=trust(service, **more))[
        "Role"
    ]
    document = json.dumps(policy(statement("Allow", ["iam:ListUsers"])))
    home.iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document)
    arn: str = made["Arn"]
    return arn


def profile(home: Home, name: str = "Web") -> str:
    """An instance profile with a role of this name that EC2 may assume."""
    made = home.iam.create_instance_profile(InstanceProfileName=name)["InstanceProfile"]
    role(home, name=name)
    home.iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
    arn: str = made["Arn"]
    return arn


def identity(home: Home, credentials: Any) -> Any:
    keys = Keys(credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["Token"])
    return home.as_(keys, "sts").get_caller_identity()["Arn"]


def session_arn(home: Home) -> str:
    return f"arn:aws:sts::{home.account.id}:assumed-role/Web/{INSTANCE}"


def records(home: Home) -> list[Any]:
    """The audit records of calls that services made; those of refused ones come with the next commit."""
    home.world.opened.store.write(lambda db: None).result()
    with home.world.opened.store.snapshot() as db:
        every = [event.record for event in db.events.page(home.account.id)]
    return [one for one in every if one["userIdentity"]["type"] == "AWSService"]


class TestMetadata:
    def test_the_roles_credentials(self, home: Home, agents: Agents) -> None:
        agent = agents(profile(home))
        assert agent.credentials() == "Web"
        found = agent.credentials("Web")
        assert set(found) == {
            "Code",
            "LastUpdated",
            "Type",
            "AccessKeyId",
            "SecretAccessKey",
            "Token",
            "Expiration",
        }
        assert (found["Code"], found["Type"]) == ("Success", "AWS-HMAC")
        assert identity(home, found) == session_arn(home)
        (said,) = records(home)
        assert said["userIdentity"] == {"type": "AWSService", "invokedBy": EC2}
        assert (said["eventName"], said["sourceIPAddress"], said["userAgent"]) == ("AssumeRole", EC2, EC2)
        assert said["requestParameters"] == {
            "roleArn": home.arn("role/app/Web"),
            "roleSessionName": INSTANCE,
            "durationSeconds": 3600,
        }

    def test_what_an_instance_knows_of_itself(self, home: Home, agents: Agents) -> None:
        arn = profile(home)
        agent = agents(arn)
        for path, text in (
            ("", "iam/\ninstance-id\nplacement/"),
            ("iam/", "info\nsecurity-credentials/"),
            ("instance-id", INSTANCE),
            ("placement/", "region"),
            ("placement/region", "eu-west-1"),
        ):
            assert agent.get(f"/latest/meta-data/{path}") == (200, text)
        info = json.loads(agent.get("/latest/meta-data/iam/info")[1])
        assert (info["Code"], info["InstanceProfileArn"]) == ("Success", arn)
        assert json.loads(agent.get(DOCUMENT)[1]) == {
            "accountId": home.account.id,
            "instanceId": INSTANCE,
            "region": "eu-west-1",
            "version": "2017-09-30",
        }
        for path in ("meta-data/ami-id", "meta-datax", "user-data", "dynamic", f"{SECURITY[8:]}/Other"):
            assert agent.get(f"/latest/{path}") == (404, "")

    def test_version_1_is_refused(self, home: Home, agents: Agents) -> None:
        agent = agents(profile(home))
        for path in (SECURITY, f"{SECURITY}/Web", "/latest/meta-data/instance-id", DOCUMENT):
            assert agent.send("GET", path) == (401, "")
        assert records(home) == []

    @pytest.mark.parametrize("ttl", ["", "0", "21601", "-1", "x", "1.5", "²", "000001"])
    def test_tokens_need_a_time(self, home: Home, agents: Agents, ttl: str) -> None:
        agent = agents(profile(home))
        path = "/latest/api/token"
        assert agent.send("PUT", path) == (400, "")
        assert agent.send("PUT", path, X_aws_ec2_metadata_token_ttl_seconds=ttl) == (400, "")

    def test_tokens_end(self, home: Home, agents: Agents) -> None:
        agent = agents(profile(home))
        token = agent.metadata_token(21_600)
        assert agent.get("/latest/meta-data/instance-id", token)[0] == 200
        home.world.clock.advance(21_600)
        assert agent.get("/latest/meta-data/instance-id", token) == (401, "")

    def test_tokens_are_this_agents(self, home: Home, agents: Agents) -> None:
        arn = profile(home)
        token = agents(arn).metadata_token()
        agent = agents(arn)
        own = agent.metadata_token()
        until, _, proof = own.partition(".")
        for forged in (token, "x", ".", f"{int(until) + 1}.{proof}", f"{until}.", f"é{own}", proof):
            assert agent.get("/latest/meta-data/instance-id", forged) == (401, "")

    @pytest.mark.parametrize("path", ["/latest/api/token", "/latest/meta-data/instance-id"])
    def test_methods(self, home: Home, agents: Agents, path: str) -> None:
        agent = agents(profile(home))
        token = agent.metadata_token()
        assert agent.send("POST", path, X_aws_ec2_metadata_token=token) == (405, "")

    def test_nobody_comes_through_a_proxy(self, home: Home, agents: Agents) -> None:
        ttl = {"X_aws_ec2_metadata_token_ttl_seconds": "60", "X_Forwarded_For": "10.0.0.1"}
        assert agents(profile(home)).send("PUT", "/latest/api/token", **ttl) == (403, "")

    @pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example:1"])
    def test_nobody_comes_by_another_name(self, home: Home, agents: Agents, host: str) -> None:
        agent = agents(profile(home))
        assert agent.send("PUT", "/latest/api/token", Host=host) == (403, "")
        assert agent.send("GET", "/nothing", Host="localhost:1") == (404, "")
        assert agent.send("GET", "/credentials") == (404, "")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "//latest/meta-data",
        "/latest",
        "/latest/../latest/meta-data/instance-id",
        "/latest/%6deta-data/instance-id",
        "/latest/meta-data/iam/security-credentials/%57eb",
        "/latest/meta-data/iam/security-credentials/Web/x",
        "/latest/meta-data/iam/security-credentialsx",
        "/latest/meta-data//instance-id",
        "/LATEST/meta-data/instance-id",
        "/credentials/",
        "/latest/" + "x" * 8000,
    ],
)
def test_paths_that_are_nearly_right(home: Home, agents: Agents, path: str) -> None:
    """Of each there is one spelling; what is nearly that is not there."""
    agent = agents(profile(home), role(home, ECS, "Task"))
    assert agent.send("GET", path)[0] in {401, 404}
    assert agent.get(path) == (404, "")


class TestTheRole:
    def test_is_assumed_anew_at_half_its_time(self, home: Home, agents: Agents) -> None:
        agent = agents(profile(home))
        first = agent.credentials("Web")
        home.world.clock.advance(1799)
        assert agent.credentials("Web") == first
        home.world.clock.advance(1)
        second = agent.credentials("Web")
        assert second["AccessKeyId"] != first["AccessKeyId"]
        assert identity(home, first) == identity(home, second) == session_arn(home)
        assert len(records(home)) == 2

    def test_is_assumed_once_for_all_who_ask_at_the_same_time(self, home: Home, agents: Agents) -> None:
        agent = agents(profile(home))
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(agent.credentials, ["Web"] * 16))
        assert len({one["AccessKeyId"] for one in found}) == 1
        assert len(records(home)) == 1

    @pytest.mark.parametrize(("longest", "seconds"), [(7200, 7200), (43_200, 21_600)])
    def test_for_as_long_as_it_allows(self, home: Home, agents: Agents, longest: int, seconds: int) -> None:
        arn = profile(home)
        home.iam.update_role(RoleName="Web", MaxSessionDuration=longest)
        agents(arn).credentials("Web")
        (said,) = records(home)
        assert said["requestParameters"]["durationSeconds"] == seconds

    @pytest.mark.parametrize(
        "document",
        [
            trust(ECS),
            trust(EC2, effect="Deny"),
            trust(EC2, {"StringEquals": {"aws:PrincipalServiceName": ECS}}),
            trust(EC2, {"Bool": {"aws:PrincipalIsAWSService": "false"}}),
            trust(EC2, {"StringEquals": {"sts:RoleSessionName": "i-0"}}),
            trust(EC2, {"IpAddress": {"aws:SourceIp": "127.0.0.1"}}),
        ],
    )
    def test_that_does_not_trust_ec2(self, home: Home, agents: Agents, document: str) -> None:
        arn = profile(home)
        home.iam.update_assume_role_policy(RoleName="Web", PolicyDocument=document)
        found = agents(arn).credentials("Web")
        assert found == {
            "Code": "AssumeRoleUnauthorizedAccess",
            "Message": "EC2 cannot assume the role Web.",
        }
        (said,) = records(home)
        assert said["errorCode"] == "AccessDenied"
        assert said["errorMessage"].startswith(
            f"User: {EC2} is not authorized to perform: sts:AssumeRole on resource: "
            + home.arn("role/app/Web")
        )

    @pytest.mark.parametrize(
        "condition",
        [
            {"StringEquals": {"aws:PrincipalServiceName": EC2, "sts:RoleSessionName": INSTANCE}},
            {"Bool": {"aws:PrincipalIsAWSService": "true"}},
            {"Null": {"aws:SourceIp": "true", "aws:SourceAccount": "true"}},
        ],
    )
    def test_that_trusts_ec2_on_a_condition(self, home: Home, agents: Agents, condition: Any) -> None:
        arn = profile(home)
        home.iam.update_assume_role_policy(RoleName="Web", PolicyDocument=trust(EC2, condition))
        assert agents(arn).credentials("Web")["Code"] == "Success"

    @pytest.mark.parametrize(("failure", "status"), [(StoreBroken(), 503), (RuntimeError("unforeseen"), 500)])
    def test_when_nothing_can_be_written(
        self, home: Home, agents: Agents, monkeypatch: pytest.MonkeyPatch, failure: Exception, status: int
    ) -> None:
        async def fail(*_: Any) -> None:
            raise failure

        agent = agents(profile(home))
        with monkeypatch.context() as patched:
            patched.setattr("deputize.cli.agent.sessions.perform", fail)
            assert agent.get(f"{SECURITY}/Web") == (status, "")
        assert agent.credentials("Web")["Code"] == "Success"

    def test_is_the_one_that_the_profile_holds_now(self, home: Home, agents: Agents) -> None:
        agent = agents(profile(home))
        old = agent.credentials("Web")
        role(home, name="New")
        home.iam.remove_role_from_instance_profile(InstanceProfileName="Web", RoleName="Web")
        for path in (SECURITY, f"{SECURITY}/Web", "/latest/meta-data/iam/info"):
            assert agent.get(path) == (404, "")
        home.iam.add_role_to_instance_profile(InstanceProfileName="Web", RoleName="New")
        assert agent.credentials() == "New"
        assert agent.credentials("New")["AccessKeyId"] != old["AccessKeyId"]
        home.iam.remove_role_from_instance_profile(InstanceProfileName="Web", RoleName="New")
        home.iam.delete_instance_profile(InstanceProfileName="Web")
        assert agent.get(SECURITY) == (404, "")


class TestContainer:
    def test_the_roles_credentials(self, home: Home, agents: Agents) -> None:
        arn = role(home, ECS)
        agent = agents(role=arn)
        status, body = agent.send("GET", "/credentials", Authorization=str(agent.token))
        assert status == 200
        found = json.loads(body)
        assert (found["RoleArn"], found["AccountId"]) == (arn, home.account.id)
        assert identity(home, found) == session_arn(home)
        (said,) = records(home)
        assert said["userIdentity"]["invokedBy"] == ECS

    @pytest.mark.parametrize("token", ["", "x", "é"])
    def test_to_those_with_the_token_alone(self, home: Home, agents: Agents, token: str) -> None:
        agent = agents(role=role(home, ECS))
        for headers in ({}, {"Authorization": token}, {"Authorization": f"Bearer {agent.token}"}):
            status, body = agent.send("GET", "/credentials", **headers)
            assert (status, json.loads(body)["code"]) == (401, "AccessDenied")
        assert agent.send("POST", "/credentials", Authorization=str(agent.token)) == (405, "")
        assert agent.send("PUT", "/latest/api/token") == (404, "")
        assert records(home) == []

    @pytest.mark.parametrize(
        ("condition", "status"),
        [
            ({"StringEquals": {"aws:SourceAccount": "{account}"}}, 200),
            ({"ArnLike": {"aws:SourceArn": "arn:aws:ecs:eu-west-1:{account}:*"}}, 200),
            ({"ArnLike": {"aws:SourceArn": "arn:aws:ecs:us-east-1:{account}:*"}}, 403),
            ({"StringEquals": {"aws:SourceAccount": "999999999999"}}, 403),
        ],
    )
    def test_a_trust_with_conditions(self, home: Home, agents: Agents, condition: Any, status: int) -> None:
        known = json.loads(json.dumps(condition).replace("{account}", home.account.id))
        agent = agents(role=role(home, ECS, condition=known))
        found, body = agent.send("GET", "/credentials", Authorization=str(agent.token))
        assert found == status
        assert ("AccessKeyId" in json.loads(body)) == (status == 200)

    def test_a_role_that_goes(self, home: Home, agents: Agents) -> None:
        arn = role(home, ECS)
        agent = agents(role=arn)
        home.iam.delete_role_policy(RoleName="Web", PolicyName="p")
        home.iam.delete_role(RoleName="Web")
        status, body = agent.send("GET", "/credentials", Authorization=str(agent.token))
        assert (status, json.loads(body)) == (
            404,
            {"code": "NoSuchEntity", "message": f"there is no role {arn}"},
        )


class TestWhatIsNamed:
    def test_a_name_that_one_account_alone_has(self, home: Home, agents: Agents) -> None:
        name = f"Only{home.account.id}"
        arn = profile(home, name)
        assert agents(name).credentials() == agents(arn).credentials() == name

    def test_names_that_are_not_there_or_not_clear(self, home: Home, agents: Agents) -> None:
        name = f"Two{home.account.id}"
        arn = profile(home, name)
        other = home.world.account("Other")
        home.as_(other.admin).create_instance_profile(InstanceProfileName=name)
        with pytest.raises(Absent, match="several accounts have an instance profile"):
            agents(name)
        assert agents(arn).credentials() == name
        for absent in ("Nothing", arn.replace("/Two", "/path/Two"), f"{arn}x"):
            with pytest.raises(Absent, match="there is no instance profile"):
                agents(absent)
        with pytest.raises(Absent, match="there is no role"):
            agents(role=home.arn("role/Nothing"))


class TestClients:
    def environment(self, home: Home, tmp_path: Path, **more: str) -> dict[str, str]:
        return {
            "PATH": PATH,
            "HOME": str(tmp_path),
            "AWS_CONFIG_FILE": str(tmp_path / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
            "AWS_ENDPOINT_URL": home.world.url,
            "AWS_DEFAULT_REGION": "us-east-1",
            **more,
        }

    def aws(self, environment: dict[str, str], *arguments: str) -> Any:
        done = subprocess.run(
            [Path(sys.executable).with_name("aws"), *arguments, "--output", "json"],
            capture_output=True,
            text=True,
            env=environment,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def test_the_cli_on_an_instance(self, home: Home, agents: Agents, tmp_path: Path) -> None:
        agent = agents(profile(home))
        environment = self.environment(home, tmp_path, AWS_EC2_METADATA_SERVICE_ENDPOINT=agent.url)
        assert self.aws(environment, "sts", "get-caller-identity")["Arn"] == session_arn(home)
        assert self.aws(environment, "iam", "list-users")["Users"]

    @pytest.mark.parametrize("source", ["Ec2InstanceMetadata", "EcsContainer"])
    def test_a_profile_whose_source_is_the_agent(
        self, home: Home, agents: Agents, tmp_path: Path, source: str
    ) -> None:
        if source == "EcsContainer":
            agent = agents(role=role(home, ECS))
            more = {
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{agent.url}/credentials",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN": str(agent.token),
            }
        else:
            more = {"AWS_EC2_METADATA_SERVICE_ENDPOINT": agents(profile(home)).url}
        target = home.iam.create_role(
            RoleName="Target", AssumeRolePolicyDocument=trust_in(home.arn("role/app/Web"))
        )["Role"]["Arn"]
        (tmp_path / "config").write_text(
            f"[profile far]\nrole_arn = {target}\ncredential_source = {source}\nrole_session_name = far\n"
        )
        environment = self.environment(home, tmp_path, **more)
        found = self.aws(environment, "--profile", "far", "sts", "get-caller-identity")["Arn"]
        assert found == f"arn:aws:sts::{home.account.id}:assumed-role/Target/far"

    def test_boto3_in_a_container(
        self, home: Home, agents: Agents, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        agent = agents(role=role(home, ECS))
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            monkeypatch.delenv(name)
        more = {
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{agent.url}/credentials",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": str(agent.token),
        }
        for name, value in self.environment(home, tmp_path, **more).items():
            monkeypatch.setenv(name, value)
        credentials = botocore.session.Session().get_credentials()
        assert credentials.method == "container-role"
        frozen = credentials.get_frozen_credentials()
        sts = home.as_(Keys(frozen.access_key, frozen.secret_key, frozen.token), "sts")
        assert sts.get_caller_identity()["Arn"] == session_arn(home)

    @pytest.mark.parametrize(
        ("condition", "allowed"),
        [
            ({"NumericGreaterThanEquals": {"ec2:RoleDelivery": "2.0"}}, True),
            ({"NumericLessThan": {"ec2:RoleDelivery": "2.0"}}, False),
            ({"ArnEquals": {"ec2:SourceInstanceARN": "arn:aws:ec2:eu-west-1:{account}:instance/i-*"}}, True),
            ({"ArnEquals": {"ec2:SourceInstanceARN": "arn:aws:ec2:eu-west-1:{account}:instance/x"}}, False),
        ],
    )
    def test_what_is_known_of_the_instance(
        self, home: Home, agents: Agents, condition: Any, allowed: bool
    ) -> None:
        arn = profile(home)
        known = json.loads(json.dumps(condition).replace("{account}", home.account.id))
        document = json.dumps(policy({**statement("Allow", ["iam:ListUsers"]), "Condition": known}))
        home.iam.put_role_policy(RoleName="Web", PolicyName="p", PolicyDocument=document)
        found = agents(arn).credentials("Web")
        iam = home.as_(Keys(found["AccessKeyId"], found["SecretAccessKey"], found["Token"]))
        if allowed:
            assert iam.list_users()["Users"]
        else:
            assert refused(iam.list_users)[0] == "AccessDenied"

    def test_rights_are_the_roles_and_end_with_it(self, home: Home, agents: Agents) -> None:
        found = agents(profile(home)).credentials("Web")
        keys = Keys(found["AccessKeyId"], found["SecretAccessKey"], found["Token"])
        assert home.as_(keys).list_users()["Users"]
        assert refused(home.as_(keys).list_roles)[0] == "AccessDenied"
        home.iam.attach_role_policy(RoleName="Web", PolicyArn=POWER_USER)
        home.iam.delete_role_policy(RoleName="Web", PolicyName="p")
        assert refused(home.as_(keys).list_users)[0] == "AccessDenied"


class TestTheCommand:
    @pytest.mark.parametrize(
        ("arguments", "code", "said"),
        [
            ((), 2, "there is nothing to serve"),
            (("--role", "arn:aws:iam::111111111111:role/None"), 1, "there is no role"),
            (("--instance-profile", "None"), 1, "there is no instance profile None"),
            (("--instance-profile", "None", "--region", "moon-1"), 2, "moon-1 is no region"),
            (("--instance-profile", "None", "--name", "i/1"), 2, "i/1 is no name of a session"),
        ],
    )
    def test_refusals(self, home: Home, arguments: tuple[str, ...], code: int, said: str) -> None:
        done = run("agent", *arguments, "--data", str(home.world.data))
        assert (done.returncode, said in done.stderr) == (code, True), done.stderr

    def test_it_serves_until_it_is_told_to_stop(self, home: Home, tmp_path: Path) -> None:
        name = f"Both{home.account.id}"
        profile(home, name)
        arn = role(home, ECS)
        command = [PROGRAM, "agent", "--data", str(home.world.data)]
        command += ["--instance-profile", name, "--role", arn]
        process = subprocess.Popen(
            [*command, "--port", "0"],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        try:
            lines = [process.stdout.readline() for _ in range(4)]
            assert re.fullmatch(r"Ready, as i-[0-9a-f]{17} in us-east-1\. .*\n", lines[0])
            exported = dict(line.split()[1].split("=", 1) for line in lines[1:])
            url = exported["AWS_EC2_METADATA_SERVICE_ENDPOINT"]
            again = run(*command[1:], "--port", url.rpartition(":")[2])
            assert (again.returncode, "cannot listen on" in again.stderr) == (1, True)
            environment = TestClients().environment(home, tmp_path, **exported)
            found = TestClients().aws(environment, "sts", "get-caller-identity")["Arn"]
            assert ":assumed-role/Web/i-" in found
            assert process.poll() is None
        finally:
            process.terminate()
            process.communicate(timeout=20)
        assert process.returncode == 0
