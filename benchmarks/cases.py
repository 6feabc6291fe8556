"""What is measured: requests to each server, how many, from how many clients."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks import signing
from benchmarks.load import Sent
from benchmarks.scene import (
    BUCKET,
    CONTENT,
    LARGE_CONTENT,
    LARGE_KEY,
    MOTO_KEYS,
    S3RVER_KEYS,
    SMALL_KEYS,
    Scene,
)
from benchmarks.signing import BOTO3, Keys

# Makes the requests for the server on a port. Signatures age, so they are made just before they are sent.
Make = Callable[[int], Sequence[Sent]]
LIST = f"/{BUCKET}?list-type=2&max-keys=1000&prefix=listed%2F"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One server's side of a case: who asks, what, and how many requests make up a round."""

    server: str
    who: str
    make: Make
    round: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One operation, the same for each side; ratios are between its sides."""

    name: str
    clients: int
    sides: tuple[Side, ...]


def cases(scene: Scene) -> tuple[Case, ...]:
    """All cases."""
    return (
        _small_reads(scene),
        _writes(scene, "PUT 1 KiB", clients=32, rounds=(4_000, 400, 400)),
        _listing(scene),
        _assume(scene),
        *_large(scene),
    )


def _small_reads(scene: Scene) -> Case:
    return Case(
        name="GET 1 KiB",
        clients=32,
        sides=(
            Side(server="nginx", who="no signature", make=_plain(SMALL_KEYS), round=16_000),
            Side(server="deputize", who="IAM user", make=_reads(scene.user), round=6_000),
            Side(server="deputize", who="role session", make=_reads(scene.session), round=6_000),
            Side(
                server="deputize", who="IAM user, boto3's head", make=_reads(scene.user, BOTO3), round=6_000
            ),
            Side(server="moto", who="a key it does not know", make=_reads(MOTO_KEYS), round=400),
            Side(server="s3rver", who="its one key", make=_reads(S3RVER_KEYS), round=400),
        ),
    )


def _writes(
    scene: Scene,
    name: str,
    *,
    clients: int,
    rounds: tuple[int, int, int],
    body: bytes = CONTENT,
    keys: Sequence[str] = SMALL_KEYS,
) -> Case:
    """PUTs of `body`; `rounds` are the requests of a round to deputize, to moto and to s3rver."""
    to_deputize, to_moto, to_s3rver = (
        writes(who, body=body, keys=keys) for who in (scene.user, MOTO_KEYS, S3RVER_KEYS)
    )
    return Case(
        name=name,
        clients=clients,
        sides=(
            Side(server="deputize", who="IAM user", make=to_deputize, round=rounds[0]),
            Side(server="moto", who="a key it does not know", make=to_moto, round=rounds[1]),
            Side(server="s3rver", who="its one key", make=to_s3rver, round=rounds[2]),
        ),
    )


def _listing(scene: Scene) -> Case:
    return Case(
        name="ListObjectsV2, 1000 keys",
        clients=8,
        sides=(
            Side(server="deputize", who="IAM user", make=_list(scene.user), round=100),
            Side(server="moto", who="a key it does not know", make=_list(MOTO_KEYS), round=16),
            Side(server="s3rver", who="its one key", make=_list(S3RVER_KEYS), round=16),
        ),
    )


def _assume(scene: Scene) -> Case:
    return Case(
        name="AssumeRole",
        clients=32,
        sides=(Side(server="deputize", who="IAM user", make=_sessions(scene), round=2_000),),
    )


def _large(scene: Scene) -> tuple[Case, ...]:
    keys = (LARGE_KEY,)
    read = Case(
        name="GET 64 MiB",
        clients=2,
        sides=(
            Side(server="nginx", who="no signature", make=_plain(keys), round=8),
            Side(server="deputize", who="IAM user", make=_reads(scene.user, keys=keys), round=8),
            Side(server="moto", who="a key it does not know", make=_reads(MOTO_KEYS, keys=keys), round=4),
            Side(server="s3rver", who="its one key", make=_reads(S3RVER_KEYS, keys=keys), round=4),
        ),
    )
    # One client: moto may fail where two write to one key.
    written = _writes(scene, "PUT 64 MiB", clients=1, rounds=(4, 4, 4), body=LARGE_CONTENT, keys=keys)
    return read, written


def _plain(keys: Sequence[str]) -> Make:
    return lambda port: [signing.plain(port, f"/{BUCKET}/{key}") for key in keys]


def _reads(who: Keys, headers: Mapping[str, str] | None = None, keys: Sequence[str] = SMALL_KEYS) -> Make:
    return lambda port: [signing.s3(port, who, "GET", f"/{BUCKET}/{key}", b"", headers) for key in keys]


def writes(who: Keys, *, body: bytes = CONTENT, keys: Sequence[str] = SMALL_KEYS) -> Make:
    """PUTs of `body` under `keys`."""
    return lambda port: [signing.s3(port, who, "PUT", f"/{BUCKET}/{key}", body) for key in keys]


def _list(who: Keys) -> Make:
    return lambda port: [signing.s3(port, who, "GET", LIST)]


def _sessions(scene: Scene) -> Make:
    wanted = {"Action": "AssumeRole", "RoleArn": scene.role, "RoleSessionName": "David-ProdUpdate"}
    return lambda port: [signing.sts(port, scene.user, wanted)]
