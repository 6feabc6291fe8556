"""`target`: what is attacked."""

from dataclasses import dataclass
from typing import Any

import pytest
from tests.attacks.wire import Request, Signer, code_of, host, send
from tests.conformance.http_edge import Reply
from tests.fix_world import TestAccount, World
from tests.state import unchanged

KEPT = b"worth keeping"


@dataclass(frozen=True)
class Target:
    """A bucket with the object `kept`, and the administrator who may do anything with both."""

    world: World
    account: TestAccount
    bucket: str = "target-bucket"

    @property
    def signer(self) -> Signer:
        """The administrator, now."""
        return Signer(self.account.admin, self.world.clock.now)

    @property
    def s3(self) -> Any:
        return self.world.client("s3", self.account.admin)

    def request(
        self,
        method: str,
        key: str = "",
        *query: str,
        body: bytes = b"",
        headers: tuple[tuple[str, str], ...] = (),
    ) -> Request:
        """One to the bucket, not yet signed."""
        path = f"/{self.bucket}" + (f"/{key}" if key else "")
        return Request(method, path, query, (host(self.world), *headers), body)

    def send(self, request: Request) -> Reply:
        return send(self.world, request)

    def takes(self, request: Request) -> None:
        """The control: without the attack the same request succeeds."""
        reply = self.send(request)
        assert reply.status in (200, 204), reply

    def refuses(self, request: Request, *answers: tuple[int, str]) -> None:
        """The answer is one of these statuses and codes, and nothing has changed."""
        with unchanged(self.world):
            reply = self.send(request)
        assert (reply.status, code_of(reply)) in answers, reply


@pytest.fixture(scope="module")
def target(shared_world: World) -> Target:
    """One for the tests of a module, who leave `kept` as it is."""
    made = Target(shared_world, shared_world.account("Target"))
    made.s3.create_bucket(Bucket=made.bucket)
    made.s3.put_object(Bucket=made.bucket, Key="kept", Body=KEPT)
    return made
