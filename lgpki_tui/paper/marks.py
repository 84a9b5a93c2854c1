"""The characters of a text that are told by their code points: what a printer may lack, or draw as something else."""

from __future__ import annotations

import unicodedata

from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.ground.inert import inert
from lgpki_tui.subject.text import SPACES, CharacterClass, character_class, points


@dataclass(frozen=True, slots=True)
class Mark:
    """A character, with the marks and variation selectors that belong to it; its place in the text, counted from 1."""

    place: int
    text: str

    @property
    def points(self) -> str:
        """The code points, e.g. ``U+9AD9`` or ``U+845B U+E0100``."""
        return " ".join(points(self.text))


def marks(text: str, gaps: frozenset[int] = frozenset(), *, spaces: bool = False) -> tuple[Mark, ...]:
    """Those that do not stand in JIS X 0208 and ASCII, and those with one of the places `gaps` (from 0), in order.

    With `spaces` also every space: on paper one of full width looks like two of half, and one at the end like none.
    """
    found = []
    for start, cluster in _clusters(text):
        inside = range(start, start + len(cluster))
        told = any(character_class(char) is not None or (spaces and char in SPACES) for char in cluster)
        if told or not gaps.isdisjoint(inside):
            found.append(Mark(start + 1, cluster))
    return tuple(found)


def shown_marks(found: tuple[Mark, ...]) -> tuple[str, ...]:
    """Marks for people, a line for each character: ``髙 = U+9AD9 (1, 7)``, with its places in brackets."""
    places: dict[str, list[str]] = {}
    for mark in found:
        # A mark without a letter before it would be drawn on whatever stands there.
        seen = "" if belongs_to_the_one_before(mark.text[0]) else f"{inert(mark.text)} = "
        places.setdefault(f"{seen}{mark.points}", []).append(str(mark.place))
    return tuple(f"{char} ({', '.join(at)})" for char, at in places.items())


def belongs_to_the_one_before(char: str) -> bool:
    """Whether it is drawn on the character before it: a combining mark or a variation selector."""
    return is_selector(char) or unicodedata.category(char) in ("Mn", "Me", "Mc")


def is_selector(char: str) -> bool:
    """Whether it is a variation selector (UTS 37: of an ideographic variation sequence)."""
    return character_class(char) is CharacterClass.VARIATION_SELECTOR


def _clusters(text: str) -> list[tuple[int, str]]:
    """Each character with what belongs to it, and the place where it begins (from 0)."""
    found: list[tuple[int, str]] = []
    for place, char in enumerate(text):
        if found and belongs_to_the_one_before(char):
            start, cluster = found[-1]
            found[-1] = (start, cluster + char)
        else:
            found.append((place, char))
    return found
