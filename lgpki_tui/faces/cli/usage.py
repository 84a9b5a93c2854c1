"""What argparse says of a command line, in our words and in the language of the person. Its own are English only."""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import get_close_matches

Word = Callable[..., str]

# argparse's messages (CPython 3.11, Lib/argparse.py) and the key of our words for each.
_MESSAGES = (
    (re.compile(r"the following arguments are required: (?P<what>.+)"), "usage.required"),
    (re.compile(r"unrecognized arguments: (?P<what>.+)"), "usage.unknown"),
    (
        re.compile(r"argument (?P<argument>.+?): invalid choice: '?(?P<what>.*?)'? \(choose from (?P<known>.+)\)"),
        "usage.choice",
    ),
    (re.compile(r"argument (?P<argument>.+?): expected one argument"), "usage.value"),
    (re.compile(r"argument (?P<argument>.+?): not allowed with argument (?P<what>.+)"), "usage.both"),
    (re.compile(r"argument (?P<argument>.+?): invalid int value: '?(?P<what>.*?)'?"), "usage.number"),
    (re.compile(r"(?P<argument>--\S+): not in an argument; (?P<what>.+)"), "usage.pin"),
)


def in_words(message: str, word: Word) -> str:
    """The message in the language of `word`; as argparse wrote it where that is none we know."""
    for pattern, key in _MESSAGES:
        if found := pattern.fullmatch(message):
            facts = found.groupdict()
            if key == "usage.unknown":
                facts["what"] = _names(str(facts["what"]))
            known = [each.strip("'") for each in (facts.pop("known", None) or "").split(", ") if each]
            near = get_close_matches(facts.get("what") or "", known, 1)
            text = word(key, **facts)
            return f"{text}  {word('usage.nearest', what=near[0])}" if near else text
    return message


def _names(words: str) -> str:
    """The options among words that nobody knows. Their values and other words are not repeated: one may be a PIN."""
    return " ".join(word.partition("=")[0] if word.startswith("--") else "…" for word in words.split())
