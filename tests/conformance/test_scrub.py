"""`deputize scrub` beside a running server: each kind of damage is named, and nothing else."""

import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import apsw
import pytest
from click.testing import CliRunner, Result
from tests.fix_world import TestAccount, World

from deputize.blobs.vault import Vault
from deputize.cli.main import main
from deputize.domain.integrity import Verifier
from deputize.domain.scrub import scrub
from deputize.model.storage import PLAIN

LARGE = os.urandom(200_000)
PART = os.urandom(5 * 1024**2)
LINES = {
    "bit": "do not open",
    "cut": "the kept size is",
    "longer": "the kept size is",
    "missing": "is missing",
}


@pytest.fixture
def account(world: World) -> TestAccount:
    made = world.account("Scrub")
    world.client("s3", made.admin).create_bucket(Bucket="kept")
    return made


@pytest.fixture
def s3(world: World, account: TestAccount) -> Any:
    return world.client("s3", account.admin)


def run(world: World, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["scrub", "--data", str(world.data), *arguments])


def problems(world: World) -> list[dict[str, Any]]:
    """What is found, without the sums; the exit code agrees."""
    done = run(world, "--json")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    sums = found.pop()
    assert sums["problems"] == len(found)
    assert done.exit_code == (1 if found else 0), done.output
    return found


def files(world: World) -> list[Path]:
    return [path for path in (world.data / "blobs").rglob("*") if path.is_file()]


def damage(path: Path, how: str) -> None:
    match how:
        case "bit":
            kept = bytearray(path.read_bytes())
            kept[len(kept) // 2] ^= 1
            path.write_bytes(kept)
        case "cut":
            os.truncate(path, path.stat().st_size - 1)
        case "longer":
            path.write_bytes(path.read_bytes() + b"x")
        case "missing":
            path.unlink()


def execute(world: World, statement: str, *values: Any) -> None:
    """Change rows behind the server's back."""
    connection = apsw.Connection(str(world.data / "deputize.db"))
    connection.set_busy_timeout(5000)
    connection.execute(statement, values)
    connection.close()


def upload(s3: Any, key: str, *, complete: bool = True, **more: Any) -> str:
    """Of two parts; returns the upload's id."""
    identity: str = s3.create_multipart_upload(Bucket="kept", Key=key, **more)["UploadId"]
    parts = []
    algorithm = {"ChecksumAlgorithm": more["ChecksumAlgorithm"]} if more else {}
    for number, body in enumerate((PART, b"the last one"), 1):
        made = s3.upload_part(
            Bucket="kept", Key=key, UploadId=identity, PartNumber=number, Body=body, **algorithm
        )
        named = {name: value for name, value in made.items() if name.startswith("Checksum") and more}
        parts.append({"PartNumber": number, "ETag": made["ETag"], **named})
    if complete:
        s3.complete_multipart_upload(
            Bucket="kept", Key=key, UploadId=identity, MultipartUpload={"Parts": parts}
        )
    return identity


def test_all_that_clients_store_is_as_it_should_be(world: World, account: TestAccount, s3: Any) -> None:
    s3.put_bucket_versioning(Bucket="kept", VersioningConfiguration={"Status": "Enabled"})
    for body in (b"", b"small", LARGE):
        s3.put_object(Bucket="kept", Key="one", Body=body)
    for algorithm in ("CRC32", "CRC32C", "SHA1", "SHA256", "CRC64NVME"):
        s3.put_object(Bucket="kept", Key=algorithm, Body=LARGE, ChecksumAlgorithm=algorithm)
        upload(s3, f"several/{algorithm}", ChecksumAlgorithm=algorithm)
    upload(s3, "several/whole", ChecksumAlgorithm="CRC32", ChecksumType="FULL_OBJECT")
    upload(s3, "several/default")
    upload(s3, "going on", complete=False)
    s3.copy_object(Bucket="kept", Key="copy", CopySource="kept/several/CRC32")
    s3.delete_object(Bucket="kept", Key="one")
    world.client("s3", account.admin).create_bucket(Bucket="empty")
    done = run(world)
    assert done.exit_code == 0, done.output
    assert done.stdout == "Looked at 18 versions and parts of uploads: no problems.\n"


@pytest.mark.parametrize("how", LINES)
def test_a_file_that_was_damaged(world: World, s3: Any, how: str) -> None:
    s3.put_object(Bucket="kept", Key="good", Body=LARGE)
    (good,) = files(world)
    s3.put_object(Bucket="kept", Key="bad", Body=LARGE)
    (bad,) = set(files(world)) - {good}
    damage(bad, how)
    (found,) = problems(world)
    assert (found["bucket"], found["key"], found["version"]) == ("kept", "bad", "null")
    assert LINES[how] in found["problem"]
    assert "size" in found["problem"] or bad.name in found["problem"]
    done = run(world)
    assert done.stdout.splitlines()[0].startswith("kept/bad (version null): ")
    assert done.stdout.splitlines()[1] == "Looked at 2 versions and parts of uploads: 1 problem."


def test_a_bit_of_a_file_that_is_not_sealed(world: World, s3: Any) -> None:
    plain = Vault(store=world.opened.blobs, keyring=world.opened.keyring, seals=False)
    s3.put_object(Bucket="kept", Key="bad", Body=LARGE)
    staged = plain.stage()
    staged.write(LARGE)
    blob = staged.commit()
    execute(world, "UPDATE blobs SET id = ?, format = ?", blob, PLAIN)
    execute(world, "UPDATE objects SET blob = ?", blob)
    assert [one["problem"] for one in problems(world)] == ["its row says that it is encrypted, and it is not"]
    execute(world, """UPDATE objects SET rest = json_set(rest, '$.encrypted', json('false'))""")
    assert problems(world) == []
    (path,) = (one for one in files(world) if one.name == blob.hex())
    damage(path, "bit")
    (found,) = problems(world)
    assert found["problem"].startswith("the ETag is ")


CHANGES = {
    "etag": ("""UPDATE objects SET etag = '0'""", "the ETag is .*, and should be 0"),
    "size": ("UPDATE objects SET size = 1", "the size is 200000, and should be 1"),
    "checksum": (
        """UPDATE objects SET rest = json_set(rest, '$.checksums.CRC64NVME', 'AAAAAAAAAAA=')""",
        "the CRC64NVME is .*, and should be AAAAAAAAAAA=",
    ),
    "no checksum": (
        """UPDATE objects SET rest = json_set(rest, '$.checksums.CRC9', 'AA==')""",
        r"its row makes no sense: KeyError\('CRC9'\)",
    ),
    "no bytes": ("DELETE FROM blobs", "its bytes [0-9a-f]{32} have no row"),
    "parts": (
        """UPDATE objects SET rest = json_set(rest, '$.parts', 2)""",
        "the number of parts is 0, and should be 2",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_row_that_was_changed(world: World, s3: Any, change: str) -> None:
    s3.put_object(Bucket="kept", Key="bad", Body=LARGE)
    statement, said = CHANGES[change]
    execute(world, statement)
    (found,) = (one for one in problems(world) if "file" not in one)
    assert found["key"] == "bad"
    assert re.fullmatch(said, found["problem"])


def test_rows_that_nobody_understands(world: World, s3: Any) -> None:
    s3.put_object(Bucket="kept", Key="bad", Body=b"x")
    execute(world, """UPDATE objects SET rest = json_set(rest, '$.unheard', 1)""")
    (found,) = problems(world)
    assert found["bucket"] == "kept"
    assert "its versions cannot be read: TypeError" in found["problem"]


def test_bytes_in_the_database(world: World, s3: Any) -> None:
    s3.put_object(Bucket="kept", Key="a\n\x1b[31m", Body=b"small")
    execute(world, "UPDATE blobs SET data = CAST(substr(data, 1, 20) || x'00' AS BLOB)")
    (found,) = problems(world)
    assert found["key"] == "a\n\x1b[31m"
    assert "do not open" in found["problem"]
    assert run(world).stdout.startswith("kept/a\\n\\x1b[31m (version null): ")
    execute(world, "UPDATE blobs SET data = x'00'")
    (found,) = problems(world)
    assert found["problem"] == "the kept size is 1, and should be 21"


@pytest.mark.parametrize("how", LINES)
def test_a_part_of_an_object(world: World, s3: Any, how: str) -> None:
    upload(s3, "several", ChecksumAlgorithm="SHA256")
    (path,) = files(world)
    damage(path, how)
    (found,) = problems(world)
    assert found["key"] == "several"
    assert found["problem"].startswith("part 1: ")
    assert LINES[how] in found["problem"]


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "UPDATE blob_parts SET start = 9 WHERE start > 0",
            "part 2: the beginning is 9, and should be 5242880",
        ),
        ("UPDATE blob_parts SET size = 9 WHERE start = 0", "part 1: the size is 5242880, and should be 9"),
        ("DELETE FROM blob_parts WHERE start > 0", "the size is 5242880, and should be 5242892"),
        ("UPDATE objects SET etag = '0-2'", "and should be 0-2"),
        (
            "UPDATE blob_parts SET rest = json_set(rest, '$.checksums.SHA256', 'AA==')",
            "part 1: the SHA256 is",
        ),
        ("UPDATE objects SET rest = json_set(rest, '$.checksums.SHA256', 'AA==-2')", "and should be AA==-2"),
    ],
)
def test_what_an_object_says_of_its_parts(world: World, s3: Any, statement: str, said: str) -> None:
    upload(s3, "several", ChecksumAlgorithm="SHA256")
    execute(world, statement)
    (found,) = problems(world)
    assert said in found["problem"]


def test_a_part_of_an_upload(world: World, s3: Any) -> None:
    identity = upload(s3, "going on", complete=False)
    (path,) = files(world)
    damage(path, "bit")
    (found,) = problems(world)
    assert (found["bucket"], found["key"], found["upload"], found["part"]) == (
        "kept",
        "going on",
        identity,
        1,
    )
    assert "do not open" in found["problem"]
    assert f"kept/going on (upload {identity}, part 1): " in run(world).stdout


def test_files_that_nothing_names(world: World, s3: Any) -> None:
    s3.put_object(Bucket="kept", Key="replaced", Body=LARGE)
    s3.put_object(Bucket="kept", Key="replaced", Body=LARGE)  # the first file is garbage, and remembered
    staged = world.opened.blobs.stage()
    staged.write(b"crashed before the row")
    orphan = staged.commit()
    (world.data / "blobs" / "a note").write_text("somebody else's")
    (world.data / "blobs" / "ab").mkdir(exist_ok=True)
    (world.data / "blobs" / "ab" / "abc").write_text("somebody else's")
    assert problems(world) == []
    for path in files(world):
        os.utime(path, (1000, 1000))
    assert problems(world) == [{"file": orphan.hex(), "problem": "no row names this file"}]
    assert run(world).stdout.startswith(f"{orphan.hex()}: no row names this file\n")


def test_a_file_that_cannot_be_read(world: World, s3: Any) -> None:
    s3.put_object(Bucket="kept", Key="bad", Body=LARGE)
    (path,) = files(world)
    path.unlink()
    path.mkdir()
    (found,) = problems(world)
    assert f"its file {path.name} cannot be read: " in found["problem"]
    assert "Is a directory" in found["problem"]


def test_a_file_that_the_sweep_removes_while_it_is_looked_at(
    world: World, s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.opened.blobs, "older", lambda before: iter([b"0" * 16]))
    assert list(changing(world, lambda: None)) == []


def test_a_damaged_database(world: World, s3: Any) -> None:
    s3.put_object(Bucket="kept", Key="k", Body=b"x")
    execute(world, "PRAGMA wal_checkpoint(TRUNCATE)")
    execute(
        world, "CREATE TABLE more (a INTEGER PRIMARY KEY, b TEXT NOT NULL); INSERT INTO more VALUES (1, 'b')"
    )
    execute(
        world,
        "PRAGMA writable_schema = ON; "
        "UPDATE sqlite_schema SET sql = replace(sql, 'b TEXT', 'b INTEGER, c TEXT') WHERE name = 'more'",
    )
    (found, *_) = problems(world)
    assert found["file"] == "deputize.db"
    assert "the database is damaged" in found["problem"]


@pytest.mark.parametrize("file", ["deputize.db", "root.check"])
def test_it_makes_no_installation(tmp_path: Path, file: str) -> None:
    data = tmp_path / "none"
    done = CliRunner().invoke(main, ["scrub", "--data", str(data)])
    assert done.exit_code == 2
    assert f"there is no installation in {data}" in done.stderr
    assert not data.exists()


def test_all_of_many_damages(world: World, s3: Any) -> None:
    """50 of 150 files are changed by a bit, 50 deleted, and 50 are added: these are found, and no more."""
    chance = random.Random(7)  # noqa: S311 - damage that is the same each time
    for number in range(150):
        s3.put_object(Bucket="kept", Key=f"{number}", Body=chance.randbytes(40_000))
    known = {path.name: path for path in files(world)}
    chosen = chance.sample(sorted(known), 100)
    for name in chosen[:50]:
        kept = bytearray(known[name].read_bytes())
        kept[chance.randrange(len(kept))] ^= 1 << chance.randrange(8)
        known[name].write_bytes(kept)
    for name in chosen[50:]:
        known[name].unlink()
    added = set()
    for _ in range(50):
        staged = world.opened.blobs.stage()
        staged.write(chance.randbytes(10))
        added.add(staged.commit().hex())
    for path in files(world):
        os.utime(path, (1000, 1000))
    found = problems(world)
    assert {one["file"] for one in found if "file" in one} == added
    of_objects = [re.findall(r"[0-9a-f]{32}", one["problem"])[0] for one in found if "file" not in one]
    assert sorted(of_objects) == sorted(chosen)


def test_a_terminal_shows_how_far_it_is(world: World, s3: Any) -> None:
    s3.put_object(Bucket="kept", Key="bad", Body=LARGE)
    damage(files(world)[0], "bit")
    ours, its = os.openpty()
    command = [str(Path(sys.executable).with_name("deputize")), "scrub", "--data", str(world.data)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=its, text=True, timeout=60)
    os.close(its)
    shown = os.read(ours, 65536).decode()
    os.close(ours)
    assert done.returncode == 1
    assert "Verifying" in shown
    assert done.stdout.startswith("kept/bad (version null): ")


# --- what changes meanwhile


def changing(world: World, change: Callable[[], object]) -> Iterator[str | None]:
    """What a scrub finds while `change` is made once, as soon as bytes were read."""
    pending = [change]

    def advance(_size: int) -> None:
        if pending:
            pending.pop()()

    verifier = Verifier(world.opened.store, world.opened.installation.vault, advance)
    return (seen.problem for seen in scrub(verifier, world.clock.now))


def sweep_now(world: World) -> None:
    """As if the grace were over."""
    for path in files(world):
        with world.opened.store.snapshot() as db:
            if db.objects.blob(bytes.fromhex(path.name)) is None:
                path.unlink()


@pytest.mark.parametrize("change", ["replaced", "deleted", "aborted"])
def test_what_is_replaced_meanwhile_is_no_error(world: World, s3: Any, change: str) -> None:
    for key in ("a", "b"):
        s3.put_object(Bucket="kept", Key=key, Body=LARGE)
    upload(s3, "several")
    identity = upload(s3, "going on", complete=False)

    def act() -> None:
        for key in ("b", "several"):
            if change == "replaced":
                s3.put_object(Bucket="kept", Key=key, Body=b"another")
            elif change == "deleted":
                s3.delete_object(Bucket="kept", Key=key)
        if change == "aborted":
            s3.abort_multipart_upload(Bucket="kept", Key="going on", UploadId=identity)
        sweep_now(world)

    assert set(changing(world, act)) == {None}


def test_a_server_that_goes_on_writing(world: World, s3: Any) -> None:
    """What is stored behind the page that is looked at is seen, and right."""
    s3.put_object(Bucket="kept", Key="a", Body=LARGE)
    found = list(changing(world, partial(s3.put_object, Bucket="kept", Key="b", Body=LARGE)))
    assert set(found) == {None}
