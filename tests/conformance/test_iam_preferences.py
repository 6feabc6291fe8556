"""What the account as a whole prefers: its STS tokens, and root access that an organization would manage."""

import pytest
from botocore import xform_name
from tests.conformance.fix_iam import Home
from tests.refusals import refused

from deputize.iam.root_access import SWITCHES


def test_the_version_of_global_tokens(home: Home) -> None:
    def version() -> int:
        number: int = home.iam.get_account_summary()["SummaryMap"]["GlobalEndpointTokenVersion"]
        return number

    assert version() == 1
    for name, number in (("v2Token", 2), ("v1Token", 1)):
        home.iam.set_security_token_service_preferences(GlobalEndpointTokenVersion=name)
        assert version() == number


@pytest.mark.parametrize("operation", ["ListOrganizationsFeatures", *SWITCHES])
def test_without_an_organization(home: Home, operation: str) -> None:
    assert refused(getattr(home.iam, xform_name(operation))) == (
        "OrganizationNotFoundException",
        "The request was rejected because no organization is associated with your account.",
        400,
    )
