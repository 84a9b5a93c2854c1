"""The registered spellings near an entered one: easily mistaken ones first, then those few characters away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lgpki_tui.subject.lookalike import fold, look_alike

MOST = 5
# Of 100 (rapidfuzz.fuzz.ratio). Below it two Japanese names share little more than 課 or 市長.
LIKENESS = 55.0


def nearest(entered: str, registered: Iterable[tuple[str, str]], most: int = MOST) -> tuple[str, ...]:
    """Up to `most` of the registered spellings, best first, exact as registered.

    `registered`: (spelling, its folded form). First what is easily taken for it, then what is one slip away (a wrong,
    left out or added character, two in the wrong order), then by likeness; equal ones in the order of the texts, so
    that answers are repeatable.
    """
    from rapidfuzz import fuzz, process

    spellings = dict(registered)
    spellings.pop(entered, None)
    names, keys = tuple(spellings), tuple(spellings.values())
    wanted = fold(entered)
    ranked = process.extract(wanted, keys, scorer=fuzz.ratio, limit=most * 4, score_cutoff=LIKENESS)
    near = {names[place]: score for _, score, place in ranked} | dict.fromkeys(_one_slip(wanted, names, keys), 100.0)
    return tuple(_best_first(entered, near)[:most])


def is_one_slip(entered: str, registered: str) -> bool:
    """Whether one text is the other with a wrong, left out or added character, or two in the wrong order; folded."""
    from rapidfuzz.distance import OSA

    return OSA.distance(fold(entered), fold(registered), score_cutoff=1) <= 1


def _one_slip(wanted: str, names: Sequence[str], keys: Sequence[str]) -> list[str]:
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    slips = process.extract(wanted, keys, scorer=OSA.distance, limit=None, score_cutoff=1)
    return [names[place] for _, _, place in slips]


def _best_first(entered: str, near: dict[str, float]) -> list[str]:
    return sorted(near, key=lambda one: (not look_alike(entered, one), -near[one], one))
