"""Examples of IAM's operations on instance profiles."""

from tests.access.harness import Request, Stage, example
from tests.access.iam import TAGS, declare, role


def profile(stage: Stage) -> Request:
    stage.iam.create_instance_profile(InstanceProfileName=stage.name)
    return {"InstanceProfileName": stage.name}


def profile_and_role(stage: Stage) -> Request:
    return {**profile(stage), **role(stage)}


@example("iam", "CreateInstanceProfile", applies=("iam:TagInstanceProfile",))
def create_instance_profile(stage: Stage) -> Request:
    return {"InstanceProfileName": stage.name, "Tags": TAGS}


@example("iam", "RemoveRoleFromInstanceProfile")
def remove_role_from_instance_profile(stage: Stage) -> Request:
    request = profile_and_role(stage)
    stage.iam.add_role_to_instance_profile(**request)
    return request


declare("GetInstanceProfile", profile)
declare("DeleteInstanceProfile", profile)
declare("ListInstanceProfiles", lambda stage: {})
declare("ListInstanceProfilesForRole", role)
declare("AddRoleToInstanceProfile", profile_and_role)
declare("TagInstanceProfile", profile, Tags=TAGS)
declare("UntagInstanceProfile", profile, TagKeys=["Team"])
declare("ListInstanceProfileTags", profile)
