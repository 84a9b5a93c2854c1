"""The command line that opens the wizard, read without argparse: that, and its words, is 5 ms of the first page
(measured)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import Namespace

    Arguments = Namespace | SimpleNamespace

LANGUAGES = ("ja", "en")
# What arguments.build gives to all that is not on the line.
_DEFAULTS = {"module": None, "card": None, "pin": None, "so_pin": None, "new_pin": None, "puk": None}
_WIZARD = {"look": None, "wire": "diff", "command": None, "leaf": "wizard"}


def opening(argv: Sequence[str]) -> SimpleNamespace | None:
    """The arguments as arguments.parse gives them, where `argv` is nothing but `--sandbox DIR` and `--lang LANGUAGE`.

    None for anything else, also what would be refused: that is for argparse alone to read.
    """
    sandbox: Path | None = None
    lang: str | None = None
    words = iter(argv)
    for word in words:
        name, equals, value = word.partition("=")
        value = value if equals else next(words, "")
        if not value or value.startswith("-"):
            return None
        if name == "--sandbox":
            sandbox = Path(value)
        elif name == "--lang" and value in LANGUAGES:
            lang = value
        else:
            return None
    return SimpleNamespace(sandbox=sandbox, lang=lang, **_DEFAULTS, **_WIZARD)
