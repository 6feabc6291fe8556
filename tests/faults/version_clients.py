"""Further clients of `tests.faults.clients`: of a bucket that keeps versions, of one whose versions can be
locked, and of a bucket's rules.
"""

import datetime
import random
import time
from typing import Any

from botocore.exceptions import ClientError
from tests.faults.clients import SMALL, Client, Objects, content
from tests.faults.server import Server
from tests.faults.truth import ABSENT, TORN, Tally, unanswered

VERSIONED, LOCKED = "kill-versions", "kill-locks"
# Of a key; when there are more, the oldest one goes.
MOST = 5
MARKER = "marker"
# Far enough away that no run sees its end (seconds).
RETAINED = 30 * 86_400


def prepare(server: Server) -> None:
    """Their buckets."""
    s3 = server.client("s3")
    s3.create_bucket(Bucket=VERSIONED)
    s3.put_bucket_versioning(Bucket=VERSIONED, VersioningConfiguration={"Status": "Enabled"})
    s3.create_bucket(Bucket=LOCKED, ObjectLockEnabledForBucket=True)
    s3.close()


class Versions(Client):
    """Puts versions, small and in files, marks keys as deleted, and deletes single versions. The value of a
    key is all it has, from new to old: versions with their sizes, and markers.
    """

    sizes = (100, 4_000, 40_000)

    def __init__(self, server: Server, tally: Tally, name: str, rng: random.Random) -> None:
        super().__init__(server, tally, name, rng)
        # The ids of what a key has, from new to old, as they were last listed or answered.
        self.ids: dict[str, list[str]] = {}

    def step(self) -> None:
        key = self.pick()
        now, ids = self.truth.known.get(key) or (), self.ids.get(key, [])
        chance = self.rng.random()
        if len(now) > MOST or (now and chance < 0.2):
            at = len(now) - 1 if len(now) > MOST else self.rng.randrange(len(now))
            with self.truth.change({key: (*now[:at], *now[at + 1 :]) or ABSENT}):
                self.s3.delete_object(Bucket=VERSIONED, Key=key, VersionId=ids[at])
            del ids[at]
            return
        value = MARKER if now and chance < 0.4 else (self.version, self.rng.choice(self.sizes))
        with self.truth.change({key: (value, *now)}):
            if value == MARKER:
                made = self.s3.delete_object(Bucket=VERSIONED, Key=key)
            else:
                made = self.s3.put_object(Bucket=VERSIONED, Key=key, Body=content(key, *value))
        self.ids[key] = [made["VersionId"], *ids]

    def observe(self, name: str) -> Any:
        listed = self.s3.list_object_versions(Bucket=VERSIONED, Prefix=name)
        # The two lists of an answer are each from new to old; whole seconds do not tell which one is first.
        ordered = self._ordered(name, listed.get("Versions", []), listed.get("DeleteMarkers", []))
        self.ids[name] = [one["VersionId"] for one in ordered]
        return tuple(self._found(name, one) for one in ordered) or ABSENT

    def _ordered(self, key: str, versions: list[Any], markers: list[Any]) -> list[Any]:
        """Both in one list: what was known before keeps its order, the one that is new comes first."""
        both = {one["VersionId"]: one for one in versions + markers if one["Key"] == key}
        known = [both.pop(one) for one in self.ids.get(key, []) if one in both]
        return [*both.values(), *known]

    def _found(self, key: str, listed: Any) -> Any:
        if "Size" not in listed:
            return MARKER
        found = self.s3.get_object(Bucket=VERSIONED, Key=key, VersionId=listed["VersionId"])
        body = bytes(found["Body"].read())
        versions = range(1, self.version + 1)
        fits = [number for number in versions if body == content(key, number, len(body))]
        return (fits[0], len(body)) if fits else TORN

    def check(self) -> None:
        super().check()
        for name, values in self.truth.known.items():
            # A read without a version agrees with the list.
            there = self._latest(name)
            if there != (values[0] if values and values[0] != MARKER else ABSENT):
                self.truth.tally.lost.append(f"{name}: {there!r} is current, of {values!r}")

    def _latest(self, key: str) -> Any:
        try:
            body = bytes(self.s3.get_object(Bucket=VERSIONED, Key=key)["Body"].read())
        except ClientError as error:
            assert error.response["Error"]["Code"] == "NoSuchKey", error
            return ABSENT
        versions = range(1, self.version + 1)
        return next((number, len(body)) for number in versions if body == content(key, number, len(body)))


class Locks(Objects):
    """Puts versions that are locked, makes their retention longer, takes holds off and on. The value of a key
    is its mode, until when it is retained, and whether it is held: what was acknowledged is never less.
    """

    def step(self) -> None:
        key = self.pick()
        now = self.truth.known.get(key)
        if now is None:
            self._begin(key)
        elif self.rng.random() < 0.4:
            mode, until, hold = now
            with self.truth.change({key: (mode, until, not hold)}):
                status = {"Status": "OFF" if hold else "ON"}
                self.s3.put_object_legal_hold(Bucket=LOCKED, Key=key, LegalHold=status)
        elif self.rng.random() < 0.7:
            mode, until, hold = now
            later = until + self.rng.randrange(1, 1000)
            with self.truth.change({key: (mode, later, hold)}):
                retention = {"Mode": mode, "RetainUntilDate": moment(later)}
                self.s3.put_object_retention(Bucket=LOCKED, Key=key, Retention=retention)
        else:
            self._end(key, now)

    def _begin(self, key: str) -> None:
        """A key that was deleted comes again with another lock."""
        value = (
            self.rng.choice(("GOVERNANCE", "GOVERNANCE", "COMPLIANCE")),
            int(time.time()) + RETAINED + self.rng.randrange(1000),
            self.rng.random() < 0.5,
        )
        with self.truth.change({key: value}):
            self.s3.put_object(
                Bucket=LOCKED,
                Key=key,
                Body=content(key, 1, self.rng.choice(SMALL)),
                ObjectLockMode=value[0],
                ObjectLockRetainUntilDate=moment(value[1]),
                ObjectLockLegalHoldStatus="ON" if value[2] else "OFF",
            )

    def _end(self, key: str, now: tuple[str, int, bool]) -> None:
        """Delete it for good where its governance can be bypassed and there is no hold; else be refused."""
        with unanswered():
            version = self.s3.head_object(Bucket=LOCKED, Key=key)["VersionId"]
        names = {"Bucket": LOCKED, "Key": key, "VersionId": version}
        if now[0] == "GOVERNANCE" and not now[2]:
            with self.truth.change({key: ABSENT}):
                self.s3.delete_object(**names, BypassGovernanceRetention=True)
        else:
            with unanswered():
                self._kept(names, bypass=True)

    def _kept(self, names: dict[str, str], *, bypass: bool) -> None:
        try:
            self.s3.delete_object(**names, BypassGovernanceRetention=bypass)
        except ClientError as error:
            if error.response["Error"]["Code"] == "AccessDenied":
                return
            raise
        raise AssertionError(f"{names} was locked, and is deleted")

    def observe(self, name: str) -> Any:
        listed = self.s3.list_object_versions(Bucket=LOCKED, Prefix=name).get("Versions", [])
        found = [one for one in listed if one["Key"] == name]
        if not found:
            return ABSENT
        (one,) = found
        names = {"Bucket": LOCKED, "Key": name, "VersionId": one["VersionId"]}
        self._kept(names, bypass=False)
        told = self.s3.get_object(**names)
        body = bytes(told["Body"].read())
        if body != content(name, 1, len(body)):
            return TORN
        until = int(told["ObjectLockRetainUntilDate"].timestamp())
        return told["ObjectLockMode"], until, told["ObjectLockLegalHoldStatus"] == "ON"


class Rules(Client):
    """Sets a bucket's lifecycle rules anew and takes them away; the value is the first rule's name."""

    def step(self) -> None:
        name = f"{self.name}/rules"
        if self.truth.known.get(name) is not None and self.rng.random() < 0.3:
            with self.truth.change({name: ABSENT}):
                self.s3.delete_bucket_lifecycle(Bucket=VERSIONED)
            return
        rule = f"v{self.version}"
        rules = [
            {"ID": rule, "Status": "Enabled", "Filter": {"Prefix": "none/"}, "Expiration": {"Days": 9}},
            {"ID": "two", "Status": "Disabled", "Filter": {"Prefix": rule}, "Expiration": {"Days": 1}},
        ]
        with self.truth.change({name: rule}):
            self.s3.put_bucket_lifecycle_configuration(
                Bucket=VERSIONED, LifecycleConfiguration={"Rules": rules}
            )

    def observe(self, name: str) -> Any:
        try:
            rules = self.s3.get_bucket_lifecycle_configuration(Bucket=VERSIONED)["Rules"]
        except ClientError as error:
            assert error.response["Error"]["Code"] == "NoSuchLifecycleConfiguration", error
            return ABSENT
        first, second = rules
        return first["ID"] if second["Filter"]["Prefix"] == first["ID"] else TORN


def moment(seconds: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC)


KINDS: dict[str, type[Client]] = {"versions": Versions, "locks": Locks, "rules": Rules}
