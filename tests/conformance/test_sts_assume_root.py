"""AssumeRoot, which nobody may here: no account manages an organization."""

import pytest
from tests.fix_world import World
from tests.refusals import refused

TASK = "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy"


@pytest.mark.parametrize("form", ["{}", "arn:aws:iam::{}:root"])
def test_everybody_is_refused(world: World, form: str) -> None:
    one, two = world.account("One"), world.account("Two")
    sts = world.client("sts", one.admin)
    for account in (two.id, "444455556666"):  # one that exists, and one that does not
        target = form.format(account)
        found = refused(sts.assume_root, TargetPrincipal=target, TaskPolicyArn={"arn": TASK})
        assert found == (
            "AccessDenied",
            f"User: arn:aws:iam::{one.id}:user/admin is not authorized to perform: sts:AssumeRoot on "
            f"resource: arn:aws:iam::{account}:root",
            403,
        )


@pytest.mark.parametrize(
    "request_",
    [
        {"TargetPrincipal": "somebody-else", "TaskPolicyArn": {"arn": TASK}},
        {
            "TargetPrincipal": "444455556666",
            "TaskPolicyArn": {"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
        },
        {"TargetPrincipal": "444455556666", "TaskPolicyArn": {"arn": TASK + "2"}},
        {"TargetPrincipal": "444455556666", "TaskPolicyArn": {}},
    ],
    ids=range(4),
)
def test_what_names_no_root_user_or_no_task(world: World, request_: dict[str, object]) -> None:
    sts = world.client("sts", world.account("One").admin)
    found = refused(sts.assume_root, **request_)
    assert (found[0], found[2]) == ("ValidationError", 400)
