"""What a kind of certificate says and which rules its texts obey. The values stand in config/profiles/."""

from __future__ import annotations

from enum import StrEnum

from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.subject.algorithm import Algorithm
from lgpki_tui.subject.text import CharacterClass

# Other names under which people know an algorithm.
_ALIASES = {"p-256": Algorithm.EC_P256}


class Rule(StrEnum):
    """Whether a text must stand in a registry, character for character."""

    REGISTERED = "registered"
    FREE = "free"


class Text(StrEnum):
    """Where the text of an attribute comes from."""

    FIXED = "fixed"
    MUNICIPALITY = "municipality"
    ORGANIZATION = "organization"
    NAME = "name"


class StringType(StrEnum):
    """The ASN.1 type of an attribute's text (X.680, 41)."""

    PRINTABLE = "printable"
    UTF8 = "utf8"


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of the subject: its short name (RFC 4514, section 3), its text and its string type."""

    attribute: str
    text: Text
    string: StringType
    fixed: str = ""


@dataclass(frozen=True, slots=True)
class Characters:
    """Which classes of characters are refused, and which are only pointed out."""

    refused: frozenset[CharacterClass]
    attention: frozenset[CharacterClass]


@dataclass(frozen=True, slots=True)
class Profile:
    """One kind of certificate. Lengths in code points; `title` is the official Japanese term (職責証明書, ...).

    `sources`: (dotted key, source) of every value: "seed", "public: ..." or "assumed".
    """

    kind: str
    title: str
    organization_rule: Rule
    organization_most: int
    name_rule: Rule
    name_most: int
    characters: Characters
    subject: tuple[Attribute, ...]
    algorithms: tuple[Algorithm, ...]
    default_algorithm: Algorithm
    validity_years: int
    renewal_months: int
    sources: tuple[tuple[str, str], ...]

    def algorithm(self, text: str | None) -> Algorithm | None:
        """The algorithm that an answer names; the default when it names none; None when it is unknown or not allowed.

        `p-256` is another name of `ec-p256`.
        """
        if text is None:
            return self.default_algorithm
        known = {**{algorithm.value: algorithm for algorithm in Algorithm}, **_ALIASES}
        found = known.get(text)
        return found if found in self.algorithms else None

    @property
    def assumed(self) -> tuple[str, ...]:
        """The keys whose values are only assumed; to be shown as such (MISSION rule 6)."""
        return tuple(key for key, source in self.sources if source == "assumed")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of certificate that the program knows, with or without a profile (`has_profile`).

    `tracked_only`: it has a calendar, but its key pair is not ours to make.
    """

    kind: str
    title: str
    has_profile: bool
    tracked_only: bool
    source: str
