"""What a template gets: every value of the sheet as data, and the characters that its fonts lack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lgpki_tui.ground.inert import inert
from lgpki_tui.paper.fonts import Font, lacking
from lgpki_tui.paper.sheet import Mark, Sheet, digest_lines, marks, shown_marks
from lgpki_tui.paper.text import PRACTICE, shown_day
from lgpki_tui.paper.words import Word, Words, attribute_word, notes_of

# The sign of Japan's printers for a character that they have no type for (下駄).
_GETA = "〓"

Value = str | Sequence["Value"] | Mapping[str, "Value"]


def template_values(sheet: Sheet, words: Words, fonts: Sequence[Font]) -> dict[str, Value]:
    r"""The values by name (config/README.md, forms), all texts, lists and tables of texts.

    What acts on a reader is written as \uXXXX, what no font has as 〓; `characters` holds, for each text with such
    characters or others outside JIS X 0208, its name and the code points.
    """
    values = _values(sheet, words)
    gaps = lacking(map(inert, _texts(values)), fonts)
    geta = {ord(char): _GETA for char in gaps}
    characters = [
        {"name": name, "word": word, "points": [line.translate(geta) for line in shown_marks(found)]}
        for name, word, found in _noted(sheet, gaps)
    ]
    return {key: _mapped(value, geta) for key, value in values.items()} | {
        "characters": characters,
        "lacking": _GETA if gaps else "",
    }


def _values(sheet: Sheet, words: Words) -> dict[str, Value]:
    about = sheet.about
    return {
        "practice": PRACTICE if about.practice else "",
        "action": about.action.value,
        "number": about.number,
        "kind": about.kind_title,
        "day": shown_day(sheet, "ja"),
        "municipality_code": about.municipality_code,
        "purpose": about.purpose,
        "pattern": about.pattern.value,
        "host": about.host_name,
        "login": about.login_name,
        "card_label": about.card.label,
        "card_serial": about.card.serial,
        "csr_files": about.csr_files,
        "subject": [
            {"kind": part.kind, "text": part.text, "word": attribute_word(part.kind).value} for part in sheet.subject
        ],
        "key_algorithm": sheet.key.algorithm,
        "key_bits": str(sheet.key.bits),
        "csr_sha256": [line.split() for line in digest_lines(sheet.csr_sha256)],
        "public_key_sha256": [line.split() for line in digest_lines(sheet.public_key_sha256)],
        "notes": [note.value for note in notes_of(sheet)],
        "words": {word.value: {"ja": words(word, "ja"), "en": words(word, "en")} for word in Word},
    }


def _noted(sheet: Sheet, gaps: frozenset[str]) -> Iterator[tuple[str, str, tuple[Mark, ...]]]:
    """Of the subject every character that is worth a note, of the other texts only those that cannot be printed."""
    about = sheet.about
    for part in sheet.subject:
        if found := marks(part.text, gaps):
            yield part.kind, attribute_word(part.kind).value, found
    for word, text in (
        (Word.PURPOSE, about.purpose),
        (Word.HOST, about.host_name),
        (Word.LOGIN, about.login_name),
        (Word.CARD, about.card.label),
        (Word.CARD_SERIAL, about.card.serial),
        *((Word.CSR_FILE, name) for name in about.csr_files),
    ):
        if found := tuple(mark for mark in marks(text, gaps) if mark.char in gaps):
            yield "", word.value, found


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
