"""Elements of a statement: actions, resources, variables, conditions, versions (IAM guide, "IAM JSON policy
element reference").
"""

import json
from typing import Any

import pytest
from tests.unit.policy.build import ANN, EVERYTHING, HERE, ROLE, ask, policy, statement

from deputize.policy.arn import Arn
from deputize.policy.document import SIZE_LIMIT, MalformedDocument, parse, understood
from deputize.policy.layers import Attached
from deputize.policy.request import Context


def allows(
    written: dict[str, Any],
    *,
    action: str = "s3:GetObject",
    on: str = "arn:aws:s3:::photos/cat.jpg",
    context: Context | None = None,
    version: str = "2012-10-17",
) -> bool:
    own = policy(written, version=version)
    return ask(ANN, None, action=action, on=on, context=context, identity=(own,)).allowed


@pytest.mark.parametrize(
    ("entry", "covered"),
    [
        ("*", True),
        ("s3:*", True),
        ("S3:getobject", True),
        ("s3:Get*", True),
        ("s3:?etObject", True),
        ("s3:*Object", True),
        ("s3:GetObject*", True),
        ("s3:GetObjectAcl", False),
        ("s*:GetObject", False),
        ("?3:GetObject", False),
        ("*:GetObject", False),
        ("*:*", False),
        ("s3:Get:Object", False),
        ("s3: GetObject", False),
        (" s3:GetObject", False),
        ("s3", False),
        ("s3:", False),
        (":GetObject", False),
        ("", False),
    ],
)
def test_actions(entry: str, covered: bool) -> None:
    assert allows(statement(action=entry)) is covered
    negated = {"Effect": "Allow", "NotAction": entry, "Resource": "*"}
    assert allows(negated) is not covered


def test_not_action_is_a_list_of_exceptions_in_all_services() -> None:
    rest = {"Effect": "Allow", "NotAction": ["iam:*", "s3:Put*"], "Resource": "*"}
    assert allows(rest)
    assert not allows(rest, action="s3:PutObject")
    assert allows(rest, action="ec2:RunInstances", on="*")


S3_OBJECT, LOG = "arn:aws:s3:::b/k/l", f"arn:aws:logs:eu-west-1:{HERE}:log-group:a:*"
QUEUE = f"arn:aws:sqs:eu-west-1:{HERE}:q"


@pytest.mark.parametrize(
    ("entry", "asked", "covered"),
    [
        ("*", S3_OBJECT, True),
        ("arn:aws:s3:::b/*", S3_OBJECT, True),
        ("arn:aws:s3:::b/*", "arn:aws:s3:::b", False),
        ("arn:aws:s3:::b*", "arn:aws:s3:::b", True),
        ("arn:aws:s3:::b*", S3_OBJECT, True),
        ("arn:aws:s3:::B/*", S3_OBJECT, False),
        ("arn:aws:s3:::b/k/l", S3_OBJECT, True),
        ("arn:aws:s3:::b/?/l", S3_OBJECT, True),
        ("arn:aws:s3:::*", S3_OBJECT, True),
        ("arn:aws:s3:::*/l", S3_OBJECT, True),
        ("arn:*:s3:::b/*", S3_OBJECT, True),
        ("arn:aws:s*:::b/*", S3_OBJECT, False),
        ("arn:aws:s3:*:*:b/*", S3_OBJECT, True),
        ("a*:aws:s3:::b/*", S3_OBJECT, False),
        (f"arn:aws:logs:*:{HERE}:log-group:a:*", LOG, True),
        ("arn:aws:logs:eu-*-1:*:log-group:*", LOG, True),
        ("arn:aws:logs:e*:log-group:a:x", LOG, False),
        # Fewer than six parts: a `*` that ends a part stands for parts that follow, too.
        ("arn:aws:sqs:*", QUEUE, True),
        ("arn:aws:sqs:*:q", QUEUE, True),
        ("arn:aws:sqs:*:r", QUEUE, False),
        ("arn:aws:sqs:eu-*:q", QUEUE, True),
        ("arn:aws:sqs:us-*:q", QUEUE, False),
        ("arn:aws:sqs:eu-west-1:q", QUEUE, False),
        ("arn:aws:sqs", QUEUE, False),
        ("arn:aws:*", QUEUE, True),
        ("arn:aws:s3*", S3_OBJECT, True),
        ("arn:aws:s3*", QUEUE, False),
        ("arn:*", S3_OBJECT, False),
        ("b/*", S3_OBJECT, False),
        # In complete ones it stays in its part.
        ("arn:aws:logs:*:a:*:x", f"arn:aws:logs:eu-west-1:{HERE}:a:b:x", False),
        # The type of an IAM resource takes no wildcard.
        (f"arn:aws:iam::{HERE}:role/*", ROLE, True),
        (f"arn:aws:iam::{HERE}:r*/*", ROLE, False),
        (f"arn:aws:iam::{HERE}:*/Reader", ROLE, False),
        (f"arn:aws:iam::{HERE}:*", ROLE, True),
        ("arn:aws:iam::${aws:PrincipalAccount}:role/*", ROLE, False),
        # Without a resource of its own an action is asked about `*`.
        ("*", "*", True),
        ("arn:aws:s3:::*", "*", True),
        ("arn:aws:s3:::b", "*", False),
        ("arn:aws:s3:::b*", "*", False),
        ("*", "not-an-arn", True),
        ("arn:aws:s3:::?*", "not-an-arn", False),
    ],
)
def test_resources(entry: str, asked: str, covered: bool) -> None:
    context = {"aws:principalaccount": HERE}
    assert allows(statement(Resource=entry), on=asked, context=context) is covered
    negated = {"Effect": "Allow", "Action": "*", "NotResource": entry}
    assert allows(negated, on=asked, context=context) is not covered


@pytest.mark.parametrize(
    ("entry", "context", "covered"),
    [
        ("photos/${aws:username}.jpg", {"aws:username": "cat"}, True),
        ("photos/${AWS:UserName}.jpg", {"aws:username": "cat"}, True),
        ("photos/${aws:username}.jpg", {"aws:username": "*"}, False),
        ("photos/${aws:username}*", {"aws:username": "c"}, True),
        ("photos/${aws:username}.jpg", {}, False),
        ("photos/${aws:username, 'cat'}.jpg", {}, True),
        ("photos/${aws:username, 'cat'}.jpg", {"aws:username": "dog"}, False),
        ("photos/${aws:username,'cat'}.jpg", {}, False),
        ("photos/${aws:username}cat.jpg", {"aws:username": ""}, True),
        ("photos/${aws:TagKeys}.jpg", {"aws:tagkeys": ("cat",)}, False),
        ("photos/${aws:TagKeys, 'cat'}.jpg", {"aws:tagkeys": ("dog",)}, False),
        ("photos/${aws:TagKeys, 'cat'}.jpg", {"aws:tagkeys": ()}, False),
        ("photos/${*}", {}, False),
    ],
)
def test_variables_in_resources(entry: str, context: Context, covered: bool) -> None:
    arn = f"arn:aws:s3:::{entry}"
    assert allows(statement(Resource=arn), context=context) is covered
    negated = {"Effect": "Allow", "Action": "*", "NotResource": arn}
    assert allows(negated, context=context) is not covered


def test_escapes_are_plain_characters() -> None:
    entry = statement(Resource="arn:aws:s3:::b/${*}${?}${$}{x}")
    assert allows(entry, on="arn:aws:s3:::b/*?${x}")
    assert not allows(entry, on="arn:aws:s3:::b/ab${x}")


def test_the_old_version_has_no_variables() -> None:
    entry = statement(Resource="arn:aws:s3:::b/${aws:username}")
    assert allows(entry, on="arn:aws:s3:::b/${aws:username}", version="2008-10-17")
    assert not allows(entry, on="arn:aws:s3:::b/ann", context={"aws:username": "ann"}, version="2008-10-17")
    star = statement(Resource="arn:aws:s3:::b/${*}")
    assert allows(star, on="arn:aws:s3:::b/${abc}", version="2008-10-17")


def test_the_account_of_an_arn_takes_no_variable() -> None:
    entry = statement("Allow", "sqs:*", Resource="arn:aws:sqs:*:${aws:PrincipalAccount}:q")
    assert not allows(entry, action="sqs:SendMessage", on=QUEUE, context={"aws:principalaccount": HERE})


class TestWhatCannotBeUnderstood:
    """A document is taken as far as it can be understood."""

    BROKEN: tuple[Any, ...] = (
        {"Effect": "Allow", "Resource": "*"},
        {"Effect": "Allow", "Action": "*", "NotAction": "*", "Resource": "*"},
        {"Effect": "Allow", "Action": 7, "Resource": "*"},
        {"Effect": "Allow", "Action": "*", "Resource": "*", "Conditions": {}},
        {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": []},
        {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": "x"}},
        {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": {"a:b": {}}}},
        {"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": 7},
        {"Effect": "allow", "Action": "*", "Resource": "*"},
        {"Action": "*", "Resource": "*"},
        "Allow",
    )

    @staticmethod
    def attached(raw: Any) -> Attached:
        return Attached(understood(raw), "inline", "test", None, None)

    @pytest.mark.parametrize("broken", BROKEN)
    def test_a_broken_allow_allows_nothing(self, broken: Any) -> None:
        document = {"Version": "2012-10-17", "Statement": [broken]}
        assert ask(identity=(self.attached(document),)).word == "implicitDeny"
        with pytest.raises(MalformedDocument, match="Statement"):
            parse(json.dumps(document))

    def test_a_broken_deny_denies_all(self) -> None:
        good = {"Effect": "Allow", "Action": "*", "Resource": "*"}
        for broken in ({"Effect": "Deny", "Resource": "*"}, {**good, "Effect": "deny"}):
            both = {"Version": "2012-10-17", "Statement": [good, broken]}
            assert ask(identity=(self.attached(both),)).word == "explicitDeny"
        resource = {"Statement": [{**good, "Principal": "*"}, {"Effect": "Deny", "Principal": {}}]}
        assert ask(resource=self.attached(resource)).word == "explicitDeny"

    @pytest.mark.parametrize("version", ["2013-01-01", 2012, ["2012-10-17"], None])
    def test_an_unknown_version_makes_all_statements_so(self, version: Any) -> None:
        good = {"Effect": "Allow", "Action": "*", "Resource": "*"}
        document = self.attached({"Version": version, "Statement": good})
        assert not ask(identity=(document,)).allowed
        denying = self.attached({"Version": version, "Statement": {"Effect": "Deny"}})
        assert ask(identity=(denying,)).word == "explicitDeny"

    def test_no_statement_at_all_says_nothing(self) -> None:
        assert ask(identity=(self.attached({}),)).word == "implicitDeny"
        assert understood({"Id": 7}).id is None
        assert understood({"Id": "x"}).id == "x"

    def test_an_unknown_operator_never_holds(self) -> None:
        for effect, word in (("Allow", "implicitDeny"), ("Deny", "allowed")):
            condition = {"StringMatches": {"a:b": "c"}}
            own = policy(statement(effect, Condition=condition))
            others = (policy(statement()),) if effect == "Deny" else ()
            assert ask(identity=(own, *others), context={"a:b": "c"}).word == word


def test_many_actions_are_compiled_and_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deputize.policy.evaluate.ACTIONS", 2)
    some = policy(statement(action="s3:Get*"))
    for _ in range(2):
        for action in ("s3:GetObject", "s3:PutObject", "s3:GetBucketAcl", "iam:GetUser"):
            assert ask(action=action, identity=(some,)).allowed is action.startswith("s3:Get")
    assert ask(identity=(EVERYTHING,)).allowed


def test_an_arn_is_written_as_it_was_read() -> None:
    for text in (ROLE, QUEUE, "arn:aws:s3:::b/k:l"):
        assert str(Arn.parse(text)) == text
    for text in ("", "arn:aws:s3::b", "arn::s3:::b", "arn:aws::::b", "arn:aws:s3:::", "x:aws:s3:::b"):
        assert Arn.parse(text) is None


def test_a_text_longer_than_any_policy_is_not_even_read() -> None:
    text = '{"Version": "2012-10-17", "Statement": []}'
    parse(text.ljust(SIZE_LIMIT))
    with pytest.raises(MalformedDocument, match="too long"):
        parse(text.ljust(SIZE_LIMIT + 1))
