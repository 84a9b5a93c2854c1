"""The registered spellings near an entered one: easily mistaken ones first, then those few characters away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lgpki_tui.subject.lookalike import fold, look_alike

MOST = 5
# Of 100 (rapidfuzz.fuzz.ratio). Below it two Japanese names share little more than 課 or 市長.
LIKENESS = 55.0


def nearest(entered: str, registered: Iterable[tuple[str, str]], most: int = MOST) -> tuple[str, ...]:
    """Up to `most` of the registered spellings, best first, exact as registered.

    `registered`: (spelling, its folded form). Equal likeness: the order of the texts, so that answers are repeatable.
    """
    from rapidfuzz import fuzz, process

    spellings = dict(registered)
    spellings.pop(entered, None)
    names, keys = tuple(spellings), tuple(spellings.values())
    wanted = fold(entered)
    ranked = process.extract(wanted, keys, scorer=fuzz.ratio, limit=most * 4, score_cutoff=LIKENESS)
    return tuple(_best_first(entered, [(score, names[place]) for _, score, place in ranked])[:most])


def _best_first(entered: str, ranked: Sequence[tuple[float, str]]) -> list[str]:
    by = sorted(ranked, key=lambda one: (not look_alike(entered, one[1]), -one[0], one[1]))
    return [spelling for _, spelling in by]
