"""Characters as people are told of them: what is seen with its code point, what is not seen by its code point alone."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

from lgpki_tui.faces.saying import Vocabulary
from lgpki_tui.ground.findings import Fact, Facts
from lgpki_tui.subject.characters import UNSEEN_CLASSES, CharacterClass, character_classes
from lgpki_tui.subject.jis import places


def named(points: Iterable[str]) -> list[str]:
    """U+9AD9 as the character and its code point; what is not seen as its code point alone."""
    return [f"{char_of(each)} ({each})" if _is_seen(char_of(each)) else each for each in points]


def class_lines(code: str, facts: Facts, words: Vocabulary) -> list[str]:
    """A line for each class of a finding about characters: what it is, its characters, the usual ones; and that the
    registry has them, which nobody at this keyboard can change."""
    by_class = facts.get("by_class")
    each = by_class if isinstance(by_class, list | tuple) else ()
    lines = [_line(one, words) for one in each if isinstance(one, Mapping)]
    return [*lines, words.word(f"as_registered.{code}")] if facts.get("as_registered") else lines


def char_of(point: str) -> str:
    """The character of U+9AD9."""
    return chr(int(point.removeprefix("U+"), 16))


def texts(fact: Fact) -> list[str]:
    """The texts of a list among facts."""
    return [str(each) for each in fact if each] if isinstance(fact, list | tuple) else []


def _line(one: Mapping[str, Fact], words: Vocabulary) -> str:
    kind = str(one["class"])
    found = named(texts(one["characters"]))
    if kind == CharacterClass.OUTSIDE_JISX0208:
        found = [
            words.word("characters.stands", name=name, places=_stands(char_of(point), words))
            for name, point in zip(found, texts(one["characters"]), strict=True)
        ]
    usual = named(texts(one["usual"]))
    key = "characters.usual" if usual else "characters.told"
    return words.word(key, what=words.word(f"class.{kind}"), found=found, usual=usual)


def _stands(char: str, words: Vocabulary) -> list[str]:
    """The sets that have a character which JIS X 0208 does not have."""
    return [words.word(f"class_place.{where}") for where in places(char) or ("none",)]


def _is_seen(char: str) -> bool:
    return unicodedata.category(char)[0] in "LNPS" and not UNSEEN_CLASSES.intersection(character_classes(char))
