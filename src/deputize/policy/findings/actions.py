"""Actions that exist, in services that exist, where such a policy can grant them."""

import difflib
from collections.abc import Iterator, Mapping

from deputize.policy import s3_actions
from deputize.policy.findings import knowledge
from deputize.policy.findings.finding import Found, found, shown
from deputize.policy.findings.patterns import compiled
from deputize.policy.findings.reader import Node
from deputize.policy.findings.statements import BUCKET, Policy
from deputize.policy.findings.text import Text, each, says

ELEMENTS = ("Action", "NotAction")
# So many unknown actions are told what they may have meant, and so many patterns are looked up: a policy with
# more of them is no slip.
GUESSES = 20
PATTERNS = 500
# Operations whose permission has another name (Service Authorization Reference).
_OTHER_NAMES: Mapping[str, tuple[str, ...]] = {
    "s3:listbuckets": ("s3:ListAllMyBuckets",),
    "s3:listobjects": ("s3:ListBucket",),
    "s3:listobjectsv2": ("s3:ListBucket",),
    "s3:listobjectversions": ("s3:ListBucketVersions",),
    "s3:headobject": ("s3:GetObject",),
    "s3:headbucket": ("s3:ListBucket",),
    "s3:copyobject": ("s3:GetObject", "s3:PutObject"),
    "s3:deleteobjects": ("s3:DeleteObject",),
    "s3:uploadpart": ("s3:PutObject",),
    "s3:createmultipartupload": ("s3:PutObject",),
    "s3:completemultipartupload": ("s3:PutObject",),
    "s3:listparts": ("s3:ListMultipartUploadParts",),
    "s3:listmultipartuploads": ("s3:ListBucketMultipartUploads",),
    "lambda:invoke": ("lambda:InvokeFunction",),
}
_ASSUME = ("sts:assumerole", "sts:tagsession", "sts:setsourceidentity", "sts:setcontext")


def check(policy: Policy) -> Iterator[Found]:
    """Unknown services and actions, and actions that the policy of such a resource cannot name."""
    guesses, patterns = GUESSES, PATTERNS
    for node in nodes(policy):
        text = node.text.lower()
        if "*" in text or "?" in text:
            patterns -= 1
        if text != "*" and patterns >= 0:
            missing = unknown(node.text, guess=guesses > 0)
            if missing is not None:
                guesses -= 1
                yield found(*missing, node)
                continue
        yield from _misplaced(policy, node)


def nodes(policy: Policy) -> Iterator[Node]:
    """Every entry of Action and NotAction."""
    for statement in policy.statements:
        for name in ELEMENTS:
            yield from statement.strings(name)


def unknown(text: str, *, guess: bool = True) -> tuple[str, Text] | None:
    """What is wrong with an action or a pattern of actions, after the code of the check that says so; None if
    AWS has such an action. With `guess`, what may be meant is told.
    """
    prefix, colon, name = text.lower().partition(":")
    if not colon:
        return "INVALID_ACTION", says(
            "An action is written service:Name, or *; this is {action}.", action=shown(text)
        )
    service = knowledge.service(prefix)
    if prefix in knowledge.RETIRED:
        return None
    if service is None:
        missing = says("There is no service {service}.", service=shown(prefix))
        if set(prefix) & set("*?"):
            missing = missing.then(says("A service's prefix takes no wildcard."))
        if guess:
            missing = missing.then(*_guess(prefix, knowledge.prefixes()))
        return "INVALID_SERVICE_IN_ACTION", missing
    if name in service.names or _some(name, service):
        return None
    missing = says("{service} has no action {action}.", service=prefix, action=shown(text))
    others = _OTHER_NAMES.get(f"{prefix}:{name}")
    if others is not None:
        missing = missing.then(
            says("Calls of that operation are authorized as {actions}.", actions=each(others))
        )
    elif guess:
        missing = missing.then(*_guess(name, service.names, f"{prefix}:"))
    return "INVALID_ACTION", missing


def _some(name: str, service: knowledge.Service) -> bool:
    """Whether a pattern matches any action of the service."""
    if not set(name) & set("*?"):
        return False
    form = compiled(name)
    return any(form.matches(action) for action in service.names)


def _guess(word: str, known: Mapping[str, str] | frozenset[str], before: str = "") -> tuple[Text, ...]:
    """`Did you mean ...?` for a word in lower case, if anything is near."""
    near = difflib.get_close_matches(word[:64], list(known), n=1, cutoff=0.75)
    if not near:
        return ()
    meant = known[near[0]] if isinstance(known, Mapping) else near[0]
    return (says("Did you mean {word}?", word=f"{before}{meant}"),)


def _misplaced(policy: Policy, node: Node) -> Iterator[Found]:
    action = node.text.lower()
    if policy.trust and not _granted_by_trust(action):
        yield found(
            "UNSUPPORTED_ACTION_IN_POLICY",
            says("A trust policy grants AssumeRole actions of sts alone."),
            node,
        )
    elif policy.resource_type == BUCKET and not _granted_by_bucket(action):
        yield found(
            "UNSUPPORTED_ACTION_IN_POLICY",
            says(
                "A bucket policy cannot grant {action}: it is not done to a bucket or its objects.",
                action=shown(node.text),
            ),
            node,
        )


def _granted_by_trust(action: str) -> bool:
    return action.startswith(_ASSUME) or (action.startswith("sts:") and "*" in action)


def _granted_by_bucket(action: str) -> bool:
    prefix, _, name = action.partition(":")
    if action == "*" or prefix == "s3express" or set(name) & set("*?"):
        return action == "*" or prefix in ("s3", "s3express")
    service = knowledge.service("s3")
    known = service.action(name) if prefix == "s3" and service is not None else None
    return (
        known is not None and bool(known.types & {"bucket", "object"}) and action not in s3_actions.ELSEWHERE
    )
