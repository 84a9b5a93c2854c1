"""Which of the two languages the program speaks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal

Language = Literal["ja", "en"]
LANGUAGES: tuple[Language, ...] = ("ja", "en")
# Of the locale's variables those that speak of messages, strongest first (POSIX.1-2017, 8.2).
_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


def choose(flag: str | None, environ: Mapping[str, str]) -> Language:
    """The language of `--lang`, else of the environment (docs/contract.md, Commands).

    Of LC_ALL, LC_MESSAGES and LANG the first that is not empty decides: en* is English, everything else Japanese.
    Raises Refusal: usage, when the flag is neither ja nor en.
    """
    if flag is not None:
        return _known(flag)
    locale = next((environ[name] for name in _VARIABLES if environ.get(name)), "")
    return "en" if locale.lower().startswith("en") else "ja"


def _known(asked: str) -> Language:
    for language in LANGUAGES:
        if asked == language:
            return language
    raise Refusal(Code.USAGE, key="--lang", found=asked, known=list(LANGUAGES))
