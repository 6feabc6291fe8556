"""Carrying out an authenticated call: authorization and effect in one transaction, and the audit record with
them.

An operation that the server calls itself (a service principal, a background job) comes in here too.
"""

import asyncio
import dataclasses
from collections.abc import Mapping
from functools import partial
from typing import Any

from deputize.errors import ApiError
from deputize.gateway import audit, authenticate, bodies
from deputize.gateway.authorize import authorize
from deputize.gateway.call import Call
from deputize.gateway.operation import Plan
from deputize.protocol.message import Content
from deputize.store.api import Snapshot, Store, Transaction

Result = Mapping[str, Any]


async def perform(store: Store, call: Call, request: Mapping[str, Any]) -> Result:
    """The handler's result. Raises ApiError, and then nothing has changed but the audit."""
    try:
        if call.operation.writes:
            return await asyncio.wrap_future(store.write(partial(_command, call, request)))
        if call.operation.slow:
            return await asyncio.to_thread(_query, store, call, request)
        return _query(store, call, request)
    except ApiError as error:
        if audit.recorded(call):
            refusal = audit.event(call, request, error)
            store.note(lambda db: db.events.put(refusal))
        raise


def _command(call: Call, request: Mapping[str, Any], db: Transaction) -> Result:
    """One command in its transaction; it may run twice, so it touches nothing else."""
    permitted = _permitted(db, call, request)
    result = call.operation.handler(db, permitted, request)
    if audit.recorded(call):
        db.events.put(audit.event(permitted, request))
    return result


def _query(store: Store, call: Call, request: Mapping[str, Any]) -> Result:
    """One query on its snapshot; a streaming answer is opened while the snapshot still stands."""
    with store.snapshot() as db:
        result = call.operation.handler(db, _permitted(db, call, request), request)
        body = result.get("Body")
        if isinstance(body, bodies.StoredBytes):
            result = {**result, "Body": bodies.opened(db, call.installation.blobs, body)}
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


def admit(store: Store, call: Call, request: Mapping[str, Any]) -> tuple[Plan, Content]:
    """Authorize an upload or a copy before a byte of it is stored; `perform` asks again in the transaction.

    Returns what to stage, and the bytes to copy, which are opened.
    """
    with store.snapshot() as db:
        permitted = _permitted(db, call, request)
        plans = call.operation.plans
        plan = Plan() if plans is None else plans(db, permitted, request)
        if plan.source is None:
            return plan, b""
        return plan, bodies.opened(db, call.installation.blobs, plan.source)
