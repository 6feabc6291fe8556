"""Service-specific credentials: told once, two a user and service."""

import base64
from typing import Any

import pytest
from tests.access.harness import statement
from tests.conformance.fix_iam import Home, conflict, over
from tests.conformance.test_iam_paging import paged
from tests.refusals import refused
from tests.state import dump

CODE_COMMIT = "codecommit.amazonaws.com"
KEYSPACES = "cassandra.amazonaws.com"
BEDROCK = "bedrock.amazonaws.com"


def create(home: Home, service: str = CODE_COMMIT, user: str = "u", **more: Any) -> Any:
    made = home.iam.create_service_specific_credential(UserName=user, ServiceName=service, **more)
    return made["ServiceSpecificCredential"]


@pytest.fixture(autouse=True)
def user(home: Home) -> None:
    home.iam.create_user(UserName="u")


def test_a_password_is_told_once(home: Home) -> None:
    made = create(home)
    assert made["ServiceUserName"] == f"u-at-{home.account.id}"
    assert made["ServiceSpecificCredentialId"].startswith("ACCA")
    assert (made["ServiceName"], made["Status"], made["UserName"]) == (CODE_COMMIT, "Active", "u")
    assert len(base64.b64decode(made["ServicePassword"])) == 33
    (listed,) = home.iam.list_service_specific_credentials(UserName="u")["ServiceSpecificCredentials"]
    assert listed == {name: value for name, value in made.items() if name != "ServicePassword"}
    assert made["ServicePassword"] not in str(dump(home.world))
    credential = {"UserName": "u", "ServiceSpecificCredentialId": made["ServiceSpecificCredentialId"]}
    again = home.iam.reset_service_specific_credential(**credential)["ServiceSpecificCredential"]
    assert again.pop("ServicePassword") != made["ServicePassword"]
    assert again == listed


def test_an_api_key_may_expire(home: Home) -> None:
    made = create(home, BEDROCK, CredentialAgeDays=1)
    assert made["ServiceCredentialSecret"].startswith("ABSK")
    assert made["ServiceCredentialAlias"].startswith("BedrockAPIKey-")
    assert made["ServiceCredentialAlias"].endswith(f"-at-{home.account.id}")
    assert "ServicePassword" not in made
    assert (made["ExpirationDate"] - made["CreateDate"]).days == 1
    home.world.clock.advance(24 * 60 * 60)
    (listed,) = home.iam.list_service_specific_credentials(UserName="u")["ServiceSpecificCredentials"]
    assert listed["Status"] == "Expired"
    assert refused(create, home=home, CredentialAgeDays=1) == (
        "ValidationError",
        f"CredentialAgeDays is not supported for {CODE_COMMIT}.",
        400,
    )


def test_two_of_each_service(home: Home) -> None:
    first, second = create(home), create(home)
    assert second["ServiceUserName"] == f"u+1-at-{home.account.id}"
    assert refused(create, home=home) == over("ServiceSpecificCredentialsPerUser: 2")
    create(home, KEYSPACES)
    home.iam.delete_service_specific_credential(
        UserName="u", ServiceSpecificCredentialId=first["ServiceSpecificCredentialId"]
    )
    assert create(home)["ServiceUserName"] == f"u-at-{home.account.id}"


def test_a_service_without_them(home: Home) -> None:
    answer = (
        "NoSuchEntity",
        "No such service s3.amazonaws.com is supported for Service Specific Credentials",
        404,
    )
    assert refused(create, home=home, service="s3.amazonaws.com") == answer
    listing = home.iam.list_service_specific_credentials
    assert refused(listing, UserName="u", ServiceName="s3.amazonaws.com") == answer


def test_lists(home: Home) -> None:
    home.iam.create_user(UserName="v")
    for name in ("u", "v"):
        for service in (CODE_COMMIT, KEYSPACES):
            create(home, service, name)
    create(home, user="admin")
    listing = home.iam.list_service_specific_credentials

    def found(**request: Any) -> set[tuple[str, str]]:
        listed = paged(listing, "ServiceSpecificCredentials", 2, **request)
        return {(one["UserName"], one["ServiceName"]) for one in listed}

    assert found() == {("admin", CODE_COMMIT)}
    assert found(UserName="u") == {("u", CODE_COMMIT), ("u", KEYSPACES)}
    assert found(UserName="u", ServiceName=KEYSPACES) == {("u", KEYSPACES)}
    assert len(found(AllUsers=True)) == 5
    assert found(AllUsers=True, ServiceName=KEYSPACES) == {("u", KEYSPACES), ("v", KEYSPACES)}
    assert refused(listing, AllUsers=True, UserName="u") == (
        "ValidationError",
        "UserName cannot be specified together with AllUsers.",
        400,
    )
    own = home.user("w", statement("Allow", ["iam:ListServiceSpecificCredentials"], home.arn("user/w")))
    assert own.list_service_specific_credentials()["ServiceSpecificCredentials"] == []
    assert refused(own.list_service_specific_credentials, AllUsers=True)[0] == "AccessDenied"


def test_off_and_gone(home: Home) -> None:
    credential = {"UserName": "u", "ServiceSpecificCredentialId": create(home)["ServiceSpecificCredentialId"]}
    home.iam.update_service_specific_credential(**credential, Status="Inactive")
    (listed,) = home.iam.list_service_specific_credentials(UserName="u")["ServiceSpecificCredentials"]
    assert listed["Status"] == "Inactive"
    wrong = refused(home.iam.update_service_specific_credential, **credential, Status="Expired")
    assert wrong[0] == "ValidationError"
    assert refused(home.iam.delete_user, UserName="u") == conflict("remove referenced objects")
    identifier = credential["ServiceSpecificCredentialId"]
    gone = ("NoSuchEntity", f"No such credential {identifier} exists", 404)
    not_mine = home.iam.delete_service_specific_credential
    assert refused(not_mine, ServiceSpecificCredentialId=identifier) == gone
    home.iam.delete_service_specific_credential(**credential)
    assert refused(home.iam.reset_service_specific_credential, **credential) == gone
    home.iam.delete_user(UserName="u")


@pytest.mark.parametrize(
    ("condition", "service", "days", "allowed"),
    [
        ({"StringEquals": {"iam:ServiceSpecificCredentialServiceName": BEDROCK}}, BEDROCK, 30, True),
        ({"StringEquals": {"iam:ServiceSpecificCredentialServiceName": BEDROCK}}, CODE_COMMIT, None, False),
        ({"NumericLessThanEquals": {"iam:ServiceSpecificCredentialAgeDays": "30"}}, BEDROCK, 30, True),
        ({"NumericLessThanEquals": {"iam:ServiceSpecificCredentialAgeDays": "30"}}, BEDROCK, 31, False),
        ({"NumericLessThanEquals": {"iam:ServiceSpecificCredentialAgeDays": "30"}}, BEDROCK, None, False),
    ],
)
def test_keys_of_the_right_to_create(
    home: Home, condition: Any, service: str, days: int | None, allowed: bool
) -> None:
    caller = home.user(
        "c", {**statement("Allow", ["iam:CreateServiceSpecificCredential"]), "Condition": condition}
    )
    request = {"UserName": "u", "ServiceName": service, **({"CredentialAgeDays": days} if days else {})}
    if allowed:
        caller.create_service_specific_credential(**request)
    else:
        assert refused(caller.create_service_specific_credential, **request)[0] == "AccessDenied"


def test_the_key_of_the_rights_to_change(home: Home) -> None:
    of_bedrock = {"StringEquals": {"iam:ServiceSpecificCredentialServiceName": BEDROCK}}
    caller = home.user(
        "c", {**statement("Allow", ["iam:DeleteServiceSpecificCredential"]), "Condition": of_bedrock}
    )
    git, key = (create(home, service)["ServiceSpecificCredentialId"] for service in (CODE_COMMIT, BEDROCK))
    delete = caller.delete_service_specific_credential
    assert refused(delete, UserName="u", ServiceSpecificCredentialId=git)[0] == "AccessDenied"
    delete(UserName="u", ServiceSpecificCredentialId=key)
    # One that there is not has no service, so it is refused alike.
    assert refused(delete, UserName="u", ServiceSpecificCredentialId=key)[0] == "AccessDenied"
