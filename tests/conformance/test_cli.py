"""The command line as a person uses it: child processes, exit codes, and what is said."""

import dataclasses
import json
import os
import re
import signal
import socket
import ssl
import stat
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner
from tests.conformance.http_edge import wait_until
from tests.fix_tls import make_certificate
from tests.fix_world import SESSION

from deputize.cli.demo import command
from deputize.cli.demo.script import CHAPTERS
from deputize.model import ids

PROGRAM = str(Path(sys.executable).with_name("deputize"))


def run(*arguments: str, **options: Any) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=120, **options)


def create(data: Path, *arguments: str) -> Any:
    """The account that is printed."""
    done = run("account", "create", *arguments, "--data", str(data))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@contextmanager
def serving(data: Path, *options: str) -> Iterator[tuple["subprocess.Popen[str]", str, str]]:
    """A server process, its URL, and its banner."""
    process = subprocess.Popen(
        [PROGRAM, "serve", "--data", str(data), "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        banner = ""
        for line in process.stdout:
            banner += line
            if line.startswith("Ready"):
                break
        found = re.search(r"https?://\S+", banner)
        assert found is not None, process.stderr.read()
        yield process, found[0], banner
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()
        process.stderr.close()


def children_of(process: int) -> list[int]:
    """Its workers, if it has any."""
    return [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def presented(port: int) -> str:
    """The certificate that the server shows."""
    return ssl.get_server_certificate(("127.0.0.1", port), timeout=20)


def sts(url: str, key: Any) -> Any:
    return SESSION.client(
        "sts",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )


class TestHelp:
    def test_it_teaches_the_first_steps(self) -> None:
        done = run("--help")
        assert done.returncode == 0
        for word in ("serve", "account", "demo", "AWS_ENDPOINT_URL"):
            assert word in done.stdout
        assert run("--version").stdout == "deputize 0.1.0\n"

    @pytest.mark.parametrize("command", ["serve", "account", "account create", "account list", "demo"])
    def test_every_command_explains_itself(self, command: str) -> None:
        assert run(*command.split(), "--help").stdout.startswith("Usage: deputize")

    def test_an_unknown_command(self) -> None:
        done = run("server")
        assert done.returncode == 2
        assert "No such command 'server'" in done.stderr


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """An installation of one account, and how it is listed."""
    data = tmp_path_factory.mktemp("first") / "d"
    create(data, "First", "--id", "111111111111", "--alias", "first")
    return data, run("account", "list", "--data", str(data)).stdout


class TestAccountCreate:
    def test_it_prints_the_account_and_its_secrets_once(self, tmp_path: Path) -> None:
        made = create(
            tmp_path / "d",
            "Dev",
            "--id",
            "111111111111",
            "--alias",
            "dev",
            "--admin",
            "ann",
            "--root-access-key",
        )
        assert made["Account"] == {
            "Id": "111111111111",
            "Name": "Dev",
            "Email": "dev@example.invalid",
            "Arn": "arn:aws:iam::111111111111:root",
            "Partition": "aws",
            "Status": "ACTIVE",
            "External": False,
            "Alias": "dev",
        }
        assert set(made["RootUser"]) == {"Email", "Password", "AccessKeyId", "SecretAccessKey"}
        assert set(made["Admin"]) == {"UserName", "Password", "AccessKeyId", "SecretAccessKey"}
        assert ids.account_of(made["Admin"]["AccessKeyId"]) == "111111111111"
        listed = run("account", "list", "--data", str(tmp_path / "d")).stdout
        assert json.loads(listed) == {"Accounts": [made["Account"]]}
        for secret in (made["RootUser"]["Password"], made["Admin"]["SecretAccessKey"]):
            assert secret not in listed

    def test_an_account_without_options_has_a_root_user_and_no_key(self, tmp_path: Path) -> None:
        made = create(tmp_path / "d", "Dev")
        assert re.fullmatch(r"\d{12}", made["Account"]["Id"])
        assert set(made) == {"Account", "RootUser"}
        assert set(made["RootUser"]) == {"Email", "Password"}

    def test_an_external_account_is_known_by_its_id_alone(self, tmp_path: Path) -> None:
        made = create(tmp_path / "d", "Vendor", "--id", "222222222222", "--external")
        assert set(made) == {"Account"}
        assert made["Account"]["External"] is True

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (("Again", "--id", "111111111111"), "there is an account 111111111111 already"),
            (
                ("First",),
                "another account has the e-mail address first@example.invalid: name one with --email",
            ),
            (("Short", "--id", "1"), "1 is no account id: 12 digits"),
            (("Mail", "--email", "nobody"), "nobody is no e-mail address"),
            (("Alias", "--alias", "first"), "another account has the alias first"),
            (("Alias", "--alias", "A_b"), "A_b is no alias"),
            (("Alias", "--alias", "123456789012"), "123456789012 is no alias"),
            (("Admin", "--admin", "a b"), "a b is no user name"),
            (("n" * 51,), "an account name has 1 to 50 characters"),
        ],
    )
    def test_refusals_say_why_and_change_nothing(
        self, first: tuple[Path, str], arguments: tuple[str, ...], said: str
    ) -> None:
        data, before = first
        done = run("account", "create", *arguments, "--data", str(data))
        assert done.returncode == 1
        assert said in done.stderr
        assert "Traceback" not in done.stderr
        assert run("account", "list", "--data", str(data)).stdout == before

    def test_nobody_signs_in_to_an_external_account(self, tmp_path: Path) -> None:
        done = run("account", "create", "V", "--external", "--admin", "a", "--data", str(tmp_path / "d"))
        assert done.returncode == 2
        assert "nobody signs in as an external account" in done.stderr


class TestDataDirectory:
    def test_it_is_its_owners_alone(self, tmp_path: Path) -> None:
        data = tmp_path / "d"
        create(data, "Dev")
        assert stat.S_IMODE(data.stat().st_mode) == 0o700
        assert stat.S_IMODE((data / "root.key").stat().st_mode) == 0o600
        data.chmod(0o750)
        done = run("account", "list", "--data", str(data))
        assert done.returncode == 1
        assert f"chmod 700 {data}" in done.stderr

    @pytest.mark.parametrize(
        "command",
        [
            "account list",
            "account set-quota 111122223333 users 5",
            "explain",
            "explain --last",
            "agent --role arn:aws:iam::111122223333:role/worker",
            "scrub",
            "backup b",
        ],
    )
    def test_what_needs_an_installation_makes_none(self, tmp_path: Path, command: str) -> None:
        """A slip in --data is told, and not answered with an empty installation."""
        data = tmp_path / "tpyo"
        done = run(*command.split(), "--data", str(data), cwd=tmp_path)
        assert done.returncode == 2
        assert f"there is no installation in {data}" in done.stderr
        assert list(tmp_path.iterdir()) == []

    def test_without_accounts_no_call_was_refused(self, tmp_path: Path) -> None:
        data = tmp_path / "d"
        with serving(data):
            pass
        for option in ((), ("--last",)):
            done = run("explain", *option, "--data", str(data))
            assert (done.returncode, done.stdout) == (0, "No refused call is kept.\n")

    @pytest.mark.parametrize("how", ["missing", "empty"])
    def test_no_database_is_made_anew_beside_stored_objects(self, tmp_path: Path, how: str) -> None:
        """It would name none of them, and the sweep would remove them all."""
        data = tmp_path / "d"
        create(data, "Dev")
        blob = data / "blobs" / "ab" / f"ab{'0' * 30}"
        blob.parent.mkdir()
        blob.write_bytes(b"sealed")
        for name in ("deputize.db-wal", "deputize.db-shm"):
            (data / name).unlink(missing_ok=True)
        if how == "missing":
            (data / "deputize.db").unlink()
        else:
            (data / "deputize.db").write_bytes(b"")
        for words in (("serve", "--port", "0"), ("account", "create", "Again")):
            done = run(*words, "--data", str(data))
            assert done.returncode == 1
            assert done.stderr.splitlines() == [
                f"error: {data / 'deputize.db'} is missing or empty, and there are objects that it named",
                "       restore a backup",
            ]
        assert blob.read_bytes() == b"sealed"
        assert not (data / "deputize.db").exists() or (data / "deputize.db").stat().st_size == 0

    def test_a_missing_root_key_is_never_made_anew(self, tmp_path: Path) -> None:
        data = tmp_path / "d"
        create(data, "Dev")
        kept = (data / "root.key").read_bytes()
        (data / "root.key").unlink()
        done = run("account", "list", "--data", str(data))
        assert done.returncode == 1
        assert "root.key is missing" in done.stderr
        assert not (data / "root.key").exists()
        (data / "root.key").write_bytes(kept[::-1])
        (data / "root.key").chmod(0o600)
        assert (
            "not the one that this data was written with"
            in run("account", "list", "--data", str(data)).stderr
        )
        (data / "root.key").chmod(0o644)
        assert "chmod 600" in run("account", "list", "--data", str(data)).stderr
        (data / "root.key").write_bytes(b"short")
        (data / "root.key").chmod(0o600)
        assert "is damaged" in run("account", "list", "--data", str(data)).stderr

    def test_the_root_key_may_come_from_the_environment(self, tmp_path: Path) -> None:
        data = str(tmp_path / "d")
        key = {"DEPUTIZE_ROOT_KEY": "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="}
        assert run("account", "create", "Dev", "--data", data, env=key).returncode == 0
        assert not (tmp_path / "d" / "root.key").exists()
        assert run("account", "list", "--data", data, env=key).returncode == 0
        done = run("account", "list", "--data", data, env={"DEPUTIZE_ROOT_KEY": "short"})
        assert "is not the base64 of 32 bytes" in done.stderr

    def test_another_programs_database_is_refused(self, tmp_path: Path) -> None:
        data = tmp_path / "d"
        create(data, "Dev")
        for name in ("deputize.db", "deputize.db-wal", "deputize.db-shm"):
            (data / name).unlink(missing_ok=True)
        (data / "deputize.db").write_bytes(b"no database at all, but long enough to be looked at" * 20)
        done = run("account", "list", "--data", str(data))
        assert done.returncode == 1
        assert done.stderr.startswith("error: ")


class TestServe:
    def test_the_banner_says_where_and_what(self, tmp_path: Path) -> None:
        with serving(tmp_path / "d") as (_, url, banner):
            assert f"export AWS_ENDPOINT_URL={url}" in banner
            assert "Enforced  signatures, IAM policies, trust policies, bucket policies" in banner
            assert "none yet: deputize account create Development --admin admin" in banner
            assert re.search(r"Ready in \d\.\d s\.", banner)
        with serving(tmp_path / "d", "--host", "0.0.0.0") as (_, _, banner):  # noqa: S104
            assert "other machines can reach these ports, and nothing is encrypted" in banner

    def test_an_account_that_is_made_meanwhile_is_there_with_the_next_request(self, tmp_path: Path) -> None:
        log = tmp_path / "access.jsonl"
        with serving(tmp_path / "d", "--access-log", str(log)) as (process, url, _):
            made = create(tmp_path / "d", "Dev", "--admin", "admin")
            client = sts(url, made["Admin"])
            assert client.get_caller_identity()["Account"] == made["Account"]["Id"]
            client.close()
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0
        line = json.loads(log.read_text().splitlines()[-1])
        assert (line["method"], line["path"], line["status"]) == ("POST", "/", 200)
        assert made["Admin"]["AccessKeyId"] not in log.read_text()

    @pytest.mark.parametrize(
        ("options", "wrong", "remedy"),
        [
            (("--tls-cert", "c.pem"), "--tls-cert is given without --tls-key", "TLS needs both"),
            (("--tls-key", "k.pem"), "--tls-key is given without --tls-cert", "TLS needs both"),
            (("--tls-cert", "c.pem", "--tls-key", "k.pem"), "cannot read c.pem", "name a PEM file"),
            (("--base-host", "http://a.example"), "is no DNS name", "give the name alone"),
            (("--base-host", "a.example:80"), "is no DNS name", "give the name alone"),
            (("--base-host", "10.0.0.1"), "is no DNS name", "give the name alone"),
            (("--base-host", ""), "is no DNS name", "give the name alone"),
            (("--trusted-proxy", "10.0.0.1/8"), "has host bits set", "give a network"),
            (("--trusted-proxy", "0.0.0.0/0"), "would trust everybody", "give a network"),
            (("--notify", "https://example.com/"), "--notify names no queue", "give NAME=URL"),
            (("--notify", "a.b=https://example.com/"), "--notify names no queue", "give NAME=URL"),
            (("--notify", "hook=ftp://example.com/"), "--notify hook has no URL", "give NAME=https://"),
            (("--notify", "hook=https://me:secret@example.com/"), "--notify hook has no URL", "give NAME="),
            (("--access-log", "/nowhere/log"), "cannot write /nowhere/log", "name another --access-log"),
        ],
    )
    def test_bad_input_says_what_is_wrong_and_what_to_do(
        self, tmp_path: Path, options: tuple[str, ...], wrong: str, remedy: str
    ) -> None:
        done = run("serve", "--data", str(tmp_path / "d"), *options, cwd=tmp_path)
        assert done.returncode == 2
        first, second = done.stderr.splitlines()
        assert first.startswith("error: ")
        assert wrong in first
        assert remedy in second
        assert not (tmp_path / "d").exists()

    @pytest.mark.parametrize("workers", ["1", "2"])
    def test_by_tls_and_its_certificate_renewed(self, tmp_path: Path, workers: str) -> None:
        files = make_certificate(tmp_path / "tls")
        options = ("--tls-cert", str(files.chain), "--tls-key", str(files.key), "--workers", workers)
        with serving(tmp_path / "d", "--host", "0.0.0.0", *options) as (process, url, banner):  # noqa: S104
            assert url.startswith("https://")
            assert "Warning" not in banner
            port = int(url.rpartition(":")[2])
            first = presented(port)
            make_certificate(tmp_path / "tls", common_name="renewed")
            process.send_signal(signal.SIGHUP)
            wait_until(lambda: presented(port) != first)
            assert process.poll() is None
            # A worker that is started again later has the new one too.
            for worker in children_of(process.pid):
                os.kill(worker, signal.SIGKILL)
            assert presented(port) != first

    @pytest.mark.parametrize("workers", ["1", "2"])
    def test_sighup_without_a_certificate_changes_nothing(self, tmp_path: Path, workers: str) -> None:
        with serving(tmp_path / "d", "--workers", workers) as (process, url, _):
            for one in (process.pid, *children_of(process.pid)):
                os.kill(one, signal.SIGHUP)
            with urllib.request.urlopen(url + "/_health", timeout=20) as answer:  # noqa: S310 - ours
                assert answer.status == 200
            assert process.poll() is None
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0

    @pytest.mark.parametrize("command", ["serve --port", "serve --console-port", "agent --role R --port"])
    @pytest.mark.parametrize("port", ["65536", "-1"])
    def test_a_port_that_there_is_not(self, tmp_path: Path, command: str, port: str) -> None:
        done = run(*command.split(), port, "--data", str(tmp_path / "d"))
        assert done.returncode == 2
        assert f"{port} is not in the range 0<=x<=65535" in done.stderr
        assert not (tmp_path / "d").exists()

    @pytest.mark.parametrize("host", ["192.0.2.1", "nowhere.invalid"])
    def test_an_address_that_is_not_this_machines(self, tmp_path: Path, host: str) -> None:
        done = run("serve", "--data", str(tmp_path / "d"), "--port", "0", "--host", host)
        assert done.returncode == 1
        assert f"cannot listen on {host}:0" in done.stderr
        assert "name an address of this machine with --host" in done.stderr
        assert "another server" not in done.stderr

    def test_a_port_that_is_taken(self, tmp_path: Path) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = str(taken.getsockname()[1])
            done = run("serve", "--data", str(tmp_path / "d"), "--port", port)
        assert done.returncode == 1
        assert "is another server running there? name another --port" in done.stderr

    def test_there_are_no_default_credentials(self, tmp_path: Path) -> None:
        create(tmp_path / "d", "Dev")
        with serving(tmp_path / "d") as (_, url, _):
            client = sts(url, {"AccessKeyId": "test", "SecretAccessKey": "test"})
            with pytest.raises(client.exceptions.ClientError, match="InvalidClientTokenId"):
                client.get_caller_identity()
            client.close()


@pytest.mark.slow
class TestDemo:
    @pytest.mark.parametrize(
        ("promised", "code", "told"),
        [
            ("make_bucket: productionapp", 0, "1 of 1 steps as the tutorial says"),
            ("make_bucket: another", 1, "NOT what the tutorial says; wanted: make_bucket: another"),
        ],
    )
    def test_it_says_whether_a_step_is_as_promised(
        self, monkeypatch: pytest.MonkeyPatch, promised: str, code: int, told: str
    ) -> None:
        step = dataclasses.replace(CHAPTERS[0].steps[0], shows=promised)
        chapter = dataclasses.replace(CHAPTERS[0], steps=(step,))
        monkeypatch.setattr(command, "CHAPTERS", (chapter,))
        done = CliRunner().invoke(command.demo)
        assert (done.exit_code, told in done.stdout) == (code, True)

    def test_every_step_is_as_the_tutorial_says_and_keep_leaves_the_server(self) -> None:
        steps = sum(len(chapter.steps) for chapter in CHAPTERS)
        with subprocess.Popen([PROGRAM, "demo", "--keep"], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            told = ""
            for line in process.stdout:
                told += line
                if "Ctrl-C stops" in line:
                    break
            assert f"{steps} of {steps} steps as the tutorial says" in told, told
            assert "NOT what" not in told
            url = re.search(r"server\s+(http://\S+)", told)
            assert url is not None
            with socket.create_connection(("127.0.0.1", int(url[1].rpartition(":")[2])), timeout=5):
                pass
            assert re.search(r"^aws_secret_access_key = \*+$", told, re.MULTILINE)
            doors = re.findall(r"^  (http://\S+/_console/)signin/(\S+) +(\S+) +\*+$", told, re.MULTILINE)
            people = {("development", "admin"), ("production", "admin"), ("development", "David")}
            consoles = {console for console, _, _ in doors}
            assert len(consoles) == 2
            for console in consoles:
                assert people <= {(account, name) for found, account, name in doors if found == console}
                with socket.create_connection(("127.0.0.1", int(urlsplit(console).port or 0)), timeout=5):
                    pass
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 0
