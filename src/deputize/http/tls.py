"""TLS: the certificate and its key, from files that may be renewed while the server runs."""

import ssl
import stat
from pathlib import Path
from typing import NoReturn

# Rights that nobody but the owner may have to the key, except that its group may read it: that is how
# distributions (ssl-cert) and Kubernetes hand keys to services.
FORBIDDEN = stat.S_IWGRP | stat.S_IXGRP | stat.S_IRWXO


class TlsRefused(Exception):
    """The certificate or its key cannot be used: what is wrong, and in `hint` what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class Certificate:
    """A certificate chain and its key (PEM files). `context` is for the server's sockets."""

    def __init__(self, certificate: Path, key: Path) -> None:
        """Raises TlsRefused."""
        self._certificate = certificate
        self._key = key
        self._current = self._read()
        self.context = _context()
        self.context.sni_callback = self._choose

    def reload(self) -> None:
        """Read the files again; connections that begin from now on get what they hold. Raises TlsRefused, and
        the old certificate stays.
        """
        self._current = self._read()

    def _choose(self, connection: ssl.SSLObject, _name: str | None, _context: ssl.SSLContext) -> None:
        """Called in each handshake, also where the client names no server."""
        connection.context = self._current

    def _read(self) -> ssl.SSLContext:
        context = _context()
        for file in (self._certificate, self._key):
            try:
                mode = file.stat().st_mode
                file.read_bytes()
            except OSError as error:
                raise TlsRefused(f"cannot read {file}: {error.strerror}", "name a PEM file") from None
            if file is self._key and mode & FORBIDDEN:
                raise TlsRefused(f"{file} is open to other users", f"chmod 600 {file}")
        try:
            context.load_cert_chain(self._certificate, self._key, password=self._encrypted)
        except ssl.SSLError as error:
            reason = error.reason or "none that can be read"
            raise TlsRefused(
                f"{self._certificate} and {self._key} are no certificate and its key: {reason}",
                "--tls-cert takes the chain in PEM, the server's own certificate first; --tls-key its key",
            ) from None
        return context

    def _encrypted(self) -> NoReturn:
        """Asked for the key's password: a server that starts by itself has nobody to ask."""
        raise TlsRefused(f"{self._key} is encrypted", "decrypt it: openssl pkey -in KEY -out NEW")


def _context() -> ssl.SSLContext:
    """TLS 1.2 or newer, and HTTP/1.1 alone."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION
    context.set_alpn_protocols(["http/1.1"])
    return context
