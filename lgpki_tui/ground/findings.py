"""What is found out, and what is refused: a code and facts that are safe to log. The words come from screens/."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from enum import StrEnum

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.frozen import dataclass

Fact = str | int | bool | None | Sequence["Fact"] | Mapping[str, "Fact"]
Facts = Mapping[str, Fact]


class Result(StrEnum):
    """How a check came out. `unknown` is never shown as `ok`."""

    OK = "ok"
    ATTENTION = "attention"
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: its code, how it came out, and what was expected and found."""

    code: Code | str
    result: Result
    expected: Fact = None
    found: Fact = None
    facts: Facts = field(default_factory=dict)


class Refusal(Exception):
    """The program does not do what was asked. Holds a code and safe facts, never a PIN and never a sentence."""

    def __init__(self, code: Code, /, **facts: Fact) -> None:
        super().__init__(code.value)
        self.code = code
        self.facts: dict[str, Fact] = facts
