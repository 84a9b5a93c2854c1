"""The enrolment number `YYMMDD-XXXXX`: short enough to type, with a check character that catches slips.

It names an enrolment; it proves nothing. The ledger and the key's digest decide (docs/contract.md).
"""

from __future__ import annotations

from datetime import datetime

from lgpki_tui.ground.clock import tokyo

# Digits and capitals without I, L, O and U, which are misread or make words.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_CHARACTERS = 4


def enrolment_number(now: datetime, random: bytes) -> str:
    """Make a number from the Asia/Tokyo day and at least four random bytes."""
    if len(random) < RANDOM_CHARACTERS:
        raise ValueError("at least four random bytes")
    day = tokyo(now).strftime("%y%m%d")
    drawn = "".join(ALPHABET[byte % len(ALPHABET)] for byte in random[:RANDOM_CHARACTERS])
    return f"{day}-{drawn}{check_character(day + drawn)}"


def check_character(ten: str) -> str:
    """The sum of (position from 1 x value) of the ten characters, modulo 31, in the same alphabet."""
    total = sum(position * ALPHABET.index(character) for position, character in enumerate(ten, 1))
    return ALPHABET[total % 31]


def is_enrolment_number(text: str) -> bool:
    """Whether a text is a number whose check character holds."""
    day, dash, rest = text.partition("-")
    if dash != "-" or len(day) != 6 or not (day.isascii() and day.isdigit()) or len(rest) != 5:
        return False
    return all(character in ALPHABET for character in rest) and check_character(day + rest[:4]) == rest[4]


def typed_number(text: str) -> str:
    """What a person typed, as the number is written: capitals, no surrounding space, O as 0, I and L as 1."""
    return text.strip().upper().translate(str.maketrans("OIL", "011"))
