"""Signing in with a password, and a code where a device is enabled; a password that must be changed is,
before anything else.

Nobody learns whether a name exists: an unknown one costs the same work and gets the same answer as a wrong
password.
"""

import asyncio
import dataclasses
import math
from dataclasses import dataclass
from functools import partial
from typing import Literal

from deputize.console import cookies, known_browsers
from deputize.console.api import Asked, ConsoleError, Told
from deputize.console.back_off import Guess, guess
from deputize.console.desk import Desk
from deputize.console.identities import PASSWORD_MOST, Person, SignIn, form_of, person_of
from deputize.console.known_browsers import KnownBrowser
from deputize.console.records import SignInRecord
from deputize.console.sessions import SECONDS, begin, told
from deputize.domain import mfa, passwords
from deputize.domain.credentials import new_key
from deputize.gateway import authenticate
from deputize.model.console import ConsoleSession
from deputize.model.sign_in import LoginProfile
from deputize.store.api import Snapshot, Transaction

# The words of AWS's sign-in page.
FAILED = "Your authentication information is incorrect. Please try again."
EXPIRED = "Your password has expired. Ask your administrator for a new one."
CHANGE = "Your password must be changed before you go on."
SAME = "The new password must differ from the old one."
TOO_MANY = "Too many wrong passwords were tried. Please try again later."
Step = Literal["done", "mfa", "new-password"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try whose password is right: the form, whom it names, how it is counted, and in which browser."""

    form: SignIn
    person: Person
    profile: LoginProfile
    guess: Guess
    browser: KnownBrowser


async def sign_in(desk: Desk, asked: Asked) -> Told:
    """`sign-in`: a session, or what is asked for next."""
    return await _enter(desk, asked, await _proven(desk, asked))


async def new_password(desk: Desk, asked: Asked) -> Told:
    """`new-password`: changes a password that must be changed, as iam:ChangePassword does, and signs in."""
    new = asked.text("newPassword", PASSWORD_MOST)
    attempt = await _proven(desk, asked)
    with desk.gateway.store.snapshot() as db:
        if _step(db, desk, asked, attempt) != "new-password":
            raise ConsoleError(409, "NotAsked", "This password need not be changed.")
    desk.doorkeeper.back_off.right(attempt.guess)  # who looks for a new password guesses no more
    if new == attempt.form.password:
        raise ConsoleError(400, "PasswordPolicyViolation", SAME)
    await _change(desk, asked, attempt, new)
    with desk.gateway.store.snapshot() as db:
        person = person_of(db, attempt.form)
    if person.profile is None:
        raise _failed()
    return await _enter(desk, asked, dataclasses.replace(attempt, person=person, profile=person.profile))


async def _proven(desk: Desk, asked: Asked) -> Attempt:
    """The try, if its password is right. Raises ConsoleError if not, or if it is not heard at all."""
    form, keyring = form_of(asked), desk.gateway.installation.keyring
    browser = known_browsers.recall(keyring, asked.head, asked.site)
    with desk.gateway.store.snapshot() as db:
        person = person_of(db, form)
    counted = guess(person.counted(form), person.owner, browser, asked.head.peer)
    back_off = desk.doorkeeper.back_off
    _hear(desk, asked, counted)
    async with desk.doorkeeper.turn():
        _hear(desk, asked, counted)  # others may have guessed while this one waited
        back_off.tried(counted, asked.now)
        right = await asyncio.to_thread(passwords.check, person.profile, form.password)
    if not right or person.profile is None:
        _note_failure(desk, asked, form, person)
        back_off.wrong(counted, asked.now)
        raise _failed()
    return Attempt(form=form, person=person, profile=person.profile, guess=counted, browser=browser)


def _hear(desk: Desk, asked: Asked, counted: Guess) -> None:
    """Raises ConsoleError while no guess of this kind is heard."""
    seconds = math.ceil(desk.doorkeeper.back_off.wait(counted, asked.now))
    if seconds > 0:
        raise ConsoleError(429, "TooManyAttempts", TOO_MANY, retryAfter=seconds)


def _failed() -> ConsoleError:
    return ConsoleError(401, "AuthFailed", FAILED)


def _note_failure(desk: Desk, asked: Asked, form: SignIn, person: Person) -> None:
    if person.account is not None:
        record = _record(asked, form, person, failed="Failed authentication")
        event = record.event(asked.head, asked.now, desk.gateway.installation.settings.region)
        desk.gateway.store.note(lambda db: db.events.put(event))


def _record(asked: Asked, form: SignIn, person: Person, failed: str | None = None) -> SignInRecord:
    return SignInRecord(
        name="ConsoleLogin",
        account=person.account.id if person.account is not None else "",
        identity=person.recorded(form),
        more={
            "LoginTo": f"{asked.site.origin}/_console/",
            "MobileVersion": "No",
            "MFAUsed": "No" if form.code is None else "Yes",
        },
        failed=failed,
    )


def _step(db: Snapshot, desk: Desk, asked: Asked, attempt: Attempt) -> Step:
    """What is to be done next. Raises ConsoleError when nothing is: the password was changed meanwhile or
    expired, or the code is wrong.
    """
    owner = attempt.profile.owner
    if db.login_profiles.get(owner) != attempt.profile:
        raise _failed()
    devices = mfa.devices(db, owner)
    if devices and attempt.form.code is None:
        return "mfa"
    standing = passwords.standing(db, attempt.profile, int(asked.now))
    if standing == "good":
        return "done"
    installation, code = desk.gateway.installation, attempt.form.code
    if devices and mfa.shown(installation, devices, code or "", asked.now) is None:
        raise _failed()
    if standing == "expired":
        raise ConsoleError(403, "PasswordExpired", EXPIRED)
    return "new-password"


async def _change(desk: Desk, asked: Asked, attempt: Attempt, new: str) -> None:
    """As the user, by the user's own right to it. Raises ApiError."""
    acts = attempt.person.acts(new_key(attempt.profile.account)[0], int(asked.now), int(asked.now), mfa=False)
    with desk.gateway.store.snapshot() as db:
        caller = authenticate.caller(db, acts.key, acts)
    call = desk.call(desk.operation("iam", "ChangePassword"), caller, asked.head, asked.now)
    async with desk.doorkeeper.turn():
        await desk.perform(call, {"OldPassword": attempt.form.password, "NewPassword": new})


async def _enter(desk: Desk, asked: Asked, attempt: Attempt) -> Told:
    """The session, or the next step."""
    identity, value = cookies.new()
    try:
        step, row = await desk.write(partial(_entered, desk, asked, attempt, identity, value))
    except ConsoleError as refused:
        if refused.code == "AuthFailed":
            _note_failure(desk, asked, attempt.form, attempt.person)
            desk.doorkeeper.back_off.wrong(attempt.guess, asked.now)
        raise
    if row is None:
        return Told({"next": step, **({"reason": CHANGE} if step == "new-password" else {})})
    desk.doorkeeper.back_off.right(attempt.guess)
    keyring = desk.gateway.installation.keyring
    known = known_browsers.remember(keyring, asked.site, attempt.browser, attempt.profile.owner)
    cookie = cookies.given(asked.site, identity, value, row.expires - row.issued)
    with desk.gateway.store.snapshot() as db:
        return Told({"next": "done", "session": told(db, row)}, (cookie, known))


def _entered(
    desk: Desk, asked: Asked, attempt: Attempt, identity: str, value: str, db: Transaction
) -> tuple[Step, ConsoleSession | None]:
    step = _step(db, desk, asked, attempt)
    if step != "done":
        return step, None
    devices = mfa.devices(db, attempt.profile.owner)
    installation, code = desk.gateway.installation, attempt.form.code or ""
    if devices and not mfa.spend_one_of(db, installation, devices, code, asked.now):
        raise _failed()
    row = _session(asked, attempt, identity, value, mfa=bool(devices))
    begin(db, asked, row)
    passwords.used(db, attempt.profile, int(asked.now))
    record = _record(asked, attempt.form, attempt.person)
    db.events.put(record.event(asked.head, asked.now, installation.settings.region))
    return step, row


def _session(asked: Asked, attempt: Attempt, identity: str, value: str, *, mfa: bool) -> ConsoleSession:
    now, profile = int(asked.now), attempt.profile
    expires = now + min(SECONDS, profile.max_session or SECONDS)
    return ConsoleSession(
        id=identity,
        token=cookies.digest(value),
        identity=profile.owner,
        acts=attempt.person.acts(new_key(profile.account)[0], now, expires, mfa=mfa),
        issued=now,
        expires=expires,
    )
