"""Examples of IAM's operations on console passwords."""

from tests.access.harness import Request, Stage, example
from tests.access.iam import declare, user

PASSWORD = "Correct-Horse-7"


def with_password(stage: Stage) -> Request:
    request = user(stage)
    stage.iam.create_login_profile(**request, Password=PASSWORD)
    return request


declare("CreateLoginProfile", user, Password=PASSWORD)
declare("GetLoginProfile", with_password)
declare("UpdateLoginProfile", with_password, Password="Another-Horse-8")
declare("DeleteLoginProfile", with_password)
declare("UpdateAccountPasswordPolicy", lambda stage: {}, MinimumPasswordLength=10)


def policy(stage: Stage) -> Request:
    stage.iam.update_account_password_policy(MinimumPasswordLength=10)
    return {}


declare("GetAccountPasswordPolicy", policy)
declare("DeleteAccountPasswordPolicy", policy)


def password_of_caller(stage: Stage, caller: str) -> object:
    return stage.iam.create_login_profile(UserName=caller, Password=PASSWORD)


@example("iam", "ChangePassword", equip=password_of_caller)
def change_password(stage: Stage) -> Request:
    return {"OldPassword": PASSWORD, "NewPassword": "Another-Horse-8"}
