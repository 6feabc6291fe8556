"""`site` and `secure_site`: a server process as `deputize serve` starts it, and its access log."""

import functools
import hashlib
import itertools
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.conformance.test_cli import create, serving
from tests.fix_tls import make_certificate
from tests.fix_world import SESSION, Keys

_numbers = itertools.count(1)
READS = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "*"}],
}


@dataclass(frozen=True)
class Site:
    """A running server with one account: its administrator, and a user who may only read. Where it speaks
    TLS, `authority` is what clients have to trust.
    """

    url: str
    log: Path
    admin: Keys
    reader: Keys
    authority: Path | None = None

    @functools.cached_property
    def s3(self) -> Any:
        return client("s3", self.url, self.admin, self.authority)

    def bucket(self) -> str:
        name = f"bucket-{next(_numbers)}"
        self.s3.create_bucket(Bucket=name)
        return name

    def state(self, bucket: str) -> list[tuple[str, str, Any]]:
        """Key, ETag and time of every object (of the first thousand)."""
        listed = self.s3.list_objects_v2(Bucket=bucket).get("Contents", [])
        return [(one["Key"], one["ETag"], one["LastModified"]) for one in listed]

    def requests(self) -> list[dict[str, Any]]:
        """Every request that was answered, in order."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]


def client(service: str, url: str, keys: Keys, authority: Path | None = None) -> Any:
    return SESSION.client(
        service,
        endpoint_url=url,
        region_name="us-east-1",
        verify=str(authority) if authority is not None else None,
        aws_access_key_id=keys.id,
        aws_secret_access_key=keys.secret,
    )


def sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


@contextmanager
def running(folder: Path, *options: str, authority: Path | None = None) -> Iterator[Site]:
    """A server over a new folder below `folder`, both gone afterwards."""
    log = folder / "access.jsonl"
    admin = Keys.of(create(folder / "data", "Site", "--admin", "admin")["Admin"])
    with serving(folder / "data", "--access-log", str(log), *options) as (_, url, _):
        iam = client("iam", url, admin, authority)
        iam.create_user(UserName="reader")
        iam.put_user_policy(UserName="reader", PolicyName="reads", PolicyDocument=json.dumps(READS))
        reader = Keys.of(iam.create_access_key(UserName="reader")["AccessKey"])
        iam.close()
        site = Site(url, log, admin, reader, authority)
        yield site
        site.s3.close()
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running(tmp_path_factory.mktemp("site")) as made:
        yield made


@pytest.fixture(scope="module")
def secure_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The same by TLS."""
    made = make_certificate(tmp_path_factory.mktemp("tls"))
    options = ("--tls-cert", str(made.chain), "--tls-key", str(made.key))
    with running(tmp_path_factory.mktemp("site"), *options, authority=made.authority) as secure:
        yield secure
