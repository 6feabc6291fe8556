"""Access points: further ways into a bucket, each with a policy and a Block Public Access of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from deputize.model.storage import PublicAccessBlock


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessPoint:
    """An access point of `account`; names are unique in an account and a region. `bucket` is the id of the
    bucket that it leads to, whose name and owner stand beside: a bucket made later under that name is not
    meant.

    `alias` may be used like a bucket's name. `policy` is stored like a bucket's. `vpc` is the id of the VPC
    from which alone it may be used; nobody is in one here. `created` is in epoch seconds.
    """

    account: str
    name: str
    region: str
    partition: str
    alias: str
    bucket: int
    bucket_name: str
    bucket_account: str
    created: int
    public_access_block: PublicAccessBlock
    policy: str | None = None
    vpc: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        return f"arn:{self.partition}:s3:{self.region}:{self.account}:accesspoint/{self.name}"

    @property
    def network_origin(self) -> str:
        """AWS's word for where requests through it come from."""
        return "Internet" if self.vpc is None else "VPC"
