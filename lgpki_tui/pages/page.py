"""One page of the wizard as data: screens/NAME/page.toml and its help. Every face reads the same page.

    [title]                     what stands in the head of the page
    ja = "..."
    en = "..."
    [field.organization]        in the order in which they are asked
    kind = "registry"           FieldKind
    [field.organization.label]  above the field
    [field.organization.help]   while the field has the focus
    [word.next]                 whatever else the page says; may hold places for facts (fill.py)

A page never describes layout, visibility or order of pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Fact, Refusal
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.ground.shipped import shipped
from lgpki_tui.ground.tables import Table, read_table
from lgpki_tui.pages.fill import fill
from lgpki_tui.pages.language import LANGUAGES, Language


class FieldKind(StrEnum):
    """What a field asks for. The list is closed: every face knows each of them."""

    TEXT = "text"
    REGISTRY = "registry"
    CHOICE = "choice"
    CHECK = "check"
    DATE = "date"
    FOLDER = "folder"
    FILE = "file"
    PIN = "pin"
    TYPED_CONFIRM = "typed-confirm"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its kind, the words above it, and those that help while it has the focus."""

    name: str
    kind: FieldKind
    label: str
    help: str


class Page:
    """The words and fields of one page in one language."""

    def __init__(
        self, name: str, language: Language, title: str, fields: Mapping[str, Field], words: Mapping[str, str]
    ) -> None:
        self.name = name
        self.language = language
        self.title = title
        self.fields = fields
        self._words = words

    @classmethod
    def load(cls, name: str, language: Language, folder: Path | None = None) -> Page:
        """Read the page of this name from the shipped screens, or from a folder of the same form.

        Raises Refusal: settings_unreadable, settings_key_unknown, settings_key_missing, settings_value, with `file` and
        `key`. Both languages must be whole, whichever is asked for.
        """
        table = read_table((folder or shipped("screens")) / name / "page.toml")
        title = _both(table.table("title"))[language]
        fields, words = table.table("field", optional=True), table.table("word", optional=True)
        table.done()
        return cls(
            name,
            language,
            title,
            {key: _field(key, fields.table(key), language) for key in fields.keys()},  # noqa: SIM118  # no Mapping
            {key: _both(words.table(key))[language] for key in words.keys()},  # noqa: SIM118  # nor this
        )

    @property
    def keys(self) -> frozenset[str]:
        """Every further word of the page."""
        return frozenset(self._words)

    def word(self, key: str, /, **facts: Fact) -> str:
        """One of the page's words with its facts filled in. Raises Refusal: settings_key_missing."""
        if key not in self._words:
            raise Refusal(Code.SETTINGS_KEY_MISSING, file=f"screens/{self.name}/page.toml", key=f"word.{key}")
        return fill(self._words[key], facts, self.language)


def load_help(name: str, language: Language, folder: Path | None = None) -> str:
    """The help of a page: Markdown of headings, paragraphs and lists. Raises Refusal: settings_unreadable."""
    file = (folder or shipped("screens")) / name / f"help.{language}.md"
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal(Code.SETTINGS_UNREADABLE, file=str(file), reason=type(error).__name__) from None


def _field(name: str, table: Table, language: Language) -> Field:
    kind = FieldKind(table.choice("kind", tuple(kind.value for kind in FieldKind)))
    label, help_ = _both(table.table("label"))[language], _both(table.table("help"))[language]
    table.done()
    return Field(name, kind, label, help_)


def _both(table: Table) -> Mapping[Language, str]:
    both = {language: table.text(language) for language in LANGUAGES}
    table.done()
    return both
