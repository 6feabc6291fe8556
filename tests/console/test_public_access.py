"""Block Public Access by clicks, of an account and of a bucket: allowing more than before takes a word."""

from typing import Any

import pytest
from playwright.sync_api import expect
from tests.conformance.fix_tutorial import PRODUCTION
from tests.console.fix_console import Stage
from tests.console.test_buckets import BUCKET, PERMISSIONS, PUBLIC_ACCESS, allow_public
from tests.refusals import refused

PAGE = "/block-public-access"
SETTINGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


@pytest.fixture
def control(stage: Stage) -> Any:
    return stage.world.client("s3control", stage.keys[PRODUCTION])


def blocked(control: Any) -> list[str]:
    """The settings of Production that are on."""
    settings = control.get_public_access_block(AccountId=PRODUCTION)["PublicAccessBlockConfiguration"]
    return [name for name in SETTINGS if settings[name]]


def test_an_account_blocks_public_access_and_allows_it_again(stage: Stage, control: Any) -> None:
    person = stage.admin("/s3")
    person.link("Block Public Access")
    person.heading("Block Public Access settings for this account")
    every = person.page.get_by_label("Block all public access")
    expect(every).not_to_be_checked()
    every.check()
    person.save(PUBLIC_ACCESS)
    assert blocked(control) == [*SETTINGS]
    person.page.get_by_label("Ignore public ACLs").uncheck()
    expect(every).to_be_checked(indeterminate=True)
    person.button("Save", person.panel(PUBLIC_ACCESS))
    person.sees(f"any bucket of the account {PRODUCTION} public")
    person.button("Cancel", person.dialog())
    assert blocked(control) == [*SETTINGS]
    allow_public(person)
    assert blocked(control) == ["BlockPublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"]
    every.check()
    person.save(PUBLIC_ACCESS)
    every.uncheck()
    allow_public(person)
    assert refused(lambda: blocked(control))[0] == "NoSuchPublicAccessBlockConfiguration"


def test_nothing_is_changed_while_a_change_is_saved(stage: Stage, control: Any) -> None:
    person = stage.admin(PAGE)
    every = person.page.get_by_label("Block all public access")
    every.check()
    person.hold("publicAccessBlock")
    person.button("Save", person.panel(PUBLIC_ACCESS))
    kept = person.panel(PUBLIC_ACCESS).locator("[inert]")
    expect(kept.get_by_label("Block all public access", exact=True)).to_be_checked()
    person.release()
    expect(kept).to_have_count(0)
    expect(every).to_be_checked()
    assert blocked(control) == [*SETTINGS]


def test_a_bucket_tells_of_its_account_s_settings(stage: Stage, control: Any) -> None:
    s3: Any = stage.world.client("s3", stage.keys[PRODUCTION])
    s3.create_bucket(Bucket=BUCKET)
    person = stage.admin(PERMISSIONS)
    person.page.get_by_label("Block all public access").uncheck()
    allow_public(person)
    settings = s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"]
    assert settings == dict.fromkeys(SETTINGS, False)
    person.link("Block Public Access settings for this account")
    person.page.get_by_label("Refuse new public ACLs").check()
    person.save(PUBLIC_ACCESS)
    assert blocked(control) == ["BlockPublicAcls"]


def test_whoever_may_not_is_told_so(stage: Stage, control: Any) -> None:
    block = dict.fromkeys(SETTINGS, True)
    control.put_public_access_block(AccountId=PRODUCTION, PublicAccessBlockConfiguration=block)
    person = stage.somebody("s3:ListAllMyBuckets")
    with person.refused():
        person.go(PAGE)
        person.sees("no identity-based policy allows the s3:GetAccountPublicAccessBlock action")


def test_whoever_may_only_read_changes_nothing(stage: Stage, control: Any) -> None:
    block = dict.fromkeys(SETTINGS, True)
    control.put_public_access_block(AccountId=PRODUCTION, PublicAccessBlockConfiguration=block)
    person = stage.somebody("s3:GetAccountPublicAccessBlock")
    with person.refused():
        person.go(PAGE)
        person.page.get_by_label("Block all public access").uncheck()
        person.button("Save", person.panel(PUBLIC_ACCESS))
        person.dialog().get_by_role("textbox").fill("confirm")
        person.button("Save", person.dialog())
        person.sees("no identity-based policy allows the s3:PutAccountPublicAccessBlock action")
    assert blocked(control) == [*SETTINGS]
