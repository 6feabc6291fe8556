"""Clients of one server, each with names of its own, who write without pause until the server is gone and
then say what they find.
"""

import hashlib
import json
import random
from abc import ABC, abstractmethod
from typing import Any

from botocore.exceptions import ClientError
from tests.faults.server import ACCOUNT, Server
from tests.faults.truth import ABSENT, TORN, Gone, Tally, Truth

BUCKET = "kill"
# In the database, just below the limit for that, and in a file.
SMALL, LARGE = (100, 4_000, 32_768), (40_000, 100_000)
NAMES = 4
PART = 5 * 1024**2
# How many uploads that nobody goes on with are left open.
OPEN = 3


def content(name: str, version: int, size: int) -> bytes:
    """The bytes that belong to a version of a name: what is found there is these, or it is torn."""
    seed = hashlib.sha256(f"{name} {version}".encode()).digest()
    return (seed * (size // len(seed) + 1))[:size]


class Client(ABC):
    """One of them. Randomness is `rng`'s, so that a run can be repeated."""

    def __init__(self, server: Server, tally: Tally, name: str, rng: random.Random) -> None:
        self.server, self.name, self.rng = server, name, rng
        self.truth = Truth(tally)
        self.version = 0
        self.s3, self.iam, self.sts = (server.client(service) for service in ("s3", "iam", "sts"))

    def run(self) -> None:
        """Change one thing after the other until the server goes away."""
        try:
            while True:
                self.version += 1
                self.step()
        except Gone:
            return
        except BaseException as error:
            self.truth.tally.fail(error)

    def check(self) -> None:
        """What is there is what was acknowledged."""
        self.truth.settle(self.observe)

    def close(self) -> None:
        for one in (self.s3, self.iam, self.sts):
            one.close()

    def pick(self) -> str:
        return f"{self.name}/{self.rng.randrange(NAMES)}"

    @abstractmethod
    def step(self) -> None:
        """One change. Raises Gone."""

    @abstractmethod
    def observe(self, name: str) -> Any:
        """What is there under a name."""


class Objects(Client):
    """Puts, overwrites and deletes objects of these sizes; the value of a key is version and size."""

    sizes: tuple[int, ...] = SMALL

    def step(self) -> None:
        key = self.pick()
        if self.truth.known.get(key) is not None and self.rng.random() < 0.3:
            with self.truth.change({key: ABSENT}):
                self.s3.delete_object(Bucket=BUCKET, Key=key)
            return
        self.put(key, self.rng.choice(self.sizes))

    def put(self, key: str, size: int) -> None:
        """A new version. Raises Gone."""
        value = (self.version, size)
        with self.truth.change({key: value}):
            self.s3.put_object(Bucket=BUCKET, Key=key, Body=content(key, *value))

    def body_of(self, key: str) -> bytes | None:
        """The bytes of an object; None if there is none."""
        try:
            return bytes(self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read())
        except ClientError as error:
            assert error.response["Error"]["Code"] == "NoSuchKey", error
            return None

    def observe(self, name: str) -> Any:
        body = self.body_of(name)
        if body is None:
            return ABSENT
        for value in (self.truth.known.get(name), self.truth.pending.get(name)):
            if value is not None and body == content(name, *value):
                return value
        old = [version for version in range(self.version) if body == content(name, version, len(body))]
        return (old[-1], len(body)) if old else TORN


class LargeObjects(Objects):
    """The same in files."""

    sizes = LARGE


class MixedObjects(Objects):
    """The same, now in a file, now in the database."""

    sizes = SMALL + LARGE


class Uploads(Objects):
    """Multipart uploads: begun, filled, completed and aborted. The value of an upload is the tags of its
    parts.
    """

    def __init__(self, server: Server, tally: Tally, name: str, rng: random.Random) -> None:
        super().__init__(server, tally, name, rng)
        self.key = f"{name}/0"
        self.upload: str | None = None
        self.keys: dict[str, str] = {}
        self.parts: list[tuple[int, int]] = []

    def step(self) -> None:
        if self.upload is None or self.truth.known.get(self.upload) is ABSENT:
            self.begin()
        elif not self.parts:
            # Most have one part, which may be small; some have two, and the first of two may not.
            two = self.rng.random() < 0.04
            self.fill([PART, self.rng.choice(SMALL)] if two else [self.rng.choice(SMALL + LARGE)])
        elif self.rng.random() < 0.3:
            with self.truth.change({self.upload: ABSENT}):
                self.s3.abort_multipart_upload(Bucket=BUCKET, Key=self.key, UploadId=self.upload)
            self.upload = None
        else:
            self.complete(self.upload)

    def begin(self) -> None:
        """A new upload of some key."""
        self.key, self.parts, self.upload = self.pick(), [], None
        # An upload whose id never came is nobody's: it is there or not.
        with self.truth.change({}):
            made = self.s3.create_multipart_upload(Bucket=BUCKET, Key=self.key)
        self.upload = str(made["UploadId"])
        self.keys[self.upload] = self.key
        self.truth.known[self.upload] = ()

    def fill(self, sizes: list[int]) -> None:
        """Upload all parts."""
        assert self.upload is not None
        for number, size in enumerate(sizes, 1):
            body = content(self.key, self.version, size)
            tag = hashlib.md5(body, usedforsecurity=False).hexdigest()
            with self.truth.change({self.upload: (*self.truth.known[self.upload], tag)}):
                self.s3.upload_part(
                    Bucket=BUCKET, Key=self.key, UploadId=self.upload, PartNumber=number, Body=body
                )
        self.parts = [(self.version, size) for size in sizes]

    def complete(self, upload: str) -> None:
        """Make them an object. Raises Gone."""
        tags = self.truth.known[upload]
        listed = [{"PartNumber": number, "ETag": tag} for number, tag in enumerate(tags, 1)]
        with self.truth.change({self.key: tuple(self.parts), upload: ABSENT}):
            self.s3.complete_multipart_upload(
                Bucket=BUCKET, Key=self.key, UploadId=upload, MultipartUpload={"Parts": listed}
            )
        self.upload = None

    def check(self) -> None:
        super().check()
        # What was half filled when the server went is begun anew, and looked at for a few rounds more.
        self.upload = None
        self.keys = {upload: key for upload, key in self.keys.items() if upload in self.truth.known}
        for upload in list(self.keys)[:-OPEN]:
            self.s3.abort_multipart_upload(Bucket=BUCKET, Key=self.keys.pop(upload), UploadId=upload)
            del self.truth.known[upload]

    def observe(self, name: str) -> Any:
        if "/" not in name:
            return self._uploaded(name)
        body = self.body_of(name)
        if body is None:
            return ABSENT
        for value in (self.truth.known.get(name), self.truth.pending.get(name)):
            if value is not None and body == b"".join(content(name, *part) for part in value):
                return value
        return TORN

    def _uploaded(self, upload: str) -> Any:
        """The tags of an upload's parts."""
        try:
            answer = self.s3.list_parts(Bucket=BUCKET, Key=self.keys[upload], UploadId=upload)
        except ClientError as error:
            assert error.response["Error"]["Code"] == "NoSuchUpload", error
            return ABSENT
        return tuple(part["ETag"].strip('"') for part in answer.get("Parts", []))


class Users(Client):
    """Creates and deletes users; the value of a name is the tag it was made with."""

    def step(self) -> None:
        name = self.pick()
        user = name.replace("/", "-")
        if self.truth.known.get(name) is not None:
            with self.truth.change({name: ABSENT}):
                self.iam.delete_user(UserName=user)
            return
        with self.truth.change({name: str(self.version)}):
            self.iam.create_user(UserName=user, Tags=[{"Key": "v", "Value": str(self.version)}])

    def observe(self, name: str) -> Any:
        try:
            user = self.iam.get_user(UserName=name.replace("/", "-"))["User"]
        except ClientError as error:
            assert error.response["Error"]["Code"] == "NoSuchEntity", error
            return ABSENT
        return user["Tags"][0]["Value"]


class Policies(Client):
    """Puts, overwrites and deletes a user's inline policies; the value of a name is its statement's id."""

    def step(self) -> None:
        name = self.pick()
        if self.truth.known.get(name) is not None and self.rng.random() < 0.3:
            with self.truth.change({name: ABSENT}):
                self.iam.delete_user_policy(UserName="policied", PolicyName=name.replace("/", "-"))
            return
        self.put(name)

    def put(self, name: str) -> None:
        """A new version. Raises Gone."""
        sid = f"v{self.version}"
        statement = {"Sid": sid, "Effect": "Deny", "Action": "s3:*", "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        with self.truth.change({name: sid}):
            self.iam.put_user_policy(
                UserName="policied", PolicyName=name.replace("/", "-"), PolicyDocument=document
            )

    def observe(self, name: str) -> Any:
        try:
            found = self.iam.get_user_policy(UserName="policied", PolicyName=name.replace("/", "-"))
        except ClientError as error:
            assert error.response["Error"]["Code"] == "NoSuchEntity", error
            return ABSENT
        return found["PolicyDocument"]["Statement"][0]["Sid"]


class Keys(Client):
    """Creates, deactivates and deletes a user's access keys, and assumes a role; the value of a key is its
    status, of a session whether it is good.
    """

    def __init__(self, server: Server, tally: Tally, name: str, rng: random.Random) -> None:
        super().__init__(server, tally, name, rng)
        self.secrets: dict[str, dict[str, str]] = {}

    def step(self) -> None:
        keys = [
            name
            for name, status in self.truth.known.items()
            if name.startswith("AKIA") and status is not ABSENT
        ]
        if self.rng.random() < 0.25:
            self._assume()
        elif len(keys) < 2:
            # A key whose id never came is nobody's.
            with self.truth.change({}):
                made = self.iam.create_access_key(UserName="keyed")["AccessKey"]
            self.truth.known[made["AccessKeyId"]] = "Active"
            self.secrets[made["AccessKeyId"]] = made
        else:
            key = self.rng.choice(keys)
            wanted = {"UserName": "keyed", "AccessKeyId": key}
            if self.truth.known[key] == "Active":
                with self.truth.change({key: "Inactive"}):
                    self.iam.update_access_key(**wanted, Status="Inactive")
            else:
                with self.truth.change({key: ABSENT}):
                    self.iam.delete_access_key(**wanted)

    def _assume(self) -> None:
        arn = f"arn:aws:iam::{ACCOUNT}:role/Assumed"
        with self.truth.change({}):
            made = self.sts.assume_role(RoleArn=arn, RoleSessionName="kill")["Credentials"]
        self.truth.known["session"] = True
        self.secrets["session"] = made

    def observe(self, name: str) -> Any:
        """What the key can do, not only what is said of it."""
        client = self.server.client("sts", self.secrets[name])
        try:
            client.get_caller_identity()
            works = True
        except ClientError as error:
            assert error.response["Error"]["Code"] == "InvalidClientTokenId", error
            works = False
        finally:
            client.close()
        if name == "session":
            return works
        listed = self.iam.list_access_keys(UserName="keyed")["AccessKeyMetadata"]
        status = next((one["Status"] for one in listed if one["AccessKeyId"] == name), ABSENT)
        return status if works == (status == "Active") else f"{status}, and works: {works}"

    def check(self) -> None:
        super().check()
        for one in self.iam.list_access_keys(UserName="keyed")["AccessKeyMetadata"]:
            if one["AccessKeyId"] not in self.truth.known:
                self.iam.delete_access_key(UserName="keyed", AccessKeyId=one["AccessKeyId"])


KINDS: dict[str, type[Client]] = {
    "small": Objects,
    "smaller": Objects,
    "large": LargeObjects,
    "mixed": MixedObjects,
    "uploads": Uploads,
    "users": Users,
    "policies": Policies,
    "keys": Keys,
}


def prepare(server: Server) -> None:
    """What the clients need to be there."""
    s3, iam = server.client("s3"), server.client("iam")
    s3.create_bucket(Bucket=BUCKET)
    for user in ("policied", "keyed"):
        iam.create_user(UserName=user)
    allow = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    iam.create_role(RoleName="Assumed", AssumeRolePolicyDocument=trust)
    for one in (s3, iam):
        one.close()
