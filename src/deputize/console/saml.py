"""Signing in with SAML: an identity provider's response is posted here, and of several roles in it one is
chosen (IAM guide, "Enabling SAML 2.0 federated principals to access the AWS Management Console").

The session is one of AssumeRoleWithSAML: the same verification, rights and audit.
"""

import asyncio
import dataclasses
import ipaddress
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

from deputize.console import chooser, cookies
from deputize.console.api import STATUSES, Asked, ConsoleError
from deputize.console.desk import Desk
from deputize.console.federation import FORM, destination, logged_in
from deputize.console.site import Site
from deputize.domain.roles import DEFAULT_SECONDS, role_by_arn
from deputize.errors import ApiError
from deputize.gateway import sessions
from deputize.gateway.authenticate import ANONYMOUS
from deputize.gateway.call import Call
from deputize.gateway.perform import VOUCHING
from deputize.model.federation import SamlProvider
from deputize.model.identity import Role
from deputize.policy.arn import Arn
from deputize.protocol.message import Answer, Body, Head
from deputize.store.api import Snapshot, Transaction

PATH = "/saml"
# The most of a response that is read (STS API, AssumeRoleWithSAML), and of the form that it comes in.
RESPONSE_MOST, FORM_MOST = 100_000, 400_000
# How many pairs of a response are looked at, and how many providers are asked to verify it.
PAIRS, PROVIDERS = 100, 10
INVALID = "Your request included an invalid SAML response."


@dataclass(frozen=True, slots=True)
class Choice:
    """A role that a verified response is for. `seconds` is how long the response lets the session last."""

    role: Role
    provider: str
    seconds: int


def asks(head: Head) -> bool:
    """Whether a request posts a response. S3 has no such request to a bucket of that name."""
    return (
        head.path == PATH
        and head.method == "POST"
        and (head.get("content-type") or "").partition(";")[0] == FORM
        and head.get("authorization") is None
    )


async def answer(desk: Desk, head: Head, body: Body, site: Site, now: float) -> Answer:
    """A session, a page to choose a role, or a page that says what is wrong."""
    korean = (head.get("accept-language") or "").lower().startswith("ko")
    try:
        given = dict(parse_qsl((await body.read(FORM_MOST)).decode("latin-1")))
        asked = Asked(head=head, site=site, members=given, now=now)
        return await _entered(desk, asked, korean=korean)
    except ConsoleError as refused:
        return chooser.refusal(refused.status, refused.message, korean=korean)
    except ApiError as error:
        return chooser.refusal(STATUSES.get(error.code, 400), error.message, korean=korean)


async def _entered(desk: Desk, asked: Asked, *, korean: bool) -> Answer:
    encoded = asked.text("SAMLResponse", RESPONSE_MOST)
    finding = partial(_choices, desk, asked, encoded)
    choices = await asyncio.get_running_loop().run_in_executor(VOUCHING, finding)
    wanted = asked.optional("role")
    chosen = [choice for choice in choices if wanted in (None, choice.role.arn)]
    if not chosen:
        raise ConsoleError(403, "AccessDenied", INVALID)
    if len(chosen) > 1:
        with desk.gateway.store.snapshot() as db:
            roles = [(choice.role, db.accounts.get(choice.role.account)) for choice in chosen]
        kept = {"SAMLResponse": encoded, "RelayState": asked.optional("RelayState", RESPONSE_MOST) or ""}
        return chooser.page(roles, kept, korean=korean)
    return await _begun(desk, asked, encoded, chosen[0])


def _choices(desk: Desk, asked: Asked, encoded: str) -> list[Choice]:
    """The roles for which a provider of their account vouches. Raises ConsoleError, and ApiError in the words
    of the provider that was not believed, if there is none.
    """
    # Loaded by those who need it: XML and its signatures are megabytes of library.
    from deputize.domain.saml.claimed import claimed_roles
    from deputize.domain.saml.identity import verify
    from deputize.domain.saml.xml import Malformed

    try:
        claimed = claimed_roles(encoded)[:PAIRS]
    except Malformed:
        raise ConsoleError(400, "InvalidIdentityToken", INVALID) from None
    with desk.gateway.store.snapshot() as db:
        roles = list(_roles(db, claimed))
    found: list[Choice] = []
    refusals: list[ApiError] = []
    for provider in list({provider.arn: provider for _, provider in roles}.values())[:PROVIDERS]:
        try:
            identity = verify(encoded, provider, asked.now, recipients(desk, asked.site))
        except ApiError as error:
            refusals.append(error)
            continue
        found += [
            Choice(role, provider.arn, identity.seconds or DEFAULT_SECONDS)
            for role, of in roles
            if of.arn == provider.arn and frozenset({role.arn, provider.arn}) in identity.roles
        ]
    if not found:
        raise refusals[0] if refusals else ConsoleError(403, "AccessDenied", INVALID)
    return found


def _roles(db: Snapshot, pairs: Iterable[frozenset[str]]) -> Iterator[tuple[Role, SamlProvider]]:
    """The pairs of which both are there, in one account."""
    for pair in pairs:
        for text in pair:
            role, others = role_by_arn(db, text), pair - {text}
            for other in others if role is not None else ():
                provider = _provider(db, other)
                if provider is not None and role is not None and provider.account == role.account:
                    yield role, provider


def _provider(db: Snapshot, text: str) -> SamlProvider | None:
    arn = Arn.parse(text)
    if arn is None or not arn.resource.startswith("saml-provider/"):
        return None
    found = db.saml_providers.get(arn.account, arn.resource.removeprefix("saml-provider/"))
    return found if found is not None and found.arn == text else None


def recipients(desk: Desk, site: Site) -> tuple[str, ...]:
    """Where responses may be sent besides AWS's own address: here, if the name is this server's own. An
    address that could be anybody's would take what was sent to somebody else.
    """
    own = site.name in desk.gateway.installation.settings.base_hosts
    # What is no name of this server's is an address (`site_of`).
    own = own or ipaddress.ip_address(site.name.strip("[]")).is_loopback
    return (site.origin + PATH,) if own else ()


async def _begun(desk: Desk, asked: Asked, encoded: str, choice: Choice) -> Answer:
    """AssumeRoleWithSAML, and a session of the console with what it gives."""
    operation = desk.operation("sts", "AssumeRoleWithSAML")
    identity, value = cookies.new()
    effect = partial(_effect, desk, asked, operation.handler, identity, value)
    call = dataclasses.replace(
        desk.call(dataclasses.replace(operation, handler=effect), ANONYMOUS, asked.head, asked.now),
        recipients=recipients(desk, asked.site),
    )
    request = {
        "RoleArn": choice.role.arn,
        "PrincipalArn": choice.provider,
        "SAMLAssertion": encoded,
        "DurationSeconds": choice.seconds,
    }
    row = (await desk.perform(call, request))["Session"]
    place = destination(asked.site, asked.optional("RelayState", RESPONSE_MOST))
    cookie = cookies.given(asked.site, identity, value, row.expires - row.issued)
    return Answer(303, (*chooser.HEADERS, ("location", place), ("set-cookie", cookie)))


def _effect(
    desk: Desk,
    asked: Asked,
    assume: Any,
    identity: str,
    value: str,
    db: Transaction,
    call: Call,
    request: Any,
) -> Mapping[str, Any]:
    made = assume(db, call, request)
    session = sessions.unseal(desk.gateway.installation.keyring, made["Credentials"]["SessionToken"])
    if session is None:
        raise LookupError("a token that was just made does not open")
    row = logged_in(desk, asked, db, session, identity, value, session.expires)
    return {"Session": row}
