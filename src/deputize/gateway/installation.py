"""What every call of this installation shares: the keys, the blobs, the settings."""

from dataclasses import dataclass, field

from deputize.blobs.vault import Vault
from deputize.config import Settings
from deputize.gateway.attempts import Guesses
from deputize.gateway.deliveries import Deliveries
from deputize.gateway.denials import Denials
from deputize.gateway.issuer_keys import IssuerKeys
from deputize.gateway.signing_keys import SigningKeys
from deputize.secrets.keyring import Keyring


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """The parts below the gateway that a handler may use besides the database."""

    keyring: Keyring
    vault: Vault
    settings: Settings
    signing_keys: SigningKeys = field(default_factory=SigningKeys)
    deliveries: Deliveries = field(default_factory=Deliveries)
    guesses: Guesses = field(default_factory=Guesses)
    issuer_keys: IssuerKeys = field(default_factory=IssuerKeys)
    denials: Denials = field(default_factory=Denials)
