"""Whole cases of `deputize evaluate`, generated: small vocabularies, so that policies and requests meet.

Everything that the language knows has a place here (operators, set operators, variables, forms of principals,
layers, kinds of callers), and much that it does not know and must fail closed on. All choices are made by one
`random.Random`: a seeded one for many cases in little time, or one of Hypothesis's, which shrinks.
"""

import random
from typing import Any

Json = Any
HERE, THERE = "111111111111", "999999999999"
ANN = f"arn:aws:iam::{HERE}:user/ann"
DEEP = f"arn:aws:iam::{HERE}:user/app/ann"
ROLE, PLAIN_ROLE = f"arn:aws:iam::{HERE}:role/app/Reader", f"arn:aws:iam::{HERE}:role/Reader"
SESSION = f"arn:aws:sts::{HERE}:assumed-role/Reader/ann"
FEDERATED = f"arn:aws:sts::{HERE}:federated-user/bob"
ROOT = f"arn:aws:iam::{HERE}:root"
SERVICE = "cloudtrail.amazonaws.com"
GOOGLE, CORP = "accounts.google.com", f"arn:aws:iam::{HERE}:saml-provider/Corp"
QUEUE = f"arn:aws:sqs:eu-west-1:{HERE}:q"
KEY = f"arn:aws:kms:eu-west-1:{HERE}:key/k"

CALLERS: list[dict[str, str]] = [
    {"principal": ANN},
    {"principal": DEEP},
    {"principal": SESSION},
    {"principal": SESSION, "roleArn": ROLE},
    {"principal": FEDERATED, "parentUser": ANN},
    {"principal": FEDERATED},
    {"principal": ROOT},
    {"principal": SERVICE},
    {"principal": "anonymous"},
]
# By which action somebody takes on a role for whom a provider vouches.
VOUCHED = {"sts:AssumeRoleWithWebIdentity": GOOGLE, "sts:AssumeRoleWithSAML": CORP}
QUESTIONS = [
    ("s3:GetObject", "arn:aws:s3:::b/k"),
    ("s3:GetObject", "arn:aws:s3:::b/ann/k"),
    ("s3:GetObject", "arn:aws:s3:::b/*"),
    ("s3:getobject", "arn:aws:s3:::b/k:l"),
    ("s3:ListBucket", "arn:aws:s3:::b"),
    ("s3:ListAllMyBuckets", "*"),
    ("s3:PutBucketPolicy", "arn:aws:s3:::b"),
    ("iam:GetUser", ANN),
    ("sqs:SendMessage", QUEUE),
    ("kms:Decrypt", KEY),
    ("sts:AssumeRole", f"arn:aws:iam::{THERE}:role/app/R"),
    ("sts:AssumeRole", ROLE),
    ("sts:TagSession", ROLE),
    ("sts:TagSession", f"arn:aws:sts::{HERE}:federated-user/guest"),
    ("sts:GetCallerIdentity", "*"),
    ("sts:GetSessionToken", "*"),
    ("sts:AssumeRoleWithWebIdentity", ROLE),
    ("sts:AssumeRoleWithSAML", ROLE),
]
ACTIONS = ["*", "s3:*", "s3:Get*", "S3:?etobject", "s3:*Bucket*", "iam:*", "sts:*", "s3:PutObject"]
BAD_ACTIONS = [
    "s*:GetObject",
    "*:*",
    "GetObject",
    "s3:*:*",
    "s3:",
    " s3:GetObject",
    "**",
    "s3:${aws:username}",
    "",
]
RESOURCES = [
    "*",
    "*",
    "arn:aws:s3:::*",
    "arn:aws:s3:::b/*",
    "arn:aws:s3:::b*",
    "arn:aws:s3:::?/k",
    "arn:aws:s3:::b",
    "arn:aws:s3:::${aws:username}/*",
    "arn:aws:s3:::b/${aws:username}/*",
    "arn:aws:s3:::b/${AWS:PrincipalTag/team, 'k'}",
    "arn:aws:s3:::b/${aws:PrincipalTag/Team}",
    "arn:aws:s3:::b/${aws:TagKeys, 'k'}",
    "arn:aws:s3:::b/${*}",
    "arn:aws:iam::*:user/*",
    "arn:aws:iam::*:role/${aws:PrincipalTag/Team, 'app'}/*",
    f"arn:aws:iam::{HERE}:*",
    "arn:aws:sqs:*:*:q",
    "arn:aws:sqs:*",
    "arn:aws:sqs:*:q",
    "arn:aws:sqs:eu-*:r",
]
BAD_RESOURCES = [
    "arn:aws:s*:::b/k",
    "arn:aws:*:::b/k",
    "arn:aws:s3:eu-west-1::b/k",
    f"arn:aws:iam::{HERE}:u*/ann",
    f"arn:aws:iam::{HERE}:*/ann",
    f"arn:aws:iam::{HERE}:${{aws:PrincipalTag/Team}}/ann",
    "arn:aws:iam::${aws:PrincipalAccount}:user/ann",
    "arn:aws-cn:s3:::b/*",
    "arn:aws:sqs:eu-west-1:q",
    "b/k",
    "**",
    "",
]
PRINCIPALS = ["*", HERE, ROOT, THERE, THERE, ANN, DEEP, ROLE, PLAIN_ROLE, SESSION, FEDERATED, HERE, ROOT]
BAD_PRINCIPALS = [
    f"arn:aws:iam::{HERE}:user/*",
    f"arn:aws:iam::{HERE}:group/ann",
    "11111111111?",
    "AIDAGONE",
    "",
]

# What requests carry; a list is what a multivalued key may hold.
CONTEXT: dict[str, list[str]] = {
    "aws:PrincipalTag/Team": ["k", "app", "ann", "*", "", "b"],
    "s3:prefix": ["ann", "ANN", "a", "a*", "", "ann/x"],
    "aws:SourceIp": ["192.0.2.1", "192.0.3.1", "2001:db8::1", "nowhere"],
    "aws:MultiFactorAuthPresent": ["true", "false", "TRUE", "maybe"],
    "s3:max-keys": ["10", "9", "-1", "10.0", "11.5", "1e1", "ten"],
    "aws:TokenIssueTime": [
        "2026-01-01T00:00:00Z",
        "1767225600",
        "2026-01-01T01:00:00+01:00",
        "2026-01-02",
        "soon",
    ],
    "aws:SourceArn": [ANN, ROLE, QUEUE, "a:b", "*"],
    "example:bytes": ["QUJD", "QUJE", "%%"],
    "aws:TagKeys": ["a", "b", "ann", ""],
}
STRINGS = [
    "ann",
    "ANN",
    "a",
    "k",
    "a*",
    "?",
    "*",
    "",
    "b",
    "${aws:username}",
    "${aws:PrincipalTag/Team, 'ann'}",
]
STRINGS += ["${aws:principaltag/team}", "${*}", "${aws:TagKeys}", "a${?}", "ann*"]
NUMBERS: list[Json] = [10, "10.0", "9", "11", "x", -1, "1*"]
DATES: list[Json] = [
    "2026-01-01",
    "2026-01-01T01:00:00+01:00",
    "1767225600",
    "1767225601",
    "2026-01-01T00:00:00.5Z",
]
DATES += ["soon", "2026-02-30"]
ADDRESSES = ["192.0.2.0/24", "192.0.2.1", "2001:db8::/32", "0.0.0.0/0", "::/0", "192.0.2.*", "x"]
ARNS = [
    ANN,
    ROLE,
    "arn:aws:iam::*:role/*",
    "arn:aws:iam::*:user/${aws:username}",
    "arn:aws:*:*:*:*",
    "*",
    "x",
]
ARNS += ["arn:aws:iam::${aws:PrincipalAccount}:role/app/*", "arn:aws:sqs:*:q"]
ORDER = ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"]
TEXT = ["Equals", "NotEquals", "EqualsIgnoreCase", "NotEqualsIgnoreCase", "Like", "NotLike"]
STRING_KEYS = ["s3:prefix", "aws:PrincipalTag/Team", "aws:username", "aws:PrincipalArn", "aws:PrincipalType"]
STRING_KEYS += ["AWS:TAGKEYS", "aws:TagKeys", "aws:PrincipalAccount", "aws:PrincipalServiceName"]
# Operator -> the keys it is asked of, and the values that policies list.
OPERATORS: dict[str, tuple[list[str], list[Json]]] = {
    **{f"String{name}": (STRING_KEYS, STRINGS) for name in TEXT},
    **{f"Numeric{name}": (["s3:max-keys", "aws:EpochTime"], NUMBERS) for name in ORDER},
    **{
        f"Date{name}": (["aws:TokenIssueTime", "aws:TokenIssueTime", "aws:CurrentTime"], DATES)
        for name in ORDER
    },
    **{
        f"Arn{name}": (["aws:SourceArn", "aws:PrincipalArn"], ARNS)
        for name in ("Equals", "NotEquals", "Like", "NotLike")
    },
    "Bool": (
        ["aws:MultiFactorAuthPresent", "aws:PrincipalIsAWSService"],
        [True, "true", "false", "TRUE", "x", False],
    ),
    "IpAddress": (["aws:SourceIp"], ADDRESSES),
    "NotIpAddress": (["aws:SourceIp"], ADDRESSES),
    "BinaryEquals": (["example:bytes"], ["QUJD", "QUJE", "%%"]),
    "Null": ([*CONTEXT, "aws:username", "aws:PrincipalArn"], ["true", "false", True, "x"]),
}
BAD_OPERATORS = [
    "StringMatches",
    "NotBool",
    "NullIfExists",
    "ForAnyValue:Null",
    "ForNoValues:StringLike",
    "Null:Bool",
]
BAD_OPERATORS += ["StringEqualsIfExistsIfExists", "StringMatchesIfExists", "ForAllValues:StringMatches"]
NAMES = sorted(OPERATORS)


class Cases:
    """Makes cases by the choices of `rng`."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.pick = rng.choice
        self.asked = QUESTIONS[0]
        self.mine = [HERE]

    def chance(self, percent: int) -> bool:
        return self.rng.randrange(100) < percent

    def case(self) -> Json:
        """A case; each layer is in some of them."""
        self.asked = self.pick(QUESTIONS)
        provider = VOUCHED.get(self.asked[0])
        caller = self.pick(CALLERS) if provider is None else {"principal": provider}
        self.mine = [HERE, *caller.values(), *([PLAIN_ROLE] if caller == {"principal": SESSION} else [])]
        case: Json = {**caller, "action": self.asked[0], "resource": self.asked[1]}
        trust = provider is not None or self.asked[0] in ("sts:AssumeRole", "sts:TagSession")
        held = caller["principal"] not in (ROOT, SERVICE, GOOGLE, CORP, "anonymous")
        case["resourceAccount"] = self.pick([HERE, HERE, THERE])
        case["context"] = self.context()
        if held:
            self.held_policies(case)
        if self.chance(80 if trust or not held else 50):
            case["resourcePolicy"] = self.policy(15, named=True, trust=trust)
        self.other_layers(case)
        if self.chance(8):
            case[self.pick(["managementAccount", "serviceLinkedRole"])] = self.chance(70)
        if self.chance(10) and self.asked[1].split(":")[-2:-1] != [""]:
            del case["resourceAccount"]
        return case

    def held_policies(self, case: Json) -> None:
        case["identityPolicies"] = [self.policy(15) for _ in range(self.pick([0, 1, 1, 1, 2]))]
        if self.chance(25):
            case["permissionsBoundary"] = self.policy(10)
        if self.chance(60 if case["principal"] == FEDERATED else 20):
            case["sessionPolicies"] = [self.policy(10) for _ in range(self.pick([0, 1, 1, 2]))]

    def other_layers(self, case: Json) -> None:
        if self.chance(20):
            levels = range(self.pick([1, 1, 2]))
            case["serviceControlPolicies"] = [
                [self.policy(8) for _ in range(self.pick([1, 1, 1, 2, 2, 0]))] for _ in levels
            ]
        if self.chance(15):
            levels = range(self.pick([1, 2]))
            case["resourceControlPolicies"] = [
                [everyones(self.policy(60)) for _ in range(self.pick([0, 1, 1]))] for _ in levels
            ]
        if self.chance(15):
            case["endpointPolicy"] = (
                self.policy(10, named=True) if self.chance(30) else everyones(self.policy(10))
            )

    def policy(self, denying: int, *, named: bool = False, trust: bool = False) -> Json:
        """A document, each statement of which denies with a chance of `denying` in a hundred; often enough it
        simply allows everything, so that the other layers have a say.
        """
        if self.chance(25) and not named:
            return {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
        made = [self.statement(denying, named=named, trust=trust) for _ in range(self.pick([1, 1, 2]))]
        document: Json = {"Statement": made if len(made) > 1 else made[0]}
        version = self.pick(["2012-10-17"] * 8 + ["2008-10-17", None])
        if self.chance(1):
            version = self.pick(["2020-01-01", "", "2012-10-18"])
        return document if version is None else {"Version": version, **document}

    def statement(self, denying: int, *, named: bool, trust: bool) -> Json:
        made: Json = {"Effect": "Deny" if self.chance(denying) else "Allow"}
        if named:
            made[self.perhaps_not("Principal")] = self.principals()
        made[self.perhaps_not("Action")] = self.entries(self.asked[0], ACTIONS, BAD_ACTIONS)
        if not trust:
            made[self.perhaps_not("Resource")] = self.entries(self.asked[1], RESOURCES, BAD_RESOURCES)
        if self.chance(30):
            made["Condition"] = self.conditions()
        if self.chance(2):
            self.spoil(made)
        return made

    def spoil(self, made: Json) -> None:
        """Makes a statement one that no service would save."""
        part = self.pick([*sorted(made), "Surprise", "-"])
        if part == "-":
            del made[self.pick(sorted(made))]
        elif part == "Effect":
            made[part] = made[part].lower()
        else:
            made[part] = self.pick([7, {"x": "y"}, [], [[]], None, True])

    def perhaps_not(self, element: str) -> str:
        return f"Not{element}" if self.chance(12) else element

    def entries(self, asked: str, known: list[str], bad: list[str]) -> Json:
        """What an element lists: often what is asked for, now and then something malformed."""
        made = []
        for _ in range(self.pick([1, 1, 2])):
            choice = self.rng.randrange(20)
            made.append(
                asked if choice < 9 else "*" if choice < 14 else self.pick(bad if choice == 19 else known)
            )
        return made if len(made) > 1 else made[0]

    def principals(self) -> Json:
        if self.chance(15):
            return "*"
        made: Json = {}
        if self.chance(85):
            several = range(self.pick([1, 2, 3]))
            made["AWS"] = [self.named() for _ in several]
        if not made or self.chance(20):
            kind = self.pick(["Service", "Service", "Service", "Federated", "CanonicalUser", "User"])
            made[kind] = self.pick([SERVICE, SERVICE, "ec2.amazonaws.com", ANN])
        if self.asked[0] in VOUCHED and self.chance(60):
            made["Federated"] = self.pick([GOOGLE, CORP])
        return made

    def named(self) -> str:
        """An entry of the type AWS; often one that means the caller."""
        choice = self.rng.randrange(20)
        if choice < 9:
            return self.pick(self.mine)
        return self.pick(BAD_PRINCIPALS if choice == 9 else PRINCIPALS)

    def conditions(self) -> Json:
        made: Json = {}
        for _ in range(self.pick([1, 1, 1, 2])):
            name = self.pick(NAMES)
            keys, listed = OPERATORS[name]
            values = [self.pick(listed) for _ in range(self.pick([1, 1, 2, 3]))]
            operator = name
            if name != "Null":
                operator = self.pick(["", "", "", "ForAllValues:", "ForAnyValue:"]) + name
                operator += "IfExists" if self.chance(25) else ""
            if self.chance(3):
                operator = self.pick(BAD_OPERATORS)
            operator = operator.lower() if self.chance(5) else operator
            made.setdefault(operator, {})[self.pick(keys)] = values if len(values) > 1 else values[0]
        return made

    def context(self) -> Json:
        made: Json = {}
        for key, values in CONTEXT.items():
            choice = self.rng.randrange(10)
            if (choice < 4 and key == "aws:TagKeys") or choice == 9:
                made[key] = [self.pick(values) for _ in range(self.pick([0, 1, 2]))]
            elif choice < 6:
                made[key] = self.pick(values)
        # The time is given: no case may depend on when it is run.
        return {**made, "aws:CurrentTime": "2026-01-01T00:00:00Z", "aws:EpochTime": "10"}


def everyones(policy: Json) -> Json:
    """The policy with `Principal: "*"` in each statement."""
    found = policy["Statement"] if isinstance(policy["Statement"], list) else [policy["Statement"]]
    return {**policy, "Statement": [{"Principal": "*", **one} for one in found]}
