"""Runs the script: a server and the AWS CLI as child processes, in a temporary folder."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deputize.cli.demo.script import DEVELOPMENT, FILES, PRODUCTION, ROLE, VENDOR, Step
from deputize.secrets import passwords

REGION = "us-east-1"
# How long a single command may take (seconds).
PATIENCE = 60
# The users of Development.
PEOPLE = ("David", "Jane", "Nobody")


class Unable(Exception):
    """The demo cannot run here: what is missing, and in `hint` what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a step: what the CLI answered, in a line, and whether it is what the tutorial promises."""

    answer: str
    kept: bool


def program(name: str) -> str:
    """A program beside this Python, or on the PATH. Raises Unable."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        raise Unable(f"the program {name} is missing", "make install brings it (it is on PyPI: awscli)")
    return found


@dataclass(frozen=True, slots=True)
class SignIn:
    """With what somebody signs in to the console."""

    account: str
    name: str
    password: str = field(repr=False)


@dataclass
class Stage:
    """A temporary folder, the server in it, and everybody's credentials as environment variables."""

    folder: Path
    url: str = ""
    console: str = ""
    sign_ins: list[SignIn] = field(default_factory=list)
    people: dict[str, dict[str, str]] = field(default_factory=dict)
    secrets: dict[str, tuple[str, str]] = field(default_factory=dict)
    server: "subprocess.Popen[str] | None" = None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def start(self) -> None:
        """Start the server, and make the accounts through the command line beside it. Raises Unable."""
        self.folder.mkdir(exist_ok=True)
        self.server = subprocess.Popen(
            [program("deputize"), "serve", "--data", str(self.data), "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.url, self.console = self._addresses()
        for name, text in FILES.items():
            (self.folder / name).write_text(text)
        self._people()

    def stop(self) -> None:
        """Stop the server, and wait for it."""
        if self.server is not None:
            self.server.terminate()
            self.server.wait(PATIENCE)
            if self.server.stdout is not None:
                self.server.stdout.close()

    def _addresses(self) -> tuple[str, str]:
        """The API's and the console's, as the server tells them when it is ready."""
        found: dict[str, str] = {}
        for line in () if self.server is None or self.server.stdout is None else self.server.stdout:
            told = re.search(r"(API|Console)\s+(http://\S+)", line)
            if told is not None:
                found[told[1]] = told[2]
            if len(found) == 2:
                return found["API"], found["Console"]
        raise Unable("the server did not start", "run deputize serve to see why")

    def _people(self) -> None:
        administrator = ("--admin", "admin", "--alias")
        development = self.account(
            "Development", DEVELOPMENT, *administrator, "development", "--root-access-key"
        )
        production = self.account("Production", PRODUCTION, *administrator, "production")
        for made in (development, production):
            admin = made["Admin"]
            self.sign_ins.append(SignIn(made["Account"]["Alias"], admin["UserName"], admin["Password"]))
        self.account("Vendor", VENDOR, "--external")
        self.account("China", "444444444444", "--partition", "aws-cn")
        self.person("development", development["Admin"])
        self.person("production", production["Admin"])
        self.person("root", development["RootUser"])
        for name in PEOPLE:
            self.aws("development", f"iam create-user --user-name {name}")
            key = json.loads(self.aws("development", f"iam create-access-key --user-name {name}").stdout)
            self.person(name.lower(), key["AccessKey"])
        self._profiles()

    def open_console(self) -> None:
        """Give David and his colleagues passwords."""
        for name in PEOPLE:
            password = passwords.generated()
            self.aws("development", f"iam create-login-profile --user-name {name} --password {password}")
            self.sign_ins.append(SignIn("development", name, password))

    def account(self, name: str, account_id: str, *options: str) -> dict[str, Any]:
        """Make an account with `deputize account create`; returns what it prints."""
        made = subprocess.run(
            [
                program("deputize"),
                "account",
                "create",
                name,
                "--id",
                account_id,
                "--data",
                str(self.data),
                *options,
            ],
            check=True,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        return dict(json.loads(made.stdout))

    def person(self, name: str, key: dict[str, str]) -> None:
        """Remember somebody's credentials."""
        self.people[name] = {
            "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
            **({"AWS_SESSION_TOKEN": key["SessionToken"]} if "SessionToken" in key else {}),
        }

    def _profiles(self) -> None:
        """A profile for each person, and one that takes the role by itself: what `aws configure` would
        write.
        """
        lines = []
        for name, variables in self.people.items():
            lines += [f"[profile {name}]", f"endpoint_url = {self.url}", f"region = {REGION}"]
            lines += [f"{variable.lower()} = {value}" for variable, value in variables.items()]
        lines += ["[profile switched]", f"endpoint_url = {self.url}", f"region = {REGION}"]
        lines += [f"role_arn = {ROLE}", "source_profile = david", "role_session_name = David-ProdUpdate"]
        config = self.folder / "config"
        config.write_text("\n".join(lines) + "\n")
        config.chmod(0o600)

    def aws(self, who: str, command: str) -> "subprocess.CompletedProcess[str]":
        """Run one command of the AWS CLI as `who`."""
        variables = self.people.get(who)
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(self.folder),
            "AWS_CONFIG_FILE": str(self.folder / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(self.folder / "none"),
            "AWS_ENDPOINT_URL": self.url,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_PAGER": "",
            "AWS_MAX_ATTEMPTS": "1",
            **(variables if variables is not None else {}),
        }
        profile = ["--profile", who] if who == "switched" else []
        return subprocess.run(
            [program("aws"), *shlex.split(command), *profile],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )

    def play(self, step: Step) -> Outcome:
        """Run a step and hold it against the tutorial."""
        done = self.aws(step.who, step.command)
        said = " ".join((done.stdout + done.stderr).split())
        if step.refusal:
            refused = done.returncode != 0 and step.refusal in said
            return Outcome(refusal_of(said), refused)
        if step.keep and done.returncode == 0:
            key = json.loads(done.stdout)["Credentials"]
            if step.cut:
                key["SessionToken"] = key["SessionToken"][: -step.cut]
            self.person(step.keep, key)
        return Outcome(answer_of(done.stdout, said), done.returncode == 0 and step.shows in said)


def refusal_of(said: str) -> str:
    """The error's code and message, without the CLI's frame."""
    found = re.search(
        r"An error occurred \((\w+)\) when calling the \w+ operation(?: \(reached max retries: \d+\))?: (.*)",
        said,
    )
    return f"{found[1]}: {found[2]}" if found is not None else said


def answer_of(stdout: str, said: str) -> str:
    """The most telling part of an answer: an ARN, or the first line."""
    try:
        answer = json.loads(stdout)
    except ValueError:
        return said
    for found in _values(answer, "Arn"):
        return found
    return said


def _values(value: Any, name: str) -> list[str]:
    if isinstance(value, dict):
        own = [value[name]] if isinstance(value.get(name), str) else []
        return own + [one for inner in value.values() for one in _values(inner, name)]
    return []
