"""What is measured: requests to each server, how many, from how many clients."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks import signing
from benchmarks.load import Sent
from benchmarks.scene import BUCKET, CONTENT, LARGE_CONTENT, LARGE_KEY, MOTO_KEYS, SMALL_KEYS, Scene
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
    return (_small_reads(scene), _small_writes(scene), _listing(scene), _assume(scene), *_large(scene))


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
        ),
    )


def _small_writes(scene: Scene) -> Case:
    return Case(
        name="PUT 1 KiB",
        clients=32,
        sides=(
            Side(server="deputize", who="IAM user", make=writes(scene.user), round=4_000),
            Side(server="moto", who="a key it does not know", make=writes(MOTO_KEYS), round=400),
        ),
    )


def _listing(scene: Scene) -> Case:
    return Case(
        name="ListObjectsV2, 1000 keys",
        clients=8,
        sides=(
            Side(server="deputize", who="IAM user", make=_list(scene.user), round=100),
            Side(server="moto", who="a key it does not know", make=_list(MOTO_KEYS), round=16),
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
        ),
    )
    written = Case(
        name="PUT 64 MiB",
        clients=2,
        sides=(
            Side(
                server="deputize",
                who="IAM user",
                make=writes(scene.user, body=LARGE_CONTENT, keys=keys),
                round=4,
            ),
            Side(
                server="moto",
                who="a key it does not know",
                make=writes(MOTO_KEYS, body=LARGE_CONTENT, keys=keys),
                round=4,
            ),
        ),
    )
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
