"""What the simulator says is what the call then gets: random principals, policies and calls over the wire."""

import itertools
import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from tests.access.harness import policy, trust
from tests.fix_world import Keys, TestAccount, World

TAGS = [{"Key": "team", "Value": "blue"}]
ADDRESS = [
    {"ContextKeyName": "aws:SourceIp", "ContextKeyValues": ["127.0.0.1"], "ContextKeyType": "ip"},
    {"ContextKeyName": "aws:SecureTransport", "ContextKeyValues": ["false"], "ContextKeyType": "boolean"},
]
_numbers = itertools.count(1)


def key(name: str, *values: str, kind: str = "string") -> dict[str, Any]:
    return {"ContextKeyName": name, "ContextKeyValues": list(values), "ContextKeyType": kind}


@dataclass(repr=False)
class Scene:
    """An account with things to do something to, and another one with a bucket. `{account}` and such in
    policies stand for what is here.
    """

    world: World
    account: TestAccount
    other: TestAccount
    names: dict[str, str] = field(default_factory=dict)

    @property
    def iam(self) -> Any:
        return self.world.client("iam", self.account.admin)

    def arn(self, resource: str) -> str:
        return f"arn:aws:iam::{self.account.id}:{resource}"

    def filled(self, value: Any) -> Any:
        """A text or a JSON value with names put in."""
        text = json.dumps(value)
        for name, put in self.names.items():
            text = text.replace(f"<{name}>", put)
        return json.loads(text)


@pytest.fixture(scope="module")
def scene(shared_world: World) -> Scene:
    made = Scene(shared_world, shared_world.account("Here"), shared_world.account("There"))
    made.iam.create_user(UserName="target", Path="/staff/", Tags=TAGS)
    managed = made.iam.create_policy(
        PolicyName="managed",
        PolicyDocument=json.dumps(policy({"Effect": "Deny", "Action": "*", "Resource": "*"})),
    )["Policy"]["Arn"]
    for account, bucket in ((made.account, "here"), (made.other, "there")):
        s3 = shared_world.client("s3", account.admin)
        s3.create_bucket(Bucket=f"bucket-{bucket}")
        s3.put_object(Bucket=f"bucket-{bucket}", Key="a/object", Body=b"x")
    made.names = {"account": made.account.id, "other": made.other.id, "managed": managed}
    return made


# --- calls


@dataclass(frozen=True)
class Made:
    """One call: how it is made, and how it is simulated."""

    service: str
    method: str
    arguments: dict[str, Any]
    action: str
    resource: str
    context: tuple[dict[str, Any], ...] = ()


def calls(scene: Scene) -> list[Made]:
    target, managed, group = scene.arn("user/staff/target"), scene.names["managed"], f"group{next(_numbers)}"
    named: dict[str, Any] = {"UserName": "target"}
    path = {"Path": "/x/"}
    tagging = (key("aws:RequestTag/team", "blue"), key("aws:TagKeys", "team", kind="stringList"))
    attached = {**named, "PolicyArn": managed}
    arn = (key("iam:PolicyARN", managed),)
    return [
        Made("iam", "get_user", named, "iam:GetUser", target),
        Made("iam", "list_groups", {"PathPrefix": "/x/"}, "iam:ListGroups", scene.arn("group/x/")),
        Made("iam", "tag_user", {**named, "Tags": TAGS}, "iam:TagUser", target, tagging),
        Made("iam", "attach_user_policy", attached, "iam:AttachUserPolicy", target, arn),
        Made(
            "iam",
            "create_group",
            {**path, "GroupName": group},
            "iam:CreateGroup",
            scene.arn(f"group/x/{group}"),
        ),
        Made("iam", "get_account_summary", {}, "iam:GetAccountSummary", "*"),
        Made("s3", "list_buckets", {}, "s3:ListAllMyBuckets", "*"),
    ]


def calls_on(bucket: str) -> list[Made]:
    """Those whose resource has a policy of its own."""
    arn, named = f"arn:aws:s3:::{bucket}", {"Bucket": bucket}
    listing = (key("s3:prefix", "a/"), key("s3:max-keys", "5", kind="numeric"))
    page = {**named, "Prefix": "a/", "MaxKeys": 5}
    return [
        Made("s3", "get_object", {**named, "Key": "a/object"}, "s3:GetObject", f"{arn}/a/object"),
        Made("s3", "list_objects_v2", page, "s3:ListBucket", arn, listing),
    ]


# --- policies

ACTIONS = [
    "*", "iam:*", "iam:Get*", "iam:GetUser", "iam:ListGroups", "iam:TagUser", "iam:AttachUserPolicy",
    "iam:CreateGroup", "iam:GetAccountSummary", "s3:*", "s3:ListAllMyBuckets", "s3:GetObject",
    "s3:ListBucket", "sts:AssumeRole",
]  # fmt: skip
RESOURCES = [
    "*",
    "arn:aws:iam::<account>:user/*",
    "arn:aws:iam::<account>:user/staff/${aws:PrincipalTag/target}",
    "arn:aws:iam::<account>:group/x/*",
    "arn:aws:iam::*:role/*",
    "arn:aws:s3:::bucket-*",
    "arn:aws:s3:::bucket-here/*",
]
CONDITIONS = [
    {},
    {"StringEquals": {"aws:username": "<caller>"}},
    {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::<account>:role/*"}},
    {"StringEquals": {"aws:PrincipalTag/target": "target"}},
    {"StringEquals": {"aws:ResourceTag/team": "blue"}},
    {"StringEquals": {"iam:ResourceTag/team": "red"}},
    {"StringEquals": {"aws:RequestTag/team": "blue"}},
    {"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}},
    {"ArnEquals": {"iam:PolicyARN": "<managed>"}},
    {"Null": {"iam:PolicyARN": "true"}},
    {"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}},
    {"Bool": {"aws:SecureTransport": "true"}},
    {"StringNotEquals": {"aws:ResourceAccount": "<account>"}},
    {"StringEquals": {"s3:prefix": "a/"}},
    {"NumericLessThan": {"s3:max-keys": "5"}},
    {"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}},
    {"StringEquals": {"sts:ExternalId": "known"}},
]
PRINCIPALS = [{"AWS": "*"}, {"AWS": "<account>"}, {"AWS": "<other>"}, {"AWS": "<caller-arn>"}]


def statements(**more: Any) -> Any:
    return st.fixed_dictionaries(
        {
            "Effect": st.sampled_from(["Allow", "Allow", "Allow", "Deny"]),
            "Action": st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=3),
            "Resource": st.lists(st.sampled_from(RESOURCES), min_size=1, max_size=2),
            "Condition": st.one_of(st.just({}), st.sampled_from(CONDITIONS)),
            **more,
        }
    )


documents = st.lists(statements(), min_size=1, max_size=3).map(lambda made: policy(*made))
bucket_statements = st.fixed_dictionaries(
    {
        "Effect": st.sampled_from(["Allow", "Allow", "Deny"]),
        "Action": st.lists(
            st.sampled_from(["s3:GetObject", "s3:ListBucket"]), min_size=1, max_size=2, unique=True
        ),
        "Resource": st.just(["arn:aws:s3:::<bucket>", "arn:aws:s3:::<bucket>/*"]),
        "Principal": st.sampled_from(PRINCIPALS),
        "Condition": st.sampled_from([{}, {}, {"StringEquals": {"aws:PrincipalTag/target": "target"}}]),
    }
)
trusts = st.lists(
    st.fixed_dictionaries(
        {
            "Effect": st.sampled_from(["Allow", "Allow", "Deny"]),
            "Action": st.just("sts:AssumeRole"),
            "Principal": st.sampled_from(PRINCIPALS),
            "Condition": st.sampled_from([{}, {}, {"StringEquals": {"sts:ExternalId": "known"}}]),
        }
    ),
    min_size=1,
    max_size=2,
).map(lambda made: policy(*made))
principals = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["user", "role"]),
        "tags": st.sampled_from([[], [{"Key": "Target", "Value": "target"}]]),
        "own": documents,
        "groups": st.one_of(st.none(), documents),
        "boundary": st.one_of(st.none(), documents),
    }
)
FEW = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)


# --- principals


def principal(scene: Scene, drawn: dict[str, Any]) -> tuple[str, Keys]:
    """Make a principal of the account; returns its ARN and credentials to act with."""
    number = next(_numbers)
    name = f"caller{number}"
    scene.names |= {"caller": name, "caller-arn": scene.arn(f"{drawn['kind']}/{name}")}
    iam, kind = scene.iam, drawn["kind"]
    named = {"user": {"UserName": name}, "role": {"RoleName": name}}[kind]
    if kind == "user":
        iam.create_user(**named, Tags=drawn["tags"])
    else:
        iam.create_role(**named, Tags=drawn["tags"], AssumeRolePolicyDocument=trust(scene.account.id))
    put = {"user": iam.put_user_policy, "role": iam.put_role_policy}[kind]
    put(**named, PolicyName="own", PolicyDocument=json.dumps(scene.filled(drawn["own"])))
    if drawn["boundary"] is not None:
        document = json.dumps(scene.filled(drawn["boundary"]))
        made = iam.create_policy(PolicyName=f"boundary{number}", PolicyDocument=document)
        bound = {"user": iam.put_user_permissions_boundary, "role": iam.put_role_permissions_boundary}[kind]
        bound(**named, PermissionsBoundary=made["Policy"]["Arn"])
    if kind == "role":
        session = scene.world.client("sts", scene.account.admin).assume_role(
            RoleArn=scene.arn(f"role/{name}"), RoleSessionName="session"
        )
        return scene.arn(f"role/{name}"), Keys.of(session["Credentials"])
    if drawn["groups"] is not None:
        iam.create_group(GroupName=f"of-{name}")
        iam.add_user_to_group(GroupName=f"of-{name}", UserName=name)
        iam.put_group_policy(
            GroupName=f"of-{name}", PolicyName="p", PolicyDocument=json.dumps(scene.filled(drawn["groups"]))
        )
    return scene.arn(f"user/{name}"), Keys.of(iam.create_access_key(UserName=name)["AccessKey"])


def enforced(scene: Scene, keys: Keys, call: Made) -> str | None:
    """The message of the denial that the call gets; None if it is let through."""
    try:
        getattr(scene.world.acting(call.service, keys), call.method)(**call.arguments)
    except ClientError as error:
        if error.response["Error"]["Code"] == "AccessDenied":
            return str(error.response["Error"]["Message"])
    return None


def simulated(scene: Scene, source: str, call: Made, **more: Any) -> str:
    answer = scene.iam.simulate_principal_policy(
        PolicySourceArn=source,
        ActionNames=[call.action],
        ResourceArns=[call.resource],
        ContextEntries=[*ADDRESS, *call.context],
        **more,
    )
    (result,) = answer["EvaluationResults"]
    return str(result["EvalDecision"])


def agree(word: str, message: str | None, *, told: bool = True) -> bool:
    """Whether the simulator's word is that of the enforcement; `told`: denials say how they came about."""
    event(word)
    if message is None or not told:
        return (word == "allowed") is (message is None)
    return word == ("explicitDeny" if "with an explicit deny" in message else "implicitDeny")


# --- the property


@given(drawn=principals)
@FEW
def test_calls_by_the_callers_own_policies(scene: Scene, drawn: dict[str, Any]) -> None:
    source, keys = principal(scene, drawn)
    for call in calls(scene):
        word, message = simulated(scene, source, call), enforced(scene, keys, call)
        assert agree(word, message), (call.action, word, message)


@given(drawn=principals, own=st.lists(bucket_statements, max_size=2))
@FEW
def test_calls_on_buckets(scene: Scene, drawn: dict[str, Any], own: list[Any]) -> None:
    source, keys = principal(scene, drawn)
    for bucket, account in (("bucket-here", scene.account), ("bucket-there", scene.other)):
        scene.names["bucket"] = bucket
        s3 = scene.world.client("s3", account.admin)
        s3.delete_public_access_block(Bucket=bucket)
        more: dict[str, Any] = {"ResourceOwner": f"arn:aws:iam::{account.id}:root"}
        s3.delete_bucket_policy(Bucket=bucket)
        if own:
            more["ResourcePolicy"] = json.dumps(scene.filled(policy(*own)))
            s3.put_bucket_policy(Bucket=bucket, Policy=more["ResourcePolicy"])
        for call in calls_on(bucket):
            word, message = simulated(scene, source, call, **more), enforced(scene, keys, call)
            told = account is scene.account
            assert agree(word, message, told=told), (call.action, call.resource, word, message)


@given(drawn=principals, trusting=trusts, external=st.sampled_from([None, "known"]))
@FEW
def test_assuming_roles(scene: Scene, drawn: dict[str, Any], trusting: Any, external: str | None) -> None:
    """Of the account, whose trust policies are read; of another, whose trust policy is given."""
    source, keys = principal(scene, drawn)
    document = json.dumps(scene.filled(trusting))
    given_id = {} if external is None else {"ExternalId": external}
    known = () if external is None else (key("sts:ExternalId", external),)
    for account in (scene.account, scene.other):
        name = f"role{next(_numbers)}"
        scene.world.client("iam", account.admin).create_role(RoleName=name, AssumeRolePolicyDocument=document)
        role = f"arn:aws:iam::{account.id}:role/{name}"
        request = {"RoleArn": role, "RoleSessionName": "session", **given_id}
        context = (key("sts:RoleSessionName", "session"), *known)
        call = Made("sts", "assume_role", request, "sts:AssumeRole", role, context)
        more = {} if account is scene.account else {"ResourcePolicy": document}
        word, message = simulated(scene, source, call, **more), enforced(scene, keys, call)
        assert agree(word, message, told=account is scene.account), (role, word, message)


@given(drawn=principals.filter(lambda one: one["kind"] == "role"), limit=documents)
@FEW
def test_sessions_that_are_limited(scene: Scene, drawn: dict[str, Any], limit: Any) -> None:
    """A session may do what its role may and its session policy, simulated by itself, allows."""
    source, _ = principal(scene, drawn)
    document = json.dumps(scene.filled(limit))
    session = scene.world.client("sts", scene.account.admin).assume_role(
        RoleArn=source, RoleSessionName="session", Policy=document
    )
    for call in calls(scene):
        word = simulated(scene, source, call)
        limited = simulated(
            scene,
            source,
            call,
            PolicyExclusionList=[{"PolicyType": "inline"}, {"PolicyType": "permission-boundary"}],
            PolicyInputList=[document],
        )
        message = enforced(scene, Keys.of(session["Credentials"]), call)
        assert (message is None) == (word == limited == "allowed"), (call.action, word, limited, message)
