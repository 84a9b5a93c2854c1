"""The plain-text twin of the sheet: for a screen, a line printer, and where there is no Japanese font."""

from __future__ import annotations

from collections.abc import Iterator

from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.ground.inert import inert
from lgpki_tui.paper.columns import fill, fold, width
from lgpki_tui.paper.sheet import NamePart, Sheet, digest_lines, marks, shown_marks
from lgpki_tui.paper.words import Language, Word, Words, attribute_word, notes_of

COLUMNS = 78
PRACTICE = "練習 PRACTICE"
# The same in every section; longer labels stand on a line of their own.
_LABEL = 24
_BLANK = "_" * 30

Row = tuple[str, tuple[str, ...]]


def render_text(sheet: Sheet, words: Words, language: Language) -> str:
    """The sheet as lines of at most 78 columns, each ended by a line feed; every value inert and whole.

    Equal input gives equal text. Columns are counted as `paper.columns.width` does.
    """
    twin = _Twin(sheet, words, language)
    return "\n".join([*twin.head(), *twin.body(), *twin.foot(), ""])


def shown_day(sheet: Sheet, language: Language) -> str:
    """The day of the sheet as people of the language write it."""
    day = sheet.about.day
    return day.isoformat() if language == "en" else f"{day.year}年{day.month}月{day.day}日"


@dataclass(frozen=True, slots=True)
class _Twin:
    sheet: Sheet
    words: Words
    language: Language

    def say(self, word: Word) -> str:
        return self.words(word, self.language)

    def row(self, word: Word, *values: str) -> Row:
        return self.say(word), values

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
            (Word.CERTIFICATE, self.certificate()),
            (Word.CHARACTERS, self.characters()),
            (Word.HANDING_OVER, self.handing_over()),
            (Word.STORING, self.storing()),
            (Word.DESK, self.desk()),
        ):
            if rows:
                yield from self.heading(title)
                yield from _table(rows)

    def foot(self) -> Iterator[str]:
        yield from self.heading(Word.NOTES)
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
            self.row(Word.DAY, shown_day(self.sheet, self.language)),
            self.row(Word.KIND, about.kind_title),
            self.row(Word.ACTION, self.say(Word(f"action_{about.action}"))),
            self.row(Word.MUNICIPALITY_CODE, about.municipality_code),
            self.row(Word.PURPOSE, about.purpose or self.say(Word.NOT_GIVEN)),
        ]

    def applicant(self) -> list[Row]:
        by_hand = (Word.APPLICANT_SECTION, Word.APPLICANT_NAME, Word.APPLICANT_CONTACT, Word.APPLICANT_APPROVAL)
        return [self.row(word, _BLANK) for word in by_hand]

    def certificate(self) -> list[Row]:
        key = self.sheet.key
        return [
            *((self.attribute(part), (part.text,)) for part in self.sheet.subject),
            self.row(Word.KEY, f"{key.algorithm} {key.bits} {self.say(Word.BITS)}"),
            self.row(Word.CSR_SHA256, *digest_lines(self.sheet.csr_sha256)),
            self.row(Word.KEY_SHA256, *digest_lines(self.sheet.public_key_sha256)),
        ]

    def attribute(self, part: NamePart) -> str:
        return f"{self.say(attribute_word(part.kind))} ({part.kind})"

    def characters(self) -> list[Row]:
        return [
            (self.attribute(part), shown_marks(found)) for part in self.sheet.subject if (found := marks(part.text))
        ]

    def handing_over(self) -> list[Row]:
        return [self.row(Word.CSR_FILE, *self.sheet.about.csr_files, self.say(Word.CSR_FILE_SAME))]

    def storing(self) -> list[Row]:
        about = self.sheet.about
        return [
            self.row(Word.PATTERN, self.say(Word(f"pattern_{about.pattern}"))),
            self.row(Word.HOST, about.host_name),
            self.row(Word.LOGIN, about.login_name),
            self.row(Word.CARD, about.card.label),
            self.row(Word.CARD_SERIAL, about.card.serial),
        ]

    def desk(self) -> list[Row]:
        by_hand = (Word.DESK_NUMBER, Word.DESK_DAY, Word.DESK_CLERK, Word.DESK_HEAD)
        compared = f"[ ] {self.say(Word.DESK_SAME)}   [ ] {self.say(Word.DESK_DIFFERS)}"
        return [*(self.row(word, _BLANK) for word in by_hand), self.row(Word.DESK_COMPARED, compared)]


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
