"""AWS's own managed policies: what is an error in them is one by AWS's reference, too."""

import collections

import pytest

from deputize.model.managed import catalogue
from deputize.policy.findings.checks import Severity
from deputize.policy.findings.statements import PolicyType
from deputize.policy.findings.validate import findings

# Of the best known, none has an error.
KNOWN = [
    "AdministratorAccess",
    "AmazonS3FullAccess",
    "AmazonS3ReadOnlyAccess",
    "IAMFullAccess",
    "IAMReadOnlyAccess",
    "PowerUserAccess",
    "ReadOnlyAccess",
    "SecurityAudit",
    "job-function/ViewOnlyAccess",
]
# AWS's policies do name actions that no longer, or not yet, are in its reference, resources in forms that
# nothing has, and keys beside actions that never carry them. So many of the 1,594 have such an error at most.
WITH_ERRORS = 80


@pytest.mark.parametrize("name", KNOWN)
def test_the_best_known_have_no_error(name: str) -> None:
    policy = catalogue.get(f"arn:aws:iam::aws:policy/{name}", "aws")
    assert policy is not None
    made = findings(policy.document, PolicyType.IDENTITY_POLICY)
    assert [one.details for one in made if one.check.severity is Severity.ERROR] == []


def test_the_administrators_policies_are_named_dangerous() -> None:
    policy = catalogue.get("arn:aws:iam::aws:policy/AdministratorAccess", "aws")
    assert policy is not None
    assert {one.check.code for one in findings(policy.document, PolicyType.IDENTITY_POLICY)} == {
        "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE",
        "CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE",
    }


@pytest.mark.slow
def test_errors_in_all_of_them_are_few_and_of_their_kinds() -> None:
    kinds: collections.Counter[str] = collections.Counter()
    policies = set()
    for policy in catalogue.all("aws"):
        for one in findings(policy.document, PolicyType.IDENTITY_POLICY):
            if one.check.severity is Severity.ERROR:
                kinds[one.check.code] += 1
                policies.add(policy.arn)
    assert set(kinds) <= {
        "INVALID_ACTION",
        "INVALID_ARN_RESOURCE",
        "INVALID_SERVICE_CONDITION_KEY",
        "INVALID_SERVICE_IN_ACTION",
        "MISSING_ARN_ACCOUNT",
        "MISSING_QUALIFIER",
        "UNSUPPORTED_ACTION_FOR_CONDITION_KEY",
    }
    assert len(policies) <= WITH_ERRORS
