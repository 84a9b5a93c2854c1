"""What a request asks for, as cryptography reads it: eyes that are not those of the builder."""

from __future__ import annotations

from cryptography import x509

from lgpki_tui.pki.extension_request import EXTENDED_KEY_USAGES, KEY_USAGES
from lgpki_tui.subject.extensions import Extensions

_PURPOSES = {oid: name for name, oid in EXTENDED_KEY_USAGES.items()}
# cryptography's words for the bits, in their order.
_FLAGS = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


def requested(seen: x509.CertificateSigningRequest, *, subject_is_empty: bool) -> Extensions | None:
    """The extensions that are asked for, the bits of keyUsage in their order; None when there is one that this program
    never asks for, one that cannot be read, or one that is critical and should not be, or the other way round."""
    found: dict[str, tuple[str, ...]] = {}
    try:
        for one in seen.extensions:
            critical = isinstance(one.value, x509.KeyUsage)
            if isinstance(one.value, x509.SubjectAlternativeName):
                critical = subject_is_empty
                found["host_names"] = tuple(one.value.get_values_for_type(x509.DNSName))
                found["mail_addresses"] = tuple(one.value.get_values_for_type(x509.RFC822Name))
            elif isinstance(one.value, x509.KeyUsage):
                found["key_usage"] = _usages(one.value)
            elif isinstance(one.value, x509.ExtendedKeyUsage):
                found["extended_key_usage"] = tuple(_PURPOSES.get(p.dotted_string, p.dotted_string) for p in one.value)
            else:
                return None
            if one.critical is not critical:
                return None
    except (ValueError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        return None
    return Extensions(**found)


def _usages(value: x509.KeyUsage) -> tuple[str, ...]:
    told = []
    for flag, name in zip(_FLAGS, KEY_USAGES, strict=True):
        try:
            told += [name] if getattr(value, flag) else []
        except ValueError:  # the last two mean nothing without keyAgreement, and are not told
            continue
    return tuple(told)
