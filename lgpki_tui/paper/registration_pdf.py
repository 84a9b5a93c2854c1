"""The registration sheet as PDF: its values for the template registration.typ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from lgpki_tui.paper.fonts import find_fonts
from lgpki_tui.paper.pdf import Template, set_pdf
from lgpki_tui.paper.printable import GETA, Value, has_gaps, printable
from lgpki_tui.paper.registration import Asked, Registration, told_points
from lgpki_tui.paper.registration_words import RegistrationWords, Word, sent_back
from lgpki_tui.paper.sheet import digest_lines
from lgpki_tui.paper.text import PRACTICE, shown_day


def registration_pdf(
    registration: Registration, words: RegistrationWords, template: Path, fonts: Sequence[Path]
) -> bytes:
    """The sheet as PDF, A4, fonts embedded; equal input gives equal bytes. Raises Refusal as `paper.pdf.set_pdf`."""
    values = _values(registration, words)
    found = find_fonts(fonts)
    printed = {key: printable(value, found) for key, value in values.items()}
    return set_pdf({**printed, "lacking": GETA if has_gaps(values, found) else ""}, Template(template), fonts)


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
