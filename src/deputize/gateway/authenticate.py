"""Signature to caller. First the signature is verified, outside any transaction; then, and once more inside
the transaction of a command, what it names is looked up: the key, its owner, the account, the role of a
session.
"""

import hmac
from collections.abc import Mapping
from dataclasses import field, replace

from deputize.gateway import sessions
from deputize.gateway.arrival import Arrival, form_hash
from deputize.gateway.caller import ANONYMOUS_ID, Caller
from deputize.gateway.installation import Installation
from deputize.model.account import Account
from deputize.model.credentials import Session
from deputize.model.identity import Role, User
from deputize.policy.request import Principal
from deputize.protocol import sigv4
from deputize.protocol.auth_errors import AuthProblem, Problem
from deputize.protocol.message import Head
from deputize.protocol.partitions import home_region
from deputize.protocol.rest_route import S3_SERVICES
from deputize.protocol.sigv4 import Claim
from deputize.protocol.sigv4_checks import check_scope, check_signed_headers, check_time
from deputize.protocol.sigv4_stream import SIGNED, SIGNED_TRAILER, Chain
from deputize.protocol.sigv4_verify import chain, signing_key, verify
from deputize.records import record
from deputize.store.api import Snapshot

SIGNED_FORMS = frozenset({SIGNED, SIGNED_TRAILER})
ANONYMOUS = Caller(
    principal=Principal(kind="anonymous"),
    user_id=ANONYMOUS_ID,
)


@record()
class Credential:
    """What a signature names: a long-term key by its id, or a session by its token, which is here without its
    secret. `signing_key` is what must have signed.
    """

    key: str
    signing_key: bytes = field(repr=False)
    session: Session | None


@record()
class Signer:
    """Who signed a request, what the signature claims, and how the chunks of its body are signed, if they
    are.
    """

    claim: Claim | None
    caller: Caller
    chain: Chain | None


def signer(db: Snapshot, installation: Installation, arrival: Arrival, head: Head, now: float) -> Signer:
    """Who signed the request, and what the signature says of itself; the anonymous caller if nobody did.

    The order of checks is AWS's. Raises AuthProblem, and ApiError for a payload form that is not offered.
    """
    service = "s3" if arrival.service in S3_SERVICES else arrival.service
    claim = sigv4.claim(head, service)
    if claim is None:
        return Signer(None, ANONYMOUS, None)
    region = installation.settings.region
    check_time(claim, now, service)
    check_scope(claim, service, region)
    check_signed_headers(claim, head, service)
    found = credential(db, installation, claim, now)
    if service != "s3":
        _check_token(claim, found)
    acting = caller(db, found.key, found.session)
    partition = acting.principal.partition
    check_scope(claim, service, home_region(partition, region), partition)
    verify(claim, head, found.signing_key, claim.payload or form_hash(arrival))
    _check_token(claim, found)
    return Signer(claim, acting, chain(claim, found.signing_key) if claim.payload in SIGNED_FORMS else None)


def poster(db: Snapshot, installation: Installation, fields: Mapping[str, str], now: float) -> Signer:
    """Who signed a browser's form: the policy in it, which says itself until when it is good. Raises
    AuthProblem.
    """
    claim = sigv4.form_claim(fields)
    if claim is None:
        return Signer(None, ANONYMOUS, None)
    region = installation.settings.region
    check_scope(claim, "s3", region)
    found = credential(db, installation, claim, now)
    acting = caller(db, found.key, found.session)
    partition = acting.principal.partition
    check_scope(claim, "s3", home_region(partition, region), partition)
    policy = fields["policy"].encode("utf-8", "surrogateescape")
    made = hmac.digest(found.signing_key, policy, "sha256").hex()
    if not hmac.compare_digest(made.encode(), claim.signature.encode("utf-8", "surrogateescape")):
        raise AuthProblem(
            Problem.BAD_SIGNATURE,
            AWSAccessKeyId=claim.access_key_id,
            StringToSign=fields["policy"],
            SignatureProvided=claim.signature,
        )
    _check_token(claim, found)
    return Signer(claim, acting, None)


def _check_token(claim: Claim, found: Credential) -> None:
    """A long-term key comes without a token. S3 says so only to those who hold the key's secret."""
    if claim.session_token is not None and found.session is None:
        raise AuthProblem(Problem.TOKEN_UNEXPECTED, **{"Token-0": claim.session_token})


def credential(db: Snapshot, installation: Installation, claim: Claim, now: float) -> Credential:
    """Look up what `claim` was signed with.

    Raises AuthProblem: unknown or inactive key, a temporary key without its own token, an expired or damaged
    token.
    """
    if claim.access_key_id.startswith("ASIA"):
        return _temporary(installation, claim, now)
    key = db.access_keys.get(claim.access_key_id)
    if key is None:
        raise AuthProblem(Problem.UNKNOWN_KEY, AWSAccessKeyId=claim.access_key_id)
    if key.status != "Active":
        raise AuthProblem(Problem.INACTIVE_KEY, AWSAccessKeyId=claim.access_key_id)

    def derive() -> Credential:
        secret = installation.keyring.unseal("access_key", key.account, key.id, key.secret).decode()
        return Credential(key.id, _signing_key(claim, secret), None)

    return installation.signing_keys.recall((key.secret, claim.scope), now, derive)


def _signing_key(claim: Claim, secret: str) -> bytes:
    return signing_key(secret, claim.date, claim.region, claim.service)


def _temporary(installation: Installation, claim: Claim, now: float) -> Credential:
    """A session's credential: its token must be whole, of this key, and not expired."""
    token = claim.session_token
    if not token:
        raise AuthProblem(Problem.TOKEN_MISSING, AWSAccessKeyId=claim.access_key_id)

    def derive() -> tuple[Session, bytes]:
        session = sessions.unseal(installation.keyring, token)
        if session is None:
            raise AuthProblem(Problem.TOKEN_DAMAGED, **{"Token-0": token})
        return replace(session, secret=""), _signing_key(claim, session.secret)

    session, key = installation.signing_keys.recall((token, claim.scope), now, derive)
    if session.key != claim.access_key_id:
        raise AuthProblem(Problem.TOKEN_FOREIGN, AWSAccessKeyId=claim.access_key_id)
    if session.expires <= now:
        raise AuthProblem(Problem.TOKEN_EXPIRED, **{"Token-0": token})
    return Credential(session.key, key, session)


def caller(db: Snapshot, key: str, session: Session | None) -> Caller:
    """Who acts with this key or session *now*; asked anew in each transaction.

    Raises AuthProblem when the key, its owner, the account or the session's role is gone or no longer active.
    """
    # No two sessions have the same key, so its id stands for the session as well.
    return db.remember(("caller", key), lambda: _caller(db, key, session))


def _caller(db: Snapshot, key: str, session: Session | None) -> Caller:
    if session is None:
        return _long_term(db, key)
    if session.console is not None:
        _check_console(db, session.console)
    account = _account(db, session.account, key)
    if session.kind == "role":
        return _role_session(db, account, session)
    user = None if session.issuer == session.account else _user(db, session.issuer, key)
    if session.kind == "federated":
        return _federated(account, user, session)
    return _root(account, key, session) if user is None else _user_caller(user, key, session)


def _check_console(db: Snapshot, console: str) -> None:
    """Whether the console session goes on, and the one that it was switched from: credentials end with
    either. Those who no longer have it are told that they expired, so that clients ask for new ones.
    """
    row = db.console_sessions.get(console)
    if row is None or row.ended:
        raise AuthProblem(Problem.TOKEN_EXPIRED)
    if row.base is not None:
        _check_console(db, row.base)


def _long_term(db: Snapshot, key_id: str) -> Caller:
    key = db.access_keys.get(key_id)
    if key is None:
        raise AuthProblem(Problem.UNKNOWN_KEY, AWSAccessKeyId=key_id)
    if key.status != "Active":
        raise AuthProblem(Problem.INACTIVE_KEY, AWSAccessKeyId=key_id)
    account = _account(db, key.account, key_id)
    return (
        _root(account, key_id, None)
        if key.owner == key.account
        else _user_caller(_user(db, key.owner, key_id), key_id, None)
    )


def _account(db: Snapshot, account_id: str, key: str) -> Account:
    account = db.accounts.get(account_id)
    if account is None or account.external or account.status != "ACTIVE":
        raise AuthProblem(Problem.UNKNOWN_KEY, AWSAccessKeyId=key)
    return account


def _user(db: Snapshot, user_id: str, key: str) -> User:
    for user in db.users.find("id", user_id):
        return user
    raise AuthProblem(Problem.UNKNOWN_KEY, AWSAccessKeyId=key)


def _root(account: Account, key: str, session: Session | None) -> Caller:
    principal = Principal(
        kind="root", account=account.id, partition=account.partition, arn=account.arn, unique_id=account.id
    )
    return Caller(principal=principal, user_id=account.id, key=key, session=session)


def _user_caller(user: User, key: str, session: Session | None) -> Caller:
    principal = Principal(
        kind="user", account=user.account, partition=user.partition, arn=user.arn, unique_id=user.id
    )
    return Caller(
        principal=principal, user_id=user.id, name=user.name, key=key, session=session, tags=user.tags
    )


def _federated(account: Account, user: User | None, session: Session) -> Caller:
    """The federated user whose session `user`, or the root user, has made. Session tags override the
    user's (STS API, GetFederationToken).
    """
    principal = Principal(
        kind="federated-user",
        account=account.id,
        partition=account.partition,
        arn=f"arn:{account.partition}:sts::{account.id}:federated-user/{session.name}",
        unique_id=user.id if user is not None else None,
        parent_arn=user.arn if user is not None else account.arn,
    )
    return Caller(
        principal=principal,
        user_id=f"{account.id}:{session.name}",
        key=session.key,
        session=session,
        tags=_overlaid(user.tags if user is not None else {}, session),
    )


def _role_session(db: Snapshot, account: Account, session: Session) -> Caller:
    role = _role(db, session)
    principal = Principal(
        kind="role-session",
        account=account.id,
        partition=account.partition,
        arn=f"arn:{account.partition}:sts::{account.id}:assumed-role/{role.name}/{session.name}",
        unique_id=role.id,
        role_arn=role.arn,
    )
    return Caller(
        principal=principal,
        user_id=f"{role.id}:{session.name}",
        key=session.key,
        session=session,
        tags=_overlaid(role.tags, session),
    )


def _role(db: Snapshot, session: Session) -> Role:
    """The role of the session, by its unique id: a re-created role of that name is another role (IAM
    guide).
    """
    for role in db.roles.find("id", session.issuer):
        return role
    raise AuthProblem(Problem.ROLE_GONE, AWSAccessKeyId=session.key)


def _overlaid(tags: Mapping[str, str], session: Session) -> dict[str, str]:
    """The tags of a role or user overlaid by session tags; keys compare ignoring case."""
    passed = {key.lower() for key in session.tags}
    kept = {key: value for key, value in tags.items() if key.lower() not in passed}
    return {**kept, **session.tags}


def current(db: Snapshot, known: Caller) -> Caller:
    """`known` as the records have it in this view; raises AuthProblem if its credentials are no longer
    good.
    """
    return known if known.key is None else caller(db, known.key, known.session)
