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
from deputize.gateway import authenticate, bodies, cors, forms, session_limits
from deputize.gateway.arrival import Arrival, arrive, at_hand, parse, parse_at_hand, parse_upload
from deputize.gateway.call import Call, Upload
from deputize.gateway.caller import Caller
from deputize.gateway.installation import Installation
from deputize.gateway.last_use import LastUse
from deputize.gateway.operation import Open, Operation, Plan, Service
from deputize.gateway.perform import Result, admit, answer_at_once, perform
from deputize.gateway.server_log import Trail
from deputize.protocol import elsewhere, route
from deputize.protocol.auth_errors import AuthProblem, Problem, refusal
from deputize.protocol.families import codec_of
from deputize.protocol.message import Answer, Body, Head
from deputize.protocol.model import OperationModel
from deputize.protocol.query import wants_json
from deputize.store.api import Snapshot, Store
from deputize.store.errors import StoreBusy, StoreFull, StoreUnavailable

log = logging.getLogger("deputize.gateway")


def new_id() -> str:
    """The id of a request."""
    return secrets.token_hex(8).upper()


def error_of(raised: Exception, service: str, request_id: str) -> ApiError:
    """What a client is told of what went wrong; what nobody foresaw is logged."""
    match raised:
        case AuthProblem():
            return refusal(raised, service)
        case ApiError():
            return raised
        case StoreUnavailable() | BlobsUnavailable():
            return ApiError("ServiceUnavailable", "The server cannot store anything right now.", status=503)
    log.error("request %s failed", request_id, exc_info=raised)
    return ApiError("InternalError", "We encountered an internal error. Please try again.", status=500)


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
        trail = Trail(head, new_id(), self.clock())
        service, bucket = "s3", None
        try:
            service = route.family(head)
            arrival = await arrive(service, self.installation.settings, head, body)
            service, bucket = arrival.service, arrival.labels.get("Bucket")
            return self._left(trail, bucket, await self._answer(arrival, head, body, trail))
        except elsewhere.NotHere as named:
            return elsewhere.answer(named, trail.id, head)
        except ConnectionError:
            raise
        except Exception as raised:
            trail.error = error_of(raised, service, trail.id)
        codec = codec_of(service, json=wants_json(head))
        return self._left(trail, bucket, codec.error(trail.error, trail.id, head))

    def _left(self, trail: Trail, bucket: str | None, answer: Answer) -> Answer:
        return trail.left(self.store, self.opened(bucket, trail.head, answer))

    def opened(self, bucket: str | None, head: Head, answer: Answer) -> Answer:
        """The answer, readable to the page of another origin that asked if the bucket's rules say so."""
        if bucket is None or head.get("origin") is None:
            return answer
        try:
            return cors.opened(self.store, bucket, self.installation.settings.region, head, answer)
        except StoreUnavailable:
            return answer

    async def _answer(self, arrival: Arrival, head: Head, body: Body, trail: Trail) -> Answer:
        offered = self.services[arrival.service].operations.get(arrival.model.name)
        if offered is not None and offered.form:
            return await self._posted(arrival, head, body, trail)
        plan = None
        with self.store.snapshot() as db:
            trail.arrived(db, arrival, self.installation.settings.region)
            call = trail.call = self._call(db, arrival, head, trail.id)
            if call.operation.quick and at_hand(arrival, body):
                # There is nothing to wait for: who asks and what is answered are read in one view.
                request = parse_at_hand(arrival, head, call.claim)
                self.last_use.note(call)
                result = answer_at_once(self.store, db, call, request)
                return arrival.codec.serialize(arrival.model, result, trail.id)
            if call.operation.uploads:
                request = parse_upload(arrival, head)
                self.last_use.note(call)
                plan, _ = admit(self.store, db, call, request)
        if plan is not None:
            result = await self._upload(call, request, body, plan)
        else:
            request = await parse(arrival, head, body, call.claim)
            self.last_use.note(call)
            result = await self._perform(call, request, trail)
        trail.done(request, result)
        return arrival.codec.serialize(arrival.model, result, trail.id)

    async def _posted(self, arrival: Arrival, head: Head, body: Body, trail: Trail) -> Answer:
        """The answer to a browser's form: its fields come first, and then say who asks for what."""
        with self.store.snapshot() as db:
            trail.arrived(db, arrival, self.installation.settings.region)
        form, bucket = await forms.opened(head, body), arrival.labels["Bucket"]
        with self.store.snapshot() as db:
            signer = authenticate.poster(db, self.installation, form.fields, self.clock())
            forms.check(form, bucket, self.clock())
            head = forms.head_of(head, form)
            call = trail.call = self._call_of(signer, arrival, head, trail.id)
            call = dataclasses.replace(call, form=form.fields)
            request = forms.request_of(head, bucket, form)
            trail.key = request["Key"]
            self.last_use.note(call)
            plan, _ = admit(self.store, db, call, request)
        vault = self.installation.vault
        upload = await bodies.stage_file(head, form.file(), vault, form.sizes, plan.customer)
        result = await self._finish(call, request, upload)
        return arrival.codec.serialize(arrival.model, result, trail.id)

    def _call(self, db: Snapshot, arrival: Arrival, head: Head, request_id: str) -> Call:
        """Who calls what. Raises AuthProblem, and ApiError for what is not offered to that caller."""
        signer = authenticate.signer(db, self.installation, arrival, head, self.clock())
        return self._call_of(signer, arrival, head, request_id)

    def _call_of(self, signer: authenticate.Signer, arrival: Arrival, head: Head, request_id: str) -> Call:
        now = self.clock()
        claim, caller = signer.claim, signer.caller
        operation = self._offered(arrival.model, caller)
        session_limits.check(caller, operation.service, operation.name)
        return Call(
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

    async def _upload(self, call: Call, request: Mapping[str, Any], body: Body, plan: Plan) -> Result:
        upload = await bodies.stage(
            call.head,
            body,
            self.installation.vault,
            sha256=call.claim.payload_sha256 if call.claim is not None else None,
            chain=call.chain,
            also=plan.checksum,
            customer=plan.customer,
        )
        return await self._finish(call, request, upload)

    async def _perform(self, call: Call, request: Mapping[str, Any], trail: Trail) -> Result:
        """Carry out a call that brings no object's bytes; a copy's are staged first."""
        if call.operation.plans is None:
            return await perform(self.store, call, request)
        with self.store.snapshot() as db:
            plan, source = admit(self.store, db, call, request)
        upload = await bodies.copy(source, self.installation.vault, plan.checksum, plan.customer)
        with self.store.snapshot() as db:
            trail.copying(db, plan.copied)
        return await self._finish(dataclasses.replace(call, copied=plan.copied), request, upload)

    async def _finish(self, call: Call, request: Mapping[str, Any], upload: Upload) -> Result:
        """Carry out a call whose bytes are staged."""
        try:
            return await perform(self.store, dataclasses.replace(call, upload=upload), request)
        except (ApiError, AuthProblem, StoreFull, StoreBusy):
            # Only a definite refusal: after anything else the row may yet come to name the blob, and the
            # sweep decides.
            bodies.discard(self.installation.vault, upload)
            raise

    def _offered(self, model: OperationModel, caller: Caller) -> Operation:
        """The declared operation; what AWS has and this server has not is told so, to those who signed."""
        operation = self.services[model.service].operations.get(model.name)
        open_to_all = operation is not None and (
            operation.vouches is not None
            or (isinstance(operation.access, Open) and operation.access.anonymous)
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
