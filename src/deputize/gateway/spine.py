"""READ THIS FIRST: the whole path of a request, from its head to its answer.

    route -> who signed -> parse -> stage an upload -> authorize and do, in one transaction -> serialise

Nothing is authorized anywhere else, and there is no other way in: what the server calls itself ends in the
same `perform`.
"""

import dataclasses
import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from deputize.blobs.errors import BlobsUnavailable
from deputize.errors import ApiError
from deputize.gateway import authenticate, bodies, session_limits
from deputize.gateway.arrival import Arrival, arrive, parse
from deputize.gateway.call import Call
from deputize.gateway.caller import Caller
from deputize.gateway.installation import Installation
from deputize.gateway.last_use import LastUse
from deputize.gateway.operation import Open, Operation, Service
from deputize.gateway.perform import Result, admit, perform
from deputize.protocol import route
from deputize.protocol.auth_errors import AuthProblem, Problem, refusal
from deputize.protocol.families import codec_of
from deputize.protocol.message import Answer, Body, Head
from deputize.protocol.model import OperationModel
from deputize.store.api import Store
from deputize.store.errors import StoreBusy, StoreFull, StoreUnavailable

log = logging.getLogger("deputize.gateway")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """Everything a request meets on its way. `clock` gives epoch seconds."""

    store: Store
    installation: Installation
    services: Mapping[str, Service]
    clock: Callable[[], float]
    last_use: LastUse

    async def answer(self, head: Head, body: Body) -> Answer:
        """The answer to any request; raises nothing but ConnectionError, when the client went away."""
        request_id = secrets.token_hex(8).upper()
        service = "s3"
        try:
            service = route.family(head)
            arrival = await arrive(service, self.installation.settings, head, body)
            service = arrival.service
            return await self._answer(arrival, head, body, request_id)
        except AuthProblem as problem:
            error = refusal(problem, service)
        except ApiError as raised:
            error = raised
        except (StoreUnavailable, BlobsUnavailable):
            error = ApiError("ServiceUnavailable", "The server cannot store anything right now.", status=503)
        except ConnectionError:
            raise
        except Exception:
            log.exception("request %s failed", request_id)
            error = ApiError(
                "InternalError", "We encountered an internal error. Please try again.", status=500
            )
        return codec_of(service).error(error, request_id, head)

    async def _answer(self, arrival: Arrival, head: Head, body: Body, request_id: str) -> Answer:
        now = self.clock()
        with self.store.snapshot() as db:
            signer = authenticate.signer(db, self.installation, arrival, head, now)
        claim, caller = signer.claim, signer.caller
        operation = self._offered(arrival.model, caller)
        session_limits.check(caller, operation.service, operation.name)
        request = await parse(arrival, head, body, claim, uploads=operation.uploads)
        call = Call(
            id=request_id,
            now=now,
            operation=operation,
            region=claim.region if claim is not None else self.installation.settings.region,
            caller=caller,
            head=head,
            installation=self.installation,
            claim=claim,
            chain=signer.chain,
        )
        self.last_use.note(call)
        result = await self._perform(call, request, body)
        return arrival.codec.serialize(arrival.model, result, request_id)

    async def _perform(self, call: Call, request: Mapping[str, Any], body: Body) -> Result:
        operation, blobs = call.operation, self.installation.blobs
        if not operation.uploads and operation.plans is None:
            return await perform(self.store, call, request)
        plan, source = admit(self.store, call, request)
        if operation.uploads:
            sha256 = call.claim.payload_sha256 if call.claim is not None else None
            upload = await bodies.stage(
                call.head, body, blobs, sha256=sha256, chain=call.chain, also=plan.checksum
            )
        else:
            upload = await bodies.copy(source, blobs, plan.checksum)
        try:
            staged = dataclasses.replace(call, upload=upload, copied=plan.copied)
            return await perform(self.store, staged, request)
        except (ApiError, AuthProblem, StoreFull, StoreBusy):
            # Only a definite refusal: after anything else the row may yet come to name the blob, and the
            # sweep decides.
            bodies.discard(blobs, upload)
            raise

    def _offered(self, model: OperationModel, caller: Caller) -> Operation:
        """The declared operation; what AWS has and this server has not is told so, to those who signed."""
        operation = self.services[model.service].operations.get(model.name)
        open_to_all = (
            operation is not None and isinstance(operation.access, Open) and operation.access.anonymous
        )
        if caller.anonymous and not open_to_all and (operation is None or model.service != "s3"):
            raise AuthProblem(Problem.NO_CREDENTIALS)
        if operation is None:
            raise ApiError(
                "NotImplemented",
                f"{model.service}:{model.name} is not offered by this server.",
                status=501,
            )
        return operation
