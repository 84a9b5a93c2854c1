"""What the review page shows before each act that makes or uses a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lgpki_tui.card.port import CardSeen
from lgpki_tui.faces.tui.context import Context
from lgpki_tui.faces.tui.differences import Differences
from lgpki_tui.faces.tui.screens.review import Review
from lgpki_tui.faces.tui.telling import card_name
from lgpki_tui.ground.inert import inert
from lgpki_tui.ledger.unfinished import Unfinished
from lgpki_tui.procedure.enrolment import Enrolment
from lgpki_tui.subject.extensions import Extensions
from lgpki_tui.subject.name import shown_name
from lgpki_tui.subject.profile import Form, Profile

if TYPE_CHECKING:
    from lgpki_tui.conductor.requesting import Judgement

_UNKNOWN = "?"


def review_request(
    context: Context, answers: Unfinished, judged: Judgement, profile: Profile, card: CardSeen | None, prefecture: str
) -> Review:
    """Before the key pair is made. `prefecture`: of the 団体, for 25 names exist twice."""
    word = context.lexicon.word
    here = context.here
    rows = (
        # Which 団体 it is stands here and not behind the name: there it would take a line more.
        ("kind", f"{word(f'kind.{answers.certificate_kind}')}{_whose(judged, prefecture)}"),
        ("subject", shown_name(judged.subject) if judged.subject else _UNKNOWN),
        *_asked_for(judged.extensions),
        *(("purpose", each) for each in (answers.purpose,) if each),
        ("algorithm", _key(context, profile)),
        ("card", card_name(card, context.lexicon) if card is not None else word("review.card_seen_then")),
        ("place", word("review.place_ssh" if here.over_ssh else "review.place", host=here.host, login=here.login)),
        ("folder", answers.output_folder),
    )
    return Review("key", rows, assumed=bool(profile.assumed), card=card)


def _key(context: Context, profile: Profile) -> str:
    """Whoever asks for a server's certificate is told once more where this key will be."""
    algorithm = profile.default_algorithm.spoken
    is_server = any(field.form is Form.HOST_NAME for field in profile.fields)
    return context.lexicon.word("review.server_key", algorithm=algorithm) if is_server else algorithm


def _asked_for(extensions: Extensions) -> tuple[tuple[str, str], ...]:
    """What the request asks for besides the name, as it was typed."""
    hosts = (("host_name", inert(each)) for each in extensions.host_names)
    return (*hosts, *(("mail_address", inert(each)) for each in extensions.mail_addresses))


def _whose(judged: Judgement, prefecture: str) -> str:
    """Which 団体 the name means, for 25 names exist twice."""
    return f"  ({prefecture} {judged.municipality_code})" if judged.municipality_code else ""


def review_resume(context: Context, enrolment: Enrolment, folder: str) -> Review:
    """Before what was interrupted goes on."""
    word, token = context.lexicon.word, enrolment.token
    rows = (
        ("enrolment", enrolment.number),
        ("kind", word(f"kind.{enrolment.certificate_kind}")),
        ("subject", shown_name(enrolment.subject)),
        *_asked_for(enrolment.extensions),
        ("state", word(f"state.{enrolment.state.value}")),
        ("card", word("card.named", label=token.label, serial=token.serial) if token else _UNKNOWN),
    )
    folder = folder if enrolment.certificate is None else ""
    return Review("resume", rows, folder=folder, enrolment=enrolment)


def review_correction(
    context: Context,
    enrolment: Enrolment,
    answers: Unfinished,
    judged: Judgement,
    prefecture: str,
    differs: Differences,
) -> Review:
    """Before another request is signed with the same key. `prefecture`: as for `review_request`; `differs`: of what was
    handed in (differences.py)."""
    word = context.lexicon.word
    rows = (
        ("enrolment", f"{enrolment.number}  {word(f'kind.{enrolment.certificate_kind}')}{_whose(judged, prefecture)}"),
        ("subject", shown_name(judged.subject) if judged.subject else _UNKNOWN),
        *_asked_for(judged.extensions),
        *(("purpose", each) for each in (answers.purpose,) if each and each == enrolment.purpose),
    )
    return Review("correct", rows, needs_reason=True, enrolment=enrolment, changes=differs)
