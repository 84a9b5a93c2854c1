"""Whether the card of an enrolment is there: what of it can be seen without a PIN, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lgpki_tui.card.port import CardSeen, PinState
from lgpki_tui.faces.tui.telling import card_name
from lgpki_tui.faces.tui.widgets.prose import Paragraph
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.frozen import dataclass

if TYPE_CHECKING:
    from lgpki_tui.faces.tui.context import Context
    from lgpki_tui.faces.tui.views import CardView
    from lgpki_tui.procedure.enrolment import Enrolment


def needed(context: Context, enrolment: Enrolment) -> str:
    """Which card it is."""
    token = enrolment.token
    label, serial = (token.label, token.serial) if token else ("", "")
    return context.lexicon.word("card.needed", label=label, serial=serial)


def _is_of(view: CardView, enrolment: Enrolment) -> bool:
    """While there is no key, it may be made on any card that somebody can log in to (conductor.resuming)."""
    if enrolment.public_key_sha256 or enrolment.open_act is not None:
        return any(each.number == enrolment.number for each in view.enrolments)
    return view.card.initialised and view.card.pin not in (PinState.NOT_SET, PinState.LOCKED)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is said of the card that is needed, and the card itself, when it is there."""

    said: tuple[str | Paragraph, ...]
    card: CardSeen | None = None


async def whether_there(context: Context, enrolment: Enrolment) -> Wanted:
    """Whether it is in a reader now: the public key tells, and where it is not seen yet, the names."""
    lexicon = context.lexicon
    try:
        views = await context.clerk.cards()
    except Refusal as refusal:  # no reader, say: what is to be done is done here, and F5 looks again
        message = lexicon.message(refusal)
        return Wanted((Paragraph(lexicon.word("card.failed", happened=message.happened), "bold"), message.here))
    right = [view for view in views if _is_of(view, enrolment)]
    if right:
        said = lexicon.word("card.there", card=card_name(right[0].card, lexicon))
    elif views:
        said = lexicon.word("card.other", cards=[card_name(view.card, lexicon) for view in views])
    elif context.mute:
        said = lexicon.word("card.mute", reader=context.mute[0])
    else:
        said = lexicon.word("card.none_there")
    card = right[0].card if right else None
    return Wanted((Paragraph(said, "bold"), *warning(context, card)), card)


def warning(context: Context, card: CardSeen | None) -> list[str | Paragraph]:
    """What has to be known before a PIN is typed: that it is the last try, or that no more is taken."""
    if card is None or card.pin not in (PinState.FINAL_TRY, PinState.LOCKED):
        return []
    return [Paragraph(context.lexicon.word(f"card.pin_{card.pin.value}"), "bold")]
