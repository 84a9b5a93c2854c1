"""The one function that decides what may follow what. Pure and total: every state answers every event.

    draft --KeyIntended--> (key open) --KeyMade--> key_made --RequestSigned--> (request open)
      ^-------KeyAbsent-------'                                    --RequestWritten--> awaiting_certificate
    awaiting_certificate --StoreIntended--> (store open) --Stored--> stored
      ^------------------------StoreUndone------'

FolderChosen names another folder for the request's files. RequestWritten may come again while the certificate is
awaited: a further copy, which leaves nothing open when it fails.

Filed notes that CSR and form were handed in, and changes nothing else. Corrected leads from awaiting_certificate back
to key_made: the application came back (差戻し), and the same key signs another request.

The point of no return is KeyMade: from then on only Abandoned (with a reason) or KeyDestroyed (with a reason) give
the key up, and nothing leads back to draft.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.procedure import events
from lgpki_tui.procedure.commands import (
    Command,
    LookForCertificate,
    LookForKey,
    MakeKey,
    SignRequest,
    StoreCertificate,
    WriteRequest,
)
from lgpki_tui.procedure.enrolment import Certificate, Enrolment, OpenAct, Request, State


@dataclass(frozen=True, slots=True)
class Step:
    """The event is allowed: the enrolment after it, and what is to be done now."""

    enrolment: Enrolment
    commands: tuple[Command, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """The event does not fit: why. Nothing has changed."""

    code: Code
    because: str


def transition(enrolment: Enrolment | None, event: events.Event) -> Step | Refused:
    """Apply one event to an enrolment (None: there is none yet)."""
    if isinstance(event, events.Begun):
        return _begun(event) if enrolment is None else Refused(Code.ENROLMENT_STATE, "already_begun")
    if enrolment is None:
        return Refused(Code.ENROLMENT_UNKNOWN, "not_begun")
    return _RULES[type(event)](enrolment, event) if type(event) in _RULES else _not_for(enrolment)


def unfinished(enrolment: Enrolment) -> tuple[Command, ...]:
    """What has to be done to go on with an enrolment that was left in the middle; () when nothing is."""
    match enrolment.open_act, enrolment.state:
        case OpenAct.KEY, _:
            return (LookForKey(enrolment.cka_id),)
        case OpenAct.REQUEST, _:
            return (WriteRequest(),)
        case OpenAct.STORE, _:
            return (LookForCertificate(enrolment.cka_id),)
        case None, State.KEY_MADE:
            return (SignRequest(enrolment.cka_id),)
    return ()


def is_open(enrolment: Enrolment) -> bool:
    """Whether an "about to" has no "done", or a key is made and its CSR is not yet in the folder."""
    return enrolment.open_act is not None or enrolment.state is State.KEY_MADE


def _not_for(enrolment: Enrolment) -> Refused:
    return Refused(Code.ENROLMENT_OPEN if is_open(enrolment) else Code.ENROLMENT_STATE, enrolment.state.value)


def _begun(event: events.Begun) -> Step:
    return Step(
        Enrolment(
            number=event.enrolment,
            begun=event.at,
            state=State.DRAFT,
            certificate_kind=event.certificate_kind,
            pattern=event.pattern,
            municipality_code=event.municipality_code,
            organization=event.organization,
            name=event.name,
            purpose=event.purpose,
            subject=event.subject,
            algorithm=event.algorithm,
            output_folder=event.output_folder,
            file_stem=event.file_stem,
            machine=event.machine,
            login=event.login,
            mail_address=event.mail_address,
            extensions=event.extensions,
            scheme=event.scheme,
            registries=event.registries,
        )
    )


def _key_intended(enrolment: Enrolment, event: events.KeyIntended) -> Step | Refused:
    if enrolment.state is not State.DRAFT or enrolment.open_act is not None:
        return _not_for(enrolment)
    after = replace(enrolment, open_act=OpenAct.KEY, cka_id=event.cka_id, token=event.token)
    return Step(after, (MakeKey(event.cka_id, enrolment.algorithm),))


def _key_absent(enrolment: Enrolment, event: events.KeyAbsent) -> Step | Refused:
    if enrolment.open_act is not OpenAct.KEY or event.cka_id != enrolment.cka_id:
        return _not_for(enrolment)
    return Step(replace(enrolment, open_act=None))


def _key_made(enrolment: Enrolment, event: events.KeyMade) -> Step | Refused:
    if enrolment.open_act is not OpenAct.KEY or event.cka_id != enrolment.cka_id:
        return _not_for(enrolment)
    after = replace(
        enrolment,
        state=State.KEY_MADE,
        open_act=None,
        public_key=event.public_key,
        public_key_sha256=event.public_key_sha256,
    )
    return Step(after, (SignRequest(event.cka_id),))


def _key_moved(enrolment: Enrolment, event: events.KeyMoved) -> Step | Refused:
    if not enrolment.public_key_sha256 or enrolment.key_destroyed or not event.cka_id:
        return _not_for(enrolment)
    after = replace(enrolment, cka_id=event.cka_id)
    return Step(after, unfinished(after))


def _request_signed(enrolment: Enrolment, event: events.RequestSigned) -> Step | Refused:
    if enrolment.state is not State.KEY_MADE or enrolment.open_act is not None:
        return _not_for(enrolment)
    request = Request(event.csr, event.csr_sha256, event.receipt)
    return Step(replace(enrolment, open_act=OpenAct.REQUEST, request=request), (WriteRequest(),))


def _request_written(enrolment: Enrolment, event: events.RequestWritten) -> Step | Refused:
    again = enrolment.state is State.AWAITING_CERTIFICATE and enrolment.open_act is None
    if enrolment.request is None or not (again or enrolment.open_act is OpenAct.REQUEST):
        return _not_for(enrolment)
    request = replace(
        enrolment.request,
        csr_path=event.csr_path,
        csr_der_path=event.csr_der_path,
        receipt_path=event.receipt_path,
    )
    return Step(replace(enrolment, state=State.AWAITING_CERTIFICATE, open_act=None, request=request))


def _folder_chosen(enrolment: Enrolment, event: events.FolderChosen) -> Step | Refused:
    """Also while the certificate is awaited, where nothing follows from it: ledgers exist that say so."""
    if enrolment.state not in (State.DRAFT, State.KEY_MADE, State.AWAITING_CERTIFICATE):
        return _not_for(enrolment)
    after = replace(enrolment, output_folder=event.output_folder)
    return Step(after, unfinished(after))


def _filed(enrolment: Enrolment, event: events.Filed) -> Step | Refused:
    """Also a second time: an application that came back is handed in again."""
    if enrolment.state is not State.AWAITING_CERTIFICATE or enrolment.open_act is not None:
        return _not_for(enrolment)
    return Step(replace(enrolment, filed=event.at))


def _corrected(enrolment: Enrolment, event: events.Corrected) -> Step | Refused:
    if enrolment.state is not State.AWAITING_CERTIFICATE or enrolment.open_act is not None:
        return _not_for(enrolment)
    if not event.reason.strip():
        return Refused(Code.REASON_MISSING, "reason")
    after = replace(
        enrolment,
        state=State.KEY_MADE,
        municipality_code=event.municipality_code,
        organization=event.organization,
        name=event.name,
        purpose=event.purpose,
        subject=event.subject,
        file_stem=event.file_stem,
        request=None,
        filed=None,
        mail_address=event.mail_address,
        extensions=event.extensions,
        scheme=event.scheme,
        registries=event.registries,
        corrections=enrolment.corrections + 1,
        replaced=enrolment.request.csr_sha256 if enrolment.request is not None else "",
    )
    return Step(after, (SignRequest(enrolment.cka_id),))


def _store_intended(enrolment: Enrolment, event: events.StoreIntended) -> Step | Refused:
    if enrolment.state is not State.AWAITING_CERTIFICATE or enrolment.open_act is not None:
        return _not_for(enrolment)
    certificate = Certificate(event.certificate, event.certificate_sha256, event.not_after)
    after = replace(enrolment, open_act=OpenAct.STORE, certificate=certificate, token=event.token)
    return Step(after, (StoreCertificate(enrolment.cka_id),))


def _store_undone(enrolment: Enrolment, event: events.StoreUndone) -> Step | Refused:
    if enrolment.open_act is not OpenAct.STORE or not _same_certificate(enrolment, event.certificate_sha256):
        return _not_for(enrolment)
    return Step(replace(enrolment, open_act=None, certificate=None))


def _stored(enrolment: Enrolment, event: events.Stored) -> Step | Refused:
    if enrolment.open_act is not OpenAct.STORE or not _same_certificate(enrolment, event.certificate_sha256):
        return _not_for(enrolment)
    return Step(replace(enrolment, state=State.STORED, open_act=None))


def _abandoned(enrolment: Enrolment, event: events.Abandoned) -> Step | Refused:
    """Also with an act open: a card that is lost must not hold the person for ever. What it may hold is recorded."""
    if enrolment.state not in (State.DRAFT, State.KEY_MADE, State.AWAITING_CERTIFICATE) and not _ran_out(
        enrolment, event.at
    ):
        return _not_for(enrolment)
    if not event.reason.strip():
        return Refused(Code.REASON_MISSING, "reason")
    return Step(replace(enrolment, state=State.ABANDONED, open_act=None, reason=event.reason))


def _ran_out(enrolment: Enrolment, at: datetime) -> bool:
    """A card that is lost cannot be wiped: this is how an enrolment ends whose certificate is of no use any more."""
    certificate = enrolment.certificate
    return enrolment.state is State.STORED and certificate is not None and at > certificate.not_after


def _key_destroyed(enrolment: Enrolment, event: events.KeyDestroyed) -> Step | Refused:
    """Never while the key is still needed for a certificate that is on its way (MISSION rule 3)."""
    if not enrolment.public_key_sha256 or enrolment.key_destroyed:
        return Refused(Code.ENROLMENT_STATE, "no_key")
    if is_open(enrolment) or enrolment.state is State.AWAITING_CERTIFICATE:
        return _not_for(enrolment)
    if not event.reason.strip():
        return Refused(Code.REASON_MISSING, "reason")
    state = State.ABANDONED if enrolment.state is State.STORED else enrolment.state
    reason = event.reason if enrolment.state is State.STORED else enrolment.reason
    return Step(replace(enrolment, state=state, reason=reason, key_destroyed=True))


def _same_certificate(enrolment: Enrolment, sha256: str) -> bool:
    return enrolment.certificate is not None and enrolment.certificate.sha256 == sha256


_RULES: dict[type[events.Event], Callable[[Enrolment, Any], Step | Refused]] = {
    events.KeyIntended: _key_intended,
    events.KeyAbsent: _key_absent,
    events.KeyMade: _key_made,
    events.KeyMoved: _key_moved,
    events.RequestSigned: _request_signed,
    events.RequestWritten: _request_written,
    events.FolderChosen: _folder_chosen,
    events.Filed: _filed,
    events.Corrected: _corrected,
    events.StoreIntended: _store_intended,
    events.StoreUndone: _store_undone,
    events.Stored: _stored,
    events.Abandoned: _abandoned,
    events.KeyDestroyed: _key_destroyed,
}
