"""Judges the rows of a table while they pass: what a profile would refuse, what stands twice, what is unreadable."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from lgpki_tui.ground.codes import Code
from lgpki_tui.registry.changes import Changes, Texts
from lgpki_tui.registry.folding import Folder, plain, plain_and_folded
from lgpki_tui.registry.port import RegistryKind
from lgpki_tui.registry.report import Lines, Report, What
from lgpki_tui.subject.draft import Entry
from lgpki_tui.subject.findings import row_refusals
from lgpki_tui.subject.profile import Profile

# Private use (CP932's gaiji F040 to F9FC become U+E000 to U+E757), and what programs put where they lost a character.
_UNREADABLE = re.compile("[\ue000-\uf8ff\ufffd\U000f0000-\U0010ffff]").search


# Answers that are remembered; a table of nothing but different codes is no registry.
_MOST_REMEMBERED = 100_000


@dataclass(slots=True)
class Judge:
    """Counts the rows of one table and notes the lines of those that are to be told."""

    kind: RegistryKind
    profile: Profile
    municipality: Callable[[str], str | None]
    changes: Changes
    report: Report
    rows: int = 0
    refused_rows: int = 0
    refused: dict[Code, Lines] = field(default_factory=dict)
    duplicates: Lines = field(default_factory=Lines)
    unreadable: Lines = field(default_factory=Lines)
    _key: Callable[[str], str | None] = field(default_factory=lambda: Folder().key)
    _plain: Callable[[str], object] = field(default_factory=lambda: plain().fullmatch)
    _simple: Callable[[str], object] = field(default_factory=lambda: plain_and_folded().fullmatch)
    # Of plain texts only the length is judged: one answer for all rows of a 団体 that are as long.
    _judged: dict[tuple[str, int, int], tuple[Code, ...]] = field(default_factory=dict)

    def take(self, number: int, line: int, texts: Texts) -> tuple[str | None, ...]:
        """One row: its number, its first line, the texts of an Entry. The folded forms of all texts but the code, None
        where they are the same."""
        self.rows += 1
        if self.changes.is_repeated(line, texts):
            self._note(self.duplicates, What.DUPLICATE, number, line, texts)
        # One look at all texts together is enough for most rows of a million (three seconds of six).
        simple = self._simple("".join(texts[1:]))
        if simple or (self._plain(texts[1]) and (len(texts) == 3 or self._plain(texts[3]))):
            codes = self._plain_codes(texts)
        else:
            codes = self._codes(texts)
        if codes:
            self.refused_rows += 1
            for code in codes:
                self._note(self.refused.setdefault(code, Lines()), What.REFUSED, number, line, texts, code.value)
        if simple:
            return (None,) * (len(texts) - 1)
        if _UNREADABLE("".join(texts)):
            self._note(self.unreadable, What.UNREADABLE, number, line, texts)
        return tuple(map(self._key, texts[1:]))

    def _note(self, lines: Lines, what: What, number: int, line: int, texts: Texts, code: str = "") -> None:
        lines.note(line, number)
        self.report.row(self.kind, what, line, texts, code)

    def _plain_codes(self, texts: Texts) -> tuple[Code, ...]:
        key = (texts[0], len(texts[1]), len(texts[3]) if len(texts) > 3 else -1)
        codes = self._judged.get(key)
        if codes is None:
            codes = self._codes(texts)
            if len(self._judged) < _MOST_REMEMBERED:
                self._judged[key] = codes
        return codes

    def _codes(self, texts: Texts) -> tuple[Code, ...]:
        return row_refusals(Entry(*texts), self.profile, self.municipality(texts[0]))
