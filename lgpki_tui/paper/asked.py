"""What stands beside the subject: the extensions of a CSR (RFC 2985, 5.4.2) or of a certificate (RFC 5280, 4.2)."""

from __future__ import annotations

from collections.abc import Iterator

from asn1crypto import csr, x509

from lgpki_tui.paper.sheet import Asked, AskedFor

_USAGES = {
    "digital_signature": "digitalSignature",
    "non_repudiation": "nonRepudiation",
    "key_encipherment": "keyEncipherment",
    "data_encipherment": "dataEncipherment",
    "key_agreement": "keyAgreement",
    "key_cert_sign": "keyCertSign",
    "crl_sign": "cRLSign",
    "encipher_only": "encipherOnly",
    "decipher_only": "decipherOnly",
}
_PURPOSES = {
    "server_auth": "serverAuth",
    "client_auth": "clientAuth",
    "code_signing": "codeSigning",
    "email_protection": "emailProtection",
    "time_stamping": "timeStamping",
    "ocsp_signing": "OCSPSigning",
}
_NAMES = {"dns_name": Asked.HOST_NAME, "rfc822_name": Asked.MAIL_ADDRESS}


def asked_by(request: bytes) -> tuple[AskedFor, ...]:
    """What a CSR (DER) asks for, in its order; an extension that is not known here by its OID. Raises ValueError."""
    info = csr.CertificationRequest.load(request)["certification_request_info"]
    wanted = [one for one in info["attributes"] if one["type"].native == "extension_request"]
    return tuple(found for one in wanted for extensions in one["values"] for found in _of(extensions))


def held_by(certificate: bytes) -> tuple[AskedFor, ...]:
    """The same of what a certificate (DER) has, where a person knows it: names and usages. Raises ValueError."""
    extensions = x509.Certificate.load(certificate)["tbs_certificate"]["extensions"]
    return tuple(found for found in _of(extensions) if found.what is not Asked.OTHER_EXTENSION)


def _of(extensions: x509.Extensions) -> Iterator[AskedFor]:
    for extension in extensions:
        value = extension["extn_value"].parsed
        match extension["extn_id"].native:
            case "subject_alt_name":
                yield from map(_name, value)
            case "key_usage":
                yield AskedFor(Asked.KEY_USAGE, ", ".join(word for key, word in _USAGES.items() if key in value.native))
            case "extended_key_usage":
                purposes = (_PURPOSES.get(one.native, one.dotted) for one in value)
                yield AskedFor(Asked.EXTENDED_KEY_USAGE, ", ".join(purposes))
            case _:
                yield AskedFor(Asked.OTHER_EXTENSION, extension["extn_id"].dotted)


def _name(name: x509.GeneralName) -> AskedFor:
    """A general name as its octets say: asn1crypto decodes a host name or mail address from IDNA."""
    what = _NAMES.get(name.name)
    if what is not None:
        return AskedFor(what, name.chosen.contents.decode("ascii"))
    return AskedFor(Asked.OTHER_NAME, f"{name.name}: {name.chosen.native}")
