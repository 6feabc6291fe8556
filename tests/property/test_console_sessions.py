"""Whatever order people sign in, switch, go back and sign out in: credentials work as long as their session
and the one that it was switched to from go on, and not a moment longer.
"""

import json
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from botocore.exceptions import ClientError
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, precondition, rule
from tests.conformance.browser import Browser, user_signed_in
from tests.conformance.fix_tutorial import PRODUCTION, build
from tests.fix_world import Clock, Keys, running

HOURS_12, HOUR = 12 * 3600, 3600
SWITCH = {"account": PRODUCTION, "roleName": "UpdateApp"}


@dataclass
class Known:
    """What must be true of a session: when it ends by itself, from which it was switched, whether it was
    ended.
    """

    expires: float
    base: str | None = None
    ended: bool = False


class Console(RuleBasedStateMachine):
    """David in one browser. The model remembers sessions and the credentials that came of them."""

    sessions = Bundle("sessions")

    def __init__(self) -> None:
        super().__init__()
        self.open = ExitStack()
        folder = Path(self.open.enter_context(tempfile.TemporaryDirectory()))
        self.clock = Clock()
        self.world = self.open.enter_context(running(folder / "data", self.clock))
        self.scene = build(self.world)
        self.browser = Browser(self.world)
        self.known: dict[str, Known] = {}
        self.keys: list[tuple[str, float, Keys]] = []

    def teardown(self) -> None:
        for client in self.world._clients.values():
            client.close()
        self.open.close()

    def goes_on(self, session: str | None) -> bool:
        if session is None:
            return True
        known = self.known[session]
        return not known.ended and self.clock.now < known.expires and self.goes_on(known.base)

    def room(self) -> bool:
        return sum(map(self.goes_on, self.known)) < 10

    @precondition(lambda self: self.room())
    @rule(target=sessions)
    def sign_in(self) -> str:
        session = user_signed_in(self.browser, self.scene.development, "David")
        self.known[session] = Known(self.clock.now + HOURS_12)
        return session

    @rule(target=sessions, session=sessions)
    def switch(self, session: str) -> str:
        known = self.known[session]
        going_on = self.goes_on(session)
        reply = self.browser.post("switch-role", session=session, **SWITCH)
        wanted = 200 if going_on and (self.room() or known.base is not None) else 409 if going_on else 401
        assert reply.status == wanted, reply
        if wanted != 200:
            return session
        base = known.base or session
        known.ended = known.base is not None
        found: str = json.loads(reply.body)["session"]["id"]
        self.known[found] = Known(min(self.clock.now + HOUR, self.known[base].expires), base)
        return found

    @rule(session=sessions)
    def back(self, session: str) -> None:
        known = self.known[session]
        wanted = 401 if not self.goes_on(session) else 409 if known.base is None else 200
        assert self.browser.post("switch-back", session=session).status == wanted
        known.ended = known.ended or wanted == 200

    @rule(session=consumes(sessions))
    def sign_out(self, session: str) -> None:
        going_on = self.goes_on(session)
        assert self.browser.post("sign-out", session=session).status == (200 if going_on else 401)
        self.known[session].ended = True

    @rule(session=sessions)
    def credentials(self, session: str) -> None:
        reply = self.browser.post("credentials", session=session)
        assert reply.status == (200 if self.goes_on(session) else 401)
        if reply.status == 200:
            until = min(self.clock.now + 900, self.known[session].expires)
            self.keys = [*self.keys[-4:], (session, until, self.browser.keys(session))]

    @rule(seconds=st.sampled_from([1, 600, 901, 3599, 3600, HOURS_12]))
    def time_passes(self, seconds: int) -> None:
        self.clock.advance(seconds)

    @invariant()
    def those_that_go_on_are_told(self) -> None:
        told = {one["id"] for one in self.browser.call("sessions")["sessions"]}
        assert told == {session for session in self.known if self.goes_on(session)}

    @invariant()
    def credentials_work_as_long_as_their_session_goes_on(self) -> None:
        for session, until, keys in self.keys:
            try:
                self.world.client("sts", keys).get_caller_identity()
                works = True
            except ClientError as error:
                assert error.response["Error"]["Code"] == "ExpiredToken"
                works = False
            assert works is (self.goes_on(session) and self.clock.now < until)


Console.TestCase.settings = settings(max_examples=6, stateful_step_count=25, deadline=None)
TestConsole = Console.TestCase
