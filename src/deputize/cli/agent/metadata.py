"""The instance metadata service, version 2 alone: a token first, then the metadata (EC2 guide, "Use the
Instance Metadata Service").

What an instance would tell beyond its id, its region, its account and its role is not there: there is none.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from typing import Any

from deputize.cli.agent.sessions import Absent, Here, Sessions, role_of
from deputize.errors import ApiError
from deputize.model.identity import Role
from deputize.model.instance_profile import InstanceProfile
from deputize.protocol.message import Answer, Head

PRINCIPAL = "ec2.amazonaws.com"
TOKEN_PATH = "/latest/api/token"  # noqa: S105 - a path
TTL = "x-aws-ec2-metadata-token-ttl-seconds"
TOKEN = "x-aws-ec2-metadata-token"  # noqa: S105 - a header's name
LONGEST_TTL = 21_600
CREDENTIALS = "iam/security-credentials"
TEXT = (("content-type", "text/plain"),)
UNAUTHORIZED = Answer(401)
FORBIDDEN = Answer(403)
NOT_FOUND = Answer(404)


class Tokens:
    """Session tokens of the metadata service: when each ends, and a proof that this process gave it. None is
    remembered, so that asking for many costs nothing.
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def give(self, until: int) -> str:
        return f"{until}.{self._proof(str(until))}"

    def good(self, token: str, now: float) -> bool:
        until, _, proof = token.partition(".")
        known = hmac.compare_digest(proof.encode("latin-1"), self._proof(until).encode())
        return known and now < int(until)

    def _proof(self, until: str) -> str:
        return hmac.new(self._key, until.encode("latin-1"), hashlib.sha256).hexdigest()


class Metadata:
    """The metadata of the instance that the agent stands for."""

    def __init__(self, here: Here, profile: InstanceProfile) -> None:
        self._here = here
        self._profile = profile
        self._sessions = Sessions(here, PRINCIPAL, self._keys)
        self._tokens = Tokens()

    def _keys(self, role: Role) -> Mapping[str, str]:
        """How the credentials reach which instance; its sessions keep that."""
        instance = f"arn:{role.partition}:ec2:{self._here.region}:{role.account}:instance/{self._here.name}"
        return {"ec2:roledelivery": "2.0", "ec2:sourceinstancearn": instance}

    async def answer(self, head: Head) -> Answer:
        """To a request under `/latest/`."""
        if head.path == TOKEN_PATH:
            return self._token(head)
        token = head.get(TOKEN)
        if token is None or not self._tokens.good(token, self._here.clock()):
            return UNAUTHORIZED
        if head.method not in ("GET", "HEAD"):
            return Answer(405, (("allow", "GET, HEAD"),))
        return await self._data(head.path.removeprefix("/latest/").rstrip("/"))

    def _token(self, head: Head) -> Answer:
        if head.method != "PUT":
            return Answer(405, (("allow", "PUT"),))
        if head.get("x-forwarded-for") is not None:
            return FORBIDDEN
        ttl = head.get(TTL) or ""
        if not (ttl.isascii() and ttl.isdigit() and len(ttl) < 6 and 1 <= int(ttl) <= LONGEST_TTL):
            return Answer(400)
        given = self._tokens.give(int(self._here.clock()) + int(ttl))
        return Answer(200, (*TEXT, (TTL, ttl)), given.encode())

    async def _data(self, path: str) -> Answer:
        if path == "dynamic/instance-identity/document":
            return _json(self._document())
        item = path.removeprefix("meta-data").removeprefix("/")
        if not path.startswith("meta-data"):
            return NOT_FOUND
        if item == "iam/info":
            return self._info()
        if item == CREDENTIALS or item.startswith(f"{CREDENTIALS}/"):
            return await self._credentials(item.removeprefix(CREDENTIALS).removeprefix("/"))
        text = self._texts().get(item)
        return NOT_FOUND if text is None else Answer(200, TEXT, text.encode())

    def _texts(self) -> Mapping[str, str]:
        here = self._here
        return {
            "": "iam/\ninstance-id\nplacement/",
            "iam": "info\nsecurity-credentials/",
            "instance-id": here.name,
            "placement": "region",
            "placement/region": here.region,
        }

    def _document(self) -> dict[str, Any]:
        return {
            "accountId": self._profile.account,
            "instanceId": self._here.name,
            "region": self._here.region,
            "version": "2017-09-30",
        }

    def _info(self) -> Answer:
        try:
            role_of(self._here.opened, self._profile)
        except Absent:
            return NOT_FOUND
        return _json(
            {
                "Code": "Success",
                "InstanceProfileArn": self._profile.arn,
                "InstanceProfileId": self._profile.id,
            }
        )

    async def _credentials(self, name: str) -> Answer:
        """The role's name, or the credentials of the role of this name."""
        try:
            role = role_of(self._here.opened, self._profile)
        except Absent:
            return NOT_FOUND
        if not name:
            return Answer(200, TEXT, role.name.encode())
        if name != role.name:
            return NOT_FOUND
        try:
            found = await self._sessions.of(role)
        except ApiError:
            # In the words of the real service ("Troubleshoot IAM and Amazon EC2"); the audit says why.
            message = f"EC2 cannot assume the role {role.name}."
            return _json({"Code": "AssumeRoleUnauthorizedAccess", "Message": message})
        return _json(
            {
                "Code": "Success",
                "LastUpdated": found.updated,
                "Type": "AWS-HMAC",
                "AccessKeyId": found.key,
                "SecretAccessKey": found.secret,
                "Token": found.token,
                "Expiration": found.expiration,
            }
        )


def _json(value: Mapping[str, Any]) -> Answer:
    return Answer(200, (("content-type", "application/json"),), json.dumps(value, indent=2).encode())
