"""What a request asks the CA for (extensionRequest, RFC 2985, 5.4.2): asked is not yet granted."""

from __future__ import annotations

from enum import StrEnum

from lgpki_tui.ground.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Extensions:
    """What is asked for; all empty: the request has no attribute at all.

    `host_names` and `mail_addresses` become dNSName and rfc822Name of one subjectAltName (RFC 5280, 4.2.1.6), in this
    order; `key_usage` has the names of RFC 5280, 4.2.1.3 (`digitalSignature`), `extended_key_usage` those of 4.2.1.12
    (`emailProtection`).
    """

    host_names: tuple[str, ...] = ()
    mail_addresses: tuple[str, ...] = ()
    key_usage: tuple[str, ...] = ()
    extended_key_usage: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for."""
        return self == Extensions()


class Telling(StrEnum):
    """What the texts of an extension are, of a CSR or of a certificate. The value is its word on the sheet."""

    HOST_NAME = "host_name"
    MAIL_ADDRESS = "mail_address"
    OTHER_NAME = "other_name"
    KEY_USAGE = "key_usage"
    EXTENDED_KEY_USAGE = "extended_key_usage"
    OTHER_EXTENSION = "other_extension"
