"""The words of a denial (IAM guide, "Troubleshoot access denied error messages")."""

import pytest

from deputize.policy.decide import Decision, Layer, Reason
from deputize.policy.explain import cause, denial

ANN = "arn:aws:iam::111111111111:user/ann"
OWN = "arn:aws:s3:::photos"


def words(reason: Reason | None, **changed: object) -> str:
    asked: dict[str, object] = {
        "caller_arn": ANN,
        "action": "iam:GetUser",
        "resource_text": "user bob",
        "same_account": True,
        "s3": False,
    }
    return denial(Decision(False, reason), **{**asked, **changed})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("reason", "tail"),
    [
        (Reason(Layer.IDENTITY, False), "because no identity-based policy allows the iam:GetUser action"),
        (Reason(Layer.IDENTITY, True), "with an explicit deny in an identity-based policy"),
        (Reason(Layer.RESOURCE, False), "because no resource-based policy allows the iam:GetUser action"),
        (Reason(Layer.RESOURCE, True), "with an explicit deny in a resource-based policy"),
        (Reason(Layer.BOUNDARY, False), "because no permissions boundary allows the iam:GetUser action"),
        (Reason(Layer.BOUNDARY, True), "with an explicit deny in a permissions boundary"),
        (Reason(Layer.SESSION, False), "because no session policy allows the iam:GetUser action"),
        (Reason(Layer.SESSION, True), "with an explicit deny in a session policy"),
        (Reason(Layer.TRUST, False), "because no role trust policy allows the iam:GetUser action"),
        (Reason(Layer.TRUST, True), "with an explicit deny in the role trust policy"),
    ],
)
def test_each_kind_of_policy_has_its_words(reason: Reason, tail: str) -> None:
    assert (
        words(reason) == f"User: {ANN} is not authorized to perform: iam:GetUser on resource: user bob {tail}"
    )


def test_without_a_resource_the_phrase_is_left_out() -> None:
    told = words(Reason(Layer.IDENTITY, False), resource_text="")
    assert told.startswith(f"User: {ANN} is not authorized to perform: iam:GetUser because no")


@pytest.mark.parametrize("layer", [Layer.TRUST, Layer.RESOURCE])
@pytest.mark.parametrize("explicit", [True, False])
def test_of_another_accounts_side_nothing_is_told(layer: Layer, explicit: bool) -> None:
    bare = f"User: {ANN} is not authorized to perform: iam:GetUser on resource: user bob"
    assert words(Reason(layer, explicit), same_account=False) == bare


def test_the_callers_own_side_is_told_across_accounts() -> None:
    told = words(Reason(Layer.IDENTITY, False), same_account=False)
    assert told.endswith("because no identity-based policy allows the iam:GetUser action")


def test_s3_quotes_the_resource_and_tells_other_accounts_nothing() -> None:
    reason = Reason(Layer.IDENTITY, False)
    assert f'on resource: "{OWN}" because' in words(reason, s3=True, resource_text=OWN)
    assert words(reason, s3=True, resource_text=OWN, same_account=False) == "Access Denied"


def test_the_policy_that_denies_is_named_where_that_is_switched_on() -> None:
    arn = "arn:aws:iam::aws:policy/No"
    reason = Reason(Layer.IDENTITY, True, arn)
    assert words(reason, name_policies=True).endswith(f"in an identity-based policy: {arn}")
    assert arn not in words(reason)
    assert arn not in words(reason, name_policies=True, same_account=False)


@pytest.mark.parametrize(
    ("layer", "explicit", "tail"),
    [
        (Layer.SCP, False, "because no service control policy allows the iam:GetUser action"),
        (Layer.SCP, True, "with an explicit deny in a service control policy"),
        (Layer.RCP, True, "with an explicit deny in a resource control policy"),
        (Layer.ENDPOINT, False, "because no VPC endpoint policy allows the iam:GetUser action"),
        (Layer.ENDPOINT, True, "with an explicit deny in a VPC endpoint policy"),
    ],
)
def test_control_and_endpoint_policies_have_theirs(layer: Layer, explicit: bool, tail: str) -> None:
    assert words(Reason(layer, explicit)).endswith(f"on resource: user bob {tail}")


def test_root_is_told_that_it_assumes_no_role() -> None:
    told = "Roles may not be assumed by root accounts."
    assert words(Reason(Layer.ROOT, False)) == told
    assert cause(Reason(Layer.ROOT, False), "sts:AssumeRole") == told


def test_of_another_accounts_control_policy_nothing_is_told() -> None:
    bare = f"User: {ANN} is not authorized to perform: iam:GetUser on resource: user bob"
    assert words(Reason(Layer.RCP, True), same_account=False) == bare
