"""Policies that a simulation is to leave out, `PolicyExclusionList` (SimulatePrincipalPolicy).

What fits no attached policy is passed over. Wildcards stand in names of managed policies alone: those that
the documents tell of in names of entities are refused by the model's own pattern.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deputize.iam import errors
from deputize.iam.entities import KINDS, Entity
from deputize.model.identity import fold
from deputize.policy.arn import Arn
from deputize.policy.layers import Attached
from deputize.policy.match import pattern
from deputize.store.api import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Inline:
    """An inline policy: its name, and the kind and name of whose it is."""

    policy: str
    word: str
    holder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusions:
    """What is left out: types of policies, patterns of ARNs, inline policies."""

    types: frozenset[str]
    arns: tuple[str, ...]
    inline: tuple[Inline, ...]

    @classmethod
    def of(cls, request: Mapping[str, Any]) -> "Exclusions":
        """Raises InvalidInput for an entry that is not exactly one of the three, and for a pattern that may
        not be.
        """
        types, arns, inline = [], [], []
        for entry in request.get("PolicyExclusionList", []):
            match entry:
                case {"PolicyType": kind, **rest} if not rest:
                    types.append(kind)
                case {"PolicyArn": arn, **rest} if not rest:
                    arns.append(_arn_pattern(arn))
                case {"InlinePolicyIdentifier": named, **rest} if not rest:
                    inline.append(
                        Inline(
                            policy=named["PolicyName"],
                            word=named["AttachmentType"],
                            holder=named["AttachmentName"],
                        )
                    )
                case _:
                    raise errors.invalid_input("A policy identifier has exactly one member.")
        return cls(types=frozenset(types), arns=tuple(arns), inline=tuple(inline))

    @property
    def boundary(self) -> bool:
        return "permission-boundary" in self.types

    def cover(self, db: Snapshot, policy: Attached) -> bool:
        """Whether an attached policy is left out."""
        if policy.arn is None:
            return "inline" in self.types or any(_is(db, one, policy) for one in self.inline)
        kind = "aws-managed" if policy.arn.split(":")[4] == "aws" else "user-managed"
        return kind in self.types or any(pattern(one).matches(policy.arn) for one in self.arns)


def _is(db: Snapshot, named: Inline, policy: Attached) -> bool:
    for kind in KINDS:
        if kind.word == named.word:
            holder: Entity | None = kind.by_id(db, policy.entity or "")
            return (
                holder is not None and policy.name == named.policy and fold(named.holder) == fold(holder.name)
            )
    return False


def _arn_pattern(text: str) -> str:
    """Wildcards may stand in the resource's name alone."""
    arn = Arn.parse(text)
    well_formed = arn is not None and arn.service == "iam" and arn.resource.startswith("policy/")
    if arn is None or not well_formed or set("*?") & set(text.removesuffix(arn.resource)):
        raise errors.invalid_input(f"Invalid policy identifier: {text}")
    if text.count("*") > 1:
        raise errors.invalid_input(f"Invalid policy identifier: {text} has more than one *")
    return text
