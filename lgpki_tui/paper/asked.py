"""What stands beside the subject, as the sheet tells it: the extensions of a CSR or of a certificate."""

from __future__ import annotations

from lgpki_tui.paper.sheet import AskedFor
from lgpki_tui.pki.certificate import Certificate
from lgpki_tui.pki.extension_request import Told, certificate_extensions, understood
from lgpki_tui.pki.request import Request
from lgpki_tui.subject.extensions import Telling


def asked_by(request: Request) -> tuple[AskedFor, ...]:
    """What a CSR asks for, in its order; an extension that is not known here by its OID."""
    return tuple(map(_asked_for, request.asked))


def held_by(certificate: Certificate) -> tuple[AskedFor, ...]:
    """The same of what a certificate has, where a person knows it: names and usages, and the OID of one of these that
    cannot be read. Raises ValueError."""
    has = understood(certificate_extensions(certificate.der))
    known = (one for one in has.told if one.what is not Telling.OTHER_EXTENSION or one.texts[0] in has.damaged)
    return tuple(map(_asked_for, known))


def _asked_for(told: Told) -> AskedFor:
    return AskedFor(told.what, ", ".join(told.texts))
