"""Domain values in words: an enrolment, a card, a finding, a digest. Nothing is decided here."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from lgpki_tui.faces.saying import expected, found, question
from lgpki_tui.ground.clock import tokyo
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Fact, Finding
from lgpki_tui.procedure.calendar import days_left, renewal_opens
from lgpki_tui.procedure.enrolment import Enrolment, State
from lgpki_tui.procedure.standing import attention, waits_for
from lgpki_tui.procedure.transition import is_open

if TYPE_CHECKING:
    from lgpki_tui.card.port import CardSeen
    from lgpki_tui.faces.tui.lexicon import Lexicon
    from lgpki_tui.faces.tui.views import CardView

_RANK = {"open": 0, "expired": 1, "renewal_open": 2}
_LAST = 9
# Of more enrolments on one card than this, a page tells the number.
MOST_HELD = 4


def urgency(enrolment: Enrolment, now: datetime) -> tuple[int, float]:
    """For sorting: what needs attention first, then what waits, then what is stored, then what has ended; the newest of
    each first."""
    due = attention(enrolment, now)
    if due is not None:
        rank = _RANK[due]
    elif enrolment.state is State.AWAITING_CERTIFICATE:
        rank = 4 if enrolment.filed is None else 5
    else:
        rank = {State.DRAFT: 3, State.STORED: 6}.get(enrolment.state, _LAST)
    return rank, -enrolment.begun.timestamp()


def who_acts(enrolment: Enrolment, now: datetime) -> str:
    """Who is to act next: `you`, `branch`, or nobody ("")."""
    if enrolment.state is State.AWAITING_CERTIFICATE and not is_open(enrolment):
        return "you" if enrolment.filed is None else "branch"
    return "you" if attention(enrolment, now) is not None or enrolment.state is State.DRAFT else ""


def standing(enrolment: Enrolment, now: datetime, lexicon: Lexicon) -> str:
    """What an enrolment waits for and who acts, in a few words."""
    if is_wiped(enrolment):
        return lexicon.word("standing.destroyed")
    due = attention(enrolment, now)
    if due is not None:
        return lexicon.word(f"standing.{due}")
    if enrolment.state is State.AWAITING_CERTIFICATE:
        if enrolment.filed is None:
            return lexicon.word("standing.to_file")
        return lexicon.word("standing.filed", days=days_since(enrolment.filed, now) + 1)
    if enrolment.state is State.STORED and enrolment.certificate is not None:
        return lexicon.word("standing.stored", days=days_left(enrolment.certificate.not_after, now))
    return lexicon.word(f"standing.{enrolment.state.value}")


def is_wiped(enrolment: Enrolment) -> bool:
    """Whether it has ended by the card being wiped, and was not given up before."""
    given_up = enrolment.state is State.ABANDONED and enrolment.certificate is None
    return enrolment.key_destroyed and not given_up


def place_on_map(enrolment: Enrolment, now: datetime) -> str:
    """At which station of 図-1 an enrolment stands: prepare, key, form, branch, receive, store, or done."""
    if waits_for(enrolment, now) == "applicant" or is_open(enrolment):
        return "store" if enrolment.certificate is not None else "key"
    if enrolment.state is State.AWAITING_CERTIFICATE:
        return "form" if enrolment.filed is None else "branch"
    return "done"


def days_since(moment: datetime, now: datetime) -> int:
    """Whole days of Asia/Tokyo since then."""
    return (tokyo(now).date() - tokyo(moment).date()).days


def dates(enrolment: Enrolment) -> dict[str, Fact]:
    """Of a certificate that is stored: not_after (Japan time, to the minute), renewal_opens (day)."""
    certificate = enrolment.certificate
    if certificate is None:
        return {"not_after": None, "renewal_opens": None}
    return {
        "not_after": tokyo(certificate.not_after).strftime("%Y-%m-%d %H:%M"),
        "renewal_opens": renewal_opens(certificate.not_after).isoformat(),
    }


def card_name(card: CardSeen, lexicon: Lexicon) -> str:
    """How a card is called on the screen."""
    if card.fault:
        return lexicon.word("card.unreadable", reader=card.reader, fault=card.fault)
    if not card.initialised:
        return lexicon.word("card.blank", reader=card.reader)
    return lexicon.word("card.named", label=card.token.label, serial=card.token.serial)


def card_holds(view: CardView, lexicon: Lexicon) -> list[str]:
    """What is on a card: our enrolments, a line each; then how many keys that are not ours, and certificates."""
    ours = {each.public_key_sha256 for each in view.enrolments}
    foreign = sum(key.public_key_sha256 not in ours for key in view.card.keys)
    lines = [
        f"{each.number}  {lexicon.word(f'kind.{each.certificate_kind}')}  {each.name}"
        for each in view.enrolments[:MOST_HELD]
    ]
    if len(view.enrolments) > MOST_HELD:
        lines.append(lexicon.word("card.more", count=len(view.enrolments) - MOST_HELD))
    others = [lexicon.word("card.foreign", count=foreign)] if foreign else []
    if view.card.certificates:
        others.append(lexicon.word("card.certificates", count=len(view.card.certificates)))
    return [*lines, *(["  ".join(others)] if others else [])] or [lexicon.word("card.empty")]


def reason_lines(check: Finding, lexicon: Lexicon) -> list[str]:
    """What a check expected and what it found, where it has something to tell of them. Some were not asked for (today's
    date) or are no words (a digest): those checks say in words of their own what it is."""
    told = {"expected": expected(check), "found": found(check, lexicon)}
    values = {"expected": check.expected, "found": check.found}
    return [_reason(key, told[key], check, lexicon) for key, value in values.items() if value is not None]


def _reason(key: str, text: str, check: Finding, lexicon: Lexicon) -> str:
    own = f"reason.{key}_{check.code}"
    if check.code == Code.CERTIFICATE_KEY_MISMATCH:
        text = beginning(text)
    return lexicon.word(own if lexicon.known(own) else f"reason.{key}", **{key: text})


def beginning(digest: str) -> str:
    """The first 64 bits of a SHA-256, in groups: enough to see that two differ."""
    from lgpki_tui.paper.sheet import digest_lines

    return digest_lines(digest)[0][: len("0123 4567 89ab cdef")]


def check_lines(checks: tuple[Finding, ...], lexicon: Lexicon) -> list[tuple[str, Finding]]:
    """Each check with its result in brackets, readable without colour; what was expected and found where it failed."""
    return [(f"[{lexicon.word(f'result.{each.result.value}')}] {question(each, lexicon)}", each) for each in checks]
