"""T26: nobody makes a session token but the server, and none is like another."""

import base64
import json
import zlib
from dataclasses import fields

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from tests.attacks.fix_target import Target
from tests.attacks.wire import Request, Signer, code_of, host
from tests.fix_world import Keys
from tests.state import unchanged

from deputize.gateway import sessions
from deputize.model.credentials import Session
from deputize.secrets.envelope import Envelope, derive
from deputize.secrets.keyring import Keyring

PREFIX = "IQoJ"
ISSUED = 100_000


def session(target: Target) -> Session:
    """What an attacker would like to be: the administrator, for a week."""
    now = int(target.world.clock.now)
    with target.world.opened.store.snapshot() as db:
        admin = db.users.get(target.account.id, "admin")
    assert admin is not None
    return Session(
        key="ASIA" + "A" * 16,
        secret="chosen",
        kind="user",
        account=target.account.id,
        partition="aws",
        issuer=admin.id,
        name="admin",
        issued=now,
        expires=now + 7 * 86400,
        mfa_at=now,
    )


def content(wanted: Session) -> bytes:
    """The claims in the form that the server seals."""
    members = {field.name: getattr(wanted, field.name) for field in fields(wanted)}
    return zlib.compress(json.dumps(members, default=dict).encode())


def refused(target: Target, wanted: Session, token: str) -> None:
    """By S3 and by STS, signed with the secret that the claims name; nothing has changed."""
    keys = Keys(wanted.key, wanted.secret, token)
    signer = Signer(keys, target.world.clock.now)
    target.refuses(signer.sign(target.request("DELETE", "kept")), (400, "InvalidToken"))
    headers = (host(target.world), ("Content-Type", "application/x-www-form-urlencoded"))
    body = b"Action=GetCallerIdentity&Version=2011-06-15"
    asked = Request("POST", "/", headers=headers, body=body)
    with unchanged(target.world):
        reply = target.send(Signer(keys, target.world.clock.now, service="sts").sign(asked))
    assert (reply.status, code_of(reply)) == (403, "InvalidClientTokenId")


def test_t26_the_control(target: Target) -> None:
    """T26. The same claims sealed by the server itself are taken: it is the seal alone that is missing."""
    wanted = session(target)
    token = sessions.seal(target.world.opened.keyring, wanted)
    signer = Signer(Keys(wanted.key, wanted.secret, token), target.world.clock.now)
    target.takes(signer.sign(target.request("PUT", "by-control", body=b"x")))


def test_t26_claims_sealed_with_what_a_user_knows(target: Target) -> None:
    """T26. Keys made of one's own secret key, of the session's secret, of nothing, of what is public."""
    wanted = session(target)
    known = [
        target.account.admin.secret.encode(),
        wanted.secret.encode(),
        b"",
        bytes(32),
        target.account.id.encode(),
        b"deputize",
    ]
    plain = content(wanted)
    for secret in known:
        for purpose in ("session tokens", "records", "check"):
            sealed = Envelope(secret, purpose).seal(plain)
            refused(target, wanted, PREFIX + base64.b64encode(sealed).decode())
        key = (secret * 32)[:32].ljust(32, b"\0")
        sealed = b"\x01" + bytes(12) + AESGCM(key).encrypt(bytes(12), plain, b"")
        refused(target, wanted, PREFIX + base64.b64encode(sealed).decode())


def test_t26_claims_in_the_clear(target: Target) -> None:
    """T26. Not sealed at all, or sealed by another version of the seal."""
    wanted = session(target)
    plain = content(wanted)
    for bare in (plain, b"\x01" + plain, b"\x00" + plain, b"\x02" + bytes(12) + plain, b""):
        refused(target, wanted, PREFIX + base64.b64encode(bare).decode())


def test_t26_what_the_server_seals_for_another_purpose(target: Target) -> None:
    """T26. Records are sealed with another key, in their place: as a token they are nothing."""
    wanted = session(target)
    keyring = target.world.opened.keyring
    for table, key in (("access_key", wanted.key), ("mfa_device", "serial"), ("", "")):
        sealed = keyring.seal(table, target.account.id, key, content(wanted))
        refused(target, wanted, PREFIX + base64.b64encode(sealed).decode())


def test_t26_another_installations_tokens(target: Target) -> None:
    """T26. Of an installation whose root key is known to the attacker."""
    wanted = session(target)
    refused(target, wanted, sessions.seal(Keyring(bytes(32)), wanted))


def test_t26_no_nonce_is_used_twice() -> None:
    """T26. Of so many tokens no two have the same nonce, nor the same first block."""
    tokens = Keyring(b"k" * 32).tokens
    sealed = [base64.b64decode(tokens.seal(b"claims").removeprefix(PREFIX)) for _ in range(ISSUED)]
    assert len({one[1:13] for one in sealed}) == ISSUED
    assert len({one[13:] for one in sealed}) == ISSUED


@pytest.mark.parametrize("purpose", ["records", "check", "anything"])
def test_t26_keys_of_different_purposes_differ(purpose: str) -> None:
    """T26. What leaks one purpose's key leaks no other's."""
    assert derive(b"k" * 32, purpose) != derive(b"k" * 32, "session tokens")
