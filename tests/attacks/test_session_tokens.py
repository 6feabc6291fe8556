"""T25: a session's token is good whole, with its own key, in its own installation, while its role stands."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.access.harness import policy, statement, trust
from tests.attacks.fix_target import Target
from tests.attacks.wire import Request, Signer, code_of, flipped, host, pipelined
from tests.fix_world import Clock, Keys, TestAccount, World, running
from tests.state import unchanged

UNKNOWN = (403, "InvalidAccessKeyId")
DAMAGED = (400, "InvalidToken")
STS_INVALID = (403, "InvalidClientTokenId")
PREFIX = "IQoJ"


def assume(world: World, account: TestAccount, name: str) -> Keys:
    """A session of a role that may do anything."""
    arn = f"arn:aws:iam::{account.id}:role/{name}"
    answer = world.client("sts", account.admin).assume_role(RoleArn=arn, RoleSessionName="session")
    return Keys.of(answer["Credentials"])


def make_role(world: World, account: TestAccount, name: str) -> None:
    iam = world.client("iam", account.admin)
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(account.id))
    everything = json.dumps(policy(statement("Allow", ["*"])))
    iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=everything)


@dataclass(frozen=True)
class Holder:
    """A session of the role `Everything`, and how others are tried in its place."""

    target: Target
    keys: Keys

    @property
    def token(self) -> str:
        assert self.keys.token is not None
        return self.keys.token

    def put(self, keys: Keys) -> Request:
        signer = Signer(keys, self.target.world.clock.now)
        return signer.sign(self.target.request("PUT", "by-session", body=b"meow"))

    def with_token(self, token: str) -> Request:
        """Signed with the session's own secret; the token is part of what is signed."""
        signer = Signer(Keys(self.keys.id, self.keys.secret, token), self.target.world.clock.now)
        return signer.sign(self.target.request("DELETE", "by-session"))

    def to_sts(self, keys: Keys) -> Request:
        world = self.target.world
        body = b"Action=GetCallerIdentity&Version=2011-06-15"
        headers = (host(world), ("Content-Type", "application/x-www-form-urlencoded"))
        signer = Signer(keys, world.clock.now, service="sts")
        return signer.sign(Request("POST", "/", headers=headers, body=body))

    def all_refused(self, requests: Iterator[Request], answer: tuple[int, str]) -> int:
        """Whether S3 and STS refuse each of them, changing nothing; how many they were."""
        count = 0
        with unchanged(self.target.world):
            for request, reply in pipelined(self.target.world, requests):
                assert (reply.status, code_of(reply)) == answer, request.header("x-amz-security-token")
                count += 1
        return count


@pytest.fixture(scope="module")
def holder(target: Target) -> Holder:
    make_role(target.world, target.account, "Everything")
    made = Holder(target, assume(target.world, target.account, "Everything"))
    target.takes(made.put(made.keys))
    target.takes(made.to_sts(made.keys))
    return made


def test_t25_every_bit_of_what_is_sealed(holder: Holder) -> None:
    """T25. Any bit of nonce, content or tag: the token is not ours any more."""
    sealed = base64.b64decode(holder.token.removeprefix(PREFIX))
    bits = range(8 * len(sealed))
    tokens = [PREFIX + base64.b64encode(one).decode() for one in flipped(sealed, bits)]
    assert holder.all_refused((holder.with_token(one) for one in tokens), DAMAGED) == len(bits)
    every_fifth = [holder.to_sts(Keys(holder.keys.id, holder.keys.secret, one)) for one in tokens[::5]]
    holder.all_refused(iter(every_fifth), STS_INVALID)
    holder.target.takes(holder.with_token(holder.token))


def test_t25_every_bit_of_its_text(holder: Holder) -> None:
    """T25. The same of the text that carries it: no two texts are one token."""
    texts = [
        one.decode("latin-1")
        for one in flipped(holder.token.encode(), range(8 * len(holder.token)))
        if all(0x20 < byte < 0x7F or byte > 0xA0 for byte in one)
    ]
    assert len(texts) > 4 * len(holder.token)
    holder.all_refused((holder.with_token(one) for one in texts), DAMAGED)


def test_t25_truncated_and_extended(holder: Holder) -> None:
    """T25. At every length, and with anything behind or before it."""
    token = holder.token
    cut = [token[:length] for length in range(1, len(token))]
    longer = [token + end for end in ("A", "=", "==", "AAAA", ",", token)]
    around = ["A" + token, token.lower(), token.upper(), token[::-1], PREFIX, "x", token.replace("A", "-")]
    holder.all_refused((holder.with_token(one) for one in [*cut, *longer, *around]), DAMAGED)
    holder.target.refuses(holder.with_token(""), UNKNOWN)


def test_t25_padding_and_letters_that_decode_to_the_same(holder: Holder) -> None:
    """T25. The bits that base64 leaves unused are not free to choose."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    body = holder.token.rstrip("=")
    others = [body[:-1] + letter + "=" * (len(holder.token) - len(body)) for letter in alphabet]
    wrong = [one for one in others if one != holder.token]
    assert len(wrong) == 63
    holder.all_refused((holder.with_token(one) for one in wrong), DAMAGED)


def test_t25_another_sessions_token(holder: Holder) -> None:
    """T25. Two sessions of one role, each with its key: crossed, neither works."""
    other = assume(holder.target.world, holder.target.account, "Everything")
    holder.target.takes(holder.put(other))
    for crossed in (
        Keys(holder.keys.id, holder.keys.secret, other.token),
        Keys(other.id, other.secret, holder.token),
        Keys(other.id, holder.keys.secret, holder.token),
    ):
        holder.target.refuses(holder.put(crossed), UNKNOWN)
        holder.target.refuses(holder.to_sts(crossed), STS_INVALID)
    wrong_secret = Keys(holder.keys.id, other.secret, holder.token)
    holder.target.refuses(holder.put(wrong_secret), (403, "SignatureDoesNotMatch"))


def test_t25_without_its_token_and_with_a_long_term_key(holder: Holder) -> None:
    """T25. A temporary key never comes alone, a long-term key never with a token."""
    admin = holder.target.account.admin
    holder.target.takes(holder.put(admin))
    holder.target.refuses(holder.put(Keys(holder.keys.id, holder.keys.secret)), UNKNOWN)
    holder.target.refuses(holder.put(Keys(admin.id, admin.secret, holder.token)), DAMAGED)


def test_t25_another_installations(holder: Holder, tmp_path: Path) -> None:
    """T25. The same account, role and key there; its token is sealed with a key that we do not have."""
    with running(tmp_path / "other", Clock()) as other:
        account = other.account("Target", id=holder.target.account.id)
        make_role(other, account, "Everything")
        foreign = assume(other, account, "Everything")
    holder.target.refuses(holder.put(foreign), DAMAGED)
    holder.target.refuses(holder.to_sts(foreign), STS_INVALID)
    holder.target.refuses(holder.with_token(foreign.token or ""), DAMAGED)


@pytest.mark.parametrize("again", [False, True], ids=["deleted", "deleted and made anew"])
def test_t25_a_role_that_is_gone(target: Target, again: bool) -> None:
    """T25. Its sessions end with it; a role of the same name is another role."""
    name = f"Passing{again}"
    make_role(target.world, target.account, name)
    holder = Holder(target, assume(target.world, target.account, name))
    target.takes(holder.put(holder.keys))
    iam: Any = target.world.client("iam", target.account.admin)
    iam.delete_role_policy(RoleName=name, PolicyName="all")
    target.refuses(holder.put(holder.keys), (403, "AccessDenied"))
    iam.delete_role(RoleName=name)
    if again:
        make_role(target.world, target.account, name)
        target.takes(holder.put(assume(target.world, target.account, name)))
    target.refuses(holder.put(holder.keys), UNKNOWN)
    target.refuses(holder.to_sts(holder.keys), STS_INVALID)


def test_t25_to_the_second(target: Target) -> None:
    """T25. A session's end is checked with each request."""
    make_role(target.world, target.account, "Short")
    holder = Holder(target, assume(target.world, target.account, "Short"))
    began = target.world.clock.now
    target.world.clock.advance(3599)
    try:
        target.takes(holder.put(holder.keys))
        target.world.clock.advance(1)
        target.refuses(holder.put(holder.keys), (400, "ExpiredToken"))
        target.refuses(holder.to_sts(holder.keys), (403, "ExpiredToken"))
    finally:
        target.world.clock.now = began
