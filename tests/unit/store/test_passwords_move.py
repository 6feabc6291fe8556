"""Data of the schema's second version keeps its passwords: they stood with users and accounts then."""

import json
from pathlib import Path

import apsw
import pytest
from tests.unit.store.samples import ACCOUNT

from deputize.model.sign_in import LoginProfile
from deputize.store import schema
from deputize.store.sqlite import SqliteStore

USER = {
    "name": "Ann",
    "partition": "aws",
    "path": "/",
    "created": 7,
    "tags": {"Team": "blue"},
    "password": "hash of Ann's",
    "password_last_used": None,
}


def test_passwords_have_a_table_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, steps = tmp_path / "test.db", schema.migrations()
    with monkeypatch.context() as older:
        older.setattr(schema, "migrations", lambda: steps[:2])
        SqliteStore.open(path).close()
    connection = apsw.Connection(str(path))
    account = {"name": "Dev", "email": "dev@example.com", "created": 5, "root_password": "hash of root's"}
    connection.execute(
        "INSERT INTO accounts VALUES (?, ?, 'aws', NULL, ?)",
        (ACCOUNT, account["email"], json.dumps({**account, "external": False, "status": "ACTIVE"})),
    )
    for name, password in (("Ann", USER["password"]), ("Bea", None)):
        row = json.dumps({**USER, "name": name, "password": password})
        values = (ACCOUNT, name.lower(), f"AIDA{name}", row)
        connection.execute("INSERT INTO users VALUES (?, ?, ?, NULL, ?)", values)
    connection.close()
    store = SqliteStore.open(path)
    with store.snapshot() as db:
        ann, root = db.login_profiles.get("AIDAAnn"), db.login_profiles.get(ACCOUNT)
        assert ann == LoginProfile(
            account=ACCOUNT, owner="AIDAAnn", hash="hash of Ann's", created=7, changed=7
        )
        assert root == LoginProfile(
            account=ACCOUNT, owner=ACCOUNT, hash="hash of root's", created=5, changed=5
        )
        assert db.login_profiles.get("AIDABea") is None
        assert [user.tags for user in db.users.page(ACCOUNT)] == [USER["tags"]] * 2
        kept = db.accounts.get(ACCOUNT)
        assert kept is not None and kept.name == "Dev"
    store.close()
