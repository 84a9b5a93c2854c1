"""Questions to the trigrams of the index (FTS5, tokenizer trigram, detail=none): which rows may hold a text.

SQLite 3.40's FTS5 answers nothing of one or two characters: such a text is the beginning of trigrams, and those are
asked for by name. Every answer is only a candidate: that three trigrams are in a row does not say that they touch.
"""

from __future__ import annotations

import sqlite3

from lgpki_tui.registry.port import RegistryKind
from lgpki_tui.registry.schema import EDGE, grams_table

SIZE = 3
# Of more trigrams these many are asked for, evenly spread: more of them cost more than they leave out.
_MOST = 4


def grams(text: str) -> list[str]:
    """The trigrams of a text, each once; none of a text that is shorter."""
    return list(dict.fromkeys(text[place : place + SIZE] for place in range(len(text) - SIZE + 1)))


def all_of(wanted: list[str]) -> str:
    """A MATCH expression: rows that have every one of these trigrams (of many: of some of them)."""
    if len(wanted) > _MOST:
        wanted = [wanted[nth * (len(wanted) - 1) // (_MOST - 1)] for nth in range(_MOST)]
    return " AND ".join(map(_quoted, wanted))


def any_of(wanted: list[str]) -> str:
    """A MATCH expression: rows that have one of them."""
    return " OR ".join(map(_quoted, wanted))


def beginning(key: str) -> str:
    """A MATCH expression: rows one of whose texts may begin with the key (not empty)."""
    return all_of(grams(EDGE + key) if len(key) > 1 else [EDGE + EDGE + key])


def holding(key: str) -> str:
    """A MATCH expression: rows one of whose texts may hold the key (three characters or more)."""
    return all_of(grams(key))


def whole(*keys: str) -> str:
    """A MATCH expression: rows that may have each of these texts whole."""
    return all_of([gram for key in keys for gram in grams(EDGE + key + EDGE)])


def begun_by(connection: sqlite3.Connection, kind: RegistryKind, key: str, most: int) -> list[str]:
    """The trigrams that there are and that begin with a key of one or two characters; no more than `most` of them.

    fts5vocab (sqlite.org/fts5.html, 10): the index of terms itself, no table is read.
    """
    name = f"temp.{grams_table(kind)}_terms"
    connection.execute(
        f"CREATE VIRTUAL TABLE IF NOT EXISTS {name} USING fts5vocab('main', '{grams_table(kind)}', 'row')"
    )
    asked = f"SELECT term FROM {name} WHERE term >= ? AND term < ? LIMIT ?"  # noqa: S608  # our own names
    return [term for (term,) in connection.execute(asked, (key, after(key), most))]


def after(key: str) -> str:
    """The first text, in the order of code points, that no longer begins with the key."""
    shortened = key.rstrip("\U0010ffff")
    if not shortened:
        return "\U0010ffff" * (len(key) + 1)
    point = ord(shortened[-1]) + 1
    return shortened[:-1] + chr(0xE000 if point == 0xD800 else point)


def _quoted(gram: str) -> str:
    return '"' + gram.replace('"', '""') + '"'
