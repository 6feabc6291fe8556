"""Settings and limits: the numbers and defaults that an operator or AWS's documents set."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

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
    instance_profiles: int = 1000
    server_certificates: int = 20
    ssh_keys_per_user: int = 5
    signing_certificates_per_user: int = 2
    service_credentials_per_user: int = 2
    groups_per_user: int = 10
    access_keys_per_user: int = 2
    mfa_devices_per_user: int = 8
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
    oidc_providers: int = 100
    saml_providers: int = 100
    client_ids_per_provider: int = 100
    thumbprints_per_provider: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the operator of this installation chose.

    `region` is where unsigned requests are taken to be addressed to. `base_hosts` are names of this server,
    in lower case without port: a label in front is a bucket (`photos.s3.localhost`; the rule stands in
    `protocol.address`). `denials_name_policies`: explicit denials end in the ARN of the policy that denies,
    as AWS does since January 2026. `insecure_oidc_loopback`: OpenID Connect providers may be http URLs of
    this machine's loopback addresses, for tests. `oidc_test_provider`: a URL of such an address, without a
    path; what is to be known of https issuers is asked there, under their host and path, for tests.
    `encrypt_objects`: new objects are sealed at rest (SSE-S3). `new_buckets`: what a bucket starts with: as
    on AWS since April 2023 (`current`: ACLs off, all public access blocked), or as before (`legacy`: ACLs on,
    nothing blocked). `notify`: URLs to which notifications of buckets are sent, by the names of the queues
    for which they stand; they may hold secrets.
    """

    region: str = "us-east-1"
    base_hosts: tuple[str, ...] = BASE_HOSTS
    denials_name_policies: bool = False
    insecure_oidc_loopback: bool = False
    oidc_test_provider: str | None = None
    encrypt_objects: bool = True
    new_buckets: Literal["current", "legacy"] = "current"
    iam_quotas: IamQuotas = IamQuotas()
    notify: Mapping[str, str] = field(default_factory=dict, repr=False)
