"""Identifiers tell their account as AWS's do."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deputize.model import ids

ACCOUNTS = st.integers(0, 10**12 - 1).map(lambda number: f"{number:012d}")


@given(ACCOUNTS)
def test_a_key_id_tells_its_account(account: str) -> None:
    for made, length in ((ids.access_key_id("AKIA", account), 20), (ids.unique_id("AROA", account), 21)):
        assert re.fullmatch(rf"A(KIA|ROA)[A-Z2-7]{{{length - 4}}}", made)
        assert ids.account_of(made) == account


def test_known_ids_of_aws() -> None:
    """From published analyses of AWS's ids."""
    assert ids.account_of("ASIA3JUODO7WTIO2PI64") == "776613361645"


@pytest.mark.parametrize(
    "text", ["", "AKIA", "AKIAIOSFODNN7EXAMPL0", "AKIA" + "a" * 16, "AKIA" + "A" * 15, "test"]
)
def test_what_is_no_id_tells_nothing(text: str) -> None:
    assert ids.account_of(text) is None


def test_ids_and_secrets_are_not_given_twice() -> None:
    assert len({ids.access_key_id("AKIA", "111111111111") for _ in range(1000)}) == 1000
    assert len({ids.secret_key() for _ in range(1000)}) == 1000
    assert all(re.fullmatch(r"[A-Za-z0-9+/]{40}", ids.secret_key()) for _ in range(100))


def test_canonical_ids_are_stable_and_differ() -> None:
    assert ids.canonical_id("111111111111") == ids.canonical_id("111111111111")
    assert re.fullmatch(r"[0-9a-f]{64}", ids.canonical_id("111111111111"))
    assert ids.canonical_id("111111111111") != ids.canonical_id("222222222222")
