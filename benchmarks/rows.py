"""One row of the table: ours and a peer in turn, A B A B, so that whatever slows the machine slows both."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

# Does its work once and returns how long that took, in milliseconds.
Side = Callable[[], float]


class CannotRun(Exception):
    """A program that is to be measured is missing or did not do its work."""


@dataclass(frozen=True, slots=True)
class Goal:
    """`times` the peer, and `more` milliseconds above that."""

    times: float
    more: float = 0.0

    def __str__(self) -> str:
        return f"{self.times:g}x" + (f" + {self.more:g} ms" if self.more else "")


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured: milliseconds of each pair, and what was hoped for (None: the row is for orientation)."""

    name: str
    peer: str
    pairs: tuple[tuple[float, float], ...]
    goal: Goal | None

    @property
    def ratio(self) -> float:
        """The median of the ratios of the pairs."""
        return median(ours / peer for ours, peer in self.pairs)

    @property
    def met(self) -> bool | None:
        """Whether the goal is met in the median of the pairs; None without a goal."""
        if self.goal is None:
            return None
        more, times = self.goal.more, self.goal.times
        return median((ours - more) / peer for ours, peer in self.pairs) <= times

    def facts(self) -> dict[str, object]:
        """The row as JSON has it; times in milliseconds."""
        ours, peer = zip(*self.pairs, strict=True)
        return {
            "row": self.name,
            "peer": self.peer,
            "pairs": len(self.pairs),
            "ours_ms": _spread(ours),
            "peer_ms": _spread(peer),
            "ratio": round(self.ratio, 3),
            "goal": None if self.goal is None else str(self.goal),
            "met": self.met,
        }


def measure(name: str, ours: Side, peer_name: str, peer: Side, goal: Goal | None, pairs: int) -> Row:
    """Run both once to warm up, then `pairs` times in turn."""
    ours(), peer()
    return Row(name, peer_name, tuple((ours(), peer()) for _ in range(pairs)), goal)


def timed(act: Callable[[], object]) -> float:
    """How long an act takes, in milliseconds."""
    begun = time.perf_counter_ns()
    act()
    return (time.perf_counter_ns() - begun) / 1e6


def _spread(values: tuple[float, ...]) -> dict[str, float]:
    return {"median": round(median(values), 3), "min": round(min(values), 3), "max": round(max(values), 3)}
