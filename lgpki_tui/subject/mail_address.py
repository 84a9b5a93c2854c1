"""Whether a text is a mail address that can stand in a certificate, and what is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum

from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.subject.host_name import HostProblem, host_problem

# RFC 5321, 4.5.3.1: a path of 256 octets without its brackets; a local part of 64.
MOST_CHARACTERS = 254
MOST_LOCAL = 64
# RFC 5322, 3.2.3, atext, and the dots between.
_LOCAL_CHARACTERS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]*")


class MailProblem(StrEnum):
    """What is wrong with a mail address."""

    NOT_ASCII = "not_ascii"
    AT = "at"
    LOCAL_CHARACTERS = "local_characters"
    LOCAL_DOTS = "local_dots"
    LOCAL_LONG = "local_long"
    DOMAIN = "domain"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class Wrong:
    """The first problem, with the characters that it is about, and what is wrong with the part behind the @."""

    problem: MailProblem
    characters: tuple[str, ...] = ()
    domain: HostProblem | None = None


def mail_problem(text: str) -> Wrong | None:
    """What speaks against a text as a mail address; None when nothing does.

    The part of addr-spec (RFC 5322, 3.4.1) that rfc822Name can hold and CAs take: an ASCII dot-atom of at most 64
    characters, one @, and a host name (host_name.py); 254 characters in all (RFC 5321, 4.5.3.1). No quoted local part,
    no address in brackets, no comment, no name before it (RFC 5280, 4.2.1.6). Other letters than ASCII are another kind
    of name in certificates (RFC 9598), which no profile asks for.
    """
    foreign = _each(char for char in text if not char.isascii())
    if foreign:
        return Wrong(MailProblem.NOT_ASCII, foreign)
    local, at, domain = text.partition("@")
    if not at or not local or not domain or "@" in domain:
        return Wrong(MailProblem.AT)
    other = _each(char for char in local if not _LOCAL_CHARACTERS.fullmatch(char))
    if other:
        return Wrong(MailProblem.LOCAL_CHARACTERS, other)
    if "" in local.split("."):
        return Wrong(MailProblem.LOCAL_DOTS)
    if len(local) > MOST_LOCAL:
        return Wrong(MailProblem.LOCAL_LONG)
    wrong = host_problem(domain)
    if wrong is not None:
        return Wrong(MailProblem.DOMAIN, wrong.characters, wrong.problem)
    return Wrong(MailProblem.TOO_LONG) if len(text) > MOST_CHARACTERS else None


def usual_mail_address(text: str) -> str | None:
    """The address that was meant by one in full width or with spaces around it; None when that is none either."""
    usual = unicodedata.normalize("NFKC", text).strip()
    return usual if usual != text and mail_problem(usual) is None else None


def _each(chars: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(chars))
