"""The registration sheet as plain text: for a screen, a mail, a line printer."""

from __future__ import annotations

from collections.abc import Iterator

from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.ground.inert import inert
from lgpki_tui.paper.columns import fill, fold, width
from lgpki_tui.paper.registration import Asked, Registration, told_points
from lgpki_tui.paper.registration_words import RegistrationWords, Word, sent_back
from lgpki_tui.paper.sheet import digest_lines
from lgpki_tui.paper.text import COLUMNS, PRACTICE, shown_day
from lgpki_tui.paper.words import Language

_LABEL = 24
_VALUE = COLUMNS - _LABEL - 4
_BLANK = "_" * 30

Row = tuple[Word, tuple[str, ...]]


def registration_text(registration: Registration, words: RegistrationWords, language: Language) -> str:
    """The sheet as lines of at most 78 columns, each ended by a line feed; every value inert and whole.

    Equal input gives equal text. Columns are counted as `paper.columns.width` does.
    """
    twin = _Twin(registration, words, language)
    return "\n".join([*twin.head(), *twin.body(), *twin.foot(), ""])


@dataclass(frozen=True, slots=True)
class _Twin:
    registration: Registration
    words: RegistrationWords
    language: Language

    def say(self, word: Word) -> str:
        return self.words(word, self.language)

    def head(self) -> Iterator[str]:
        rule = "=" * COLUMNS
        yield rule
        if self.registration.practice:
            yield f" {PRACTICE}"
        for word in (Word.TITLE, Word.OWN_FORM):
            yield from (f" {line}" for line in fill(self.say(word), COLUMNS - 1))
        yield rule
        for word in (Word.ADDRESSEE, Word.LEAD):
            yield from fill(self.say(word), COLUMNS)

    def body(self) -> Iterator[str]:
        yield from self.table(Word.REQUEST, self.request())
        for asked in self.registration.asked:
            yield from self.table(Word(f"asked_{asked.system}"), self.asked(asked))

    def foot(self) -> Iterator[str]:
        yield from self.heading(Word.BACK)
        lines = [line for line in map(self.say, sent_back(self.registration)) if line.strip()]
        for index, line in enumerate(lines, 1):
            first, *others = fill(line, COLUMNS - 4)
            yield f"{index:2}. {first}"
            yield from (f"    {other}" for other in others)
        by_hand = (Word.APPLICANT_SECTION, Word.APPLICANT_NAME, Word.APPLICANT_CONTACT)
        yield from self.table(Word.APPLICANT, [(word, (_BLANK,)) for word in by_hand])
        yield from self.table(Word.DESK, self.desk())
        if self.registration.practice:
            yield from ("", PRACTICE)

    def request(self) -> list[Row]:
        asks, listed = self.registration, self.registration.municipality
        return [
            (Word.DAY, (shown_day(asks.day, self.language),)),
            (Word.MUNICIPALITY, (listed.place if listed is not None else _BLANK,)),
            (Word.MUNICIPALITY_CODE, (asks.code or _BLANK,)),
            (Word.KIND, (asks.kind_title,)),
            (Word.ORGANIZATION, (asks.organization,)),
            *((Word.NAME, (text,)) for text in (asks.name,) if text),
        ]

    def asked(self, asked: Asked) -> list[Row]:
        points, looked = told_points(asked.text), asked.looked
        copy = (
            f"{self.say(Word.LOOKED_DAY)} {shown_day(looked.day, self.language)}  {looked.rows} {self.say(Word.ROWS)}"
        )
        return [
            (Word.TEXT, (asked.text,)),
            (Word.LENGTH, (str(len(asked.text)),)),
            (Word.READING, (asked.reading or _BLANK,)),
            (Word.POINTS, self.noted(points, Word.POINTS_NOTE)),
            (Word.NEAREST, self.noted(asked.nearest, Word.NEAREST_NOTE)),
            *((Word.UNDER, under) for under in (asked.under,) if under),
            (Word.LOOKED, (looked.file_name, copy, "SHA-256", *digest_lines(looked.sha256))),
        ]

    def noted(self, texts: tuple[str, ...], note: Word) -> tuple[str, ...]:
        return (*texts, *fill(self.say(note), _VALUE)) if texts else (self.say(Word.NONE),)

    def desk(self) -> list[Row]:
        results = (Word.DESK_REGISTERED, Word.DESK_THERE, Word.DESK_NOT)
        boxes = tuple(f"[ ] {self.say(word)}" for word in results)
        return [(Word.DESK_RESULT, boxes), (Word.DESK_SPELLING, (_BLANK,)), (Word.DESK_DAY, (_BLANK,))]

    def heading(self, word: Word) -> Iterator[str]:
        yield ""
        yield from (f"[ {line} ]" for line in fill(self.say(word), COLUMNS - 4))

    def table(self, title: Word, rows: list[Row]) -> Iterator[str]:
        yield from self.heading(title)
        for word, values in rows:
            yield from _row(self.say(word), values)


def _row(label: str, values: tuple[str, ...]) -> Iterator[str]:
    indent = " " * (COLUMNS - _VALUE)
    lines = [line for value in values for line in fold(inert(value), _VALUE)]
    if width(label) > _LABEL:
        yield from (f"  {line}" for line in fill(label, COLUMNS - 2))
    else:
        yield f"  {label}{' ' * (_LABEL - width(label))}  {lines.pop(0)}"
    yield from (indent + line for line in lines)
