"""Partitions: which regions belong together. Keys, ARNs and principals never cross from one into another.

The forms of region names are those that AWS's SDKs carry, so that a region opened tomorrow is known today.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

PARTITIONS: Mapping[str, re.Pattern[str]] = {
    name: re.compile(pattern, re.ASCII)
    for name, pattern in {
        "aws": r"(us|eu|ap|sa|ca|me|af|il|mx)-\w+-\d+|aws-global",
        "aws-cn": r"cn-\w+-\d+|aws-cn-global",
        "aws-us-gov": r"us-gov-\w+-\d+|aws-us-gov-global",
        "aws-iso": r"us-iso-\w+-\d+|aws-iso-global",
        "aws-iso-b": r"us-isob-\w+-\d+|aws-iso-b-global",
        "aws-iso-e": r"eu-isoe-\w+-\d+",
        "aws-iso-f": r"us-isof-\w+-\d+",
        "aws-eusc": r"eusc-(de)-\w+-\d+",
    }.items()
}


@lru_cache(maxsize=256)
def partition_of(region: str) -> str | None:
    """The partition that `region` belongs to; None if no partition has regions of that form."""
    for name, form in PARTITIONS.items():
        if form.fullmatch(region):
            return name
    return None
