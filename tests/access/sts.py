"""Examples of STS's operations."""

from tests.access.harness import Request, Stage, example, trust


@example("sts", "GetCallerIdentity")
def get_caller_identity(stage: Stage) -> Request:
    return {}


@example("sts", "GetSessionToken")
def get_session_token(stage: Stage) -> Request:
    return {}


@example("sts", "GetAccessKeyInfo")
def get_access_key_info(stage: Stage) -> Request:
    return {"AccessKeyId": stage.account.admin.id}


@example("sts", "AssumeRole", applies=("sts:TagSession", "sts:SetSourceIdentity"))
def assume_role(stage: Stage) -> Request:
    role = stage.iam.create_role(RoleName=stage.name, AssumeRolePolicyDocument=trust(stage.account.id))[
        "Role"
    ]
    return {
        "RoleArn": role["Arn"],
        "RoleSessionName": "test",
        "Tags": [{"Key": "Team", "Value": "blue"}],
        "SourceIdentity": "somebody",
    }
