"""Who must allow, in one account and across two, and which Deny is told (IAM guide, "Policy evaluation
logic").

The table of principals is the guide's "Comparing ... requests within a single account": identity policies,
boundary and session policy are present and silent, and only the resource policy allows.
"""

from typing import Any

import pytest
from tests.unit.policy.build import (
    ALLOW,
    ANN,
    ANN_ARN,
    DENY,
    FEDERATED,
    HERE,
    NOBODY,
    READER,
    ROLE,
    ROOT,
    SERVICE,
    SESSION,
    SILENT,
    THERE,
    ask,
    assume,
    granted,
    policy,
    statement,
    trusting,
)

from deputize.policy.decide import Decision, Layer, Reason
from deputize.policy.layers import Attached
from deputize.policy.request import Principal


def test_nothing_allows_by_default() -> None:
    assert ask(ANN) == Decision(False, Reason(Layer.IDENTITY, False))


def test_an_identity_policy_allows_in_its_own_account() -> None:
    assert ask(ANN, identity=(ALLOW,)).allowed


def test_a_policy_about_something_else_is_silent() -> None:
    assert ask(ANN, identity=(SILENT,)).because == Reason(Layer.IDENTITY, False)


@pytest.mark.parametrize("layer", ["identity", "boundary", "session", "resource"])
def test_one_explicit_deny_anywhere_is_final(layer: str) -> None:
    denying: dict[str, dict[str, Any]] = {
        "identity": {"identity": (ALLOW, DENY)},
        "boundary": {"boundary": DENY},
        "session": {"session": (ALLOW, DENY)},
        "resource": {"resource": granted({"AWS": HERE}, "Deny")},
    }
    decision = ask(READER, **{"identity": (ALLOW,), **denying[layer]})
    assert decision.because == Reason(Layer[layer.upper()], True)
    assert decision.word == "explicitDeny"


def test_a_managed_policy_that_denies_is_named() -> None:
    named = policy(statement("Deny"), kind="managed", arn="arn:aws:iam::aws:policy/No")
    assert ask(ANN, identity=(ALLOW, named)).because == Reason(
        Layer.IDENTITY, True, "arn:aws:iam::aws:policy/No"
    )


@pytest.mark.parametrize(
    "other",
    [
        statement("Deny", "s3:PutObject"),
        statement("Deny", Resource="arn:aws:s3:::photos/dog.jpg"),
        statement("Deny", Condition={"Bool": {"aws:SecureTransport": "false"}}),
        statement(),
    ],
)
def test_of_several_policies_the_one_that_denies_is_named(other: dict[str, Any]) -> None:
    silent = policy(other, kind="managed", arn="arn:aws:iam::aws:policy/Other")
    named = policy(statement("Deny"), kind="managed", arn="arn:aws:iam::aws:policy/No")
    denied = ask(ANN, identity=(silent, named), context={"aws:securetransport": "true"})
    assert denied.because == Reason(Layer.IDENTITY, True, named.arn)


@pytest.mark.parametrize(("cap", "layer"), [("boundary", Layer.BOUNDARY), ("session", Layer.SESSION)])
def test_boundary_and_session_policy_cap_identity_policies(cap: str, layer: Layer) -> None:
    def capping(by: Attached) -> dict[str, Any]:
        return {cap: by if cap == "boundary" else (by,)}

    assert ask(READER, identity=(ALLOW,), **capping(ALLOW)).allowed
    assert ask(READER, identity=(ALLOW,), **capping(SILENT)).because == Reason(layer, False)
    assert ask(READER, identity=(), **capping(ALLOW)).because == Reason(Layer.IDENTITY, False)


def test_no_session_policy_at_all_allows_a_federated_user_nothing() -> None:
    assert ask(FEDERATED, identity=(ALLOW,), session=()).because == Reason(Layer.SESSION, False)


@pytest.mark.parametrize(
    ("caller", "principal", "allowed"),
    [
        (READER, {"AWS": ROLE}, False),
        (READER, {"AWS": "AROAREADER"}, False),
        (READER, {"AWS": SESSION}, True),
        (ANN, {"AWS": ANN_ARN}, True),
        (ANN, {"AWS": "AIDAANN"}, True),
        (FEDERATED, {"AWS": ANN_ARN}, False),
        (FEDERATED, {"AWS": "AIDAANN"}, False),
        (FEDERATED, {"AWS": f"arn:aws:sts::{HERE}:federated-user/bob"}, True),
        (ANN, "*", True),
        (READER, "*", True),
        (ANN, {"AWS": HERE}, False),
        (ANN, {"AWS": f"arn:aws:iam::{HERE}:root"}, False),
        (READER, {"AWS": HERE}, False),
        (ANN, {"AWS": f"arn:aws:iam::{HERE}:user/bob"}, False),
        (ANN, {"Federated": "accounts.google.com"}, False),
    ],
)
def test_a_grant_of_the_resource_with_silent_identity_boundary_and_session(
    caller: Principal, principal: Any, allowed: bool
) -> None:
    decision = ask(
        caller, identity=(SILENT,), boundary=SILENT, session=(SILENT,), resource=granted(principal)
    )
    assert decision.allowed is allowed


def test_a_grant_to_the_role_needs_no_identity_policy_where_nothing_caps_it() -> None:
    assert ask(READER, resource=granted({"AWS": ROLE})).allowed
    capped = ask(READER, resource=granted({"AWS": ROLE}), boundary=SILENT)
    assert capped.because == Reason(Layer.BOUNDARY, False)


def test_a_grant_to_the_own_account_only_delegates() -> None:
    assert ask(ANN, resource=granted({"AWS": HERE})).because == Reason(Layer.IDENTITY, False)
    assert ask(ANN, identity=(ALLOW,), resource=granted({"AWS": HERE})).allowed


def test_root_needs_no_policy_in_its_own_account_and_heeds_a_deny() -> None:
    assert ask(ROOT).allowed
    assert ask(ROOT, resource=granted("*", "Deny")).because == Reason(Layer.RESOURCE, True)


def test_across_accounts_both_sides_must_allow() -> None:
    grant = granted({"AWS": HERE})
    assert ask(ANN, THERE, identity=(ALLOW,), resource=grant).allowed
    assert ask(ANN, THERE, identity=(ALLOW,)).because == Reason(Layer.RESOURCE, False)
    assert ask(ANN, THERE, resource=grant).because == Reason(Layer.IDENTITY, False)
    assert ask(ANN, THERE, identity=(ALLOW,), resource=grant, boundary=SILENT).because == Reason(
        Layer.BOUNDARY, False
    )


@pytest.mark.parametrize("principal", ["*", {"AWS": SESSION}, {"AWS": ROLE}])
def test_across_accounts_no_grant_bypasses_the_session_policy(principal: Any) -> None:
    denied = ask(READER, THERE, identity=(ALLOW,), session=(SILENT,), resource=granted(principal))
    assert denied.because == Reason(Layer.SESSION, False)


def test_root_of_another_account_needs_the_resources_word() -> None:
    assert not ask(ROOT, THERE).allowed
    assert ask(ROOT, THERE, resource=granted({"AWS": HERE})).allowed


def test_anonymous_is_let_in_by_star_alone() -> None:
    assert ask(NOBODY, resource=granted("*")).allowed
    assert ask(NOBODY, resource=granted({"AWS": "*"})).allowed
    for principal in ({"AWS": HERE}, {"AWS": "AIDAANN"}):
        assert ask(NOBODY, resource=granted(principal)).because == Reason(Layer.RESOURCE, False)
    assert not ask(NOBODY).allowed


def test_a_service_is_let_in_by_its_name() -> None:
    assert ask(SERVICE, resource=granted({"Service": "cloudtrail.amazonaws.com"})).allowed
    assert not ask(SERVICE, resource=granted({"Service": "ec2.amazonaws.com"})).allowed
    assert not ask(ANN, resource=granted({"Service": "cloudtrail.amazonaws.com"})).allowed


def test_a_resource_statement_that_names_nobody_allows_nothing_and_denies_everybody() -> None:
    assert not ask(ANN, resource=policy(statement())).allowed
    assert ask(ANN, identity=(ALLOW,), resource=policy(statement("Deny"))).because == Reason(
        Layer.RESOURCE, True
    )


def test_an_identity_statement_that_names_a_principal_allows_nothing_and_still_denies() -> None:
    assert not ask(ANN, identity=(granted({"AWS": HERE}),)).allowed
    assert not ask(ANN, identity=(ALLOW, granted({"AWS": THERE}, "Deny"))).allowed


class TestNotPrincipal:
    """Every level of a caller must be listed to exempt it."""

    @pytest.mark.parametrize(
        ("caller", "listed", "denied"),
        [
            (ANN, [ANN_ARN, HERE], False),
            (ANN, [ANN_ARN], True),
            (ANN, [HERE], True),
            (READER, [SESSION, ROLE, HERE], False),
            (READER, [ROLE, HERE], True),
            (READER, [SESSION, HERE], True),
            (ROOT, [HERE], False),
            (ROOT, [THERE], True),
            (ANN, ["*"], False),
        ],
    )
    def test_deny(self, caller: Principal, listed: list[str], denied: bool) -> None:
        deny = granted({"AWS": listed}, "Deny", "NotPrincipal")
        assert ask(caller, identity=(ALLOW,), resource=deny).allowed is not denied

    def test_a_bounded_caller_is_always_denied(self) -> None:
        deny = granted({"AWS": [ANN_ARN, HERE]}, "Deny", "NotPrincipal")
        decision = ask(ANN, identity=(ALLOW,), boundary=ALLOW, resource=deny)
        assert decision.because == Reason(Layer.RESOURCE, True)

    def test_allow_grants_to_those_who_are_not_listed_at_all(self) -> None:
        allow = granted({"AWS": HERE}, "Allow", "NotPrincipal")
        assert ask(NOBODY, resource=allow).allowed
        assert not ask(ANN, resource=allow).allowed

    def test_anonymous_is_never_listed_but_by_star(self) -> None:
        everyone = granted("*")
        both = policy(
            statement(Principal="*"),
            statement("Deny", NotPrincipal={"AWS": HERE}),
            kind="resource",
        )
        assert ask(NOBODY, resource=everyone).allowed
        assert ask(NOBODY, resource=both).because == Reason(Layer.RESOURCE, True)


class TestRoleTrust:
    """sts:AssumeRole: the trust policy must always allow."""

    ASSUME = policy(statement(action="sts:AssumeRole"))
    STAR = policy(statement(action="*"))

    def test_an_identity_allow_alone_does_not_do(self) -> None:
        for trust in (None, trusting({"AWS": THERE})):
            denied = assume(ANN, HERE, trust, identity=(self.STAR,))
            assert denied.because == Reason(Layer.TRUST, False)

    def test_trusting_the_account_needs_the_identity_side(self) -> None:
        trust = trusting({"AWS": HERE})
        assert assume(ANN, HERE, trust).because == Reason(Layer.IDENTITY, False)
        assert assume(ANN, HERE, trust, identity=(self.ASSUME,)).allowed

    @pytest.mark.parametrize("principal", [{"AWS": "AIDAANN"}, {"AWS": "*"}])
    def test_trusting_the_user_directly_suffices_within_the_account(self, principal: Any) -> None:
        trust = trusting(principal)
        assert assume(ANN, HERE, trust).allowed
        assert assume(ANN, HERE, trust, boundary=SILENT).because == Reason(Layer.BOUNDARY, False)

    def test_across_accounts_both_sides_must_allow_however_directly_it_trusts(self) -> None:
        trust = trusting({"AWS": "AIDAANN"})
        assert assume(ANN, THERE, trust).because == Reason(Layer.IDENTITY, False)
        assert assume(ANN, THERE, trust, identity=(self.ASSUME,)).allowed

    def test_a_role_does_not_trust_itself(self) -> None:
        trust = trusting({"AWS": THERE})
        assert not assume(READER, HERE, trust, identity=(self.ASSUME,)).allowed
        assert assume(READER, HERE, trusting({"AWS": "AROAREADER"})).allowed

    def test_a_session_policy_caps_a_chained_session(self) -> None:
        trust = trusting({"AWS": "AROAREADER"})
        capped = assume(READER, HERE, trust, session=(SILENT,))
        assert capped.because == Reason(Layer.SESSION, False)

    def test_a_deny_in_the_trust_policy_is_final(self) -> None:
        both = policy(
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": HERE}},
            {"Effect": "Deny", "Action": "sts:AssumeRole", "Principal": {"AWS": "AIDAANN"}},
            kind="resource",
        )
        denied = assume(ANN, HERE, both, identity=(self.ASSUME,))
        assert denied.because == Reason(Layer.TRUST, True)

    def test_in_one_account_the_trust_policys_deny_is_told_first(self) -> None:
        deny, own_deny = trusting({"AWS": HERE}, "Deny"), policy(statement("Deny", "sts:*"))
        for identity in ((), (own_deny,), (self.ASSUME,)):
            assert assume(ANN, HERE, deny, identity=identity).because == Reason(Layer.TRUST, True)

    def test_of_another_accounts_deny_nothing_shows_while_the_own_side_refuses(self) -> None:
        deny = trusting({"AWS": HERE}, "Deny")
        own_deny = policy(statement("Deny", "sts:*"))
        for identity, reason in (
            ((), Reason(Layer.IDENTITY, False)),
            ((own_deny,), Reason(Layer.IDENTITY, True)),
            ((self.ASSUME,), Reason(Layer.TRUST, True)),
        ):
            assert assume(ANN, THERE, deny, identity=identity).because == reason
