"""② and 差戻し: hand the request in, and correct one that came back, with the same key."""

from __future__ import annotations

from lgpki_tui.conductor.cards import card_of, follow_key, log_in, refuse_as_reason, refuse_lost_key, the_same
from lgpki_tui.conductor.drive import drive
from lgpki_tui.conductor.ports import PinSource, Ports, Progress
from lgpki_tui.conductor.requesting import REQUEST_BYTES, REQUEST_FILES, said
from lgpki_tui.conductor.resuming import ours
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.procedure import events
from lgpki_tui.procedure.enrolment import Enrolment, State
from lgpki_tui.procedure.transition import is_open
from lgpki_tui.subject.draft import Draft


def file(ports: Ports, number: str) -> Enrolment:
    """Note that CSR and form were handed in now. Raises Refusal: enrolment_unknown, enrolment_state."""
    with ports.ledger.acting():
        after, _ = ports.ledger.append(number, events.Filed(at=ports.clock.now()))
        return after


async def correct(
    ports: Ports, number: str, draft: Draft, purpose: str, reason: str, wanted: str | None, pin: PinSource
) -> Enrolment:
    """Sign another request with the key that is there, after the application came back.

    Whatever can be refused is refused before anything is recorded. Raises Refusal: as `request` and `resume` do, and
    enrolment_state when no request of this enrolment is out.
    """
    ports.narrate(Progress.CHECKING)
    with ports.ledger.acting():
        enrolment = ours(ports, number)
        if enrolment.state is not State.AWAITING_CERTIFICATE or enrolment.open_act is not None:
            refused = Code.ENROLMENT_OPEN if is_open(enrolment) else Code.ENROLMENT_STATE
            raise Refusal(refused, enrolment=number, state=enrolment.state.value)
        if draft.certificate_kind != enrolment.certificate_kind:  # another kind is another application, and another key
            raise Refusal(Code.ANSWERS_VALUE, key="certificate_kind", found=draft.certificate_kind)
        if not reason.strip():
            raise Refusal(Code.REASON_MISSING, enrolment=number)
        told = said(ports, draft)
        ports.folder(ports.paths.resolve(enrolment.output_folder)).probe(REQUEST_BYTES, REQUEST_FILES)
        card = await card_of(ports, enrolment, wanted)
        await log_in(ports, card, refuse_as_reason(pin, reason))
        card = the_same(await ports.card.look(), card)
        enrolment, _ = await follow_key(ports, enrolment, card)
        await refuse_lost_key(ports, enrolment, card)
        corrected = events.Corrected(
            at=ports.clock.now(),
            municipality_code=told.municipality_code,
            organization=draft.organization,
            name=draft.name,
            purpose=purpose,
            subject=told.subject,
            file_stem=_next_stem(enrolment),
            reason=reason.strip(),
            mail_address=draft.mail_address,
            extensions=told.extensions,
            scheme=told.scheme,
            registries=told.registries,
        )
        return await drive(ports, *ports.ledger.append(number, corrected))


def _next_stem(enrolment: Enrolment) -> str:
    """NUMBER, then NUMBER-2, NUMBER-3, whatever a site has the files called."""
    done = enrolment.corrections + 1
    first = enrolment.file_stem.removesuffix(f"-{done}") if enrolment.corrections else enrolment.file_stem
    return f"{first}-{done + 1}"
