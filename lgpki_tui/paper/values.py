"""What a template gets: every value of the sheet as data, and the characters that its fonts lack."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lgpki_tui.paper.fonts import Font, gaps
from lgpki_tui.paper.marks import Mark, marks, shown_marks
from lgpki_tui.paper.printable import GETA, Value, has_gaps, printable, printable_text
from lgpki_tui.paper.qr import qr_svg
from lgpki_tui.paper.sheet import Action, Correction, Issued, Sheet, digest_lines, groups
from lgpki_tui.paper.text import PRACTICE, noted_texts, shown_day, shown_serial, shown_validity
from lgpki_tui.paper.words import Word, Words, attribute_word, notes_of


def template_values(sheet: Sheet, words: Words, fonts: Sequence[Font], *, own_form: bool) -> dict[str, Value]:
    r"""The values by name (config/README.md, forms), all texts, lists and tables of texts.

    What acts on a reader is written as \uXXXX, what no font has as 〓; `characters` holds, for each text with such
    characters or others outside JIS X 0208, its name and the code points. `own_form`: the template is not a site's.
    """
    values = _values(sheet, words, own_form=own_form)
    characters = [
        {"name": name, "word": word.value, "points": [printable_text(line, fonts) for line in shown_marks(found)]}
        for name, word, found in _noted(sheet, fonts)
    ]
    return {key: printable(value, fonts) for key, value in values.items()} | {
        "characters": characters,
        "lacking": GETA if has_gaps(values, fonts) else "",
        "qr": qr_svg(sheet.compared),
    }


def _values(sheet: Sheet, words: Words, *, own_form: bool) -> dict[str, Value]:
    about, contents = sheet.about, sheet.contents
    return {
        "practice": PRACTICE if about.practice else "",
        "own_form": "yes" if own_form else "",
        "action": about.action.value,
        "number": about.number,
        "kind": about.kind_title,
        "kind_id": about.kind,
        "day": shown_day(about.day, "ja"),
        "municipality_code": about.municipality_code,
        "purpose": about.purpose,
        "pattern": about.pattern.value,
        "host": about.host_name,
        "login": about.login_name,
        "card_label": about.card.label,
        "card_serial": about.card.serial,
        "card_model": about.card.model,
        "csr_files": about.csr_files,
        "correction": _correction(about.correction) if about.correction is not None else {},
        "subject": [
            {"kind": part.kind, "text": part.text, "word": attribute_word(part.kind).value} for part in contents.subject
        ],
        "asked": [{"word": each.what.value, "text": each.text} for each in contents.asked],
        "key_algorithm": contents.key.algorithm,
        "key_bits": str(contents.key.bits),
        "compared": sheet.compared,
        "csr_sha256": _groups("" if about.action is Action.REVOCATION else sheet.compared),
        "public_key_sha256": _groups(contents.key.sha256),
        "issued": _issued(sheet.issued) if sheet.issued is not None else {},
        "notes": [note.value for note in notes_of(sheet) if own_form or note is not Word.OFFICIAL_FORM],
        "words": {word.value: {"ja": words(word, "ja"), "en": words(word, "en")} for word in Word},
    }


def _correction(correction: Correction) -> dict[str, Value]:
    return {"count": str(correction.count), "replaced": correction.replaced_groups.split()}


def _issued(issued: Issued) -> dict[str, Value]:
    serial, decimal = shown_serial(issued.serial)
    not_before, not_after = shown_validity(issued, "ja")
    return {
        "serial": serial,
        "serial_decimal": decimal,
        "serial_groups": groups(serial),
        "serial_decimal_groups": groups(decimal),
        "name": issued.name,
        "issuer": issued.issuer,
        "not_before": not_before,
        "not_after": not_after,
        "sha256": _groups(issued.sha256),
    }


def _groups(digest: str) -> list[Value]:
    return [line.split() for line in digest_lines(digest)]


def _noted(sheet: Sheet, fonts: Sequence[Font]) -> Iterator[tuple[str, Word, tuple[Mark, ...]]]:
    """Of what is certified every character that is worth a note, of the other texts only those without a glyph."""
    for name, word, text in noted_texts(sheet):
        lacking = gaps(text, fonts)
        found = marks(text, lacking, spaces=bool(name))
        if not name:
            found = tuple(mark for mark in found if not lacking.isdisjoint(_inside(mark)))
        if found:
            yield name, word, found


def _inside(mark: Mark) -> range:
    return range(mark.place - 1, mark.place - 1 + len(mark.text))
