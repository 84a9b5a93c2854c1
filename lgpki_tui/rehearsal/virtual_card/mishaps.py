"""What can be done to a card from outside, one line each: a closed list.

    insert             put the card in
    mute               put it in the wrong way round: the reader gets no answer to reset
    pull               take it out
    swap NAME          put in the card NAME instead (a blank one where there is none of that name)
    slow MS            from now on every answer takes so many milliseconds
    fail N SW [INS]    the next N commands (of this instruction) get this status word, and nothing else happens
    full               no room for a new file
    pull-at N [INS]    pulled when the Nth command from now (of this instruction) arrives: it is not carried out
    pull-after N [INS] pulled when that command has been carried out: its answer is lost
    calm               slow, fail, full, pull-at and pull-after are over
    look               tell what is in the reader
    wait               answer when the reader has seen what is in it

Milliseconds and N are decimal, SW four and INS two hex digits. A part of a chained command counts as a command.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from lgpki_tui.ground.frozen import dataclass

_MOST = 10**6


@dataclass(frozen=True, slots=True)
class Insert:
    """Put the card in; `mute`: the wrong way round."""

    mute: bool = False


@dataclass(frozen=True, slots=True)
class Pull:
    """Take the card out."""


@dataclass(frozen=True, slots=True)
class Swap:
    """Put another card in."""

    name: str


@dataclass(frozen=True, slots=True)
class Slow:
    """Every answer takes so long."""

    milliseconds: int


@dataclass(frozen=True, slots=True)
class Fail:
    """So many commands (of this instruction) get this status word."""

    count: int
    status: int
    ins: int | None = None


@dataclass(frozen=True, slots=True)
class Full:
    """No room for a new file."""


@dataclass(frozen=True, slots=True)
class PullAt:
    """Pulled at the Nth command (of this instruction): before it, or `after` it and before its answer."""

    nth: int
    ins: int | None = None
    after: bool = False


@dataclass(frozen=True, slots=True)
class Calm:
    """No more trouble."""


@dataclass(frozen=True, slots=True)
class Look:
    """What is in the reader?"""


@dataclass(frozen=True, slots=True)
class Wait:
    """Has the reader seen it?"""


Mishap = Insert | Pull | Swap | Slow | Fail | Full | PullAt | Calm | Look | Wait


class NotAMishap(Exception):
    """The line is none of the list."""


def read_mishap(line: str) -> Mishap:
    """Read one line. Raises NotAMishap."""
    word, *rest = line.split() or [""]
    reader = _READERS.get(word)
    if reader is None:
        raise NotAMishap(line)
    try:
        return reader(*rest)
    except (TypeError, ValueError) as error:  # too many words or too few, or not such words
        raise NotAMishap(line) from error


def _number(word: str, least: int = 1) -> int:
    if not re.fullmatch(r"[0-9]{1,7}", word) or not least <= int(word) <= _MOST:
        raise ValueError(word)
    return int(word)


def _hex(word: str, digits: int) -> int:
    if not re.fullmatch(rf"[0-9A-Fa-f]{{{digits}}}", word):
        raise ValueError(word)
    return int(word, 16)


def _instruction(words: tuple[str, ...]) -> int | None:
    if len(words) > 1:
        raise ValueError(words)
    return _hex(words[0], 2) if words else None


def _fail(count: str, status: str, *ins: str) -> Fail:
    return Fail(_number(count), _hex(status, 4), _instruction(ins))


def _pull_at(nth: str, *ins: str) -> PullAt:
    return PullAt(_number(nth), _instruction(ins))


def _pull_after(nth: str, *ins: str) -> PullAt:
    return PullAt(_number(nth), _instruction(ins), after=True)


_READERS: Mapping[str, Callable[..., Mishap]] = MappingProxyType(
    {
        "insert": lambda: Insert(),
        "mute": lambda: Insert(mute=True),
        "pull": lambda: Pull(),
        "swap": lambda name: Swap(name),
        "slow": lambda milliseconds: Slow(_number(milliseconds, 0)),
        "fail": _fail,
        "full": lambda: Full(),
        "pull-at": _pull_at,
        "pull-after": _pull_after,
        "calm": lambda: Calm(),
        "look": lambda: Look(),
        "wait": lambda: Wait(),
    }
)
