"""The registration sheet as PDF: its values for the template registration.typ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from lgpki_tui.ground.inert import inert
from lgpki_tui.paper.fonts import Font, find_fonts
from lgpki_tui.paper.pdf import Template, set_pdf
from lgpki_tui.paper.registration import Asked, Registration, told_points
from lgpki_tui.paper.registration_text import PRACTICE, shown_day
from lgpki_tui.paper.registration_words import RegistrationWords, Word, sent_back
from lgpki_tui.paper.sheet import digest_lines
from lgpki_tui.paper.values import Value

# The sign of Japan's printers for a character that they have no type for (下駄).
_GETA = "〓"


def registration_pdf(
    registration: Registration, words: RegistrationWords, template: Path, fonts: Sequence[Path]
) -> bytes:
    """The sheet as PDF, A4, fonts embedded; equal input gives equal bytes. Raises Refusal as `paper.pdf.set_pdf`."""
    values = _values(registration, words)
    geta = {ord(char): _GETA for char in _lacking(values, find_fonts(fonts))}
    printable = {key: _mapped(value, geta) for key, value in values.items()}
    return set_pdf({**printable, "lacking": _GETA if geta else ""}, Template(template), fonts)


def _values(registration: Registration, words: RegistrationWords) -> Mapping[str, Value]:
    listed = registration.municipality
    return {
        "practice": PRACTICE if registration.practice else "",
        "own_form": "yes",
        "number": registration.code,
        "day": shown_day(registration.day, "ja"),
        "municipality": listed.place if listed is not None else "",
        "municipality_code": registration.code,
        "kind": registration.kind_title,
        "organization": registration.organization,
        "name": registration.name,
        "asked": [_asked(each) for each in registration.asked],
        "back": [word.value for word in sent_back(registration)],
        "words": {word.value: {"ja": words(word, "ja"), "en": words(word, "en")} for word in Word},
    }


def _asked(asked: Asked) -> Mapping[str, Value]:
    looked = asked.looked
    return {
        "system": asked.system.value,
        "text": asked.text,
        "length": str(len(asked.text)),
        "reading": asked.reading,
        "points": told_points(asked.text),
        "nearest": asked.nearest,
        "under": asked.under,
        "looked": {
            "file": looked.file_name,
            "day": shown_day(looked.day, "ja"),
            "rows": str(looked.rows),
            "sha256": [line.split() for line in digest_lines(looked.sha256)],
        },
    }


def _lacking(value: Value, fonts: Sequence[Font]) -> frozenset[str]:
    """The characters that no font can print."""
    chars = set("".join(map(inert, _texts(value))))
    return frozenset(char for char in chars if not any(font.has(char) for font in fonts))


def _texts(value: Value) -> Iterator[str]:
    if isinstance(value, str):
        yield value
        return
    for inner in value.values() if isinstance(value, Mapping) else value:
        yield from _texts(inner)


def _mapped(value: Value, geta: Mapping[int, str]) -> Value:
    if isinstance(value, str):
        return inert(value).translate(geta)
    if isinstance(value, Mapping):
        return {key: _mapped(inner, geta) for key, inner in value.items()}
    return [_mapped(inner, geta) for inner in value]
