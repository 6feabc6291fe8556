"""OpenID Connect providers (IAM API): what may be one, and what is kept of it."""

import secrets
from pathlib import Path
from typing import Any

import pytest
from tests.fix_world import Clock, TestAccount, World, running
from tests.refusals import denied, refused

from deputize.config import Settings

GITHUB = "https://token.actions.githubusercontent.com"
TAGS = [{"Key": "Team", "Value": "blue"}]


@pytest.fixture
def account(shared_world: World) -> TestAccount:
    return shared_world.account(f"Providers {secrets.token_hex(4)}")


@pytest.fixture
def iam(shared_world: World, account: TestAccount) -> Any:
    return shared_world.client("iam", account.admin, parameter_validation=False)


def test_what_is_kept(shared_world: World, account: TestAccount, iam: Any) -> None:
    print_ = "AB" * 20
    made = iam.create_open_id_connect_provider(
        Url=GITHUB, ClientIDList=["sts.amazonaws.com"], ThumbprintList=[print_], Tags=TAGS
    )
    arn = f"arn:aws:iam::{account.id}:oidc-provider/token.actions.githubusercontent.com"
    assert made["OpenIDConnectProviderArn"] == arn
    assert made["Tags"] == TAGS
    found = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert found["Url"] == "token.actions.githubusercontent.com"
    assert found["ClientIDList"] == ["sts.amazonaws.com"]
    assert found["ThumbprintList"] == [print_.lower()]
    assert found["Tags"] == TAGS
    assert found["CreateDate"].timestamp() == shared_world.clock.now
    other = iam.create_open_id_connect_provider(Url="https://example.com/realms/a_b/")
    assert other["OpenIDConnectProviderArn"].endswith(":oidc-provider/example.com/realms/a_b/")
    listed = iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    assert [one["Arn"] for one in listed] == [other["OpenIDConnectProviderArn"], arn]
    assert iam.get_account_summary()["SummaryMap"]["Providers"] == 2
    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert refused(iam.get_open_id_connect_provider, OpenIDConnectProviderArn=arn) == (
        "NoSuchEntity",
        f"OpenIDConnect Provider not found for arn {arn}",
        404,
    )


def test_client_ids_come_and_go(iam: Any) -> None:
    arn = iam.create_open_id_connect_provider(Url=GITHUB)["OpenIDConnectProviderArn"]

    def clients() -> list[str]:
        found: list[str] = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)["ClientIDList"]
        return found

    for client in ("one", "two", "one"):
        iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID=client)
    assert clients() == ["one", "two"]
    for client in ("one", "one"):
        iam.remove_client_id_from_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID=client)
    assert clients() == ["two"]


def test_thumbprints_are_replaced(iam: Any) -> None:
    arn = iam.create_open_id_connect_provider(Url=GITHUB, ThumbprintList=["a" * 40])[
        "OpenIDConnectProviderArn"
    ]
    update = iam.update_open_id_connect_provider_thumbprint
    update(OpenIDConnectProviderArn=arn, ThumbprintList=["b" * 40, "c" * 40])
    found = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert found["ThumbprintList"] == ["b" * 40, "c" * 40]
    many = [f"{number:040x}" for number in range(6)]
    assert refused(update, OpenIDConnectProviderArn=arn, ThumbprintList=many)[0] == "InvalidInput"
    assert refused(update, OpenIDConnectProviderArn=arn, ThumbprintList=["g" * 40])[0] == "InvalidInput"


def test_tags(iam: Any) -> None:
    arn = iam.create_open_id_connect_provider(Url=GITHUB)["OpenIDConnectProviderArn"]
    named = {"OpenIDConnectProviderArn": arn}
    iam.tag_open_id_connect_provider(**named, Tags=[*TAGS, {"Key": "Site", "Value": ""}])
    first = iam.list_open_id_connect_provider_tags(**named, MaxItems=1)
    assert (first["Tags"], first["IsTruncated"]) == ([{"Key": "Site", "Value": ""}], True)
    assert iam.list_open_id_connect_provider_tags(**named, Marker=first["Marker"])["Tags"] == TAGS
    iam.untag_open_id_connect_provider(**named, TagKeys=["team"])
    assert len(iam.list_open_id_connect_provider_tags(**named)["Tags"]) == 1
    twice = [{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}]
    assert refused(iam.tag_open_id_connect_provider, **named, Tags=twice)[0] == "InvalidInput"


def test_tags_decide(shared_world: World, account: TestAccount, iam: Any) -> None:
    """`aws:ResourceTag` of the provider, and of the one to be made."""
    allow = {
        "Effect": "Allow",
        "Action": "iam:*OpenIDConnect*",
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:ResourceTag/Team": "blue"}},
    }
    keys = shared_world.user(account, "limited", {"Version": "2012-10-17", "Statement": [allow]})
    limited = shared_world.client("iam", keys)
    arn = limited.create_open_id_connect_provider(Url="https://a.example.com", Tags=TAGS)[
        "OpenIDConnectProviderArn"
    ]
    limited.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert refused(limited.create_open_id_connect_provider, Url="https://b.example.com") == denied(
        f"arn:aws:iam::{account.id}:user/limited",
        "iam:CreateOpenIDConnectProvider",
        f"arn:aws:iam::{account.id}:oidc-provider/b.example.com",
        "because no identity-based policy allows the iam:CreateOpenIDConnectProvider action",
    )


@pytest.mark.parametrize(
    "url",
    [
        "token.example.com",
        "http://token.example.com",
        "http://127.0.0.1:4590",
        "https://",
        "https://localhost",
        "https://token.example.com:443",
        "https://token.example.com:x",
        "https://token.example.com?a=b",
        "https://token.example.com/?",
        "https://token.example.com/#",
        "https://token.example.com/a b",
        "https://token.example.com/a\nb",
        "https://user@token.example.com",
        "https://127.0.0.1",
        "https://[::1]",
        "https://[",
        "https://0x7f.1",
        "https://169.254.169.254",
        "ftp://token.example.com",
        "file:///etc/passwd",
        "HTTPS://token.example.com",
    ],
)
def test_what_is_no_providers_url(iam: Any, url: str) -> None:
    assert refused(iam.create_open_id_connect_provider, Url=url) == (
        "InvalidInput",
        "Invalid Open ID Connect Provider URL",
        400,
    )


def test_loopback_where_the_operator_allows_it(tmp_path: Path) -> None:
    with running(tmp_path / "data", Clock(), settings=Settings(insecure_oidc_loopback=True)) as world:
        iam = world.client("iam", world.account("Loopback").admin)
        create = iam.create_open_id_connect_provider
        arn = create(Url="http://127.0.0.1:4590/github")["OpenIDConnectProviderArn"]
        assert arn.endswith(":oidc-provider/127.0.0.1:4590/github")
        for url in (
            "http://10.0.0.1:4590",
            "http://localhost:4590",
            "https://127.0.0.1:4590",
            "http://[::1]",
        ):
            assert refused(create, Url=url)[0] == "InvalidInput", url


def test_quotas(tmp_path: Path, shared_world: World, iam: Any) -> None:
    made = iam.create_open_id_connect_provider(Url=GITHUB)
    assert refused(iam.create_open_id_connect_provider, Url=GITHUB) == (
        "EntityAlreadyExists",
        f"Provider with url {GITHUB} already exists.",
        409,
    )
    for number in range(99):
        iam.create_open_id_connect_provider(Url=f"https://{number}.example.com")
    assert refused(iam.create_open_id_connect_provider, Url="https://more.example.com") == (
        "LimitExceeded",
        "Cannot exceed quota for OpenIdConnectProvidersPerAccount: 100",
        409,
    )
    arn = made["OpenIDConnectProviderArn"]
    many = [f"client{number}" for number in range(101)]
    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert refused(iam.create_open_id_connect_provider, Url=GITHUB, ClientIDList=many) == (
        "LimitExceeded",
        "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100",
        409,
    )


def test_refusals(shared_world: World, account: TestAccount, iam: Any) -> None:
    get = iam.get_open_id_connect_provider
    for arn in ("x" * 20, "arn:aws:iam::123456789012:role/SomeRole", "arn:aws:s3:::oidc-provider/x.com"):
        assert refused(get, OpenIDConnectProviderArn=arn)[0] == "InvalidInput"
    other = shared_world.client("iam", shared_world.account(f"Other {secrets.token_hex(4)}").admin)
    arn = iam.create_open_id_connect_provider(Url=GITHUB)["OpenIDConnectProviderArn"]
    assert refused(other.delete_open_id_connect_provider, OpenIDConnectProviderArn=arn)[0] == "AccessDenied"
    china = arn.replace("arn:aws:", "arn:aws-cn:")
    assert refused(get, OpenIDConnectProviderArn=china)[0] == "NoSuchEntity"
    context = {"SubjectSourceKey": "sub"}
    assert refused(iam.create_open_id_connect_provider, Url="https://c.example.com", ContextProvider=context)[
        :2
    ] == ("ValidationError", "ContextProvider is not offered.")
    assert refused(iam.create_open_id_connect_provider, Url="x" * 256)[0] == "ValidationError"
    assert (
        refused(iam.create_open_id_connect_provider, Url="https://d.example.com", ThumbprintList=["a" * 39])[
            0
        ]
        == "ValidationError"
    )
