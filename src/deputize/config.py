"""Settings and limits: the numbers and defaults that an operator or AWS's documents set."""

from dataclasses import dataclass

# The names under which a label in front is a bucket, whatever the operator adds.
BASE_HOSTS = ("s3.localhost", "localhost")


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpLimits:
    """What a connection may cost. Sizes are in bytes, times in seconds.

    `head` counts the request line and all headers. In each `body_time` a body must grow by `body_least`,
    or end. `linger` and `linger_time`: how much, and how long, of an unread body is still read after an
    early answer, so that the client sees the answer and not a reset.
    """

    connections: int = 4096
    head: int = 16 * 1024
    headers: int = 100
    head_time: float = 20.0
    idle_time: float = 75.0
    body_time: float = 20.0
    body_least: int = 4096
    chunk_overhead: int = 16 * 1024
    trailers: int = 100
    write_time: float = 60.0
    linger: int = 16 * 1024 * 1024
    linger_time: float = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class IamQuotas:
    """How much IAM an account may hold: AWS's defaults ("IAM and AWS STS quotas").

    Policy sizes are in characters, white space not counted; inline ones are the sum per user, group or role.
    """

    users: int = 5000
    groups: int = 300
    roles: int = 1000
    policies: int = 1500
    groups_per_user: int = 10
    access_keys_per_user: int = 2
    policies_per_user: int = 10
    policies_per_group: int = 10
    policies_per_role: int = 10
    versions_per_policy: int = 5
    tags: int = 50
    policy_size: int = 6144
    trust_policy_size: int = 2048
    user_inline_size: int = 2048
    group_inline_size: int = 5120
    role_inline_size: int = 10240


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the operator of this installation chose.

    `region` is where unsigned requests are taken to be addressed to. `base_hosts` are names of this server,
    in lower case without port: a label in front is a bucket (`photos.s3.localhost`; the rule stands in
    `protocol.address`). `denials_name_policies`: explicit denials end in the ARN of the policy that denies,
    as AWS does since January 2026.
    """

    region: str = "us-east-1"
    base_hosts: tuple[str, ...] = BASE_HOSTS
    denials_name_policies: bool = False
    iam_quotas: IamQuotas = IamQuotas()
