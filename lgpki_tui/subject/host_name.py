"""Whether a text is a host name (FQDN) that can stand in a certificate, and what is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum

from lgpki_tui.ground.frozen import dataclass

# 255 octets as DNS carries it (RFC 1035, 2.3.4; LG技術細則): a length before each label and the root's, which dots are
# not written for.
MOST_CHARACTERS = 253
MOST_LABEL = 63
_LABEL_CHARACTERS = re.compile(r"[A-Za-z0-9-]*")
_A_LABEL = "xn--"
# What input methods write for the full stop and the hyphen of a host name.
_USUAL = str.maketrans({"\u3002": ".", "\uff61": ".", "\u30fc": "-", "\u2010": "-", "\u2212": "-", "\u2011": "-"})


class HostProblem(StrEnum):
    """What is wrong with a host name."""

    NOT_ASCII = "not_ascii"
    CHARACTERS = "characters"
    EMPTY_LABEL = "empty_label"
    LONG_LABEL = "long_label"
    HYPHEN = "hyphen"
    A_LABEL = "a_label"
    ONE_LABEL = "one_label"
    NUMBERS = "numbers"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class Wrong:
    """The first problem, with the characters or the label that it is about."""

    problem: HostProblem
    characters: tuple[str, ...] = ()
    label: str = ""


def host_problem(text: str) -> Wrong | None:
    """What speaks against a text as a host name; None when nothing does.

    Labels of A-Z, a-z, 0-9 and hyphens, no hyphen at either end, at most 63 characters; 253 in all; at least two
    labels, the last not of digits only; no dot at the end (RFC 1123, 2.1; RFC 5280, 4.2.1.6; JPRS, LG技術細則 1).
    No wildcard. Of international names only their A-labels, `xn--` and Punycode (RFC 5890, 2.3.2.1; RFC 3492): what a
    label looks like in Japanese is not for a certificate. Two hyphens in third and fourth place are kept for them
    (RFC 5891, 4.2.3.1).
    """
    foreign = _each(char for char in text if not char.isascii())
    if foreign:
        return Wrong(HostProblem.NOT_ASCII, foreign)
    other = _each(char for char in text if char != "." and not _LABEL_CHARACTERS.fullmatch(char))
    if other:
        return Wrong(HostProblem.CHARACTERS, other)
    labels = text.split(".")
    wrong = next((each for each in map(_label_problem, labels) if each is not None), None)
    if wrong is not None:
        return wrong
    if len(text) > MOST_CHARACTERS:
        return Wrong(HostProblem.TOO_LONG)
    if len(labels) == 1:
        return Wrong(HostProblem.ONE_LABEL)
    return Wrong(HostProblem.NUMBERS, label=labels[-1]) if labels[-1].isdigit() else None


def usual_host_name(text: str) -> str | None:
    """The host name that was meant by one in full width, with 。 for a dot or with spaces around it; None when that is
    none either. Never taken over in silence: the person is asked."""
    usual = unicodedata.normalize("NFKC", text.translate(_USUAL)).strip()
    return usual if usual != text and host_problem(usual) is None else None


def _label_problem(label: str) -> Wrong | None:
    if not label:
        return Wrong(HostProblem.EMPTY_LABEL)
    if len(label) > MOST_LABEL:
        return Wrong(HostProblem.LONG_LABEL, label=label)
    if label.startswith("-") or label.endswith("-"):
        return Wrong(HostProblem.HYPHEN, label=label)
    return Wrong(HostProblem.A_LABEL, label=label) if label[2:4] == "--" and not _is_a_label(label) else None


def _is_a_label(label: str) -> bool:
    """Whether it is `xn--` and the Punycode of something that is not ASCII."""
    if label[:4].lower() != _A_LABEL:
        return False
    code = label[4:].lower()
    try:
        meant = code.encode().decode("punycode")
        return not meant.isascii() and meant.encode("punycode").decode() == code
    except (UnicodeError, ValueError, OverflowError):
        return False


def _each(chars: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(chars))
