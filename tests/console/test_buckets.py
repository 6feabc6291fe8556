"""A bucket's properties and permissions, by clicks: what each panel is for, and its refusal."""

import json
from typing import Any

import pytest
from playwright.sync_api import Request, expect
from tests.conformance.fix_tutorial import PRODUCTION
from tests.console.fix_console import Person, Stage
from tests.refusals import refused

BUCKET = "productionapp"
PROPERTIES = f"/s3/{BUCKET}?tab=properties"
PERMISSIONS = f"/s3/{BUCKET}?tab=permissions"
PUBLIC_ACCESS = "Block Public Access"
ABAC = "Attribute-based access control"


@pytest.fixture
def s3(stage: Stage) -> Any:
    made: Any = stage.world.client("s3", stage.keys[PRODUCTION])
    made.create_bucket(Bucket=BUCKET)
    return made


def allow_public(person: Person) -> None:
    """Save Block Public Access where it allows more than before, which takes a word."""
    person.button("Save", person.panel(PUBLIC_ACCESS))
    save = person.dialog().get_by_role("button", name="Save")
    expect(save).to_be_disabled()
    person.dialog().get_by_role("textbox").fill("confirm")
    save.click()
    expect(person.dialog()).to_have_count(0)
    expect(person.panel(PUBLIC_ACCESS).get_by_role("button", name="Save")).to_be_disabled()


def save_tags(person: Person, method: str) -> Request:
    """As S3 Control's calls; ends with the answer to the one by this method, which is told."""
    with person.page.expect_response(
        lambda answer: "/v20180820/tags/" in answer.url and answer.request.method == method
    ) as answered:
        person.button("Save", person.panel("Tags"))
    return answered.value.request


def test_versioning_tags_and_lock(stage: Stage, s3: Any) -> None:
    person = stage.admin(PROPERTIES)
    person.sees("New objects are encrypted with keys of the server")
    person.button("Enable", person.panel("Versioning"))
    expect(person.panel("Versioning")).to_contain_text("Enabled")
    person.button("Add", person.panel("Tags"))
    person.page.get_by_role("textbox", name="Key").fill("stage")
    person.page.get_by_role("textbox", name="Value").fill("production")
    person.save("Tags")
    assert s3.get_bucket_tagging(Bucket=BUCKET)["TagSet"] == [{"Key": "stage", "Value": "production"}]
    person.button("Enable", person.panel("Object Lock"))
    person.sees("Default retention: None")
    person.button("Edit", person.panel("Object Lock"))
    person.page.get_by_label("Governance").check()
    person.dialog().get_by_role("spinbutton").fill("3")
    person.button("Save", person.dialog())
    person.sees("Default retention: Governance, 3 days")
    lock = s3.get_object_lock_configuration(Bucket=BUCKET)["ObjectLockConfiguration"]
    assert lock["Rule"] == {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 3}}
    with person.refused():
        person.button("Suspend", person.panel("Versioning"))
        person.sees("InvalidBucketState")


def test_tags_by_which_policies_decide(stage: Stage, s3: Any) -> None:
    s3.put_bucket_tagging(Bucket=BUCKET, Tagging={"TagSet": [{"Key": "old", "Value": "1"}]})
    person = stage.admin(PROPERTIES)
    person.button("Enable", person.panel(ABAC))
    expect(person.panel(ABAC)).to_contain_text("Enabled")
    assert s3.get_bucket_abac(Bucket=BUCKET)["AbacStatus"] == {"Status": "Enabled"}
    person.button("Add", person.panel("Tags"))
    person.page.get_by_role("textbox", name="Key").last.fill("stage")
    person.page.get_by_role("textbox", name="Value").last.fill("production")
    # Policies may say which keys one may add: what stays is not named.
    assert "old" not in (save_tags(person, "POST").post_data or "")
    tags = [{"Key": "old", "Value": "1"}, {"Key": "stage", "Value": "production"}]
    assert s3.get_bucket_tagging(Bucket=BUCKET)["TagSet"] == tags
    person.button("Remove", person.panel("Tags"))
    save_tags(person, "DELETE")
    assert s3.get_bucket_tagging(Bucket=BUCKET)["TagSet"] == tags[1:]
    person.button("Disable", person.panel(ABAC))
    expect(person.panel(ABAC)).to_contain_text("Disabled")
    person.button("Remove", person.panel("Tags"))
    with person.page.expect_response(lambda answer: answer.request.method == "DELETE"):
        person.button("Save", person.panel("Tags"))
    assert refused(s3.get_bucket_tagging, Bucket=BUCKET)[0] == "NoSuchTagSet"


def test_whoever_may_not_tag_where_tags_decide(stage: Stage, s3: Any) -> None:
    s3.put_bucket_abac(Bucket=BUCKET, AbacStatus={"Status": "Enabled"})
    person = stage.somebody("s3:GetBucketTagging", "s3:GetBucketAbac", "s3:PutBucketTagging")
    with person.refused():
        person.go(PROPERTIES)
        person.button("Add", person.panel("Tags"))
        person.page.get_by_role("textbox", name="Key").fill("stage")
        person.button("Save", person.panel("Tags"))
        person.sees("no identity-based policy allows the s3:TagResource action")
        person.button("Disable", person.panel(ABAC))
        person.sees("no identity-based policy allows the s3:PutBucketAbac action")


def test_whoever_may_not_know_of_abac_tags_as_ever(stage: Stage, s3: Any) -> None:
    person = stage.somebody("s3:GetBucketTagging", "s3:PutBucketTagging")
    with person.refused():
        person.go(PROPERTIES)
        person.sees("s3:GetBucketAbac")
        person.button("Add", person.panel("Tags"))
        person.page.get_by_role("textbox", name="Key").fill("stage")
        person.save("Tags")
    assert s3.get_bucket_tagging(Bucket=BUCKET)["TagSet"] == [{"Key": "stage", "Value": ""}]


def test_lifecycle_rules(stage: Stage, s3: Any) -> None:
    person = stage.admin(PROPERTIES)
    person.sees("No rules: objects stay until somebody deletes them.")
    person.button("Create rule")
    person.fill("Rule name", "logs")
    person.fill("Prefix - optional", "logs/")
    person.fill("Expire objects after so many days - optional", "30")
    person.button("Save", person.dialog())
    person.sees("expires objects after 30 days")
    person.choose("logs")
    person.button("Edit", person.panel("Lifecycle rules"))
    person.fill("Delete former versions after so many days - optional", "7")
    person.button("Save", person.dialog())
    person.sees("deletes former versions after 7 days")
    (rule,) = s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]
    assert (rule["Expiration"], rule["Filter"]) == ({"Days": 30}, {"Prefix": "logs/"})
    person.button("Edit as JSON")
    person.write_policy('[{"ID": "x", "Status": "Enabled", "Filter": {}, "Expires": {"Days": 1}}]')
    person.sees("Expires is not known here.")
    expect(person.dialog().get_by_role("button", name="Save")).to_be_disabled()
    moved = {"Days": 1, "StorageClass": "GLACIER"}
    person.write_policy(json.dumps([{"Status": "Enabled", "Filter": {}, "Transitions": [moved]}]))
    with person.refused():
        person.button("Save", person.dialog())
        person.sees("This server does not offer this")
    person.button("Cancel", person.dialog())
    person.choose("logs")
    person.button("Delete", person.panel("Lifecycle rules"))
    person.dialog().get_by_placeholder("logs").fill("logs")
    person.button("Delete", person.dialog())
    person.sees("No rules: objects stay until somebody deletes them.")


def test_who_may_use_a_bucket(stage: Stage, s3: Any) -> None:
    person = stage.admin(PERMISSIONS)
    person.sees("ACLs are disabled by this bucket's object ownership")
    person.button("Edit", person.panel("Object ownership"))
    person.page.get_by_label("bucket owner preferred").check()
    person.button("Save", person.dialog())
    person.sees("Gives accounts and groups rights beside what policies say.")
    person.button("Edit", person.panel("Access control list"))
    everyone = person.dialog().get_by_role("group", name="Everyone (public access)")
    everyone.get_by_label("List objects").check()
    with person.refused():
        person.button("Save", person.dialog())
        person.sees("public ACLs are prevented by the BlockPublicAcls setting")
    person.button("Cancel", person.dialog())
    for setting in ("Refuse new public ACLs", "Ignore public ACLs"):
        person.page.get_by_label(setting).uncheck()
    allow_public(person)
    person.button("Edit", person.panel("Access control list"))
    everyone.get_by_label("List objects").check()
    person.button("Save", person.dialog())
    expect(person.panel("Access control list")).to_contain_text("Everyone (public access)")
    assert "READ" in [grant["Permission"] for grant in s3.get_bucket_acl(Bucket=BUCKET)["Grants"]]
    person.button("Edit", person.panel("Cross-origin resource sharing"))
    person.sees("https://www.example.com")
    person.button("Save", person.dialog())
    expect(person.panel("Cross-origin resource sharing")).to_contain_text("https://www.example.com")
    assert s3.get_bucket_cors(Bucket=BUCKET)["CORSRules"][0]["AllowedMethods"] == ["GET"]


def test_each_panel_says_what_one_may_not_see(stage: Stage, s3: Any) -> None:
    person = stage.somebody("s3:ListBucket", "s3:GetBucketVersioning")
    tabs = {
        PROPERTIES: ("Location", "Tagging", "Abac", "Encryption", "ObjectLock", "Lifecycle"),
        PERMISSIONS: ("PublicAccessBlock", "Policy", "Ownership", "Acl", "CORS"),
    }
    with person.refused():
        for page, rights in tabs.items():
            person.go(page)
            for right in rights:
                expect(person.page.get_by_role("alert").filter(has_text=right).first).to_be_visible()
        person.go(PROPERTIES)
        person.button("Enable", person.panel("Versioning"))
        person.sees("no identity-based policy allows the s3:PutBucketVersioning action")


def test_a_bucket_is_created_with_its_options_emptied_and_deleted(stage: Stage) -> None:
    s3: Any = stage.world.client("s3", stage.keys[PRODUCTION])
    person = stage.admin("/s3/-/new")
    person.fill("Bucket name", BUCKET)
    person.page.get_by_label("bucket owner preferred").check()
    person.page.get_by_label("Refuse new public ACLs").uncheck()
    person.page.get_by_label("Object Lock").check()
    person.button("Add")
    person.page.get_by_role("textbox", name="Key").fill("stage")
    person.button("Create bucket")
    person.sees("No objects here.")
    blocked = s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"]
    assert [name for name, set_ in blocked.items() if not set_] == ["BlockPublicAcls"]
    assert s3.get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"
    assert s3.get_bucket_tagging(Bucket=BUCKET)["TagSet"] == [{"Key": "stage", "Value": ""}]
    ownership = s3.get_bucket_ownership_controls(Bucket=BUCKET)["OwnershipControls"]["Rules"]
    assert ownership == [{"ObjectOwnership": "BucketOwnerPreferred"}]
    for key in ("a", "a", "b"):
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"x")
    person.go("/s3")
    person.hold("?delete")
    for button in ("Empty", "Delete"):
        person.choose(BUCKET)
        person.button(button)
        person.dialog().get_by_placeholder(BUCKET).fill(BUCKET)
        person.button(button, person.dialog())
        if button == "Empty":
            expect(person.dialog().get_by_role("status")).to_contain_text("0 deleted")
            person.release()
        expect(person.dialog()).to_have_count(0)
    person.sees("No buckets.")


def test_what_creating_and_emptying_are_refused_for(stage: Stage, s3: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key="a", Body=b"x")
    person = stage.somebody("s3:ListAllMyBuckets", "s3:ListBucketVersions")
    with person.refused():
        person.go("/s3/-/new")
        person.fill("Bucket name", "another")
        person.button("Create bucket")
        person.sees("no identity-based policy allows the s3:CreateBucket action")
        person.go("/s3")
        person.choose(BUCKET)
        person.button("Empty")
        person.dialog().get_by_placeholder(BUCKET).fill(BUCKET)
        person.button("Empty", person.dialog())
        person.sees("no identity-based policy allows the s3:DeleteObject")
