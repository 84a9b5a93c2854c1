"""Why TLS with the directory failed, in words that a desk can act on.

The client library decides whether a certificate is good, and says "(unknown error code)" when it is not (libldap 2.5
with GnuTLS, measured). So the same handshake is tried once more with Python's own TLS, for its reason alone: nothing is
sent over it, and what it says never makes a connection good.
"""

from __future__ import annotations

import socket
import ssl
from pathlib import Path
from urllib.parse import urlsplit

# RFC 4511, 4.12, and RFC 4511, 4.14.1: an ExtendedRequest for 1.3.6.1.4.1.1466.20037, message 1.
_START_TLS = b"\x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037"
_SUCCESS = b"\x0a\x01\x00"
_PORTS = {"ldap": 389, "ldaps": 636}
# OpenSSL's verify results (x509_vfy.h).
_EXPIRED, _NOT_YET, _NAME, _ADDRESS = 10, 9, 62, 64


def why(uri: str, ca: Path, seconds: float) -> tuple[str, str]:
    """The reason, and what exactly it was: "unreachable" when there is not even a connection; "starttls", "expired",
    "not_yet_valid", "other_name", "unknown_issuer", "ca_file", "handshake"; "other" when Python finds nothing wrong."""
    parts = urlsplit(uri)
    host = parts.hostname or ""
    try:
        context = ssl.create_default_context(cafile=str(ca))
    except (OSError, ssl.SSLError) as error:
        return "ca_file", str(error)
    try:
        plain = socket.create_connection((host, parts.port or _PORTS[parts.scheme]), timeout=seconds)
    except OSError as error:
        return "unreachable", error.strerror or str(error)
    with plain:
        plain.settimeout(seconds)
        return _shake(plain, context, host, starttls=parts.scheme == "ldap")


def _shake(plain: socket.socket, context: ssl.SSLContext, host: str, *, starttls: bool) -> tuple[str, str]:
    try:
        if starttls:
            plain.sendall(_START_TLS)
            if _SUCCESS not in plain.recv(4096):
                return "starttls", ""
        with context.wrap_socket(plain, server_hostname=host):
            return "other", ""
    except ssl.SSLCertVerificationError as error:
        return _verified(error.verify_code), error.verify_message
    except (OSError, ValueError) as error:
        return "handshake", str(error)


def _verified(code: int) -> str:
    known = {_EXPIRED: "expired", _NOT_YET: "not_yet_valid", _NAME: "other_name", _ADDRESS: "other_name"}
    return known.get(code, "unknown_issuer")
