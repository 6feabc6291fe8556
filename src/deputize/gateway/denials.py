"""Keeps why calls were refused, for those who may know it (`domain.explanations`).

The caller is told what AWS tells. The whole trace goes to the store's note queue, so no call waits for it; an
account keeps the latest `KEPT`, and a process works out at most `RATE` a second, so that a flood of refused
calls costs little and fills no disk. Of anonymous callers nothing is kept: anybody could push out the rest.
"""

import logging
from functools import partial
from typing import TYPE_CHECKING, Any

from deputize.model.denial import Denial
from deputize.policy import render
from deputize.policy.explain import because
from deputize.store.api import Store, Transaction

if TYPE_CHECKING:
    from deputize.gateway.authorize import Denied
    from deputize.gateway.call import Call

log = logging.getLogger("deputize.gateway")

KEPT, RATE = 1000, 50
# How many values are kept of what a statement lists, and how many lines of the text: policies of AWS's own
# list thousands.
VALUES, LINES = 10, 200


class Denials:
    """Counts what was worked out in a second, by the calls' own time."""

    def __init__(self) -> None:
        self._second = 0
        self._made = 0

    def keep(self, store: Store, call: "Call", denied: "Denied") -> None:
        """Keep why `call` was refused, unless too many were in this second."""
        account = call.caller.principal.account or denied.resource.account
        if call.caller.anonymous or account is None:
            return
        if call.time != self._second:
            self._second, self._made = call.time, 0
        self._made += 1
        if self._made > RATE:
            return
        try:
            store.note(partial(_put, _denial(account, call, denied)))
        except Exception:
            # The answer stands, whether it can be explained or not.
            log.exception("the refusal of request %s cannot be explained", call.id)


def _denial(account: str, call: "Call", denied: "Denied") -> Denial:
    return Denial(
        account=account,
        at=int(call.now * 1000),
        id=call.id,
        caller=call.caller.arn,
        action=denied.action,
        resource=denied.resource.arn,
        owner=denied.resource.holder,
        message=denied.message,
        explanation=_explanation(denied),
    )


def _explanation(denied: "Denied") -> dict[str, Any]:
    """The trace as JSON and as text, and which layer decided."""
    decision, reason, trace = denied.decision, denied.decision.because, denied.decision.trace()
    lines = render.as_text(trace).split("\n")
    if len(lines) > LINES:
        lines[LINES:] = [f"  and {len(lines) - LINES} more lines"]
    made: dict[str, Any] = {
        "decision": decision.word,
        "because": because(decision),
        **({"layer": reason.layer.value, "explicit": reason.explicit} if reason is not None else {}),
        "text": "\n".join(lines),
        "trace": _cut(render.as_json(trace)),
    }
    return {**made, "note": denied.note} if denied.note is not None else made


def _cut(value: Any) -> Any:
    """JSON with the lists of what statements list cut short."""
    if isinstance(value, dict):
        return {
            name: [*one[:VALUES], f"and {len(one) - VALUES} more"]
            if name == "listed" and len(one) > VALUES
            else _cut(one)
            for name, one in value.items()
        }
    return [_cut(one) for one in value] if isinstance(value, list) else value


def _put(denial: Denial, db: Transaction) -> None:
    db.denials.put(denial)
    for old in db.denials.page(denial.account, limit=max(0, db.denials.count(denial.account) - KEPT)):
        db.denials.delete(old.account, old.at, old.id)
