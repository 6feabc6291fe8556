"""The API side of the delegation tutorial, sentence by sentence, with boto3."""

import json

from tests.conformance.fix_tutorial import (
    DEVELOPMENT,
    POWER_USER,
    PRODUCTION,
    READ_WRITE,
    ROLE,
    Scene,
    assume,
    trust,
)
from tests.fix_world import Keys, World
from tests.refusals import NO_IDENTITY, denied, refused

DAVID = f"arn:aws:iam::{DEVELOPMENT}:user/David"
SESSION = f"arn:aws:sts::{PRODUCTION}:assumed-role/UpdateApp/David-ProdUpdate"


class TestStep1:
    def test_the_account_id_can_be_read(self, shared_scene: Scene) -> None:
        identity = shared_scene.world.client("sts", shared_scene.david).get_caller_identity()
        assert identity["Account"] == DEVELOPMENT
        assert identity["Arn"] == DAVID
        assert identity["UserId"].startswith("AIDA")

    def test_the_policy_and_the_role_are_there_as_they_were_made(self, shared_scene: Scene) -> None:
        iam = shared_scene.world.client("iam", shared_scene.production.admin)
        policy = f"arn:aws:iam::{PRODUCTION}:policy/read-write-app-bucket"
        assert iam.get_policy(PolicyArn=policy)["Policy"]["AttachmentCount"] == 1
        version = iam.get_policy_version(PolicyArn=policy, VersionId="v1")["PolicyVersion"]
        assert version["Document"] == READ_WRITE
        role = iam.get_role(RoleName="UpdateApp")["Role"]
        assert role["Arn"] == ROLE
        trusted = role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]
        assert trusted == {"AWS": f"arn:aws:iam::{DEVELOPMENT}:root"}
        listed = iam.list_policies(Scope="Local")["Policies"]
        assert [entry["PolicyName"] for entry in listed] == ["read-write-app-bucket"]

    def test_an_account_that_does_not_exist_is_refused_and_no_role_is_made(self, scene: Scene) -> None:
        iam = scene.world.client("iam", scene.production.admin)
        code, message, status = refused(
            iam.create_role, RoleName="Nobody", AssumeRolePolicyDocument=trust({"AWS": "222222222222"})
        )
        assert (code, status) == ("MalformedPolicyDocument", 400)
        assert message == 'Invalid principal in policy: "AWS":"222222222222"'
        assert [role["RoleName"] for role in iam.list_roles()["Roles"]] == ["UpdateApp"]

    def test_a_principal_of_another_partition_is_refused(self, scene: Scene) -> None:
        china = scene.world.account("China", partition="aws-cn")
        iam = scene.world.client("iam", scene.production.admin)
        for principal in (china.id, f"arn:aws-cn:iam::{china.id}:root"):
            code, message, _ = refused(
                iam.create_role, RoleName="Abroad", AssumeRolePolicyDocument=trust({"AWS": principal})
            )
            assert code == "MalformedPolicyDocument"
            assert message == f'Invalid principal in policy: "AWS":"{principal}"'


class TestStep2:
    def test_a_statement_that_is_an_object_stays_one(self, shared_scene: Scene) -> None:
        iam = shared_scene.world.client("iam", shared_scene.development.admin)
        policy = iam.get_group_policy(GroupName="Developers", PolicyName="allow-assume-S3-role-in-production")
        assert policy["PolicyDocument"] == assume("Allow")

    def test_the_allow_matters_for_a_group_without_power_user_access(self, scene: Scene) -> None:
        world = scene.world
        iam = world.client("iam", scene.development.admin)
        iam.create_group(GroupName="Interns")
        intern = world.user(scene.development, "Ines")
        iam.add_user_to_group(GroupName="Interns", UserName="Ines")
        who = f"arn:aws:iam::{DEVELOPMENT}:user/Ines"
        sts = world.client("sts", intern)
        wish = {"RoleArn": ROLE, "RoleSessionName": "Ines"}
        assert refused(sts.assume_role, **wish) == denied(
            who, "sts:AssumeRole", ROLE, NO_IDENTITY.format("sts:AssumeRole")
        )
        iam.put_group_policy(
            GroupName="Interns", PolicyName="allow", PolicyDocument=json.dumps(assume("Allow"))
        )
        assert sts.assume_role(**wish)["AssumedRoleUser"]["Arn"].endswith("assumed-role/UpdateApp/Ines")

    def test_david_may_without_the_inline_allow_since_power_users_may(self, scene: Scene) -> None:
        scene.world.client("iam", scene.development.admin).delete_group_policy(
            GroupName="Developers", PolicyName="allow-assume-S3-role-in-production"
        )
        assert scene.switch(scene.david).id.startswith("ASIA")

    def test_power_users_of_development_may_what_the_managed_policy_says(self, shared_scene: Scene) -> None:
        world = shared_scene.world
        world.client("s3", shared_scene.david).put_object(Bucket="devapp", Key="a", Body=b"sandbox")
        who = f"{DAVID}"
        assert refused(world.client("iam", shared_scene.david).create_user, UserName="Eve") == denied(
            who,
            "iam:CreateUser",
            f"arn:aws:iam::{DEVELOPMENT}:user/Eve",
            NO_IDENTITY.format("iam:CreateUser"),
        )
        assert POWER_USER.endswith("PowerUserAccess")


class TestStep3:
    def test_assume_role_answers_credentials(self, shared_scene: Scene) -> None:
        world = shared_scene.world
        answer = world.client("sts", shared_scene.david).assume_role(
            RoleArn=ROLE, RoleSessionName="David-ProdUpdate"
        )
        credentials = answer["Credentials"]
        assert set(credentials) == {"AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"}
        assert credentials["AccessKeyId"].startswith("ASIA")
        assert credentials["Expiration"].timestamp() == int(world.clock.now) + 3600
        user = answer["AssumedRoleUser"]
        assert user["Arn"] == SESSION
        assert user["AssumedRoleId"].startswith("AROA")
        assert user["AssumedRoleId"].endswith(":David-ProdUpdate")
        assert "PackedPolicySize" not in answer

    def test_the_session_works_on_the_bucket(self, shared_scene: Scene) -> None:
        session = shared_scene.switch(shared_scene.david)
        s3 = shared_scene.world.client("s3", session)
        s3.put_object(Bucket="productionapp", Key="app.txt", Body=b"new version")
        assert [entry["Key"] for entry in s3.list_objects_v2(Bucket="productionapp")["Contents"]] == [
            "app.txt"
        ]
        assert s3.get_object(Bucket="productionapp", Key="app.txt")["Body"].read() == b"new version"
        assert s3.get_bucket_location(Bucket="productionapp")["LocationConstraint"] is None
        s3.delete_object(Bucket="productionapp", Key="app.txt")
        assert s3.list_objects_v2(Bucket="productionapp")["KeyCount"] == 0

    def test_list_buckets_lists_those_of_the_callers_account(self, shared_scene: Scene) -> None:
        session = shared_scene.switch(shared_scene.david)
        listed = shared_scene.world.client("s3", session).list_buckets()["Buckets"]
        assert [bucket["Name"] for bucket in listed] == ["productionapp"]

    def test_while_in_the_role_the_own_rights_are_not_available(self, shared_scene: Scene) -> None:
        session = shared_scene.switch(shared_scene.david)
        s3 = shared_scene.world.client("s3", session)
        code, _, status = refused(s3.put_object, Bucket="devapp", Key="a", Body=b"x")
        assert (code, status) == ("AccessDenied", 403)
        shared_scene.world.client("s3", shared_scene.david).put_object(Bucket="devapp", Key="a", Body=b"x")

    def test_credentials_stop_at_their_expiration(self, scene: Scene) -> None:
        session = scene.switch(scene.david, DurationSeconds=900)
        s3 = scene.world.client("s3", session)
        sts = scene.world.client("sts", session)
        scene.world.clock.advance(899)
        assert s3.list_objects_v2(Bucket="productionapp")["KeyCount"] == 0
        scene.world.clock.advance(1)
        assert refused(s3.list_objects_v2, Bucket="productionapp") == (
            "ExpiredToken",
            "The provided token has expired.",
            400,
        )
        assert refused(sts.get_caller_identity) == (
            "ExpiredToken",
            "The security token included in the request is expired",
            403,
        )


class TestRefusals:
    """The tutorial's list of what must be refused."""

    def test_jane_is_refused_by_an_explicit_deny(self, shared_scene: Scene) -> None:
        sts = shared_scene.world.client("sts", shared_scene.jane)
        assert refused(sts.assume_role, RoleArn=ROLE, RoleSessionName="Jane") == denied(
            f"arn:aws:iam::{DEVELOPMENT}:user/Jane",
            "sts:AssumeRole",
            ROLE,
            "with an explicit deny in an identity-based policy",
        )

    def test_a_user_of_neither_group(self, scene: Scene) -> None:
        nobody = scene.world.user(scene.development, "Noah")
        sts = scene.world.client("sts", nobody)
        assert refused(sts.assume_role, RoleArn=ROLE, RoleSessionName="Noah") == denied(
            f"arn:aws:iam::{DEVELOPMENT}:user/Noah",
            "sts:AssumeRole",
            ROLE,
            NO_IDENTITY.format("sts:AssumeRole"),
        )

    def test_a_trust_policy_that_names_another_account(self, scene: Scene) -> None:
        third = scene.world.account("Third")
        role = scene.role("ForThird", trust({"AWS": third.id}))
        sts = scene.world.client("sts", scene.david)
        assert refused(sts.assume_role, RoleArn=role, RoleSessionName="David") == denied(
            DAVID, "sts:AssumeRole", role
        )

    def test_the_root_user(self, shared_scene: Scene) -> None:
        for account in (shared_scene.development, shared_scene.production):
            sts = shared_scene.world.client("sts", account.root)
            assert refused(sts.assume_role, RoleArn=ROLE, RoleSessionName="root") == (
                "AccessDenied",
                "Roles may not be assumed by root accounts.",
                403,
            )

    def test_a_role_that_does_not_exist_is_answered_like_one_that_refuses(self, scene: Scene) -> None:
        third = scene.world.account("Third")
        refusing = scene.role("Refusing", trust({"AWS": third.id}))
        missing = f"arn:aws:iam::{PRODUCTION}:role/Missing"
        sts = scene.world.client("sts", scene.david)
        answers = {
            refused(sts.assume_role, RoleArn=role, RoleSessionName="David")[1].replace(role, "ROLE")
            for role in (refusing, missing)
        }
        assert answers == {denied(DAVID, "sts:AssumeRole", "ROLE")[1]}

    def test_external_id_missing_wrong_and_right(self, scene: Scene) -> None:
        condition = {"StringEquals": {"sts:ExternalId": "12345"}}
        role = scene.role("Guarded", trust({"AWS": DEVELOPMENT}, condition))
        sts = scene.world.client("sts", scene.david)
        wish = {"RoleArn": role, "RoleSessionName": "David"}
        bare = denied(DAVID, "sts:AssumeRole", role)
        assert refused(sts.assume_role, **wish) == bare
        assert refused(sts.assume_role, ExternalId="54321", **wish) == bare
        assert sts.assume_role(ExternalId="12345", **wish)["Credentials"]["SessionToken"]

    def test_a_trust_that_demands_mfa(self, scene: Scene) -> None:
        condition = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
        role = scene.role("WithMfa", trust({"AWS": DEVELOPMENT}, condition))
        sts = scene.world.client("sts", scene.david)
        assert refused(sts.assume_role, RoleArn=role, RoleSessionName="David") == denied(
            DAVID, "sts:AssumeRole", role
        )
        code, message, _ = refused(
            sts.assume_role,
            RoleArn=role,
            RoleSessionName="David",
            SerialNumber=f"arn:aws:iam::{DEVELOPMENT}:mfa/David",
            TokenCode="123456",
        )
        assert code == "AccessDenied"
        assert message.startswith("MultiFactorAuthentication failed, unable to validate MFA code.")

    def test_durations_over_the_maximum(self, scene: Scene) -> None:
        sts = scene.world.client("sts", scene.david)
        wish = {"RoleArn": ROLE, "RoleSessionName": "David"}
        assert refused(sts.assume_role, DurationSeconds=7200, **wish) == (
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
            400,
        )
        code, message, _ = refused(sts.assume_role, DurationSeconds=99999, **wish)
        assert code == "ValidationError"
        assert "Member must have value less than or equal to 43200" in message
        scene.world.client("iam", scene.production.admin).update_role(
            RoleName="UpdateApp", MaxSessionDuration=7200
        )
        assert sts.assume_role(DurationSeconds=7200, **wish)["Credentials"]["SessionToken"]

    def test_role_chaining_over_an_hour(self, scene: Scene) -> None:
        iam = scene.world.client("iam", scene.production.admin)
        second = scene.role("Second", trust({"AWS": ROLE}), MaxSessionDuration=43200)
        iam.put_role_policy(
            RoleName="UpdateApp", PolicyName="chain", PolicyDocument=json.dumps(assume("Allow", second))
        )
        session = scene.switch(scene.david)
        sts = scene.world.client("sts", session)
        assert refused(sts.assume_role, RoleArn=second, RoleSessionName="chained", DurationSeconds=3601) == (
            "ValidationError",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by "
            "role chaining.",
            400,
        )
        chained = scene.switch(session, second, "chained", DurationSeconds=3600)
        assert chained.id.startswith("ASIA")

    def test_the_session_on_another_bucket(self, scene: Scene) -> None:
        scene.world.client("s3", scene.production.admin).create_bucket(Bucket="otherapp")
        s3 = scene.world.client("s3", scene.switch(scene.david))
        assert refused(s3.list_objects_v2, Bucket="otherapp") == denied(
            SESSION, "s3:ListBucket", '"arn:aws:s3:::otherapp"', NO_IDENTITY.format("s3:ListBucket")
        )
        assert refused(s3.put_object, Bucket="otherapp", Key="k", Body=b"x") == denied(
            SESSION, "s3:PutObject", '"arn:aws:s3:::otherapp/k"', NO_IDENTITY.format("s3:PutObject")
        )
        assert refused(s3.list_objects_v2, Bucket="devapp") == ("AccessDenied", "Access Denied", 403)

    def test_the_session_on_iam(self, shared_scene: Scene) -> None:
        session = shared_scene.switch(shared_scene.david)
        code, message, status = refused(shared_scene.world.client("iam", session).list_users)
        assert (code, status) == ("AccessDenied", 403)
        assert (
            message
            == denied(
                SESSION,
                "iam:ListUsers",
                f"arn:aws:iam::{PRODUCTION}:user/",
                NO_IDENTITY.format("iam:ListUsers"),
            )[1]
        )

    def test_the_session_on_its_own_buckets_policy(self, shared_scene: Scene) -> None:
        s3 = shared_scene.world.client("s3", shared_scene.switch(shared_scene.david))
        assert refused(s3.get_bucket_policy, Bucket="productionapp") == denied(
            SESSION,
            "s3:GetBucketPolicy",
            '"arn:aws:s3:::productionapp"',
            NO_IDENTITY.format("s3:GetBucketPolicy"),
        )

    def test_davids_own_keys_on_productionapp(self, shared_scene: Scene) -> None:
        s3 = shared_scene.world.client("s3", shared_scene.david)
        plain = ("AccessDenied", "Access Denied", 403)
        assert refused(s3.list_objects_v2, Bucket="productionapp") == plain
        assert refused(s3.get_object, Bucket="productionapp", Key="k") == plain
        assert refused(s3.put_object, Bucket="productionapp", Key="k", Body=b"x") == plain

    def test_truncated_foreign_and_flipped_session_tokens(self, scene: Scene, world: World) -> None:
        mine, other = scene.switch(scene.david), scene.switch(scene.david, session="another")
        assert mine.token is not None
        middle = len(mine.token) // 2
        flipped = mine.token[:middle] + ("A" if mine.token[middle] != "A" else "B") + mine.token[middle + 1 :]
        for token in (mine.token[:-4], other.token, flipped, mine.token + "AAAA", "nonsense"):
            keys = Keys(mine.id, mine.secret, token)
            code, _, status = refused(world.client("sts", keys).get_caller_identity)
            assert (code, status) == ("InvalidClientTokenId", 403)
            code, _, status = refused(world.client("s3", keys).list_objects_v2, Bucket="productionapp")
            assert (code, status) in {("InvalidToken", 400), ("InvalidAccessKeyId", 403)}
        assert world.client("sts", mine).get_caller_identity()["Arn"] == SESSION

    def test_another_partitions_principal_cannot_assume(self, scene: Scene) -> None:
        china = scene.world.account("China", partition="aws-cn")
        sts = scene.world.client("sts", china.admin, region="cn-north-1")
        code, message, _ = refused(sts.assume_role, RoleArn=ROLE, RoleSessionName="test")
        assert code == "AccessDenied"
        assert message == denied(f"arn:aws-cn:iam::{china.id}:user/admin", "sts:AssumeRole", ROLE)[1]
