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
        "aws-iso-e": r"eu-isoe-\w+-\d+|aws-iso-e-global",
        "aws-iso-f": r"us-isof-\w+-\d+|aws-iso-f-global",
        "aws-eusc": r"eusc-(de)-\w+-\d+",
    }.items()
}

# Where each partition's global services answer.
HOME_REGIONS: Mapping[str, str] = {
    "aws": "us-east-1",
    "aws-cn": "cn-northwest-1",
    "aws-us-gov": "us-gov-west-1",
    "aws-iso": "us-iso-east-1",
    "aws-iso-b": "us-isob-east-1",
    "aws-iso-e": "eu-isoe-west-1",
    "aws-iso-f": "us-isof-south-1",
    "aws-eusc": "eusc-de-east-1",
}

# Where IAM answers, which has one endpoint in each partition: in China not where other global services are.
IAM_REGIONS: Mapping[str, str] = {**HOME_REGIONS, "aws-cn": "cn-north-1"}

# The domains under which AWS's endpoints are, of all partitions.
DNS_SUFFIXES = (
    "amazonaws.com",
    "amazonaws.com.cn",
    "amazonaws.eu",
    "c2s.ic.gov",
    "sc2s.sgov.gov",
    "cloud.adc-e.uk",
    "csp.hci.ic.gov",
)


@lru_cache(maxsize=256)
def partition_of(region: str) -> str | None:
    """The partition that `region` belongs to; None if no partition has regions of that form."""
    for name, form in PARTITIONS.items():
        if form.fullmatch(region):
            return name
    return None


def home_region(partition: str | None, preferred: str) -> str:
    """The region to name to those who signed for one that `partition` has not: `preferred` where it fits."""
    if partition is None or partition_of(preferred) == partition:
        return preferred
    return HOME_REGIONS[partition]
