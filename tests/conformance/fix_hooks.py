"""`Hook`: a webhook that keeps what it is told, and answers what it is set to."""

import http.server
import json
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

# No notification may take longer (seconds): what does not come is a failure.
PATIENCE = 10.0


@dataclass
class Hook:
    """`told` are the bodies that were taken or refused, in their order; `status` answers the next ones.
    `meanwhile` is called before each answer.
    """

    url: str = ""
    status: int = 200
    location: str | None = None
    meanwhile: Callable[[], object] = lambda: None
    told: "queue.Queue[tuple[dict[str, str], bytes]]" = field(default_factory=queue.Queue)

    def message(self) -> Any:
        """The next message."""
        headers, body = self.told.get(timeout=PATIENCE)
        assert headers["content-type"] == "application/json"
        return json.loads(body)

    def record(self) -> Any:
        """The next event, which stands alone."""
        (one,) = self.message()["Records"]
        return one

    def silent(self) -> bool:
        """Whether nothing more was told so far."""
        return self.told.empty()


@contextmanager
def hook() -> Iterator[Hook]:
    """A webhook on this machine."""
    made = Hook()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            status, location = made.status, made.location
            made.told.put(({name.lower(): value for name, value in self.headers.items()}, body))
            made.meanwhile()
            self.send_response(status)
            if location is not None:
                self.send_header("Location", location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_address[1]}/told?token=secret"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
