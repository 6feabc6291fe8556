"""Examples of IAM's operations on what the account as a whole prefers."""

from tests.access.harness import example
from tests.access.iam import declare

from deputize.iam.root_access import SWITCHES

for operation in ("ListOrganizationsFeatures", *SWITCHES):
    example("iam", operation, answer="OrganizationNotFoundException")(lambda stage: {})
declare("SetSecurityTokenServicePreferences", lambda stage: {}, GlobalEndpointTokenVersion="v2Token")
