"""`make name-table`: judges every name of the corpus and writes docs/names.md."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from lgpki_tui.faces.tui.lexicon import Lexicon
from lgpki_tui.subject.characters import CharacterClass, character_classes
from lgpki_tui.subject.profile import Characters
from lgpki_tui.subject.text import is_ordinary
from tests.subject.corpus import Case, Judged, corpus, judged
from tests.subject.profiles import RIYOSHA, SHOKUSEKI

TABLE = Path(__file__).parents[2] / "docs" / "names.md"
_HEAD = """\
# Names: what is said of which characters

Written by `make name-table` from tests/subject/names.tsv; a test keeps this file to what the program says. Nothing is
ever changed silently: a text is accepted as it stands, or it is told with its code points, and one key (F4) takes the
registered spelling, else the usual one. What is accepted is built into a CSR that `openssl req` reads back, code point
for code point (tests/subject/test_names.py).

## The classes

Which of them a kind of certificate refuses or points out stands in config/profiles, `[characters]`; the shipped lists
are assumed, not official. A character is told under the first of its classes that the profile names.

The levels are taken from Python's codecs `euc_jp` and `euc_jis_2004` (lgpki_tui/subject/jis.py). The Unicode tables are
those of Python 3.11, 14.0: a code point that they do not assign is `unassigned`, but for the kanji of Unicode 15.0 to
18.0, which are `outside-jis` (lgpki_tui/subject/characters.py says why that is safe).
"""
_VERDICTS = """
## The names

{counts}.

Characters that are not seen, or look like others, are written by their code points. Registered `=`: as typed; empty:
this kind asks no registry. Where more is told, the characters are those of what is told first. F4: what it puts there.
"""
# A run of one character, or of a letter and its mark.
_RUN = re.compile(r"(.|.\u3099)\1{15,}")
_ROW = "| typed | registered | verdict | told | characters | F4 |"


def render() -> str:
    """The document: the classes, then a table for each section of the corpus."""
    judgements = [(case, judged(case)) for case in corpus()]
    counts = Counter(found.verdict for _, found in judgements)
    counted = f"{len(judgements)} cases: " + ", ".join(f"{many} {verdict}" for verdict, many in counts.most_common())
    lines = [_HEAD, *_class_lines(), _VERDICTS.format(counts=counted)]
    sections = dict.fromkeys(case.section for case in corpus())
    for section in sections:
        lines += [f"### {section}", "", _ROW, "| --- | --- | --- | --- | --- | --- |"]
        lines += [_row(case, found) for case, found in judgements if case.section == section]
        lines.append("")
    return "\n".join(lines)


def _class_lines() -> Iterator[str]:
    words = Lexicon("ja"), Lexicon("en")
    yield "| class | 日本語 | English | shokuseki | riyosha |"
    yield "| --- | --- | --- | --- | --- |"
    for kind in CharacterClass:
        told = " | ".join(each.word(f"class.{kind.value}") for each in words)
        rules = " | ".join(_rule(kind, profile.characters) for profile in (SHOKUSEKI, RIYOSHA))
        yield f"| `{kind.value}` | {told} | {rules} |"


def _rule(kind: CharacterClass, rules: Characters) -> str:
    return "refused" if kind in rules.refused else "pointed out" if kind in rules.attention else ""


def _row(case: Case, found: Judged) -> str:
    registered = "" if not case.registered else "=" if case.typed in case.registered else _shown(case.registered[0])
    told = " ".join(found.why)
    more = len(found.characters) - 3
    characters = " ".join(found.characters[:3]) + (f" +{more}" if more > 0 else "")
    cells = (_shown(case.typed), registered, found.verdict, told, characters, _shown(found.offered))
    return f"| {' | '.join(cells)} |"


def _shown(text: str) -> str:
    """As code, so that no character of it is markup; what is not seen or easily mistaken by its code point."""
    if not text:
        return ""
    runs = _RUN.sub(lambda run: f"{run[1]}\0{len(run[0]) // len(run[1])}\0", text) if "\0" not in text else text
    parts = runs.split("\0") if runs != text else [text]
    shown = (f"`{''.join(map(_written, part))}`" if place % 2 == 0 else f"x {part}" for place, part in enumerate(parts))
    return " ".join(each for each in shown if each != "``")


def _written(char: str) -> str:
    classes = set(character_classes(char)) - {CharacterClass.FULL_WIDTH_ASCII, CharacterClass.JISX0208_LEVEL_2}
    if char in " \u3000|`\u2010\u2015\u2212\u2500\u25cb\u25ef\u3007" or classes or not is_ordinary(char):
        return f"<{ord(char):04X}>"
    return char


def main() -> int:
    """Write it, and tell the verdicts."""
    TABLE.write_text(render(), encoding="utf-8")
    print(TABLE, Counter(judged(case).verdict for case in corpus()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
