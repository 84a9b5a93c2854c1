"""What a kind of certificate says and which rules its texts obey. The values stand in config/profiles/."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.subject.algorithm import Algorithm, Scheme
from lgpki_tui.subject.draft import Draft
from lgpki_tui.subject.extensions import Extensions
from lgpki_tui.subject.text import CharacterClass

# Other names under which people know an algorithm.
_ALIASES = {"p-256": Algorithm.EC_P256}
# What a profile's file name may hold in braces.
FILE_PLACES = ("number", "kind", "municipality_code")


class Rule(StrEnum):
    """Whether a text must stand in a registry, character for character."""

    REGISTERED = "registered"
    FREE = "free"


class FieldName(StrEnum):
    """What is asked for. The value is the key of the answers file, and the name of the draft's attribute."""

    ORGANIZATION = "organization"
    NAME = "name"
    MAIL_ADDRESS = "mail_address"


class Form(StrEnum):
    """What a text must look like: as a person writes it, a host name (subject/host_name.py), or a mail address
    (subject/mail_address.py)."""

    TEXT = "text"
    HOST_NAME = "host-name"
    MAIL_ADDRESS = "mail-address"


class Text(StrEnum):
    """Where the text of an attribute comes from: the profile, the name of the 団体, or one of the fields."""

    FIXED = "fixed"
    MUNICIPALITY = "municipality"
    ORGANIZATION = "organization"
    NAME = "name"
    MAIL_ADDRESS = "mail_address"


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
class Field:
    """One text that is asked for. `most`: the longest, in characters."""

    name: FieldName
    rule: Rule
    form: Form
    most: int


class RegistryRule(StrEnum):
    """Which texts of a kind must stand in a registry: the 組織, the 組織 and the 名義, or none."""

    ORGANIZATION = "organization"
    ORGANIZATION_AND_NAME = "organization+name"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Profile:
    """One kind of certificate that can be requested.

    `title` is the official Japanese term (職責証明書, ...); `english` is ours, for no official one is known. `fields`
    stand in the order in which they are asked for; 組織 and 名義 are always among them. `alternative_names`: the fields
    that the subjectAltName is asked for. `file_name`: how the files of a request are called, with places (FILE_PLACES);
    `form`: the name of the templates of the application form (config/forms).
    `sources`: (dotted key, source) of every value: "seed", "public: ..." or "assumed"; `file`: where they stand.
    """

    kind: str
    title: str
    english: str
    fields: tuple[Field, ...]
    characters: Characters
    subject: tuple[Attribute, ...]
    algorithms: tuple[Algorithm, ...]
    default_algorithm: Algorithm
    scheme: Scheme
    alternative_names: tuple[FieldName, ...]
    key_usage: tuple[str, ...]
    extended_key_usage: tuple[str, ...]
    file_name: str
    form: str
    validity_years: int
    renewal_months: int
    sources: tuple[tuple[str, str], ...]
    file: str = ""

    def field(self, name: FieldName) -> Field | None:
        """What is asked for under this name; None when it is not."""
        for each in self.fields:  # of a registry it is asked a million times
            if each.name is name:
                return each
        return None

    def asking(self, name: FieldName, rule: Rule) -> Profile:
        """The same profile with another rule for one of its fields."""
        fields = tuple(replace(each, rule=rule) if each.name is name else each for each in self.fields)
        return replace(self, fields=fields)

    def algorithm(self, text: str | None) -> Algorithm | None:
        """The algorithm that an answer names; the default when it names none; None when it is unknown or not allowed.

        `p-256` is another name of `ec-p256`.
        """
        if text is None:
            return self.default_algorithm
        known = {**{algorithm.value: algorithm for algorithm in Algorithm}, **_ALIASES}
        found = known.get(text)
        return found if found in self.algorithms else None

    def extensions_of(self, draft: Draft) -> Extensions:
        """What the request asks the CA for besides the subject; every text exactly as it was given."""
        fields = [each for each in map(self.field, self.alternative_names) if each is not None]
        return Extensions(
            host_names=tuple(draft.text(each.name) for each in fields if each.form is Form.HOST_NAME),
            mail_addresses=tuple(draft.text(each.name) for each in fields if each.form is Form.MAIL_ADDRESS),
            key_usage=self.key_usage,
            extended_key_usage=self.extended_key_usage,
        )

    def file_stem(self, number: str, municipality_code: str) -> str:
        """How the files of an enrolment's first request begin, without the practice prefix."""
        return self.file_name.format(number=number, kind=self.kind, municipality_code=municipality_code)

    @property
    def registry_rule(self) -> RegistryRule:
        """Which of its texts must be registered."""
        if self.organization_rule is Rule.FREE:
            return RegistryRule.NONE
        return RegistryRule.ORGANIZATION if self.name_rule is Rule.FREE else RegistryRule.ORGANIZATION_AND_NAME

    @property
    def organization_rule(self) -> Rule:
        """Whether the 組織 must be registered."""
        return self._one(FieldName.ORGANIZATION).rule

    @property
    def organization_most(self) -> int:
        """The longest 組織, in characters."""
        return self._one(FieldName.ORGANIZATION).most

    @property
    def name_rule(self) -> Rule:
        """Whether the 名義 must be registered."""
        return self._one(FieldName.NAME).rule

    @property
    def name_most(self) -> int:
        """The longest 名義, in characters."""
        return self._one(FieldName.NAME).most

    @property
    def assumed(self) -> tuple[str, ...]:
        """The keys whose values are only assumed; to be shown as such (MISSION rule 6)."""
        return tuple(key for key, source in self.sources if source == "assumed")

    def _one(self, name: FieldName) -> Field:
        return next(each for each in self.fields if each.name is name)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of certificate that the program knows, with or without a profile (`has_profile`: it can be requested).

    `tracked_only`: it has a calendar, but its key pair is not ours to make. `sources` as of a profile.
    """

    kind: str
    title: str
    english: str
    has_profile: bool
    tracked_only: bool
    sources: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Tracked:
    """What is known of a kind that is only tracked: how long it is valid, and when it can be renewed."""

    kind: Kind
    validity_years: int
    renewal_months: int
    sources: tuple[tuple[str, str], ...]
    file: str = ""
