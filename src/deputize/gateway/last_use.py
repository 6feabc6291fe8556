"""When keys and roles were last used: noted at most once a minute each, since nobody asks more exactly."""

from functools import partial

from deputize.gateway.call import Call
from deputize.model.credentials import KeyUse
from deputize.model.identity import RoleUse
from deputize.store.api import Store, Transaction

# Seconds between two notes about one key or role.
INTERVAL = 60
# How many keys and roles are remembered before the memory starts anew.
REMEMBERED = 10_000


class LastUse:
    """Notes uses into the store's queue, so that no reader waits for a write."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._noted: dict[str, float] = {}

    def note(self, call: Call) -> None:
        """The caller's long-term key, or its session's role, was used by `call`."""
        caller = call.caller
        used = caller.principal.unique_id if caller.principal.kind == "role-session" else caller.key
        if used is None or call.now - self._noted.get(used, float("-inf")) < INTERVAL:
            return
        if len(self._noted) >= REMEMBERED:
            self._noted.clear()
        self._noted[used] = call.now
        if caller.principal.kind == "role-session":
            self._store.note(partial(_put_role_use, RoleUse(role=used, at=call.time, region=call.region)))
        elif caller.session is None:
            use = KeyUse(key=used, at=call.time, service=call.operation.service, region=call.region)
            self._store.note(partial(_put_key_use, use))


def _put_role_use(use: RoleUse, db: Transaction) -> None:
    db.role_uses.put(use)


def _put_key_use(use: KeyUse, db: Transaction) -> None:
    db.key_uses.put(use)
