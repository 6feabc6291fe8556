"""A server as a child process that can be killed and started again over the same data."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import botocore.config
from benchmarks.servers import cpu_clock
from tests.fix_world import SESSION

ACCOUNT = "111111111111"


def program() -> str:
    return str(Path(sys.executable).with_name("deputize"))


@dataclass
class Server:
    """Always on the same port and data. `under` is a program that runs it (strace and its options). `worked`
    is the CPU time of its last start (seconds): what passed meanwhile tells of the machine's other work, too.
    """

    data: Path
    under: Sequence[str] = ()
    port: int = 0
    keys: dict[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[str] | None" = None
    worked: float = 0.0

    @classmethod
    def new(cls, data: Path) -> "Server":
        """With an account whose administrator's keys are `keys`."""
        command = ["account", "create", "Kill", "--id", ACCOUNT, "--admin", "admin", "--data", str(data)]
        made = subprocess.run([program(), *command], check=True, capture_output=True, text=True)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        return cls(data, port=port, keys=json.loads(made.stdout)["Admin"])

    def start(self) -> float:
        """Start it; returns after how many seconds it was ready. Raises ChildProcessError if it ended."""
        began = time.monotonic()
        # Who is killed leaves no record of the lines it ran, and tracing them would take time.
        untraced = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
        ports = ("--port", str(self.port), "--console-port", "0")  # the next port may be anybody's
        self.process = subprocess.Popen(
            [*self.under, program(), "serve", "--data", str(self.data), *ports],
            env=untraced,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("Ready"):
                self.worked = cpu_clock(self.process.pid)
                return time.monotonic() - began
        raise ChildProcessError(f"the server ended with {self.ended()}")

    def kill(self, how: int = signal.SIGKILL) -> int:
        """Send the signal; returns the exit code."""
        assert self.process is not None
        self.process.send_signal(how)
        return self.ended()

    def ended(self) -> int:
        """The exit code, once it has ended."""
        assert self.process is not None
        assert self.process.stdout is not None
        code = self.process.wait(30)
        self.process.stdout.close()
        return code

    def client(self, service: str, keys: dict[str, str] | None = None, **config: Any) -> Any:
        """As the administrator, or with other keys (an answer's AccessKey or Credentials). Never retries."""
        used = self.keys if keys is None else keys
        return SESSION.client(
            service,
            endpoint_url=f"http://127.0.0.1:{self.port}",
            region_name="us-east-1",
            aws_access_key_id=used["AccessKeyId"],
            aws_secret_access_key=used["SecretAccessKey"],
            aws_session_token=used.get("SessionToken"),
            config=botocore.config.Config(
                retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=20, **config
            ),
        )
