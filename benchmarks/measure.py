"""One line of the tables of a registry: how long its questions took, and a plain scan of the same rows."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

HEAD = ("registry", "asked", "median ms", "p99 ms", "peer (median ms)", "ratio", "goal", "")


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of the table. `times` and `most` (what the 99th of 100 shall not be above, or of a few the median) in
    milliseconds; `beside`: what else was to be kept (memory, recall), and whether it was."""

    name: str
    times: tuple[float, ...]
    peer: str
    peer_ms: float | None
    most: float | None
    beside: str = ""
    beside_met: bool = True

    @property
    def p99(self) -> float:
        """The 99th of 100, of fewer the highest."""
        return sorted(self.times)[min(len(self.times) - 1, int(len(self.times) * 0.99))]

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None without one."""
        judged = self.p99 if self.many else median(self.times)
        return None if self.most is None else judged <= self.most and self.beside_met

    @property
    def many(self) -> bool:
        """Whether there are enough for a 99th of 100."""
        return len(self.times) >= 100

    @property
    def ratio(self) -> float | None:
        """The median to the peer's."""
        return None if self.peer_ms is None else median(self.times) / self.peer_ms

    def cells(self) -> tuple[str, ...]:
        """The line as it is printed."""
        peer = self.peer if self.peer_ms is None else f"{self.peer} {self.peer_ms:.1f}"
        goal = "-" if self.most is None else f"{'p99' if self.many else 'median'} <= {self.most:g} ms"
        judged = {True: "ok", False: "MISSED", None: ""}[self.met]
        ratio = "-" if self.ratio is None else f"{self.ratio:.3f}"
        shown = (f"{median(self.times):.2f}", f"{self.p99:.2f}")
        return (self.name, str(len(self.times)), *shown, peer, ratio, f"{goal} {self.beside}".strip(), judged)

    def facts(self) -> dict[str, object]:
        """The same as JSON has it."""
        return {
            "row": self.name, "asked": len(self.times), "median_ms": round(median(self.times), 3),
            "p99_ms": round(self.p99, 3), "peer": self.peer, "peer_ms": self.peer_ms, "ratio": self.ratio,
            "goal_ms": self.most, "beside": self.beside, "met": self.met,
        }  # fmt: skip
