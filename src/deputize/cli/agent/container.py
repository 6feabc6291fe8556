"""The container credentials protocol (SDKs and tools guide, "Container credential provider"): one address,
and a token that must come with every request.
"""

import hmac
import json
import secrets
from collections.abc import Mapping

from deputize.cli.agent.sessions import Absent, Here, Sessions, role_at
from deputize.errors import ApiError
from deputize.model.identity import Role
from deputize.protocol.message import Answer, Head

PRINCIPAL = "ecs-tasks.amazonaws.com"
PATH = "/credentials"


class Container:
    """The credentials of the container that the agent stands for. `token` is what its programs must send."""

    def __init__(self, here: Here, role: str) -> None:
        self.token = secrets.token_urlsafe(32)
        self._here = here
        self._role = role
        self._sessions = Sessions(here, PRINCIPAL, self._keys)

    def _keys(self, role: Role) -> Mapping[str, str]:
        """ECS says for which task of whose account it assumes a role (ECS guide, "Task IAM role")."""
        here = self._here
        task = f"arn:{role.partition}:ecs:{here.region}:{role.account}:task/{here.name}"
        return {"aws:sourceaccount": role.account, "aws:sourcearn": task}

    async def answer(self, head: Head) -> Answer:
        """To a request for PATH."""
        sent = head.get("authorization") or ""
        if not hmac.compare_digest(sent.encode("latin-1"), self.token.encode()):
            return _refused(401, "AccessDenied", "The token in Authorization is missing or wrong.")
        if head.method != "GET":
            return Answer(405, (("allow", "GET"),))
        try:
            role = role_at(self._here.opened, self._role)
            found = await self._sessions.of(role)
        except Absent as absent:
            return _refused(404, "NoSuchEntity", str(absent))
        except ApiError as error:
            return _refused(403, error.code, error.message)
        return _json(
            200,
            {
                "AccessKeyId": found.key,
                "SecretAccessKey": found.secret,
                "Token": found.token,
                "Expiration": found.expiration,
                "RoleArn": role.arn,
                "AccountId": role.account,
            },
        )


def _refused(status: int, code: str, message: str) -> Answer:
    return _json(status, {"code": code, "message": message})


def _json(status: int, value: dict[str, str]) -> Answer:
    return Answer(status, (("content-type", "application/json"),), json.dumps(value, indent=2).encode())
