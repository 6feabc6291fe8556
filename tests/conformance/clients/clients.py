"""Every client as a child process, with one name for each thing that all of them do. Their configuration is
that of docs/clients.md.
"""

import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conformance.clients import guide
from tests.fix_world import Keys
from tests.programs import LIBRARIES, PATH, need

HERE = Path(__file__).parent
Done = subprocess.CompletedProcess[str]


def library(name: str) -> dict[str, str]:
    """The commands of our program around a library that needs a Python of its own."""
    return program(str(LIBRARIES), str(HERE / "programs" / f"{name}_client.py"))


def program(*line: str) -> dict[str, str]:
    """The commands of a program of ours around a library."""
    name = shlex.join(line)
    return {
        "put": f"{name} put {{bucket}} {{key}} {{file}}",
        "get": f"{name} get {{bucket}} {{key}} {{file}}",
        "mv": f"{name} mv {{bucket}} {{key}} {{to}}",
        "rm": f"{name} rm {{bucket}} {{key}}",
        "ls": f"{name} ls {{bucket}}",
    }


# What is typed for each action.
COMMANDS = {
    "AWS CLI": {
        "put": "aws s3 cp {file} s3://{bucket}/{key}",
        "get": "aws s3 cp s3://{bucket}/{key} {file}",
        "mv": "aws s3 mv s3://{bucket}/{key} s3://{bucket}/{to}",
        "rm": "aws s3 rm s3://{bucket}/{key}",
        "ls": "aws s3 ls --recursive s3://{bucket}",
    },
    "boto3": program(sys.executable, str(HERE / "programs" / "boto3_client.py")),
    "AWS SDK for JavaScript": program("node", "--no-warnings", str(HERE / "js" / "client.mjs")),
    "rclone": {
        "put": "rclone --retries 1 copyto {file} deputize:{bucket}/{key}",
        "get": "rclone --retries 1 copyto deputize:{bucket}/{key} {file}",
        "mv": "rclone --retries 1 moveto deputize:{bucket}/{key} deputize:{bucket}/{to}",
        "rm": "rclone --retries 1 deletefile deputize:{bucket}/{key}",
        "ls": "rclone --retries 1 lsf --recursive --files-only deputize:{bucket}",
    },
    "s3cmd": {
        "put": "s3cmd put {file} s3://{bucket}/{key}",
        "get": "s3cmd get s3://{bucket}/{key} {file}",
        "mv": "s3cmd --acl-private mv s3://{bucket}/{key} s3://{bucket}/{to}",
        "rm": "s3cmd del s3://{bucket}/{key}",
        "ls": "s3cmd ls --recursive s3://{bucket}",
    },
    "s5cmd": {
        "put": "s5cmd cp {file} s3://{bucket}/{key}",
        "get": "s5cmd cp s3://{bucket}/{key} {file}",
        "mv": "s5cmd mv s3://{bucket}/{key} s3://{bucket}/{to}",
        "rm": "s5cmd rm s3://{bucket}/{key}",
        "ls": "s5cmd ls s3://{bucket}/*",
    },
    "obstore": program(sys.executable, str(HERE / "programs" / "obstore_client.py")),
    "s3fs": library("s3fs"),
    "pyarrow": library("pyarrow"),
    "minio-py": library("minio"),
}
# What a listing shows before the key: a date, a time, the size, and s3cmd the address.
_COLUMNS = re.compile(r"\d{4}[-/]\d\d[-/]\d\d \d\d:\d\d(?::\d\d)? +\d+ +(?:s3://[^/]+/)?")


@dataclass(frozen=True)
class Client:
    """A client in a home of its own, signing with `keys` for the server at `url`. `authority` holds the
    certificates that it is to trust.
    """

    name: str
    home: Path
    url: str
    keys: Keys
    authority: Path | None = None

    def __post_init__(self) -> None:
        need(shlex.split(COMMANDS[self.name]["ls"])[0])
        self.home.mkdir(exist_ok=True)
        guide.write_files(guide.sections()[self.name], self.home, self.url)

    @property
    def environment(self) -> dict[str, str]:
        """What the guide sets, and nothing of the machine's but the PATH."""
        host = "127.0.0.1"
        if self.name == "AWS SDK for JavaScript":
            host = "localhost" if self.authority is None else "s3.localhost"
        own = COMMANDS[self.name]["ls"].startswith(str(LIBRARIES))
        return {
            "PATH": f"{LIBRARIES.parent}:{PATH}" if own else PATH,
            "HOME": str(self.home),
            "LC_ALL": "C.UTF-8",
            "AWS_ENDPOINT_URL": self.url.replace("127.0.0.1", host),
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": self.keys.id,
            "AWS_SECRET_ACCESS_KEY": self.keys.secret,
            "S3_ENDPOINT_URL": self.url,
            **(guide.trusting(self.name, self.authority) if self.authority is not None else {}),
        }

    def shell(self, script: str) -> Done:
        """Run lines of the shell, as far as they succeed."""
        return self._run(["sh", "-e", "-c", script])

    def run(self, line: str, **words: Any) -> Done:
        """Run a command; what stands in braces is a word, or a part of one, of `words`."""
        return self._run([word.format(**words) for word in shlex.split(line)])

    def _run(self, words: list[str]) -> Done:
        return subprocess.run(
            words,
            cwd=self.home,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            stdin=subprocess.DEVNULL,
        )

    def put(self, bucket: str, key: str, file: Path) -> Done:
        return self.run(COMMANDS[self.name]["put"], bucket=bucket, key=key, file=file)

    def get(self, bucket: str, key: str, file: Path) -> Done:
        return self.run(COMMANDS[self.name]["get"], bucket=bucket, key=key, file=file)

    def move(self, bucket: str, key: str, to: str) -> Done:
        return self.run(COMMANDS[self.name]["mv"], bucket=bucket, key=key, to=to)

    def remove(self, bucket: str, key: str) -> Done:
        return self.run(COMMANDS[self.name]["rm"], bucket=bucket, key=key)

    def list(self, bucket: str) -> list[str]:
        """Every key of the bucket, as the client shows it."""
        done = self.run(COMMANDS[self.name]["ls"], bucket=bucket)
        assert done.returncode == 0, done.stderr
        return [_COLUMNS.sub("", line) for line in done.stdout.splitlines()]


def said(done: Done) -> str:
    """All that it printed, in one line."""
    return " ".join((done.stdout + done.stderr).split())
