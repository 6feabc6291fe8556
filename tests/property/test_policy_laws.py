"""Laws of the layers that an organization and an endpoint add."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.property.test_decide import LAWS, cases, documents, product, statements

from deputize.policy.decide import Decision, Policies, decide
from deputize.policy.document import parse
from deputize.policy.layers import Attached


def attached(document: Any) -> Attached:
    return Attached(parse(json.dumps(document)), "control", "test", None, None)


def with_layers(decision: Decision, **layers: Any) -> Decision:
    """The same question with more layers."""
    assert decision.asked is not None
    request, had, kind = decision.asked
    known = {name: getattr(had, name) for name in ("identity", "boundary", "session", "resource")}
    return decide(request, Policies(**known, **layers), resource_kind=kind)


levels = st.lists(st.lists(documents(), max_size=2), max_size=3).map(
    lambda tree: tuple(tuple(map(attached, level)) for level in tree)
)


@LAWS
@given(cases(), levels)
def test_law_service_control_policies_never_widen(case: Any, tree: Any) -> None:
    free = product(case)
    assert not with_layers(free, scps=tree).allowed or free.allowed


@LAWS
@given(cases(), levels)
def test_law_resource_control_policies_never_widen(case: Any, tree: Any) -> None:
    free = product(case)
    assert not with_layers(free, rcps=tree).allowed or free.allowed


@LAWS
@given(cases(), documents(principal=True))
def test_law_an_endpoint_policy_never_widens(case: Any, document: Any) -> None:
    free = product(case)
    assert not with_layers(free, endpoint=attached(document)).allowed or free.allowed


@LAWS
@given(cases(), levels, st.data())
def test_law_order_and_duplicates_of_policies_in_a_level_do_not_matter(
    case: Any, tree: Any, data: st.DataObject
) -> None:
    turned = tuple((*data.draw(st.permutations(level)), *level) for level in tree)
    free = product(case)
    for layer in ("scps", "rcps"):
        assert with_layers(free, **{layer: tree}).word == with_layers(free, **{layer: turned}).word


@settings(LAWS, max_examples=150)
@given(cases(), statements(principal=False))
def test_law_a_deny_in_a_control_policy_never_turns_deny_into_allow(case: Any, extra: Any) -> None:
    full = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    deny = {"Version": "2012-10-17", "Statement": {**extra, "Effect": "Deny"}}
    free = product(case)
    limited = with_layers(free, scps=((attached(full), attached(deny)),))
    assert free.allowed or not limited.allowed
    assert with_layers(free, scps=((attached(full),),)).word == free.word
