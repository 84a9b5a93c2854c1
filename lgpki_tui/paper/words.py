"""The words of a sheet in both languages, from config/forms/sheet.toml or a site's own."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Literal

from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.ground.inert import inert
from lgpki_tui.ground.tables import Table, read_table
from lgpki_tui.paper.sheet import Sheet

Language = Literal["ja", "en"]


class Word(StrEnum):
    """Every word that a sheet needs. The value is its key in sheet.toml."""

    OWN_FORM = "own_form"
    OFFICIAL_FORM = "official_form"
    TITLE_ISSUE = "title_issue"
    LEAD_ISSUE = "lead_issue"
    ADDRESSEE = "addressee"
    DAY = "day"
    NUMBER = "number"
    APPLICANT = "applicant"
    APPLICANT_SECTION = "applicant_section"
    APPLICANT_NAME = "applicant_name"
    APPLICANT_CONTACT = "applicant_contact"
    APPLICANT_APPROVAL = "applicant_approval"
    APPLICATION = "application"
    KIND = "kind"
    ACTION = "action"
    ACTION_ISSUE = "action_issue"
    MUNICIPALITY_CODE = "municipality_code"
    PURPOSE = "purpose"
    NOT_GIVEN = "not_given"
    CERTIFICATE = "certificate"
    ATTRIBUTE_C = "attribute_c"
    ATTRIBUTE_ST = "attribute_st"
    ATTRIBUTE_L = "attribute_l"
    ATTRIBUTE_O = "attribute_o"
    ATTRIBUTE_OU = "attribute_ou"
    ATTRIBUTE_CN = "attribute_cn"
    ATTRIBUTE_OTHER = "attribute_other"
    KEY = "key"
    BITS = "bits"
    CSR_SHA256 = "csr_sha256"
    KEY_SHA256 = "key_sha256"
    HANDING_OVER = "handing_over"
    CSR_FILE = "csr_file"
    CSR_FILE_SAME = "csr_file_same"
    STORING = "storing"
    HOST = "host"
    LOGIN = "login"
    CARD = "card"
    CARD_SERIAL = "card_serial"
    PATTERN = "pattern"
    PATTERN_OWN_PC = "pattern_own_pc"
    PATTERN_BRANCH_TERMINAL = "pattern_branch_terminal"
    DESK = "desk"
    DESK_NUMBER = "desk_number"
    DESK_DAY = "desk_day"
    DESK_CLERK = "desk_clerk"
    DESK_HEAD = "desk_head"
    DESK_COMPARED = "desk_compared"
    DESK_SAME = "desk_same"
    DESK_DIFFERS = "desk_differs"
    NOTES = "notes"
    NOTE_NO_FORMAT = "note_no_format"
    NOTE_SAME = "note_same"
    NOTE_NO_SECOND_KEY = "note_no_second_key"
    NOTE_PIN = "note_pin"
    NOTE_COMPARE = "note_compare"
    NAME_ASSUMED = "name_assumed"
    CHARACTERS = "characters"
    CHARACTERS_LACKING = "characters_lacking"


@dataclass(frozen=True, slots=True)
class Said:
    """One word in both languages, inert."""

    ja: str
    en: str


@dataclass(frozen=True, slots=True)
class Words:
    """All words of a sheet."""

    said: Mapping[Word, Said]

    def __call__(self, word: Word, language: Language) -> str:
        """The word in a language."""
        said = self.said[word]
        return said.en if language == "en" else said.ja


def load_words(path: Path) -> Words:
    """Read the words. Raises Refusal: settings_unreadable, settings_key_unknown, settings_key_missing, settings_value
    (`file`, `key`). Source: config/forms/sheet.toml."""
    table = read_table(path)
    table.only(*Word)
    words = {word: _said(table.table(word)) for word in Word}
    if not (words[Word.OWN_FORM].ja.strip() and words[Word.OWN_FORM].en.strip()):  # a sheet never passes for official
        table.refuse_value(Word.OWN_FORM.value)
    return Words(words)


def attribute_word(kind: str) -> Word:
    """The word for an attribute of the subject by its short name (RFC 4514, section 3)."""
    try:
        return Word(f"attribute_{kind.lower()}")
    except ValueError:
        return Word.ATTRIBUTE_OTHER


def notes_of(sheet: Sheet) -> tuple[Word, ...]:
    """The notes at the foot of a sheet, in order."""
    assumed = (Word.NAME_ASSUMED,) if sheet.about.name_assumed else ()
    return (
        Word.NOTE_NO_FORMAT,
        Word.NOTE_SAME,
        Word.NOTE_NO_SECOND_KEY,
        Word.NOTE_PIN,
        Word.NOTE_COMPARE,
        *assumed,
        Word.OFFICIAL_FORM,
    )


def _said(table: Table) -> Said:
    said = Said(inert(table.text("ja")), inert(table.text("en")))
    source = table.optional_text("source")
    if source is not None and source not in ("seed", "assumed") and not source.startswith("public: "):
        table.refuse_value("source", found=source)
    table.done()
    return said
