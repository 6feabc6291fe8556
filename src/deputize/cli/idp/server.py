"""The issuers of the test provider: documents and keys, over http on the loopback address."""

import json
from dataclasses import dataclass
from typing import Any

from deputize.cli.idp.keys import TestKeys
from deputize.cli.idp.tokens import key_set
from deputize.protocol.message import Answer, Body, Head

HOST = "127.0.0.1"
CONFIGURATION, KEYS = "/.well-known/openid-configuration", "/.well-known/jwks.json"
HEADERS = (("content-type", "application/json"), ("cache-control", "no-store"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuers:
    """All issuers, each under a path of its own."""

    keys: TestKeys

    async def answer(self, head: Head, _body: Body) -> Answer:
        """The document or the keys of an issuer; 404 for all else, 403 under another name than its own."""
        host = head.get("host") or ""
        if host.partition(":")[0] != HOST:
            return Answer(403, HEADERS, b"{}\n")
        found = self._document(host, head.path) if head.method in ("GET", "HEAD") else None
        if found is None:
            return Answer(404, HEADERS, b"{}\n")
        return Answer(200, HEADERS, json.dumps(found).encode() + b"\n")

    def _document(self, host: str, path: str) -> dict[str, Any] | None:
        """Any path is an issuer's: a server that was told to ask here asks under the real ones' names."""
        if path.endswith(KEYS):
            return key_set(self.keys)
        if not path.endswith(CONFIGURATION):
            return None
        issuer = f"http://{host}{path.removesuffix(CONFIGURATION)}"
        return {
            "issuer": issuer,
            "jwks_uri": issuer + KEYS,
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }
