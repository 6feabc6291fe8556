"""The trace of a decision: every layer, policy and statement, and the first thing that did not match; as JSON
and as text.
"""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from tests.property.test_decide import cases, product
from tests.unit.policy.build import (
    ALLOW,
    ANN,
    ANN_ARN,
    DENY,
    EVERYTHING,
    FEDERATED,
    HERE,
    NOBODY,
    OBJECT,
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

from deputize.policy.decide import Decision, ResourceKind
from deputize.policy.document import understood
from deputize.policy.explain import because
from deputize.policy.layers import Attached, Layer
from deputize.policy.lines import statement_lines
from deputize.policy.render import as_json, as_text
from deputize.policy.trace import LayerTrace, Mismatch, Trace, Verdict, trace

ALLOWS, DENIES, SILENT_ = Verdict.ALLOWS, Verdict.DENIES, Verdict.SILENT


def layer(decision: Decision, wanted: Layer) -> LayerTrace:
    (found,) = [one for one in decision.trace().layers if one.layer is wanted]
    return found


def mismatch(written: dict[str, Any], **asked: Any) -> Mismatch:
    own = Attached(understood({"Version": "2012-10-17", "Statement": written}), "inline", "test", None, None)
    found = layer(ask(identity=(own,), **asked), Layer.IDENTITY).policies[0].statements[0]
    assert not found.applies
    assert found.mismatch is not None
    return found.mismatch


def words(decision: Decision, wanted: str) -> list[Any]:
    (found,) = [one for one in as_json(decision.trace()) if one["layer"] == wanted]
    return [one["mismatch"]["words"] for policy in found["policies"] for one in policy["statements"]]


class TestMismatches:
    """The first thing that did not match, with the values that were compared."""

    def test_action(self) -> None:
        listed = ["s3:PutObject", "s3:List*"]
        assert mismatch(statement(action=listed)) == Mismatch("Action", tuple(listed), "s3:GetObject")
        other = {"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}
        assert mismatch(other) == Mismatch("NotAction", ("s3:*",), "s3:GetObject")

    def test_resource(self) -> None:
        found = mismatch(statement(Resource="arn:aws:s3:::b"))
        assert found == Mismatch("Resource", ("arn:aws:s3:::b",), OBJECT)
        other = {"Effect": "Allow", "Action": "*", "NotResource": OBJECT}
        assert mismatch(other) == Mismatch("NotResource", (OBJECT,), OBJECT)

    def test_variables_are_put_in(self) -> None:
        written = statement(Resource=["arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/${no:such}"])
        found = mismatch(written, context={"aws:username": "ann"})
        assert found.listed == ("arn:aws:s3:::b/ann/*", "arn:aws:s3:::b/${no:such}")
        number = statement(Condition={"NumericEquals": {"a:b": "${aws:username}"}})
        assert mismatch(number, context={"aws:username": "ann"}).listed == ("${aws:username}",)

    def test_the_old_version_has_none(self) -> None:
        own = policy(statement(Resource="arn:aws:s3:::b/${aws:username}"), version="2008-10-17")
        decision = ask(identity=(own,), context={"aws:username": "ann"})
        found = layer(decision, Layer.IDENTITY).policies[0].statements[0].mismatch
        assert found is not None
        assert found.listed == ("arn:aws:s3:::b/${aws:username}",)

    def test_condition(self) -> None:
        condition = {"StringEquals": {"a:b": ["x", "${aws:username}"]}}
        context = {"a:b": "y", "aws:username": "ann"}
        found = mismatch(statement(Condition=condition), context=context)
        assert found == Mismatch("Condition", ("x", "ann"), "y", "StringEquals", "a:b")
        missing = mismatch(statement(Condition=condition))
        assert missing == Mismatch("Condition", ("x", "${aws:username}"), None, "StringEquals", "a:b")
        many = mismatch(statement(Condition=condition), context={"a:b": ("x", "y")})
        assert many.present == ("x", "y")

    def test_who_names_nobody(self) -> None:
        """An endpoint's policy filters what others grant, and may leave the principal out."""
        decision = ask(identity=(ALLOW,), endpoint=ALLOW, resource=ALLOW)
        filtering = layer(decision, Layer.ENDPOINT).policies[0].statements[0]
        granting = layer(decision, Layer.RESOURCE).policies[0].statements[0]
        assert filtering.applies
        assert granting.mismatch == Mismatch("Principal", problem="the statement names nobody")

    def test_a_deny_for_everyone_is_one_for_who_is_vouched_for(self) -> None:
        decision = assume(VOUCHED, HERE, trusting("*", "Deny"))
        denying = layer(decision, Layer.TRUST).policies[0].statements[0]
        letting_in = layer(assume(VOUCHED, HERE, trusting("*")), Layer.TRUST).policies[0].statements[0]
        assert (denying.applies, letting_in.applies) == (True, False)

    def test_the_first_condition_that_fails(self) -> None:
        condition = {"Bool": {"a:yes": "true", "a:no": "true"}}
        found = mismatch(statement(Condition=condition), context={"a:yes": "true", "a:no": "false"})
        assert found.key == "a:no"

    def test_what_cannot_be_evaluated_is_named(self) -> None:
        unknown = mismatch(statement(Condition={"StringMatches": {"a:b": "x"}}))
        assert unknown.problem == "the operator is not known"
        assert unknown.operator == "StringMatches"
        broken = mismatch({"Effect": "Allow", "Action": "*", "Resource": "*", "Sort": 1})
        assert broken == Mismatch("Statement", problem="unknown element Sort")
        assert mismatch(statement(Principal="*")).problem == "a policy of this kind names no principal"
        assert mismatch({"Effect": "Allow", "Action": "*"}).problem == "the statement names no resource"

    def test_principal(self) -> None:
        grant = policy(statement(Principal={"AWS": [THERE], "Service": "ec2.amazonaws.com"}))
        found = layer(ask(resource=grant), Layer.RESOURCE).policies[0].statements[0].mismatch
        assert found == Mismatch("Principal", (f"AWS: {THERE}", "Service: ec2.amazonaws.com"), ANN_ARN)
        excepted = policy(statement(NotPrincipal={"AWS": HERE}))
        found = layer(ask(resource=excepted), Layer.RESOURCE).policies[0].statements[0].mismatch
        assert found == Mismatch("NotPrincipal", (f"AWS: {HERE}",), ANN_ARN)
        found = layer(ask(resource=ALLOW), Layer.RESOURCE).policies[0].statements[0].mismatch
        assert found == Mismatch("Principal", problem="the statement names nobody")
        found = layer(ask(NOBODY, resource=grant), Layer.RESOURCE).policies[0].statements[0].mismatch
        assert found is not None
        assert found.present == "anonymous"

    def test_a_broken_deny_applies_and_is_named(self) -> None:
        broken = Attached(understood({"Statement": {"Effect": "Deny"}}), "inline", "test", None, None)
        found = layer(ask(identity=(ALLOW, broken)), Layer.IDENTITY)
        assert found.verdict is DENIES
        assert found.policies[1].statements[0].applies
        assert found.policies[1].statements[0].mismatch == Mismatch("Statement", problem="Action is missing")
        assert "cannot be evaluated: Action is missing" in as_text(ask(identity=(ALLOW, broken)).trace())


class TestLayers:
    """What each layer says, and which one decides."""

    def test_all_layers_in_their_order(self) -> None:
        found = ask(identity=(ALLOW,)).trace().layers
        assert [one.layer for one in found] == [
            Layer.SCP,
            Layer.RCP,
            Layer.ENDPOINT,
            Layer.RESOURCE,
            Layer.IDENTITY,
            Layer.BOUNDARY,
            Layer.SESSION,
        ]
        assert [one.note for one in found] == [
            "not in an organization",
            "not in an organization",
            "none",
            "none",
            "",
            "none",
            "none",
        ]

    def test_a_trust_policy_stands_in_its_place(self) -> None:
        trust = policy({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": HERE}})
        asked: dict[str, Any] = {
            "action": "sts:AssumeRole",
            "on": "arn:aws:iam::1:role/R",
            "kind": ResourceKind.ROLE_TRUST,
        }
        found = ask(resource=trust, **asked)
        assert layer(found, Layer.TRUST).verdict is ALLOWS
        assert layer(found, Layer.IDENTITY).decides
        assert Layer.RESOURCE not in [one.layer for one in found.trace().layers]
        assert because(ask(resource=trust, identity=(EVERYTHING,), **asked)) == (
            "because an identity-based policy and the role trust policy allow the sts:AssumeRole action"
        )

    def test_levels_of_control_policies(self) -> None:
        found = ask(identity=(ALLOW,), scps=((EVERYTHING,), (SILENT,), (SILENT,)), rcps=((),)).trace().layers
        assert [(one.layer, one.level, one.verdict, one.decides) for one in found[:4]] == [
            (Layer.SCP, 0, ALLOWS, False),
            (Layer.SCP, 1, SILENT_, True),
            (Layer.SCP, 2, SILENT_, False),
            (Layer.RCP, 0, ALLOWS, False),
        ]

    def test_why_a_layer_has_no_say(self) -> None:
        bound: dict[str, Any] = {
            "identity": (ALLOW,),
            "scps": ((DENY,),),
            "rcps": ((DENY,),),
            "management_account": True,
        }
        assert layer(ask(**bound), Layer.SCP).note == "do not bind this caller"
        assert layer(ask(**bound), Layer.RCP).note == "do not bind this request"
        assert layer(ask(NOBODY), Layer.IDENTITY).note == "this caller has none"
        assert layer(ask(NOBODY, identity=(ALLOW,)), Layer.IDENTITY).verdict is ALLOWS

    def test_root_needs_no_policy(self) -> None:
        decision = ask(ROOT)
        assert layer(decision, Layer.IDENTITY).note == "root needs no policy"
        assert layer(decision, Layer.IDENTITY).decides
        assert because(decision) == "because the root user needs no policy in its own account"

    def test_what_needs_no_permission(self) -> None:
        decision = ask(identity=(DENY,), action="sts:GetCallerIdentity", on="*")
        assert decision.allowed
        assert because(decision) == "because sts:GetCallerIdentity needs no permission"
        told = {(one.verdict, one.note, one.decides) for one in decision.trace().layers}
        assert told == {(None, "sts:GetCallerIdentity needs no permission", False)}

    def test_root_and_the_policy_of_its_bucket(self) -> None:
        denied = policy(statement("Deny", "s3:*", Principal="*"), statement(action="s3:*", Principal="*"))
        decision = ask(ROOT, action="s3:PutBucketPolicy", on="arn:aws:s3:::photos", resource=denied)
        assert (decision.allowed, decision.explicit) == (True, False)
        assert layer(decision, Layer.RESOURCE).note == "does not bind the root user here"
        assert because(decision) == "because the root user needs no policy in its own account"
        assert ask(ROOT, action="s3:PutBucketAcl", on="arn:aws:s3:::photos", resource=denied).explicit
        assert layer(ask(ROOT, action="s3:PutBucketPolicy"), Layer.RESOURCE).note == "none"

    def test_a_federated_user_without_session_policy(self) -> None:
        found = layer(ask(FEDERATED, identity=(ALLOW,)), Layer.SESSION)
        assert (found.verdict, found.decides, found.policies) == (SILENT_, True, ())

    @pytest.mark.parametrize(
        ("denied", "deciding"),
        [
            ({"identity": (DENY, ALLOW)}, Layer.IDENTITY),
            ({"identity": (ALLOW,), "boundary": SILENT}, Layer.BOUNDARY),
            ({"identity": (ALLOW,), "session": (SILENT,)}, Layer.SESSION),
            ({"identity": (ALLOW,), "endpoint": SILENT}, Layer.ENDPOINT),
            ({"identity": (ALLOW,), "resource": DENY}, Layer.RESOURCE),
            ({"identity": (ALLOW,), "rcps": ((DENY,),)}, Layer.RCP),
            ({"identity": (ALLOW,), "owner": THERE}, Layer.RESOURCE),
        ],
    )
    def test_the_layer_that_denies_decides(self, denied: dict[str, Any], deciding: Layer) -> None:
        found = [one.layer for one in ask(READER, **denied).trace().layers if one.decides]
        assert found == [deciding]

    def test_the_layers_that_allow_decide(self) -> None:
        grant = policy(statement(Principal={"AWS": HERE}))
        decision = ask(ANN, THERE, identity=(ALLOW,), resource=grant)
        found = [one.layer for one in decision.trace().layers if one.decides]
        assert found == [Layer.RESOURCE, Layer.IDENTITY]
        service = ask(SERVICE, resource=policy(statement(Principal="*")))
        assert because(service) == "because a resource-based policy allows the s3:GetObject action"

    def test_an_account_alone_allows_nothing_there(self) -> None:
        delegates = "names the account alone: its own policies decide"
        account, user = granted({"AWS": HERE}), granted({"AWS": [HERE, ANN_ARN]})
        found = ask(resource=account)
        assert layer(found, Layer.RESOURCE).note == delegates
        assert (
            f"  resource policy             ALLOW   test, statement 1, line 1\n{' ' * 38}{delegates}\n"
            in (as_text(found.trace()))
        )
        assert layer(ask(resource=user), Layer.RESOURCE).note == ""
        assert layer(ask(resource=granted({"AWS": HERE}, "Deny")), Layer.RESOURCE).note == ""
        assert layer(ask(ANN, THERE, resource=account), Layer.RESOURCE).note == ""
        assert layer(ask(ROOT, resource=account), Layer.RESOURCE).note == ""
        assert layer(ask(resource=SILENT), Layer.RESOURCE).note == ""

    def test_why_not_principal_does_not_spare_whom_it_lists(self) -> None:
        def note(listed: list[str], **more: Any) -> str:
            denied = granted({"AWS": listed}, "Deny", "NotPrincipal")
            return layer(ask(resource=denied, **more), Layer.RESOURCE).note

        every_level = "NotPrincipal spares those alone whom it lists at every level, from the account down"
        assert note([HERE]) == every_level
        assert note([ANN_ARN], boundary=EVERYTHING) == every_level
        bounded = "NotPrincipal spares nobody who has a permissions boundary"
        assert note([HERE, ANN_ARN], boundary=EVERYTHING) == bounded
        assert note([HERE, ANN_ARN]) == ""
        assert note([THERE]) == ""
        assert note([THERE], boundary=EVERYTHING) == ""

    def test_a_decision_that_was_not_decided_has_none(self) -> None:
        for wanted in (trace, because, lambda decision: as_text(Trace(decision, ()))):
            with pytest.raises(ValueError, match="not decided"):
                wanted(Decision(True))


@settings(max_examples=300, derandomize=True, deadline=None)
@given(cases())
def test_the_trace_says_what_the_decision_says(case: Any) -> None:
    """The statement by statement trace and the compiled fast path know each other's verdicts."""
    decision = product(case)
    found = decision.trace()
    assert any(one.verdict is DENIES for one in found.layers) is decision.explicit
    deciding = [one for one in found.layers if one.decides]
    if decision.because is None:
        assert deciding
        assert all(one.verdict is ALLOWS for one in deciding)
    elif decision.because.layer is not Layer.ROOT:
        assert [one.layer for one in deciding] == [decision.because.layer]
        wanted = DENIES if decision.because.explicit else SILENT_
        assert deciding[0].verdict in (wanted, None if wanted is SILENT_ else wanted)
    for one in (one for layer in found.layers for traced in layer.policies for one in traced.statements):
        broken_deny = one.statement.broken is not None and not one.statement.allow
        assert one.applies is (one.mismatch is None or broken_deny)
    json.dumps(as_json(found))
    assert as_text(found)


TEXT = """{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "Read", "Effect": "Allow", "Action": "s3:Get*",
     "Resource": "arn:aws:s3:::photos/*"},
    {
      "Effect": "Deny", "Action": ["a\\"}", "s3:GetObject"], "Resource": "*",
      "Condition": {"Bool": {"aws:SecureTransport": [false, true, null, -1.5e3, {}]}}
    }
  ] , "Id": "x"
}
"""


def test_lines_of_statements() -> None:
    assert statement_lines(TEXT) == ((4, 5), (6, 9))
    assert statement_lines('{"Statement":\n{"Effect": "Allow"}}') == ((2, 2),)
    assert statement_lines('{"Statement":\n{"Effect": "Deny", "Condition": {"Bool": {}}}}') == ((2, 2),)
    assert statement_lines('{"Statement": []}') == ()
    assert statement_lines(None) == ()


def test_as_json() -> None:
    document = understood(json.loads(TEXT), TEXT)
    own = Attached(document, "managed", "reader", "arn:aws:iam::1:policy/reader", "AIDAANN")
    (found,) = [one for one in as_json(ask(identity=(own,)).trace()) if one["layer"] == "identity policies"]
    assert found["verdict"] == "denies"
    (told,) = found["policies"]
    assert (told["name"], told["type"], told["arn"], told["entity"]) == (
        "reader",
        "managed",
        "arn:aws:iam::1:policy/reader",
        "AIDAANN",
    )
    first, second = told["statements"]
    assert first == {"index": 0, "sid": "Read", "lines": [4, 5], "effect": "Allow", "matched": True}
    assert (second["lines"], second["matched"]) == ([6, 9], True)
    assert second["mismatch"] == {
        "element": "Statement",
        "problem": "a string or a list of strings is needed",
        "words": "Statement cannot be evaluated: a string or a list of strings is needed",
    }


def test_as_json_of_levels() -> None:
    found = as_json(ask(identity=(ALLOW,), scps=((EVERYTHING,), (DENY,))).trace())[:2]
    assert [(one["level"], one["verdict"], one["decides"]) for one in found] == [
        (0, "allows", False),
        (1, "denies", True),
    ]


def test_as_json_of_a_condition() -> None:
    condition = {"StringEquals": {"a:b": "x"}}
    decision = ask(identity=(policy(statement(Condition=condition)),), context={"a:b": ("y", "z")})
    (found,) = [one for one in as_json(decision.trace()) if one["layer"] == "identity policies"]
    assert found["policies"][0]["statements"][0]["mismatch"] == {
        "element": "Condition",
        "operator": "StringEquals",
        "key": "a:b",
        "listed": ["x"],
        "present": ["y", "z"],
        "words": "Condition StringEquals a:b x: the request has [y, z], a set, which only ForAllValues and "
        "ForAnyValue compare",
    }


def test_words() -> None:
    def told(**changed: Any) -> str:
        (found,) = words(
            ask(identity=(policy(statement(**changed)),), context={"a:b": "y", "a:d": ("y", "z")}),
            "identity policies",
        )
        return str(found)

    assert told(action=list("abcdef")) == "Action a, b, c, d and 2 more does not cover s3:GetObject"
    assert told(Resource="x") == f"Resource x does not cover {OBJECT}"
    assert told(Resource=[]) == f"Resource (empty) does not cover {OBJECT}"
    assert told(Condition={"Bool": {"a:b": "x"}}) == "Condition Bool a:b x: the request has 'y'"
    assert told(Condition={"ForAnyValue:StringEquals": {"a:d": "x"}}) == (
        "Condition ForAnyValue:StringEquals a:d x: the request has [y, z]"
    )
    assert told(Condition={"Null": {"a:d": "true"}}) == "Condition Null a:d true: the request has [y, z]"
    assert told(Condition={"Bool": {"a:c": "x"}}) == "Condition Bool a:c x: the request has no such key"
    assert (
        told(Condition={"Boole": {"a:c": "x"}}) == "Boole a:c cannot be evaluated: the operator is not known"
    )
    other = policy({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"})
    assert words(ask(identity=(other,)), "identity policies") == ["NotAction s3:* excludes s3:GetObject"]


def test_as_text() -> None:
    document = understood(json.loads(TEXT.replace("Deny", "Allow")), TEXT)
    own = Attached(document, "managed", "reader", None, None)
    cap = policy(statement(action="s3:PutObject", Sid="Put"))
    why = "Action s3:PutObject does not cover s3:GetObject"
    text = as_text(ask(READER, identity=(own,), session=(cap, SILENT), scps=((EVERYTHING,), ())).trace())
    assert text.splitlines() == [
        f"DENIED  s3:GetObject on {OBJECT}",
        f"by       {READER.arn}",
        "",
        "why      no service control policy allows the s3:GetObject action",
        "",
        "  service control policies 1  ALLOW   test, statement 1, line 1",
        "  service control policies 2  SILENT  no statement  <- decided here",
        "  resource control policies   -       not in an organization",
        "  endpoint policy             -       none",
        "  resource policy             -       none",
        "  identity policies           ALLOW   reader, statement 1 (Read), lines 4-5",
        "  permissions boundary        -       none",
        f"  session policies            SILENT  test, statement 1 (Put), line 1: {why}",
        f"                                      test, statement 1, line 1: {why}",
    ]
    one_line = Attached(understood({"Statement": {}}, '{"Statement": {}}'), "inline", "x", None, None)
    assert "x, statement 1, line 1: Statement cannot be evaluated" in as_text(
        ask(identity=(one_line,)).trace()
    )
    assert as_text(ask(NOBODY, resource=policy(statement(Principal="*"))).trace()).startswith("ALLOWED")
