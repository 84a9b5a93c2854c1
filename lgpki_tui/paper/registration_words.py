"""The words of the registration sheet in both languages, from config/forms/registration.toml or a site's own."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.ground.inert import inert
from lgpki_tui.ground.tables import Table, read_table
from lgpki_tui.paper.registration import Registration, System
from lgpki_tui.paper.words import Language, Said


class Word(StrEnum):
    """Every word that the sheet needs. The value is its key in registration.toml."""

    OWN_FORM = "own_form"
    TITLE = "title"
    ADDRESSEE = "addressee"
    LEAD = "lead"
    DAY = "day"
    REQUEST = "request"
    KIND = "kind"
    MUNICIPALITY = "municipality"
    MUNICIPALITY_CODE = "municipality_code"
    ORGANIZATION = "organization"
    NAME = "name"
    ASKED_ORGANIZATIONS = "asked_organizations"
    ASKED_ACCOUNTS = "asked_accounts"
    TEXT = "text"
    LENGTH = "length"
    READING = "reading"
    POINTS = "points"
    POINTS_NOTE = "points_note"
    NEAREST = "nearest"
    NEAREST_NOTE = "nearest_note"
    UNDER = "under"
    LOOKED = "looked"
    LOOKED_DAY = "looked_day"
    ROWS = "rows"
    NONE = "none"
    BACK = "back"
    BACK_ANSWER = "back_answer"
    BACK_ORGANIZATIONS = "back_organizations"
    BACK_ACCOUNTS = "back_accounts"
    BACK_IMPORT = "back_import"
    APPLICANT = "applicant"
    APPLICANT_SECTION = "applicant_section"
    APPLICANT_NAME = "applicant_name"
    APPLICANT_CONTACT = "applicant_contact"
    DESK = "desk"
    DESK_DAY = "desk_day"
    DESK_REGISTERED = "desk_registered"
    DESK_THERE = "desk_there"
    DESK_NOT = "desk_not"
    DESK_RESULT = "desk_result"
    DESK_SPELLING = "desk_spelling"
    CHARACTERS_LACKING = "characters_lacking"


@dataclass(frozen=True, slots=True)
class RegistrationWords:
    """All words of the sheet."""

    said: Mapping[Word, Said]

    def __call__(self, word: Word, language: Language) -> str:
        """The word in a language."""
        said = self.said[word]
        return said.en if language == "en" else said.ja


def load_registration_words(path: Path) -> RegistrationWords:
    """Read the words. Raises Refusal: settings_unreadable, settings_key_unknown, settings_key_missing, settings_value
    (`file`, `key`). Source: config/forms/registration.toml."""
    table = read_table(path)
    table.only(*Word)
    words = {word: _said(table.table(word)) for word in Word}
    if not (words[Word.OWN_FORM].ja.strip() and words[Word.OWN_FORM].en.strip()):  # a sheet never passes for official
        table.refuse_value(Word.OWN_FORM.value)
    return RegistrationWords(words)


def sent_back(registration: Registration) -> tuple[Word, ...]:
    """What the desk is asked to send back, in order."""
    systems = {asked.system for asked in registration.asked}
    extracts = (Word(f"back_{system}") for system in System if system in systems)
    return (Word.BACK_ANSWER, *extracts, Word.BACK_IMPORT)


def _said(table: Table) -> Said:
    said = Said(inert(table.text("ja")), inert(table.text("en")))
    source = table.optional_text("source")
    if source is not None and source not in ("seed", "assumed") and not source.startswith("public: "):
        table.refuse_value("source", found=source)
    table.done()
    return said
