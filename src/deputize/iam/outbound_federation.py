"""Outbound web identity federation: whether the account vouches for its own identities, by tokens that others
can verify.
"""

import dataclasses
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from deputize.domain.token_issuer import new_issuer
from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.iam.resources import anything
from deputize.iam.service import DONE, iam
from deputize.model.federation import TokenIssuer
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.iam import (
        EnableOutboundWebIdentityFederationResponse,
        GetOutboundWebIdentityFederationInfoResponse,
    )

HEAD = "The request failed because outbound identity federation is already"
TAIL = "for your Amazon Web Services account. You cannot {} the feature multiple times"


def enabled(db: Snapshot, call: Call) -> TokenIssuer:
    """The account's issuer; raises FeatureDisabled."""
    issuer = db.token_issuers.get(call.account)
    if issuer is None or not issuer.enabled:
        raise ApiError("FeatureDisabled", f"{HEAD} disabled {TAIL.format('disable')}")
    return issuer


def prepare_issuer(db: Snapshot, call: Call, request: Any) -> Callable[[], TokenIssuer]:
    """The issuer that there was, or a new one, under the address that this call was sent to."""
    known = db.token_issuers.get(call.account)
    if known is not None:
        return lambda: known
    base = f"{'https' if call.head.secure else 'http'}://{call.head.get('host') or 'localhost'}"
    return lambda: new_issuer(call.installation.keyring, call.account, base, call.time)


@iam.command(
    "EnableOutboundWebIdentityFederation",
    access=(Needs("iam:EnableOutboundWebIdentityFederation", on=anything),),
    prepare=prepare_issuer,
)
def enable_outbound_federation(
    db: Transaction, call: Call, request: Mapping[str, Any]
) -> "EnableOutboundWebIdentityFederationResponse":
    """An issuer that was disabled comes back with its address and its keys. Raises FeatureEnabled."""
    known = db.token_issuers.get(call.account)
    if known is not None and known.enabled:
        raise ApiError("FeatureEnabled", f"{HEAD} enabled {TAIL.format('enable')}")
    issuer: TokenIssuer = dataclasses.replace(known or call.prepared, enabled=True)
    db.token_issuers.put(issuer)
    return {"IssuerIdentifier": issuer.url}


@iam.command(
    "DisableOutboundWebIdentityFederation",
    access=(Needs("iam:DisableOutboundWebIdentityFederation", on=anything),),
)
def disable_outbound_federation(db: Transaction, call: Call, request: Mapping[str, Any]) -> Mapping[str, Any]:
    """No more tokens; those that there are stay good until they expire. Raises FeatureDisabled."""
    db.token_issuers.put(dataclasses.replace(enabled(db, call), enabled=False))
    return DONE


@iam.query(
    "GetOutboundWebIdentityFederationInfo",
    access=(Needs("iam:GetOutboundWebIdentityFederationInfo", on=anything),),
)
def get_outbound_federation_info(
    db: Snapshot, call: Call, request: Mapping[str, Any]
) -> "GetOutboundWebIdentityFederationInfoResponse":
    """Raises FeatureDisabled."""
    return {"IssuerIdentifier": enabled(db, call).url, "JwtVendingEnabled": True}
