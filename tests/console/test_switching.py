"""Switching roles in a browser beyond the tutorial: federated people, external ids, buckets out of reach."""

import json
from typing import Any

from playwright.sync_api import expect
from tests.conformance.fix_tutorial import DEVELOPMENT, PRODUCTION, READ_WRITE, assume, trust
from tests.console.fix_console import Person, Stage
from tests.fix_idp import trust as trust_provider
from tests.fix_saml import Response, metadata, signed


def role_in_production(stage: Stage, name: str, condition: Any = None) -> None:
    """A role that Development may assume, and that may work on Production's bucket alone."""
    iam: Any = stage.world.client("iam", stage.keys[PRODUCTION])
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust({"AWS": DEVELOPMENT}, condition))
    iam.put_role_policy(RoleName=name, PolicyName="some", PolicyDocument=json.dumps(READ_WRITE))


def post_response(person: Person, response: str) -> None:
    """What the page of an identity provider does once it knows who one is."""
    field = f'<input name="SAMLResponse" value="{response}">'
    person.page.set_content(f'<form method="post" action="{person.origin}/saml">{field}</form>')
    person.page.evaluate("document.forms[0].submit()")


def switch(person: Person, role: str) -> None:
    person.open(f"/switchrole?account={PRODUCTION}&roleName={role}")
    person.button("Switch role")


def test_somebody_from_a_saml_provider_switches_and_comes_back(stage: Stage) -> None:
    role_in_production(stage, "UpdateApp")
    iam: Any = stage.world.client("iam", stage.keys[DEVELOPMENT])
    provider = iam.create_saml_provider(Name="Idp", SAMLMetadataDocument=metadata())["SAMLProviderArn"]
    staff = iam.create_role(RoleName="Staff", AssumeRolePolicyDocument=trust_provider(provider))["Role"][
        "Arn"
    ]
    iam.put_role_policy(RoleName="Staff", PolicyName="switch", PolicyDocument=json.dumps(assume("Allow")))
    ann = stage.person()
    with ann.refused():
        post_response(ann, signed(Response(stage.world.clock.now, roles=[f"{staff},{provider}"])))
        ann.heading("ann @ 1111-1111-1111")
        ann.sees("You may not see this account's summary")
    ann.go("/roles")
    ann.sees("UpdateApp")
    with ann.refused():
        switch(ann, "UpdateApp")
        ann.heading("UpdateApp @ 999999999999")
        ann.sees("assumed-role/UpdateApp/ann")
        ann.sees("You may not see this account's summary")
        ann.identity("Back to ann")
        ann.heading("ann @ 1111-1111-1111")
        ann.sees("You may not see this account's summary")


def test_a_role_that_demands_an_external_id(stage: Stage) -> None:
    role_in_production(stage, "Vendor", {"StringEquals": {"sts:ExternalId": "secret-of-the-vendor"}})
    person = stage.person()
    person.sign_in(DEVELOPMENT, "dev-admin")
    person.go("/roles")
    person.sees("There is no role that you can switch to.")
    with person.refused():
        switch(person, "Vendor")
        person.sees("You could not switch to this role")
        person.sees("A role that demands an external ID can be assumed with the CLI or API only.")
    # Nothing of the other side is told.
    assert "secret-of-the-vendor" not in person.page.content()


def test_in_a_role_one_s_own_bucket_is_out_of_reach(stage: Stage) -> None:
    role_in_production(stage, "UpdateApp")
    for account, bucket in ((DEVELOPMENT, "devapp"), (PRODUCTION, "productionapp")):
        s3: Any = stage.world.client("s3", stage.keys[account])
        s3.create_bucket(Bucket=bucket)
    person = stage.person()
    person.sign_in(DEVELOPMENT, "dev-admin")
    person.go("/s3/devapp")
    person.sees("No objects here.")
    with person.refused():
        switch(person, "UpdateApp")
        person.heading("UpdateApp @ 999999999999")
        person.open("/s3/devapp")
        person.sees("You are not allowed to do this")
        person.sees("No identity-based policy of yours allows s3:ListBucket on arn:aws:s3:::devapp.")
    person.open("/s3/productionapp")
    person.sees("No objects here.")


def test_when_the_time_in_a_role_is_over_nothing_of_it_stays_on_the_page(stage: Stage) -> None:
    role_in_production(stage, "UpdateApp")
    s3: Any = stage.world.client("s3", stage.keys[PRODUCTION])
    s3.create_bucket(Bucket="productionapp")
    s3.put_object(Bucket="productionapp", Key="secret-plan.txt")
    person = stage.person()
    person.page.clock.install()
    person.sign_in(DEVELOPMENT, "dev-admin")
    with person.refused():
        switch(person, "UpdateApp")
        person.heading("UpdateApp @ 999999999999")
        person.go("/s3/productionapp")
        person.sees("secret-plan.txt")
        stage.world.clock.advance(3601)
        person.page.clock.fast_forward(3601_000)
        expect(person.page.get_by_role("button", name="You are dev-admin")).to_be_visible()
        expect(person.page.get_by_text("secret-plan.txt")).to_have_count(0)
