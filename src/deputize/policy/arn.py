"""Amazon Resource Names: `arn:partition:service:region:account:resource` (AWS General Reference, "ARNs")."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Arn:
    """An ARN's parts; `resource` holds all after the fifth colon."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    @classmethod
    def parse(cls, text: str) -> "Arn | None":
        """The parts of `text`; None if it is no ARN."""
        parts = text.split(":", 5)
        if len(parts) != 6 or parts[0] != "arn" or not parts[1] or not parts[2] or not parts[5]:
            return None
        return cls(*parts[1:])

    def __str__(self) -> str:
        return f"arn:{self.partition}:{self.service}:{self.region}:{self.account}:{self.resource}"
