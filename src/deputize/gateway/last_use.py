"""When keys, roles and actions were last used: noted at most once a minute each, since nobody asks more
exactly.
"""

from collections.abc import Sequence
from functools import partial

from deputize.gateway.call import Call
from deputize.gateway.operation import Operation
from deputize.model.credentials import KeyUse
from deputize.model.identity import RoleUse
from deputize.model.reports import ActionUse
from deputize.store.api import Store, Transaction

# Seconds between two notes about one key or role, or one of its actions.
INTERVAL = 60
# How many of them are remembered before the memory starts anew.
REMEMBERED = 20_000


class LastUse:
    """Notes uses into the store's queue, so that no reader waits for a write."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._noted: dict[tuple[str, ...], float] = {}

    def note(self, call: Call) -> None:
        """The caller's long-term key, or its session's role, was used by `call`; and the user or role tried
        its actions, which may yet be denied (as AWS counts it: IAM guide, "last accessed information").
        """
        caller, operation = call.caller, call.operation
        principal = caller.principal
        if caller.key is None or principal.unique_id is None:
            return
        if principal.kind == "role-session":
            if self._due(call, principal.unique_id):
                use = RoleUse(role=principal.unique_id, at=call.time, region=call.region)
                self._store.note(partial(_put_role_use, use))
        elif caller.session is None and self._due(call, caller.key):
            service = actions_of(operation)[0].partition(":")[0]
            key = KeyUse(key=caller.key, at=call.time, service=service, region=call.region)
            self._store.note(partial(_put_key_use, key))
        if principal.kind != "root" and self._due(
            call, principal.unique_id, operation.service, operation.name
        ):
            uses = [
                ActionUse(entity=principal.unique_id, action=action, at=call.time, region=call.region)
                for action in actions_of(operation)
            ]
            self._store.note(partial(_put_action_uses, uses))

    def _due(self, call: Call, *what: str) -> bool:
        """Whether it is time for a note about this again; then it counts as noted."""
        if call.now - self._noted.get(what, float("-inf")) < INTERVAL:
            return False
        if len(self._noted) >= REMEMBERED:
            self._noted.clear()
        self._noted[what] = call.now
        return True


def actions_of(operation: Operation) -> tuple[str, ...]:
    """The actions that every call of an operation tries; its own name where it asks for no right."""
    asked = dict.fromkeys(need.action for need in operation.needs if need.when is None)
    return tuple(asked) or (f"{operation.service}:{operation.name}",)


def _put_role_use(use: RoleUse, db: Transaction) -> None:
    db.role_uses.put(use)


def _put_key_use(use: KeyUse, db: Transaction) -> None:
    db.key_uses.put(use)


def _put_action_uses(uses: Sequence[ActionUse], db: Transaction) -> None:
    for use in uses:
        db.action_uses.put(use)
