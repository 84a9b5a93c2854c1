"""The plain-text twin of the sheet: for a screen, a line printer, and where there is no Japanese font."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from lgpki_tui.ground.clock import tokyo
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.ground.inert import inert
from lgpki_tui.paper.columns import fill, fold, width
from lgpki_tui.paper.marks import marks, shown_marks
from lgpki_tui.paper.sheet import Action, Issued, NamePart, Sheet, digest_lines, groups
from lgpki_tui.paper.words import Language, Word, Words, attribute_word, notes_of

COLUMNS = 78
PRACTICE = "練習 PRACTICE"
# The same in every section; longer labels stand on a line of their own.
_LABEL = 24
_VALUE = COLUMNS - _LABEL - 4
_BLANK = "_" * 30

Row = tuple[str, tuple[str, ...]]


def render_text(sheet: Sheet, words: Words, language: Language) -> str:
    """The sheet as lines of at most 78 columns, each ended by a line feed; every value inert and whole.

    Equal input gives equal text. Columns are counted as `paper.columns.width` does. In Japanese nothing but values has
    characters outside JIS X 0208 and ASCII, and those are told by their code points.
    """
    twin = _Twin(sheet, words, language)
    return "\n".join([*twin.head(), *twin.body(), *twin.foot(), ""])


def shown_day(day: date, language: Language) -> str:
    """A day as people of the language write it."""
    return day.isoformat() if language == "en" else f"{day.year}年{day.month}月{day.day}日"


def shown_serial(serial: int) -> tuple[str, str]:
    """A serial number in upper-case hex of whole octets, as openssl shows it, and in decimal, both whole."""
    digits = f"{abs(serial):X}"
    sign = "-" if serial < 0 else ""
    return f"{sign}{digits.rjust(len(digits) + len(digits) % 2, '0')}", str(serial)


def shown_validity(issued: Issued, language: Language) -> tuple[str, str]:
    """From when until when, to the second, by Japan's clocks."""
    return _moment(issued.not_before, language), _moment(issued.not_after, language)


def noted_texts(sheet: Sheet) -> Iterator[tuple[str, Word, str]]:
    """Every text of the sheet that is not ours: with the short name that it has in the subject, and its word."""
    about, contents, card = sheet.about, sheet.contents, sheet.about.card
    for part in contents.subject:
        yield part.kind, attribute_word(part.kind), part.text
    for each in contents.asked:
        yield "", Word(each.what.value), each.text
    if sheet.issued is not None:
        yield "", Word.ISSUER, sheet.issued.issuer
    if about.action is Action.RENEWAL and sheet.issued is not None:
        yield "", Word.ISSUED_NAME, sheet.issued.name
    yield from (("", Word.CSR_FILE, name) for name in about.csr_files)
    for word, text in (
        (Word.PURPOSE, about.purpose),
        (Word.HOST, about.host_name),
        (Word.LOGIN, about.login_name),
        (Word.CARD, card.label),
        (Word.CARD_SERIAL, card.serial),
        (Word.CARD_MODEL, card.model),
    ):
        yield "", word, text


def _moment(moment: datetime, language: Language) -> str:
    shown = tokyo(moment)
    return f"{shown_day(shown.date(), language)} {shown:%H:%M:%S}"


@dataclass(frozen=True, slots=True)
class _Twin:
    sheet: Sheet
    words: Words
    language: Language

    def say(self, word: Word) -> str:
        return self.words(word, self.language)

    def row(self, word: Word, *values: str) -> Row:
        return self.say(word), values

    def by_hand(self, *words: Word) -> list[Row]:
        return [self.row(word, _BLANK) for word in words]

    @property
    def revoking(self) -> bool:
        return self.sheet.about.action is Action.REVOCATION

    def head(self) -> Iterator[str]:
        action, rule = self.sheet.about.action, "=" * COLUMNS
        yield rule
        if self.sheet.about.practice:
            yield f" {PRACTICE}"
        for word in (Word(f"title_{action}"), Word.OWN_FORM):
            yield from (f" {line}" for line in fill(self.say(word), COLUMNS - 1))
        yield rule
        for word in (Word.ADDRESSEE, Word(f"lead_{action}")):
            yield from fill(self.say(word), COLUMNS)

    def body(self) -> Iterator[str]:
        for title, rows in (
            (Word.APPLICATION, self.application()),
            (Word.APPLICANT, self.applicant()),
            (Word.CERTIFICATE_REVOKED if self.revoking else Word.CERTIFICATE, self.certificate()),
            (Word.RENEWED, self.renewed()),
            (Word.REVOKING, self.reasons()),
            (Word.COMPARING, self.comparing()),
            (Word.CHARACTERS, self.characters()),
            (Word.HANDING_OVER, self.handing_over()),
            (Word.KEPT if self.revoking else Word.STORING, self.storing()),
            (Word.DESK, self.desk()),
        ):
            if rows:
                yield from self.heading(title)
                yield from _table(rows)

    def foot(self) -> Iterator[str]:
        yield from self.heading(Word.NOTES_REVOCATION if self.revoking else Word.NOTES)
        notes = [note for note in map(self.say, notes_of(self.sheet)) if note.strip()]
        for index, note in enumerate(notes, 1):
            yield from _hanging(f"{index:2}. ", note)
        if self.sheet.about.practice:
            yield from ("", PRACTICE)

    def heading(self, word: Word) -> Iterator[str]:
        yield ""
        yield from (f"[ {line} ]" for line in fill(self.say(word), COLUMNS - 4))

    def application(self) -> list[Row]:
        about = self.sheet.about
        return [
            self.row(Word.NUMBER, about.number),
            self.row(Word.DAY, shown_day(about.day, self.language)),
            self.row(Word.KIND, about.kind_title),
            self.row(Word.ACTION, self.say(Word(f"action_{about.action}"))),
            self.row(Word.MUNICIPALITY_CODE, about.municipality_code),
            self.row(Word.PURPOSE, about.purpose or self.say(Word.NOT_GIVEN)),
            *self.correction(),
        ]

    def correction(self) -> list[Row]:
        correction = self.sheet.about.correction
        if correction is None:
            return []
        again = f"{self.say(Word.CORRECTION_AGAIN)} CSR {correction.count} {self.say(Word.CORRECTION_COUNT)}"
        return [
            self.row(Word.CORRECTION, again),
            self.row(Word.REPLACED, f"SHA-256 {correction.replaced_groups} ..."),
        ]

    def applicant(self) -> list[Row]:
        return self.by_hand(
            Word.APPLICANT_SECTION, Word.APPLICANT_NAME, Word.APPLICANT_CONTACT, Word.APPLICANT_APPROVAL
        )

    def certificate(self) -> list[Row]:
        contents = self.sheet.contents
        return [
            *((self.attribute(part), (part.text,)) for part in contents.subject),
            *(self.row(Word(each.what.value), each.text) for each in contents.asked),
            self.row(Word.KEY, f"{contents.key.algorithm} {contents.key.bits} {self.say(Word.BITS)}"),
            *(self.issued(self.sheet.issued) if self.revoking and self.sheet.issued is not None else ()),
        ]

    def renewed(self) -> list[Row]:
        if self.sheet.about.action is not Action.RENEWAL:
            return []
        old = self.sheet.issued
        if old is None:
            return self.by_hand(Word.SERIAL, Word.VALIDITY)
        return [
            self.row(Word.ISSUED_NAME, old.name),
            *self.issued(old),
            self.row(Word.CERTIFICATE_SHA256, *digest_lines(old.sha256)),
        ]

    def issued(self, issued: Issued) -> list[Row]:
        serial, decimal = shown_serial(issued.serial)
        return [
            self.row(Word.SERIAL, *_grouped(serial), *_grouped(decimal, f"({self.say(Word.SERIAL_DECIMAL)}) ")),
            self.row(Word.VALIDITY, " - ".join(shown_validity(issued, self.language))),
            self.row(Word.ISSUER, issued.issuer),
        ]

    def reasons(self) -> list[Row]:
        if not self.revoking:
            return []
        known = (Word.REASON_COMPROMISED, Word.REASON_CHANGED, Word.REASON_ENDED)
        told = [line for word in known for line in fill(f"[ ] {self.say(word)}", _VALUE)]
        other = f"[ ] {self.say(Word.REASON_OTHER)} {_BLANK}"
        return [
            self.row(Word.REASON, *told, other),
            self.row(Word.WISHED_DAY, self.say(Word.DAY_BLANK)),
        ]

    def comparing(self) -> list[Row]:
        compared = Word.CERTIFICATE_SHA256 if self.revoking else Word.CSR_SHA256
        return [
            self.row(compared, *digest_lines(self.sheet.compared)),
            self.row(Word.KEY_SHA256, *digest_lines(self.sheet.contents.key.sha256)),
        ]

    def attribute(self, part: NamePart) -> str:
        return f"{self.say(attribute_word(part.kind))} ({part.kind})"

    def characters(self) -> list[Row]:
        return [
            (f"{self.say(word)} ({name})" if name else self.say(word), shown_marks(found))
            for name, word, text in noted_texts(self.sheet)
            if (found := marks(text, spaces=bool(name)))
        ]

    def handing_over(self) -> list[Row]:
        files = self.sheet.about.csr_files
        return [self.row(Word.CSR_FILE, *files, *fill(self.say(Word.CSR_FILE_SAME), _VALUE))] if files else []

    def storing(self) -> list[Row]:
        about = self.sheet.about
        return [
            self.row(Word.PATTERN, self.say(Word(f"pattern_{about.pattern}"))),
            self.row(Word.HOST, about.host_name),
            self.row(Word.LOGIN, about.login_name),
            self.row(Word.CARD, about.card.label),
            self.row(Word.CARD_SERIAL, about.card.serial),
            self.row(Word.CARD_MODEL, about.card.model),
        ]

    def desk(self) -> list[Row]:
        compared = f"[ ] {self.say(Word.DESK_SAME)}   [ ] {self.say(Word.DESK_DIFFERS)}"
        return [
            *self.by_hand(Word.DESK_NUMBER, Word.DESK_DAY, Word.DESK_CLERK, Word.DESK_HEAD),
            self.row(Word.DESK_COMPARED, compared),
        ]


def _grouped(digits: str, before: str = "") -> list[str]:
    """Digits in groups of which none is broken at the end of a line."""
    return fill(before + " ".join(groups(digits)), _VALUE)


def _table(rows: list[Row]) -> Iterator[str]:
    indent = " " * (_LABEL + 4)
    for label, values in rows:
        lines = [line for value in values for line in fold(inert(value), COLUMNS - len(indent))]
        if width(label) > _LABEL:
            yield from (f"  {line}" for line in fill(inert(label), COLUMNS - 2))
        else:
            yield f"  {inert(label)}{' ' * (_LABEL - width(label))}  {lines.pop(0)}"
        yield from (indent + line for line in lines)


def _hanging(mark: str, text: str) -> Iterator[str]:
    first, *others = fill(text, COLUMNS - len(mark))
    yield mark + first
    yield from (" " * len(mark) + line for line in others)
