"""What is verified of a token that no request can bring about."""

import json
from typing import Any

import pytest
from tests.fix_idp import CLIENT, rsa_key, token

from deputize.config import Settings
from deputize.domain.web_identity import INVALID, read, verify
from deputize.errors import ApiError
from deputize.gateway.issuer_keys import IssuerKeys
from deputize.model.federation import OidcProvider

NOW = 1_800_000_000.0
URL = "https://issuer.example.com"


def known() -> IssuerKeys:
    """Two issuers that publish the same key."""

    def get(url: str, **_: Any) -> bytes:
        if url.endswith("/keys"):
            return json.dumps({"keys": [rsa_key().as_dict(private=False)]}).encode()
        issuer = url.removesuffix("/.well-known/openid-configuration")
        return json.dumps({"issuer": issuer, "jwks_uri": f"{issuer}/keys"}).encode()

    return IssuerKeys(get)


def provider(url: str) -> OidcProvider:
    return OidcProvider(
        account="1" * 12, partition="aws", url=url.partition("://")[2], created=1, client_ids=(CLIENT,)
    )


def test_a_token_is_its_own_issuers_whoever_else_has_the_key() -> None:
    unverified = read(token(URL, NOW))
    assert verify(unverified, provider(URL), known(), NOW, Settings()).audience == CLIENT
    with pytest.raises(ApiError) as caught:
        verify(unverified, provider("https://other.example.com"), known(), NOW, Settings())
    assert caught.value.message == INVALID
