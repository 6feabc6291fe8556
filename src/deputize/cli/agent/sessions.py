"""Role sessions that a service assumes for what runs on it, renewed while they are still good."""

import asyncio
import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from deputize.app import Opened, services
from deputize.domain.roles import role_by_arn
from deputize.domain.service_calls import service_call
from deputize.gateway.perform import perform
from deputize.model.identity import Role
from deputize.model.instance_profile import InstanceProfile

# As long as EC2's credentials are good, where the role allows it (seconds).
LONGEST = 6 * 60 * 60


class Absent(LookupError):
    """What was named is not there (any more), or holds no role."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a client is handed. Times are in epoch seconds."""

    key: str
    secret: str = field(repr=False)
    token: str = field(repr=False)
    issued: float
    expires: float

    @property
    def updated(self) -> str:
        return _moment(self.issued)

    @property
    def expiration(self) -> str:
        return _moment(self.expires)


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """Where the agent is: the installation it reads, its clock (epoch seconds), the region it says it is in,
    and the name of what it stands for (an instance id, a task id), which names its sessions.
    """

    opened: Opened
    clock: Callable[[], float]
    region: str
    name: str


class Sessions:
    """The sessions of one service principal. `keys` gives the condition keys that it brings when it assumes a
    role.
    """

    def __init__(self, here: Here, principal: str, keys: Callable[[Role], Mapping[str, str]]) -> None:
        opened = here.opened
        self._here = here
        self._principal = principal
        self._keys = keys
        self._installation = opened.installation
        self._operation = services()["sts"].operations["AssumeRole"]
        self._known: tuple[str, Credentials] | None = None
        self._one_at_a_time = asyncio.Lock()

    async def of(self, role: Role) -> Credentials:
        """Credentials of `role` with at least half of their time left. Raises ApiError, and what the store
        raises.
        """
        async with self._one_at_a_time:
            now = self._here.clock()
            if self._known is not None:
                of, credentials = self._known
                if of == role.id and now < (credentials.issued + credentials.expires) / 2:
                    return credentials
            made = await self._assume(role, now)
            self._known = role.id, made
            return made

    async def _assume(self, role: Role, now: float) -> Credentials:
        call = service_call(
            self._installation,
            self._operation,
            principal=self._principal,
            keys=self._keys(role),
            account=role.account,
            partition=role.partition,
            region=self._here.region,
            now=now,
        )
        request = {
            "RoleArn": role.arn,
            "RoleSessionName": self._here.name,
            "DurationSeconds": min(role.max_session, LONGEST),
        }
        wire = (await perform(self._here.opened.store, call, request))["Credentials"]
        return Credentials(
            key=wire["AccessKeyId"],
            secret=wire["SecretAccessKey"],
            token=wire["SessionToken"],
            issued=now,
            expires=wire["Expiration"],
        )


def role_at(opened: Opened, arn: str) -> Role:
    """The role of this ARN; raises Absent."""
    with opened.store.snapshot() as db:
        found = role_by_arn(db, arn)
    if found is None:
        raise Absent(f"there is no role {arn}")
    return found


def profile_at(opened: Opened, name: str) -> InstanceProfile:
    """The instance profile of this ARN, or of this name if one account alone has it; raises Absent."""
    short = name.rpartition("/")[2]
    with opened.store.snapshot() as db:
        found = [
            profile
            for account in db.accounts.page()
            if (profile := db.instance_profiles.get(account.id, short)) is not None
            and name in (profile.arn, profile.name)
        ]
    if not found:
        raise Absent(f"there is no instance profile {name}")
    if len(found) > 1:
        raise Absent(f"several accounts have an instance profile {name}: give its ARN")
    return found[0]


def role_of(opened: Opened, profile: InstanceProfile) -> Role:
    """The role that the instance profile holds now; raises Absent."""
    with opened.store.snapshot() as db:
        current = db.instance_profiles.get(profile.account, profile.name)
        roles = db.roles.find("id", current.role) if current is not None and current.role is not None else []
    if current is None or current.id != profile.id:
        raise Absent(f"there is no instance profile {profile.arn} any more")
    if not roles:
        raise Absent(f"the instance profile {profile.arn} holds no role")
    return roles[0]


def _moment(seconds: float) -> str:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
