"""The console with several workers: a session is the same in all of them, and ends in all at once."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from tests.conformance.browser import Browser
from tests.conformance.test_cli import create, serving


def test_signing_out_through_one_worker_is_known_to_all(tmp_path: Path) -> None:
    """Each call has a connection of its own, which either worker may take; so do the clients."""
    made = create(tmp_path / "data", "Shared", "--admin", "admin", "--alias", "shared")
    with serving(tmp_path / "data", "--workers", "2") as (_, url, banner):
        browser = console_of(banner)
        password = made["Admin"]["Password"]
        form = {"kind": "user", "account": "shared", "name": "admin", "password": password}
        session = browser.call("sign-in", **form)["session"]["id"]
        for _ in range(8):
            keys = browser.keys(session)
            assert users(url, keys) == ["admin"]
        browser.call("sign-out", session=session)
        for _ in range(8):
            assert browser.refused("credentials", session=session)[1] == "SignedOut"
            with pytest.raises(ClientError, match="ExpiredToken"):
                users(url, keys)


def console_of(banner: str) -> Browser:
    found = re.search(r"Console +http://127.0.0.1:(\d+)/_console/", banner)
    assert found is not None
    world: Any = SimpleNamespace(console_port=int(found[1]), tls=None)
    return Browser(world)


def test_guesses_that_several_workers_hear_count_together(tmp_path: Path) -> None:
    """Four workers, a connection for each guess: five are free in all."""
    create(tmp_path / "data", "Shared", "--admin", "admin", "--alias", "shared")
    with serving(tmp_path / "data", "--workers", "4") as (_, _, banner):
        browser = console_of(banner)
        form = {"kind": "user", "account": "shared", "name": "admin", "password": "Wrong-Horse-Battery-1"}
        statuses = [browser.post("sign-in", **form).status for _ in range(12)]
    assert statuses[:5] == [401] * 5
    assert set(statuses[5:]) <= {401, 429} and statuses.count(401) < 10  # 12, if each counted for itself


def users(url: str, keys: Any) -> list[str]:
    client = boto3.client(
        "iam",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id=keys.id,
        aws_secret_access_key=keys.secret,
        aws_session_token=keys.token,
    )
    try:
        return [user["UserName"] for user in client.list_users()["Users"]]
    finally:
        client.close()
