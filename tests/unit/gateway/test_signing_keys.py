"""Derived keys are kept for a minute and found by the sealed secret alone."""

import pytest

from deputize.gateway import signing_keys
from deputize.gateway.signing_keys import KEPT, SigningKeys


def test_a_key_is_derived_once_a_minute() -> None:
    keys = SigningKeys()
    assert keys.recall("sealed", 1000.0, lambda: b"first") == b"first"
    assert keys.recall("sealed", 1000.0 + KEPT - 1, lambda: b"second") == b"first"
    assert keys.recall("sealed", 1000.0 + KEPT, lambda: b"second") == b"second"


def test_a_clock_that_goes_back_keeps_nothing_longer() -> None:
    keys = SigningKeys()
    keys.recall("sealed", 1000.0, lambda: b"first")
    assert keys.recall("sealed", 900.0, lambda: b"second") == b"second"


def test_another_secret_is_another_key() -> None:
    keys = SigningKeys()
    keys.recall((b"sealed", "scope"), 1000.0, lambda: b"first")
    assert keys.recall((b"other", "scope"), 1000.0, lambda: b"second") == b"second"
    assert keys.recall((b"sealed", "other"), 1000.0, lambda: b"third") == b"third"


def test_few_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing_keys, "MOST", 3)
    keys = SigningKeys()
    for number in range(20):
        assert keys.recall(number, 1000.0, lambda: b"key") == b"key"
    assert len(keys._known) <= 3


def test_what_cannot_be_derived_is_not_kept() -> None:
    def fails() -> bytes:
        raise LookupError

    keys = SigningKeys()
    with pytest.raises(LookupError):
        keys.recall("sealed", 1000.0, fails)
    assert keys.recall("sealed", 1000.0, lambda: b"key") == b"key"
