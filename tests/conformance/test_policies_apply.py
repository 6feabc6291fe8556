"""That what decides really decides: condition keys, boundaries, Block Public Access, the owner's root,
session limits.
"""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.access.harness import policy, statement, trust
from tests.conformance.test_authentication import fetched, forged
from tests.fix_world import Keys, TestAccount, World

BUCKET = "decisions"


@pytest.fixture
def account(world: World) -> TestAccount:
    made = world.account("Decisions")
    s3 = world.client("s3", made.admin)
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key="k", Body=b"meow")
    return made


def allowed(call: Any, **arguments: Any) -> bool:
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 403, error
        return False
    return True


def conditioned(world: World, account: TestAccount, name: str, **condition: Any) -> Keys:
    """A user who may do all under this condition."""
    allow = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}
    return world.user(account, name, policy(allow))


def bucket_policy(world: World, account: TestAccount, *statements: dict[str, Any]) -> None:
    text = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    world.client("s3", account.admin).put_bucket_policy(Bucket=BUCKET, Policy=text)


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}, True),
        ({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}, False),
        ({"Bool": {"aws:SecureTransport": "true"}}, False),
        ({"Bool": {"aws:SecureTransport": "false"}}, True),
        ({"StringEquals": {"aws:RequestedRegion": "us-east-1"}}, True),
        ({"StringLike": {"aws:UserAgent": "Boto3/*"}}, True),
        ({"StringEquals": {"aws:PrincipalType": "User"}}, True),
        ({"StringEquals": {"aws:username": "conditioned"}}, True),
        ({"StringEquals": {"aws:username": "somebody"}}, False),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/conditioned"}}, True),
        ({"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}, True),
        ({"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}, False),
        ({"Null": {"aws:MultiFactorAuthPresent": "true"}}, True),
        ({"Null": {"aws:TokenIssueTime": "true"}}, True),
        ({"StringEquals": {"s3:prefix": "photos/"}}, True),
        ({"StringEquals": {"s3:prefix": ""}}, False),
        ({"NumericLessThanEquals": {"s3:max-keys": "10"}}, True),
        ({"StringEquals": {"s3:authType": "REST-HEADER"}}, True),
        ({"StringEquals": {"s3:authType": "REST-QUERY-STRING"}}, False),
        ({"StringEquals": {"s3:signatureversion": "AWS4-HMAC-SHA256"}}, True),
        ({"Null": {"s3:signatureAge": "false"}}, False),
        ({"StringEquals": {"aws:UnknownKey": "x"}}, False),
    ],
    ids=json.dumps,
)
def test_condition_keys_of_a_request(
    world: World, account: TestAccount, condition: dict[str, Any], holds: bool
) -> None:
    keys = conditioned(world, account, "conditioned", **condition)
    s3 = world.client("s3", keys)
    assert allowed(s3.list_objects_v2, Bucket=BUCKET, Prefix="photos/", MaxKeys=10) is holds


def test_in_china(world: World) -> None:
    """IAM is in Beijing, and all of S3 has another name."""
    china = world.account("China", partition="aws-cn")
    statements: list[dict[str, Any]] = [
        {
            "Effect": "Allow",
            "Action": "iam:ListUsers",
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:RequestedRegion": "cn-north-1"}},
        },
        {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "arn:aws-cn:s3:::*"},
    ]
    iam = world.client("iam", china.admin, region="cn-north-1")
    iam.create_user(UserName="wei")
    iam.put_user_policy(UserName="wei", PolicyName="p", PolicyDocument=json.dumps(policy(*statements)))
    keys = Keys.of(iam.create_access_key(UserName="wei")["AccessKey"])
    assert allowed(world.client("iam", keys, region="cn-north-1").list_users)
    assert allowed(world.client("s3", keys, region="cn-northwest-1").list_buckets)


def test_keys_of_a_presigned_request(world: World, account: TestAccount) -> None:
    keys = conditioned(world, account, "old", NumericLessThan={"s3:signatureAge": "60000"})
    s3 = world.client("s3", keys, signature_version="s3v4")
    url = s3.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": "k"}, ExpiresIn=600)
    assert fetched(world, url) == "meow"
    world.clock.advance(61)
    assert "<Code>AccessDenied</Code>" in fetched(world, url)


def test_tags_of_principal_and_resource(world: World, account: TestAccount) -> None:
    allow = {
        "Effect": "Allow",
        "Action": "iam:GetUser",
        "Resource": "*",
        "Condition": {"StringEquals": {"iam:ResourceTag/Team": "${aws:PrincipalTag/team}"}},
    }
    keys = world.user(account, "reader", policy(allow))
    iam = world.client("iam", account.admin)
    iam.tag_user(UserName="reader", Tags=[{"Key": "Team", "Value": "blue"}])
    for name, team in (("mate", "blue"), ("other", "red")):
        iam.create_user(UserName=name, Tags=[{"Key": "Team", "Value": team}])
    reader = world.client("iam", keys)
    assert allowed(reader.get_user, UserName="mate")
    assert not allowed(reader.get_user, UserName="other")


def test_session_keys(world: World, account: TestAccount) -> None:
    """Tags, source identity and issue time of a session; a session's tag goes before the role's."""
    iam, sts = world.client("iam", account.admin), world.client("sts", account.admin)
    conditions = {
        "StringEquals": {
            "aws:PrincipalTag/Team": "blue",
            "aws:SourceIdentity": "ann",
            "aws:PrincipalTag/Kept": "k",
        },
        "Bool": {"aws:MultiFactorAuthPresent": "false"},
        "DateLessThanEquals": {"aws:TokenIssueTime": "2100-01-01"},
        "StringLike": {"aws:userid": "AROA*:session"},
        "ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{account.id}:role/app/R"},
    }
    arn = iam.create_role(
        RoleName="R",
        Path="/app/",
        AssumeRolePolicyDocument=trust(account.id),
        Tags=[{"Key": "team", "Value": "red"}, {"Key": "Kept", "Value": "k"}],
    )["Role"]["Arn"]
    allow = {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": conditions}
    iam.put_role_policy(RoleName="R", PolicyName="p", PolicyDocument=json.dumps(policy(allow)))
    for tags, source, expected in (("blue", "ann", True), ("red", "ann", False), ("blue", "bob", False)):
        answer = sts.assume_role(
            RoleArn=arn,
            RoleSessionName="session",
            Tags=[{"Key": "Team", "Value": tags}],
            SourceIdentity=source,
        )
        assert allowed(world.client("s3", Keys.of(answer["Credentials"])).list_buckets) is expected


def test_mfa_age(world: World, account: TestAccount) -> None:
    conditioned(world, account, "fresh", NumericLessThan={"aws:MultiFactorAuthAge": "60"})
    user = world.client("iam", account.admin).get_user(UserName="fresh")["User"]["UserId"]
    now = int(world.clock.now)
    keys = forged(world, account=account.id, kind="user", issuer=user, mfa_at=now)
    assert allowed(world.client("s3", keys).list_buckets)
    world.clock.advance(60)
    assert not allowed(world.client("s3", keys).list_buckets)


def test_a_boundary_caps_and_a_group_counts(world: World, account: TestAccount) -> None:
    iam = world.client("iam", account.admin)
    keys = world.user(account, "member")
    iam.create_group(GroupName="all")
    document = json.dumps(policy(statement("Allow", ["*"])))
    iam.put_group_policy(GroupName="all", PolicyName="all", PolicyDocument=document)
    iam.add_user_to_group(GroupName="all", UserName="member")
    s3 = world.client("s3", keys)
    assert allowed(s3.list_buckets)
    boundary = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
    iam.put_user_permissions_boundary(UserName="member", PermissionsBoundary=boundary)
    assert allowed(s3.list_buckets)
    with pytest.raises(ClientError, match="because no permissions boundary allows the s3:PutObject action"):
        s3.put_object(Bucket=BUCKET, Key="new", Body=b"")
    iam.remove_user_from_group(GroupName="all", UserName="member")
    assert not allowed(s3.list_buckets)


def test_a_session_policy_that_is_deleted_allows_nothing_any_more(world: World, account: TestAccount) -> None:
    iam, sts = world.client("iam", account.admin), world.client("sts", account.admin)
    document = json.dumps(policy(statement("Allow", ["*"])))
    arn = iam.create_policy(PolicyName="all", PolicyDocument=document)["Policy"]["Arn"]
    role = iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust(account.id))["Role"]["Arn"]
    iam.put_role_policy(RoleName="R", PolicyName="all", PolicyDocument=document)
    answer = sts.assume_role(RoleArn=role, RoleSessionName="test", PolicyArns=[{"arn": arn}])
    s3 = world.client("s3", Keys.of(answer["Credentials"]))
    assert allowed(s3.list_buckets)
    iam.delete_policy(PolicyArn=arn)
    assert not allowed(s3.list_buckets)


def test_a_bucket_policy_across_accounts_and_a_deny_for_its_own(world: World, account: TestAccount) -> None:
    other = world.account("Guests")
    guest = world.client("s3", other.admin)
    assert not allowed(guest.get_object, Bucket=BUCKET, Key="k")
    grant = {
        "Effect": "Allow",
        "Principal": {"AWS": other.id},
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{BUCKET}/*",
    }
    bucket_policy(world, account, grant)
    assert guest.get_object(Bucket=BUCKET, Key="k")["Body"].read() == b"meow"
    assert not allowed(guest.put_object, Bucket=BUCKET, Key="k", Body=b"")
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"],
    }
    bucket_policy(world, account, grant, deny)
    assert not allowed(guest.get_object, Bucket=BUCKET, Key="k")
    own = world.client("s3", account.admin)
    with pytest.raises(ClientError, match="with an explicit deny in a resource-based policy"):
        own.get_object(Bucket=BUCKET, Key="k")
    root = world.client("s3", account.root)
    assert not allowed(root.get_object, Bucket=BUCKET, Key="k")
    assert not allowed(own.delete_bucket_policy, Bucket=BUCKET)
    root.get_bucket_policy(Bucket=BUCKET)
    root.delete_bucket_policy(Bucket=BUCKET)
    assert allowed(own.get_object, Bucket=BUCKET, Key="k")


def test_a_bucket_policys_conditions_fit_its_actions(world: World, account: TestAccount) -> None:
    """S3 saves no statement of which some condition could never be met."""
    listing = {
        "Effect": "Allow",
        "Principal": {"AWS": account.id},
        "Action": ["s3:ListBucket", "s3:GetBucketAcl"],
        "Resource": f"arn:aws:s3:::{BUCKET}",
        "Condition": {"StringEquals": {"s3:prefix": "photos/"}},
    }
    with pytest.raises(ClientError) as refused:
        bucket_policy(world, account, listing)
    assert refused.value.response["Error"]["Code"] == "MalformedPolicy"
    assert refused.value.response["Error"]["Message"] == (
        "Conditions do not apply to combination of actions and resources in statement"
    )
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    bucket_policy(world, account, {**listing, "Action": "s3:ListBucket"})


PUBLIC = {
    "Effect": "Allow",
    "Principal": "*",
    "Action": "s3:GetObject",
    "Resource": f"arn:aws:s3:::{BUCKET}/*",
}


class TestPublicAccess:
    def test_a_public_policy_is_refused_by_default(self, world: World, account: TestAccount) -> None:
        with pytest.raises(ClientError) as caught:
            bucket_policy(world, account, PUBLIC)
        assert caught.value.response["Error"]["Message"] == (
            f"User: arn:aws:iam::{account.id}:user/admin is not authorized to perform: s3:PutBucketPolicy on "
            f'resource: "arn:aws:s3:::{BUCKET}" because public policies are prevented by the '
            "BlockPublicPolicy setting in S3 Block Public Access."
        )

    def test_without_the_block_anybody_reads_and_nothing_else(
        self, world: World, account: TestAccount
    ) -> None:
        s3 = world.client("s3", account.admin)
        s3.delete_public_access_block(Bucket=BUCKET)
        bucket_policy(world, account, PUBLIC)
        assert s3.get_bucket_policy_status(Bucket=BUCKET)["PolicyStatus"]["IsPublic"] is True
        anybody = world.client("s3", None)
        assert anybody.get_object(Bucket=BUCKET, Key="k")["Body"].read() == b"meow"
        assert not allowed(anybody.put_object, Bucket=BUCKET, Key="k", Body=b"")
        assert not allowed(anybody.list_objects_v2, Bucket=BUCKET)
        assert not allowed(anybody.delete_object, Bucket=BUCKET, Key="k")
        with pytest.raises(ClientError, match="cannot be used for anonymous GET requests"):
            anybody.get_object(Bucket=BUCKET, Key="k", ResponseContentType="text/html")

    def test_restricting_it_keeps_all_but_the_owners_account_out(
        self, world: World, account: TestAccount
    ) -> None:
        s3 = world.client("s3", account.admin)
        s3.delete_public_access_block(Bucket=BUCKET)
        bucket_policy(world, account, PUBLIC)
        other = world.client("s3", world.account("Strangers").admin)
        assert allowed(other.get_object, Bucket=BUCKET, Key="k")
        settings = {"RestrictPublicBuckets": True}
        s3.put_public_access_block(Bucket=BUCKET, PublicAccessBlockConfiguration=settings)
        assert not allowed(other.get_object, Bucket=BUCKET, Key="k")
        assert not allowed(world.client("s3", None).get_object, Bucket=BUCKET, Key="k")
        assert allowed(s3.get_object, Bucket=BUCKET, Key="k")
        assert s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"] == {
            "BlockPublicAcls": False,
            "IgnorePublicAcls": False,
            "BlockPublicPolicy": False,
            "RestrictPublicBuckets": True,
        }


def test_a_missing_key_is_404_only_for_those_who_may_list(world: World, account: TestAccount) -> None:
    reader = world.user(account, "reader", policy(statement("Allow", ["s3:GetObject"])))
    with pytest.raises(ClientError) as caught:
        world.client("s3", reader).get_object(Bucket=BUCKET, Key="none")
    assert caught.value.response["Error"]["Code"] == "AccessDenied"
    assert f's3:ListBucket on resource: "arn:aws:s3:::{BUCKET}"' in caught.value.response["Error"]["Message"]
    with pytest.raises(ClientError) as caught:
        world.client("s3", account.admin).get_object(Bucket=BUCKET, Key="none")
    assert caught.value.response["Error"]["Code"] == "NoSuchKey"


def test_deleting_many_refuses_each_by_itself(world: World, account: TestAccount) -> None:
    only = statement("Allow", ["s3:DeleteObject"], f"arn:aws:s3:::{BUCKET}/mine/*")
    keys = world.user(account, "deleter", policy(only))
    own = world.client("s3", account.admin)
    own.put_object(Bucket=BUCKET, Key="mine/1", Body=b"")
    objects = [{"Key": "mine/1"}, {"Key": "k"}, {"Key": "mine/none"}]
    answer = world.client("s3", keys).delete_objects(Bucket=BUCKET, Delete={"Objects": objects})
    assert [one["Key"] for one in answer["Deleted"]] == ["mine/1", "mine/none"]
    assert [(one["Key"], one["Code"]) for one in answer["Errors"]] == [("k", "AccessDenied")]
    assert [one["Key"] for one in own.list_objects_v2(Bucket=BUCKET)["Contents"]] == ["k"]


def test_the_audit_record_tells_the_session_and_no_secret(world: World, account: TestAccount) -> None:
    iam, sts = world.client("iam", account.admin), world.client("sts", account.admin)
    role = iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust(account.id))["Role"]["Arn"]
    iam.put_role_policy(
        RoleName="R", PolicyName="p", PolicyDocument=json.dumps(policy(statement("Allow", ["iam:*"])))
    )
    answer = sts.assume_role(RoleArn=role, RoleSessionName="test", SourceIdentity="ann")
    session = Keys.of(answer["Credentials"])
    world.client("iam", session).create_group(GroupName="G")
    with world.opened.store.snapshot() as db:
        records = [event.record for event in db.events.page(account.id)]
    made = next(record for record in records if record["eventName"] == "CreateGroup")
    identity = made["userIdentity"]
    assert (identity["type"], identity["arn"]) == (
        "AssumedRole",
        f"arn:aws:sts::{account.id}:assumed-role/R/test",
    )
    assert identity["sessionContext"]["sourceIdentity"] == "ann"
    assert made["requestParameters"] == {"groupName": "G"}
    text = json.dumps(records)
    for secret in (session.secret, session.token, account.admin.secret):
        assert secret is not None
        assert secret not in text


@pytest.mark.parametrize("name", ["ReadOnlyAccess", "service-role/AWS_ConfigRole"])
def test_the_longest_policies_of_aws_decide_as_the_short_ones_do(
    world: World, account: TestAccount, name: str
) -> None:
    keys = world.user(account, "Reader", None)
    arn = f"arn:aws:iam::aws:policy/{name}"
    world.client("iam", account.admin).attach_user_policy(UserName="Reader", PolicyArn=arn)
    assert allowed(world.client("iam", keys).list_users)
    assert not allowed(world.client("iam", keys).create_user, UserName="Other")
