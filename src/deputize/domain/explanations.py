"""Why calls were refused, and who may know what of it.

A caller is told what AWS tells, whatever is kept. Reasons on the caller's own side (identity policies,
boundary, session policies, service control policies) are shown in full to its own account; of the resource's
side, only the resource's account sees more than the caller was told.
"""

from collections.abc import Mapping
from typing import Any

from deputize.model.denial import Denial
from deputize.policy.layers import Layer
from deputize.policy.render import NAMES
from deputize.store.api import Snapshot

OTHER_SIDE = (Layer.RCP, Layer.RESOURCE, Layer.TRUST)
# Layers in which an Allow more would have helped; elsewhere it is not the caller's side that must change.
OWN_SIDE = (Layer.SCP, Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION)
WITHHELD = "of another account"


def recent(db: Snapshot, account: str, limit: int) -> list[Denial]:
    """The latest denials of an account's callers, the last one first."""
    return db.denials.page(account)[::-1][:limit]


def denial(db: Snapshot, request: str) -> Denial | None:
    """The denial of the request with this id; None if none is kept."""
    return next(iter(db.denials.find("id", request)), None)


def told(kept: Denial, reader: str) -> dict[str, Any]:
    """What somebody of account `reader`, who may read its denials, is told of one. Of a resource of another
    account: what the caller was told, and the trace without the resource's side.
    """
    explanation = kept.explanation
    made: dict[str, Any] = {
        "requestId": kept.id,
        "time": kept.at,
        "caller": kept.caller,
        "action": kept.action,
        "resource": kept.resource,
        "message": kept.message,
    }
    if kept.owner in (None, reader):
        return {**made, **{name: value for name, value in explanation.items() if name != "text"}}
    theirs = {NAMES[layer] for layer in OTHER_SIDE}
    trace = [_withheld(layer) if layer["layer"] in theirs else layer for layer in explanation["trace"]]
    if any(explanation.get("layer") == layer.value for layer in OTHER_SIDE):
        return {**made, "trace": trace}
    return {
        **made,
        **{name: explanation[name] for name in ("decision", "because", "layer", "explicit")},
        "trace": trace,
    }


def _withheld(layer: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "layer": layer["layer"],
        "verdict": "withheld",
        "note": WITHHELD,
        "decides": False,
        "policies": [],
    }


def missing(kept: Denial) -> tuple[str, dict[str, Any]] | None:
    """The kind of policy of the caller's own side whose silence denied, and the statement that would have
    allowed the call there; None where that is not what is missing.
    """
    layer = kept.explanation.get("layer")
    if kept.explanation.get("explicit") or layer not in {one.value for one in OWN_SIDE}:
        return None
    return str(layer), {"Effect": "Allow", "Action": kept.action, "Resource": kept.resource}
