"""What of a typed or pasted text may stand in a field, and what must be told about it. Pure."""

from __future__ import annotations

from lgpki_tui.faces.tui.widgets.notice import Notice
from lgpki_tui.ground.findings import Facts
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.ground.inert import inert

# U+FF01-U+FF5E are ASCII's 0x21-0x7E, full width (Unicode, block Halfwidth and Fullwidth Forms).
_HALF = {full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
# What input methods give for the hyphen key beside digits: the long vowel mark and the minus sign.
_HALF |= {0x30FC: 0x2D, 0x2212: 0x2D}
_ASCII = frozenset(map(chr, range(0x20, 0x7F)))


@dataclass(frozen=True, slots=True)
class Told:
    """A notice and its facts."""

    notice: Notice
    facts: Facts


@dataclass(frozen=True, slots=True)
class Admission:
    """The text that may go into the field, and what is to be told about it."""

    text: str
    told: tuple[Told, ...] = ()


def first_line(text: str) -> Admission:
    """Return the first line that is not blank, and `paste_lines` if others are lost with that. If all are blank, the
    first that is not empty: a full-width space alone is a paste like any other.
    """
    lines = text.splitlines()
    filled = [line for line in lines if line.strip()]
    kept = next(iter(filled or filter(None, lines)), "")
    told = (Told(Notice.PASTE_LINES, {"lines": len(filled)}),) if len(filled) > 1 else ()
    return Admission(kept, told)


def admit(text: str, *, ascii_only: bool, limit: int, taken: int) -> Admission:
    """Judge one line for a field of at most `limit` code points (0: any number) of which so many are taken.

    Characters that act on a terminal or are not seen are left out (ground/inert.py says which). With `ascii_only`
    full-width forms become half-width, and a text that holds anything else is not taken at all: a number with a hole
    in it looks like a number. Otherwise every character stays as it is; nothing is normalised.
    """
    admission = _seen(text)
    if ascii_only:
        admission = _half_width(admission)
    return _fitting(admission, limit, taken) if limit else admission


def _seen(text: str) -> Admission:
    active = [character for character in text if inert(character) != character]
    if not active:
        return Admission(text)
    points = [f"U+{ord(character):04X}" for character in dict.fromkeys(active)]
    kept = "".join(character for character in text if character not in active)
    return Admission(kept, (Told(Notice.PASTE_CONTROL, {"points": points}),))


def _half_width(given: Admission) -> Admission:
    half = given.text.translate(_HALF)
    refused = "".join(dict.fromkeys(character for character in half if character not in _ASCII))
    if refused:
        return Admission("", (*given.told, Told(Notice.ASCII_ONLY, {"refused": refused})))
    if half == given.text:
        return given
    return Admission(half, (*given.told, Told(Notice.HALVED, {"before": given.text, "after": half})))


def _fitting(given: Admission, limit: int, taken: int) -> Admission:
    room = max(0, limit - taken)
    dropped = len(given.text) - room
    if dropped <= 0:
        return given
    told = Told(Notice.TOO_LONG, {"limit": limit, "dropped": dropped})
    return Admission(given.text[:room], (*given.told, told))
