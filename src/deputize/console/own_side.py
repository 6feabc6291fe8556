"""What somebody's own policies have against a call: told to them by name, whatever else they may read."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from deputize.policy.layers import Layer
from deputize.policy.render import NAMES
from deputize.store.api import Snapshot

# The layers of the caller's own account, by what traces call them.
OWN = {NAMES[layer]: layer.value for layer in (Layer.SCP, Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION)}


def own_side(
    db: Snapshot, trace: Sequence[Mapping[str, Any]], action: str, resource: str
) -> list[dict[str, Any]]:
    """Each statement that denies, or else each kind of policy of which none allows. `trace` is as
    `policy.render` writes it.
    """
    layers = [layer for layer in trace if layer["layer"] in OWN]
    denying = [found for layer in layers if layer["verdict"] == "denies" for found in _denials(db, layer)]
    return denying or [
        {
            "layer": OWN[layer["layer"]],
            "effect": "silent",
            "message": f"No {OWN[layer['layer']]} of yours allows {action} on {resource}.",
        }
        for layer in layers
        if layer["verdict"] == "silent"
    ]


def _denials(db: Snapshot, layer: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for policy in layer["policies"]:
        for one in policy["statements"]:
            if one["matched"] and one["effect"] == "Deny":
                holder = _holder(db, policy)
                number, of = one["index"] + 1, f" of the group {holder['group']}" if holder else ""
                yield {
                    "layer": OWN[layer["layer"]],
                    "effect": "deny",
                    "policy": policy["name"],
                    **({"arn": policy["arn"]} if "arn" in policy else {}),
                    **holder,
                    "statement": number,
                    "message": f"{policy['name']}{of}, statement {number}, denies it.",
                }


def _holder(db: Snapshot, policy: Mapping[str, Any]) -> dict[str, str]:
    """The group that the policy comes from, if it does."""
    for group in db.groups.find("id", policy.get("entity", "")):
        return {"group": group.name}
    return {}
