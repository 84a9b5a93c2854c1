"""The border function: text from outside (labels, certificates, file names, registry rows) made unable to act."""

from __future__ import annotations

import re

# C0 and DEL, C1, line and paragraph separators, bidirectional controls, zero-width and other invisible formatting
# characters, and lone surrogates (undecodable bytes of a file name). What a terminal would obey or not show.
_ACTIVE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)


def _escape(match: re.Match[str]) -> str:
    point = ord(match.group())
    if point > 0xFFFF:  # as JSON writes it: a surrogate pair
        high, low = divmod(point - 0x10000, 0x400)
        return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"
    return f"\\u{point:04x}"


def inert(text: str) -> str:
    r"""Return the text with every control, bidirectional and zero-width character written as ``\uXXXX``.

    Idempotent. Visible text, including every kanji and U+3000, is left as it is.
    """
    return _ACTIVE.sub(_escape, text)


def inert_lines(text: str) -> str:
    """The same for text of our own layout: line feeds stay, everything else that acts is escaped."""
    return "\n".join(inert(line) for line in text.split("\n"))
