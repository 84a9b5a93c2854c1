"""Facts, findings and causes in words, the same for every face."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Protocol

from lgpki_tui.ground.clock import from_rfc3339, tokyo
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Fact, Finding, Refusal

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)")


class Vocabulary(Protocol):
    """Words by key, of one language."""

    def word(self, key: str, /, **facts: Fact) -> str:
        """The words of a key with its facts filled in."""
        ...

    def known(self, key: str) -> bool:
        """Whether there are words for a key."""
        ...


def japan_time(moment: str | None) -> str | None:
    """An RFC 3339 moment as people here read it, to the minute, in Japan's time."""
    return moment and tokyo(from_rfc3339(moment)).strftime("%Y-%m-%d %H:%M")


def short(value: Fact) -> str:
    """A fact as people read it: moments in Japan's time, tables and lists in one line."""
    if isinstance(value, str):
        with suppress(ValueError):  # a label may look like a moment and be none
            return f"{japan_time(value)} JST" if _MOMENT.fullmatch(value) else value
        return value
    if isinstance(value, Mapping):
        return " ".join(f"{key}={short(each)}" for key, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(short, value))
    return json.dumps(value, ensure_ascii=False)


def spoken_key(kind: str) -> str:
    """A kind of key (pki/signatures.key_kind) as people write it: RSA-2048, EC P-256."""
    return "EC P-256" if kind == "ec-secp256r1" else kind.upper()


def question(check: Finding, words: Vocabulary) -> str:
    """What a check asks; a rare code that has no words of its own speaks for itself."""
    key = f"check.{check.code}"
    if not words.known(key):
        return str(check.code)
    named = f"registry.name.{check.facts.get('registry')}"
    return words.word(key, **{**check.facts, "registry": words.word(named) if words.known(named) else None})


def expected(check: Finding) -> str:
    """What a check expected; a login by its name, for the rest of it is for the desk."""
    return short(check.facts.get("login_begun", check.expected))


def found(check: Finding, words: Vocabulary) -> str:
    """What a check found, in words where it is an id of ours; empty when it found nothing to tell."""
    if check.found is None:
        return ""
    if "login_now" in check.facts:
        return short(check.facts["login_now"])
    if check.code is Code.LEDGER_DAMAGED and isinstance(check.found, int):
        return words.word("found.entries", count=check.found)
    key = f"found.{check.found}"
    return words.word(key) if isinstance(check.found, str) and words.known(key) else short(check.found)


def because(refusal: Refusal, words: Vocabulary) -> list[str]:
    """What exactly it was, where one message is for several causes (screens/commands.toml, because.CODE.VALUE)."""
    values = (refusal.facts.get(name) for name in ("reason", "which", "pin", "state"))
    keys = (f"because.{refusal.code.value}.{value}" for value in values if isinstance(value, str))
    return [words.word(key, **refusal.facts) for key in keys if words.known(key)]
