"""SAML providers (IAM API): what may be one, and what is kept of it."""

import base64
import secrets
from typing import Any

import pytest
from tests.fix_saml import ENTITY, metadata, signer
from tests.fix_world import TestAccount, World
from tests.refusals import denied, refused

TAGS = [{"Key": "Team", "Value": "blue"}]
BROKEN = ("InvalidInput", "Could not parse metadata", 400)


@pytest.fixture
def account(shared_world: World) -> TestAccount:
    return shared_world.account(f"Saml {secrets.token_hex(4)}")


@pytest.fixture
def iam(shared_world: World, account: TestAccount) -> Any:
    return shared_world.client("iam", account.admin, parameter_validation=False)


def test_what_is_kept(shared_world: World, account: TestAccount, iam: Any) -> None:
    document = metadata(until="2040-01-01T00:00:00Z")
    made = iam.create_saml_provider(Name="Idp", SAMLMetadataDocument=document, Tags=TAGS)
    arn = f"arn:aws:iam::{account.id}:saml-provider/Idp"
    assert (made["SAMLProviderArn"], made["Tags"]) == (arn, TAGS)
    found = iam.get_saml_provider(SAMLProviderArn=arn)
    assert found["SAMLMetadataDocument"] == document
    assert found["ValidUntil"].isoformat() == "2040-01-01T00:00:00+00:00"
    assert found["CreateDate"].timestamp() == shared_world.clock.now
    assert found["Tags"] == TAGS
    assert found["SAMLProviderUUID"].isalnum()
    assert len(found["SAMLProviderUUID"]) >= 22
    listed = iam.list_saml_providers()["SAMLProviderList"]
    assert [(one["Arn"], one["ValidUntil"]) for one in listed] == [(arn, found["ValidUntil"])]
    assert iam.get_account_summary()["SummaryMap"]["Providers"] == 1
    iam.delete_saml_provider(SAMLProviderArn=arn)
    assert refused(iam.get_saml_provider, SAMLProviderArn=arn) == (
        "NoSuchEntity",
        f"Manifest not found for arn {arn}",
        404,
    )


def test_a_provider_is_good_for_a_century(shared_world: World, iam: Any) -> None:
    arn = iam.create_saml_provider(Name="Idp", SAMLMetadataDocument=metadata())["SAMLProviderArn"]
    until = iam.get_saml_provider(SAMLProviderArn=arn)["ValidUntil"].timestamp()
    assert until - shared_world.clock.now == 100 * 365 * 86400


def test_a_certificate_of_no_version_is_none(iam: Any) -> None:
    der = base64.b64decode(signer().certificate)
    third = b"\xa0\x03\x02\x01\x02"
    odd = base64.b64encode(der.replace(third, third[:-1] + b"\x05", 1)).decode()
    document = metadata().replace(signer().certificate, odd)
    assert refused(iam.create_saml_provider, Name="Idp", SAMLMetadataDocument=document) == BROKEN


def test_a_date_that_nothing_can_write_is_none(iam: Any) -> None:
    for until in ("9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00+01:00"):
        document = metadata(until=until)
        assert refused(iam.create_saml_provider, Name="Idp", SAMLMetadataDocument=document) == BROKEN
    assert iam.list_saml_providers()["SAMLProviderList"] == []


def test_new_metadata(iam: Any) -> None:
    arn = iam.create_saml_provider(Name="Idp", SAMLMetadataDocument=metadata())["SAMLProviderArn"]
    new = metadata(signer("second"), entity="https://other.example.com", until="2040-01-01T00:00:00Z")
    assert iam.update_saml_provider(SAMLProviderArn=arn, SAMLMetadataDocument=new)["SAMLProviderArn"] == arn
    found = iam.get_saml_provider(SAMLProviderArn=arn)
    assert found["SAMLMetadataDocument"] == new
    assert found["ValidUntil"].year == 2040
    code, message, _ = refused(iam.update_saml_provider, SAMLProviderArn=arn)
    assert (code, message[:35]) == ("InvalidInput", "Unable to update identity provider.")
    wrong = "x" * 1000
    assert refused(iam.update_saml_provider, SAMLProviderArn=arn, SAMLMetadataDocument=wrong) == BROKEN
    assert iam.get_saml_provider(SAMLProviderArn=arn)["SAMLMetadataDocument"] == new


def test_names_are_one_whatever_their_case(iam: Any) -> None:
    iam.create_saml_provider(Name="Idp", SAMLMetadataDocument=metadata())
    assert refused(iam.create_saml_provider, Name="IDP", SAMLMetadataDocument=metadata()) == (
        "EntityAlreadyExists",
        "SAMLProvider with name IDP already exists.",
        409,
    )


def test_tags(iam: Any) -> None:
    arn = iam.create_saml_provider(Name="Idp", SAMLMetadataDocument=metadata())["SAMLProviderArn"]
    iam.tag_saml_provider(SAMLProviderArn=arn, Tags=[*TAGS, {"Key": "Site", "Value": ""}])
    first = iam.list_saml_provider_tags(SAMLProviderArn=arn, MaxItems=1)
    assert (first["Tags"], first["IsTruncated"]) == ([{"Key": "Site", "Value": ""}], True)
    assert iam.list_saml_provider_tags(SAMLProviderArn=arn, Marker=first["Marker"])["Tags"] == TAGS
    iam.untag_saml_provider(SAMLProviderArn=arn, TagKeys=["team"])
    assert len(iam.list_saml_provider_tags(SAMLProviderArn=arn)["Tags"]) == 1


def test_the_right_is_asked_for_that_provider(shared_world: World, account: TestAccount, iam: Any) -> None:
    arn = f"arn:aws:iam::{account.id}:saml-provider"
    allow = {"Effect": "Allow", "Action": "iam:*SAMLProvider", "Resource": f"{arn}/Mine*"}
    keys = shared_world.user(account, "limited", {"Version": "2012-10-17", "Statement": [allow]})
    limited = shared_world.client("iam", keys)
    limited.create_saml_provider(Name="Mine1", SAMLMetadataDocument=metadata())
    limited.delete_saml_provider(SAMLProviderArn=f"{arn}/Mine1")
    assert refused(limited.create_saml_provider, Name="Other", SAMLMetadataDocument=metadata()) == denied(
        f"arn:aws:iam::{account.id}:user/limited",
        "iam:CreateSAMLProvider",
        f"{arn}/Other",
        "because no identity-based policy allows the iam:CreateSAMLProvider action",
    )


ENTITIES = '<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    "document",
    [
        "<" * 1000,
        f"<EntityDescriptor>{' ' * 1000}</EntityDescriptor>",
        metadata().replace("EntityDescriptor", "EntitiesDescriptor"),
        metadata().replace(ENTITY, ""),
        metadata().replace(ENTITY, "x" * 1025),
        metadata(use="encryption"),
        metadata().replace("IDPSSODescriptor", "SPSSODescriptor"),
        metadata().replace(signer().certificate[:40], "AAAA"),
        metadata().replace(signer().certificate, "not base64!" * 100),
        metadata().replace('<?xml version="1.0"?>', ENTITIES),
        metadata().replace('<?xml version="1.0"?>', ENTITIES).replace(ENTITY, "&c;"),
        metadata(until="tomorrow"),
        metadata(until="2040-01-01T00:00:00"),
        "<a>" * 400 + "</a>" * 400,
    ],
    ids=range(14),
)
def test_what_is_no_metadata(iam: Any, document: str) -> None:
    assert refused(iam.create_saml_provider, Name="Idp", SAMLMetadataDocument=document) == BROKEN


@pytest.mark.parametrize(
    "more",
    [
        {"AssertionEncryptionMode": "Required"},
        {"AddPrivateKey": "x"},
        {"IdentityCenterInstanceArn": "arn:aws:sso:::instance/x"},
    ],
)
def test_what_is_not_offered(iam: Any, more: dict[str, str]) -> None:
    code, message, _ = refused(iam.create_saml_provider, Name="Idp", SAMLMetadataDocument=metadata(), **more)
    assert (code, message) == ("ValidationError", f"{next(iter(more))} is not offered.")


def test_refusals(shared_world: World, iam: Any) -> None:
    for arn in ("x" * 20, "arn:aws:iam::123456789012:role/SomeRole"):
        assert refused(iam.get_saml_provider, SAMLProviderArn=arn)[0] == "InvalidInput"
    arn = iam.create_saml_provider(Name="Idp", SAMLMetadataDocument=metadata())["SAMLProviderArn"]
    other = shared_world.client("iam", shared_world.account(f"Other {secrets.token_hex(4)}").admin)
    assert refused(other.get_saml_provider, SAMLProviderArn=arn)[0] == "AccessDenied"
    for name in ("a b", "", "x" * 129):
        refusal = refused(iam.create_saml_provider, Name=name, SAMLMetadataDocument=metadata())
        assert refusal[0] == "ValidationError"
    assert refused(iam.create_saml_provider, Name="x", SAMLMetadataDocument="x" * 999)[0] == "ValidationError"


def test_quota(iam: Any) -> None:
    for number in range(100):
        iam.create_saml_provider(Name=f"Idp{number}", SAMLMetadataDocument=metadata())
    assert refused(iam.create_saml_provider, Name="More", SAMLMetadataDocument=metadata()) == (
        "LimitExceeded",
        "Cannot exceed quota for SAMLProvidersPerAccount: 100",
        409,
    )
