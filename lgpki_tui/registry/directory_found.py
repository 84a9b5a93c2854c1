"""What the directory knows of a draft or of a text. Its own comparing is only ever a first sieve.

A server compares without case, width and double spaces (RFC 4517, 4.2.11; RFC 4518 prepares with NFKC): what it calls
equal is compared here once more, code point for code point, and what differs is offered as near.
"""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.registry.directory import Asks, Rows
from lgpki_tui.registry.directory_rows import Schema
from lgpki_tui.registry.filters import beginning, ending, equal, holding, some
from lgpki_tui.registry.nearest import nearest
from lgpki_tui.registry.port import RegistryKind
from lgpki_tui.subject.draft import Entry
from lgpki_tui.subject.lookalike import fold, ordinary_form

_FEW = 5
# Codes of the 団体 whose name begins with a text that nothing else has; 「大」 begins a hundred.
_MOST_CODES = 50
_SHORT = 4


@dataclass(frozen=True, slots=True)
class Matches:
    """The rows that are exactly what was entered; near spellings and rows elsewhere only when there are none.
    `near_codes`: of each near 組織 the codes of the 団体 that have it, a few."""

    exact: tuple[Entry, ...] = ()
    near: tuple[str, ...] = ()
    elsewhere: tuple[Entry, ...] = ()
    near_codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DirectoryFinder:
    """Asks one directory for the rows of one kind. `seconds` for all the questions that one answer takes."""

    asks: Asks
    schema: Schema
    seconds: float
    most: int
    clock: Callable[[], float] = time.monotonic

    def organizations(self, organization: str, code: str | None) -> Matches:
        """The rows with this 組織 (and code, if any). Raises Refusal: directory_*."""
        until = self.clock() + self.seconds
        named = self._all([equal(self.schema.organization, organization)], code, until)
        exact = _exactly(named, organization=organization, code=code)
        if exact:
            return Matches(exact)
        elsewhere = () if code is None else self._some([equal(self.schema.organization, organization)], None, until)
        pool = (*named, *self._near(organization, code, until))
        near = _nearest(organization, (entry.organization for entry in pool))
        there = _exactly(elsewhere, organization=organization)[:_FEW]
        return Matches((), near, there, self._codes_of(near, code, until))

    def _codes_of(self, near: Sequence[str], code: str | None, until: float) -> dict[str, tuple[str, ...]]:
        """Who has these 組織: asked once more, for of what was near only a few rows of each came."""
        if code is not None or not near:
            return {text: (code,) for text in near if code is not None}
        rows = self._some([some([equal(self.schema.organization, text) for text in near])], None, until)
        found = {text: _exactly(rows, organization=text) for text in near}
        return {text: _codes(entries)[:_FEW] for text, entries in found.items()}

    def accounts(self, name: str, organization: str, codes: Sequence[str]) -> Matches:
        """The rows with this 名義 under this 組織 and one of the codes. Raises Refusal: directory_*."""
        until, schema = self.clock() + self.seconds, self.schema
        within = [equal(schema.organization, organization)]
        named = self._all([equal(schema.text, name), *within], None, until)
        found = _exactly(named, organization=organization, name=name)
        exact = tuple(entry for entry in found if entry.municipality_code in codes)
        if exact:
            return Matches(exact)
        code = codes[0] if len(codes) == 1 else None
        pool = (*named, *self._some(within, code, until)) or self._near(name, code, until)
        elsewhere = self._some([equal(schema.text, name)], None, until)
        return Matches((), _nearest(name, (entry.name or "" for entry in pool)), _exactly(elsewhere, name=name)[:_FEW])

    def search(self, text: str, limit: int, codes: Sequence[str]) -> tuple[Entry, ...]:
        """Rows that are, begin with or hold a text; if none do, the 組織 of these 団体. Raises Refusal: directory_*."""
        until, schema = self.clock() + self.seconds, self.schema
        if not text.strip():
            return ()
        attributes = [attribute for attribute in (schema.text, schema.reading) if attribute]
        wanted = [holding(attribute, each) for attribute in attributes for each in _spellings(text.strip())]
        found = self._some([some(wanted)], None, until)
        if not found and schema.kind is RegistryKind.ORGANIZATIONS:
            found = self._of_municipalities(codes[:_MOST_CODES], until)
        return tuple(sorted(found, key=lambda entry: _rank(entry, text)))[:limit]

    def count(self) -> tuple[int, bool]:
        """How many rows there are, and whether these are all of them. Raises Refusal: directory_*."""
        rows = self.asks.ask(self.schema.question([], self.most), self.clock() + self.seconds)
        return len(self.schema.entries(rows)), rows.whole

    def _of_municipalities(self, codes: Sequence[str], until: float) -> tuple[Entry, ...]:
        conditions = [condition for condition in map(self.schema.under, codes) if condition is not None]
        if not conditions:
            return ()
        return self._some([some(part for each in conditions for part in each)] if all(conditions) else [], None, until)

    def _near(self, text: str, code: str | None, until: float) -> tuple[Entry, ...]:
        """Rows that share the beginning or the end of a text, or are another spelling of it."""
        if not text.strip():
            return ()
        attribute, spellings = self.schema.text, _spellings(text)
        spelt = [equal(attribute, each) for each in spellings]
        for part in (2, 1) if len(text) >= _SHORT else (1,):
            parts = [each for one in spellings for each in _ends(attribute, one, part)]
            found = self._some([some((*spelt, *parts))], code, until)
            if found:
                return found
        return ()

    def _all(self, conditions: Iterable[str], code: str | None, until: float) -> tuple[Entry, ...]:
        """The rows for which all conditions hold. Of an answer that is not whole nobody can say "not registered"."""
        found = self._ask(conditions, code, until)
        if found is not None and not found.whole:
            raise Refusal(Code.DIRECTORY_ANSWER, reason="not_whole")
        return () if found is None else self.schema.entries(found)

    def _some(self, conditions: Iterable[str], code: str | None, until: float) -> tuple[Entry, ...]:
        """The same, as many as come."""
        found = self._ask(conditions, code, until)
        return () if found is None else self.schema.entries(found)

    def _ask(self, conditions: Iterable[str], code: str | None, until: float) -> Rows | None:
        under = self.schema.under(code)
        return None if under is None else self.asks.ask(self.schema.question((*conditions, *under), self.most), until)


def _exactly(
    entries: Iterable[Entry], *, organization: str | None = None, name: str | None = None, code: str | None = None
) -> tuple[Entry, ...]:
    """Those whose texts are these, code point for code point."""
    return tuple(
        entry
        for entry in entries
        if (organization is None or entry.organization == organization)
        and (name is None or entry.name == name)
        and (code is None or entry.municipality_code == code)
    )


def _codes(entries: Iterable[Entry]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(entry.municipality_code for entry in entries))


def _nearest(entered: str, registered: Iterable[str]) -> tuple[str, ...]:
    return nearest(entered, [(text, fold(text)) for text in dict.fromkeys(registered)])


def _spellings(text: str) -> tuple[str, ...]:
    """The text, and as others may have registered it: composed, wide and narrow made one, usual kanji, hiragana."""
    usual = "".join(ordinary_form(char) or char for char in text)
    katakana = "".join(chr(ord(char) + 0x60) if "ぁ" <= char <= "ゖ" else char for char in text)
    composed = (unicodedata.normalize(form, text) for form in ("NFC", "NFKC"))
    return tuple(dict.fromkeys(each for each in (text, *composed, usual, fold(text), katakana) if each.strip()))


def _ends(attribute: str, text: str, part: int) -> tuple[str, str]:
    return beginning(attribute, text[:part]), ending(attribute, text[-part:])


def _rank(entry: Entry, text: str) -> int:
    """As the snapshot ranks (query.py): exact, the same but for its spelling, beginning with it, holding it."""
    texts = [each for each in (entry.organization, entry.name, entry.organization_reading, entry.name_reading) if each]
    key = fold(text)
    keys = [fold(each) for each in texts]
    ranks = (text in texts, key in keys, any(each.startswith(key) for each in keys), any(key in each for each in keys))
    return next((rank for rank, holds in enumerate(ranks) if holds), len(ranks))
