"""What every call of this installation shares: the keys, the blobs, the settings."""

from dataclasses import dataclass, field

from deputize.blobs.api import BlobStore
from deputize.config import Settings
from deputize.gateway.signing_keys import SigningKeys
from deputize.secrets.keyring import Keyring


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """The parts below the gateway that a handler may use besides the database."""

    keyring: Keyring
    blobs: BlobStore
    settings: Settings
    signing_keys: SigningKeys = field(default_factory=SigningKeys)
