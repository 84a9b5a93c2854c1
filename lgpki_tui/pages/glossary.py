"""The terms that a person meets, each explained in a sentence or three: screens/glossary.toml.

[csr.ja]
name = "CSR"
text = "..."
[csr.en]
...
"""

from __future__ import annotations

from pathlib import Path

from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.ground.shipped import shipped
from lgpki_tui.ground.tables import Table, read_table
from lgpki_tui.pages.language import LANGUAGES, Language


@dataclass(frozen=True, slots=True)
class Term:
    """A term as it is spelled, and what it means."""

    name: str
    text: str


def load_glossary(language: Language, file: Path | None = None) -> tuple[Term, ...]:
    """The shipped terms in one language, or those of a file of the same form, in the file's order.

    Raises Refusal: settings_unreadable, settings_key_unknown, settings_key_missing, settings_value, with `file` and
    `key`. Both languages must be whole, whichever is asked for.
    """
    table = read_table(file or shipped("screens", "glossary.toml"))
    keys = table.keys()
    return tuple(_in(table.table(key), language) for key in keys)


def _in(table: Table, language: Language) -> Term:
    both = {known: _term(table.table(known)) for known in LANGUAGES}
    table.done()
    return both[language]


def _term(table: Table) -> Term:
    term = Term(table.text("name"), table.text("text"))
    table.done()
    return term
