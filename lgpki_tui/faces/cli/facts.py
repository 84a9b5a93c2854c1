"""What JSON tells of an enrolment (docs/contract.md, JSON). The same facts feed the lines for people."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from lgpki_tui.ground.clock import rfc3339
from lgpki_tui.ground.findings import Fact
from lgpki_tui.procedure.calendar import renewal_opens
from lgpki_tui.procedure.enrolment import Enrolment, State
from lgpki_tui.procedure.standing import attention, waits_for
from lgpki_tui.procedure.transition import is_open
from lgpki_tui.subject.answered import Origin, RegistryAnswer
from lgpki_tui.subject.extensions import Extensions

if TYPE_CHECKING:
    from lgpki_tui.conductor.ports import Paths


def enrolment_facts(enrolment: Enrolment, paths: Paths, now: datetime) -> dict[str, Fact]:
    """Everything that `status` tells of one enrolment."""
    return {
        "enrolment": enrolment.number,
        "state": enrolment.state.value,
        "waits_for": waits_for(enrolment, now),
        "open": is_open(enrolment),
        "attention": attention(enrolment, now),
        "begun": rfc3339(enrolment.begun),
        "certificate_kind": enrolment.certificate_kind,
        "municipality_code": enrolment.municipality_code,
        "organization": enrolment.organization,
        "name": enrolment.name,
        "purpose": enrolment.purpose,
        "pattern": enrolment.pattern,
        "mail_address": enrolment.mail_address or None,
        "key_algorithm": enrolment.algorithm,
        "signature": enrolment.scheme.value,
        "extensions": extension_facts(enrolment.extensions),
        "registries": [answer_facts(each, paths) for each in enrolment.registries],
        "host_name": enrolment.machine.host_name,
        "login": enrolment.login.name,
        "card_serial": enrolment.token.serial if enrolment.token else None,
        "card_label": enrolment.token.label if enrolment.token else None,
        "cka_id": enrolment.cka_id or None,
        "public_key_sha256": enrolment.public_key_sha256 or None,
        "key_destroyed": enrolment.key_destroyed,
        "filed": rfc3339(enrolment.filed) if enrolment.filed is not None else None,
        "reason": enrolment.reason or None,
        **request_facts(enrolment, paths),
        **certificate_facts(enrolment),
    }


def extension_facts(extensions: Extensions) -> dict[str, Fact]:
    """What a request asks for besides its subject; every list is there."""
    return {
        "host_names": list(extensions.host_names),
        "mail_addresses": list(extensions.mail_addresses),
        "key_usage": list(extensions.key_usage),
        "extended_key_usage": list(extensions.extended_key_usage),
    }


def answer_facts(answer: RegistryAnswer, paths: Paths) -> dict[str, Fact]:
    """Who said that a name is registered: a directory by its URI, or the file that was imported; null where not so."""
    live = answer.origin is Origin.DIRECTORY
    return {
        "registry": answer.registry,
        "origin": answer.origin.value,
        "uri": answer.source if live else None,
        "file": None if live else str(paths.resolve(answer.source)),
        "sha256": answer.sha256 or None,
        "imported_at": rfc3339(answer.imported_at) if answer.imported_at is not None else None,
    }


def request_facts(enrolment: Enrolment, paths: Paths) -> dict[str, Fact]:
    """Where the request is; null while it is not in the folder."""
    request = enrolment.request
    written = request is not None and bool(request.csr_path)
    return {
        "csr_path": str(paths.resolve(request.csr_path)) if request and written else None,
        "csr_der_path": str(paths.resolve(request.csr_der_path)) if request and written else None,
        "receipt_path": str(paths.resolve(request.receipt_path)) if request and written else None,
        "csr_sha256": request.csr_sha256 if request else None,
    }


def certificate_facts(enrolment: Enrolment) -> dict[str, Fact]:
    """The stored certificate; null while there is none."""
    certificate = enrolment.certificate if enrolment.state is not State.AWAITING_CERTIFICATE else None
    return {
        "certificate_sha256": certificate.sha256 if certificate else None,
        "not_after": rfc3339(certificate.not_after) if certificate else None,
        "renewal_opens": renewal_opens(certificate.not_after).isoformat() if certificate else None,
    }
