"""Carrying out an authenticated call: authorization and effect in one transaction, and the audit record with
them.

An operation that the server calls itself (a service principal, a background job) comes in here too.
"""

import asyncio
import dataclasses
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from deputize.errors import ApiError
from deputize.gateway import audit, authenticate, bodies
from deputize.gateway.authorize import Denied, authorize
from deputize.gateway.call import Call
from deputize.gateway.operation import Plan
from deputize.protocol.message import Content
from deputize.store.api import Snapshot, Store, Transaction

Result = Mapping[str, Any]
# Strangers may wait here for each other and for slow identity providers, and hold up nobody else.
VOUCHING = ThreadPoolExecutor(32, "vouching")


async def perform(store: Store, call: Call, request: Mapping[str, Any]) -> Result:
    """The handler's result. Raises ApiError, and then nothing has changed but the audit."""
    try:
        call = await _vouched(store, call, request)
        call = await _prepared(store, call, request)
        if call.operation.writes:
            return await call.installation.deliveries.of(store.write(partial(_command, call, request)))
        if call.operation.slow:
            return await asyncio.to_thread(_query, store, call, request)
        return _query(store, call, request)
    except ApiError as error:
        _note_refusal(store, call, request, error)
        raise


def answer_at_once(store: Store, db: Snapshot, call: Call, request: Mapping[str, Any]) -> Result:
    """The same for a query that is `quick`, on a view of the records that stands already."""
    try:
        return _read(store, db, call, request)
    except ApiError as error:
        _note_refusal(store, call, request, error)
        raise


def _note_refusal(store: Store, call: Call, request: Mapping[str, Any], error: ApiError) -> None:
    if audit.recorded(call):
        refusal = audit.event(call, request, error)
        store.note(lambda db: db.events.put(refusal))
    _keep(store, call, error)


def _keep(store: Store, call: Call, error: ApiError) -> None:
    """Keep why a right was denied."""
    if isinstance(error, Denied):
        call.installation.denials.keep(store, call, error)


async def _vouched(store: Store, call: Call, request: Mapping[str, Any]) -> Call:
    """The call of whom an identity provider vouches for, where the operation is called so, signed or not."""
    vouches = call.operation.vouches
    if vouches is None:
        return call
    with store.snapshot() as db:
        verify = vouches(db, call, request)
    found = await asyncio.get_running_loop().run_in_executor(VOUCHING, verify)
    return dataclasses.replace(call, caller=found.caller, prepared=found.told)


async def _prepared(store: Store, call: Call, request: Mapping[str, Any]) -> Call:
    """The call with what its operation prepares. Nobody who is not authorized makes the server work; the
    transaction asks again.
    """
    prepare = call.operation.prepare
    if prepare is None:
        return call
    with store.snapshot() as db:
        work = prepare(db, _permitted(db, call, request), request)
    return call if work is None else dataclasses.replace(call, prepared=await asyncio.to_thread(work))


def _command(call: Call, request: Mapping[str, Any], db: Transaction) -> Result:
    """One command in its transaction; it may run twice, so it touches nothing else."""
    permitted = _permitted(db, call, request)
    result = call.operation.handler(db, permitted, request)
    if audit.recorded(call):
        db.events.put(audit.event(permitted, request))
    return result


def _query(store: Store, call: Call, request: Mapping[str, Any]) -> Result:
    with store.snapshot() as db:
        return _read(store, db, call, request)


def _read(store: Store, db: Snapshot, call: Call, request: Mapping[str, Any]) -> Result:
    """One query on its snapshot; a streaming answer is opened while the snapshot still stands."""
    result = call.operation.handler(db, _permitted(db, call, request), request)
    body = result.get("Body")
    if isinstance(body, bodies.StoredBytes):
        result = {**result, "Body": bodies.opened(db, call.installation.vault, body)}
    if audit.recorded(call):
        record = audit.event(call, request)
        store.note(lambda db: db.events.put(record))
    return result


def _permitted(db: Snapshot, call: Call, request: Mapping[str, Any]) -> Call:
    """The call as this view of the records sees it: its caller still good, its rights asked."""
    caller = authenticate.current(db, call.caller)
    current = call if caller is call.caller else dataclasses.replace(call, caller=caller)
    refused = authorize(db, current, request)
    return dataclasses.replace(current, refused=refused) if refused else current


def admit(store: Store, db: Snapshot, call: Call, request: Mapping[str, Any]) -> tuple[Plan, Content]:
    """Authorize an upload or a copy before a byte of it is stored; `perform` asks again in the transaction.

    Returns what to stage, and the bytes to copy, which are opened.
    """
    try:
        permitted = _permitted(db, call, request)
    except ApiError as error:
        _keep(store, call, error)
        raise
    plans = call.operation.plans
    plan = Plan() if plans is None else plans(db, permitted, request)
    if plan.source is None:
        return plan, b""
    return plan, bodies.opened(db, call.installation.vault, plan.source)
