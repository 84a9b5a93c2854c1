"""The words of a sheet in both languages, from config/forms/sheet.toml or a site's own."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Literal

from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.ground.inert import inert
from lgpki_tui.ground.tables import Table, read_table
from lgpki_tui.paper.sheet import Action, Sheet

Language = Literal["ja", "en"]
# The table of words that a kind of certificate has otherwise.
_OF_KIND = "of_kind"


class Word(StrEnum):
    """Every word that a sheet needs. The value is its key in sheet.toml."""

    OWN_FORM = "own_form"
    OFFICIAL_FORM = "official_form"
    TITLE_ISSUE = "title_issue"
    TITLE_RENEWAL = "title_renewal"
    TITLE_REVOCATION = "title_revocation"
    LEAD_ISSUE = "lead_issue"
    LEAD_RENEWAL = "lead_renewal"
    LEAD_REVOCATION = "lead_revocation"
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
    ACTION_RENEWAL = "action_renewal"
    ACTION_REVOCATION = "action_revocation"
    MUNICIPALITY_CODE = "municipality_code"
    PURPOSE = "purpose"
    NOT_GIVEN = "not_given"
    CORRECTION = "correction"
    CORRECTION_AGAIN = "correction_again"
    CORRECTION_COUNT = "correction_count"
    REPLACED = "replaced"
    CERTIFICATE = "certificate"
    CERTIFICATE_REVOKED = "certificate_revoked"
    ATTRIBUTE_C = "attribute_c"
    ATTRIBUTE_ST = "attribute_st"
    ATTRIBUTE_L = "attribute_l"
    ATTRIBUTE_O = "attribute_o"
    ATTRIBUTE_OU = "attribute_ou"
    ATTRIBUTE_CN = "attribute_cn"
    ATTRIBUTE_OTHER = "attribute_other"
    HOST_NAME = "host_name"
    MAIL_ADDRESS = "mail_address"
    OTHER_NAME = "other_name"
    KEY_USAGE = "key_usage"
    EXTENDED_KEY_USAGE = "extended_key_usage"
    OTHER_EXTENSION = "other_extension"
    KEY = "key"
    BITS = "bits"
    COMPARING = "comparing"
    CSR_SHA256 = "csr_sha256"
    CERTIFICATE_SHA256 = "certificate_sha256"
    KEY_SHA256 = "key_sha256"
    QR = "qr"
    RENEWED = "renewed"
    SERIAL = "serial"
    SERIAL_DECIMAL = "serial_decimal"
    ISSUER = "issuer"
    VALIDITY = "validity"
    ISSUED_NAME = "issued_name"
    BY_HAND = "by_hand"
    REVOKING = "revoking"
    REASON = "reason"
    REASON_COMPROMISED = "reason_compromised"
    REASON_CHANGED = "reason_changed"
    REASON_ENDED = "reason_ended"
    REASON_OTHER = "reason_other"
    WISHED_DAY = "wished_day"
    DAY_BLANK = "day_blank"
    HANDING_OVER = "handing_over"
    CSR_FILE = "csr_file"
    CSR_FILE_SAME = "csr_file_same"
    STORING = "storing"
    KEPT = "kept"
    HOST = "host"
    LOGIN = "login"
    CARD = "card"
    CARD_SERIAL = "card_serial"
    CARD_MODEL = "card_model"
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
    NOTES_REVOCATION = "notes_revocation"
    NOTE_KIND = "note_kind"
    NOTE_STOPPED = "note_stopped"
    NOTE_CORRECTED = "note_corrected"
    NOTE_NO_FORMAT = "note_no_format"
    NOTE_SAME = "note_same"
    NOTE_NO_SECOND_KEY = "note_no_second_key"
    NOTE_URGENT = "note_urgent"
    NOTE_FINAL = "note_final"
    NOTE_CARD = "note_card"
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
    """All words of the sheets of one kind of certificate."""

    said: Mapping[Word, Said]

    def __call__(self, word: Word, language: Language) -> str:
        """The word in a language."""
        said = self.said[word]
        return said.en if language == "en" else said.ja


def load_words(*files: Path, kind: str = "") -> Words:
    """Read the words of a kind of certificate: of each file in turn, so that the first that has a word says it; below
    `[of_kind.KIND]` stand the words that a kind has otherwise.

    Raises Refusal: settings_unreadable, settings_key_unknown, settings_key_missing, settings_value (`file`, `key`).
    Source: config/forms/sheet.toml, and a site's own above it.
    """
    said: dict[Word, Said] = {}
    otherwise: dict[Word, Said] = {}
    for file in reversed(files):
        table = read_table(file)
        table.only(*Word, _OF_KIND)
        said |= _words(table, whole=file == files[-1])
        if _OF_KIND in table:
            otherwise |= _of_kind(table.table(_OF_KIND), kind)
    return Words(said | otherwise)


def attribute_word(kind: str) -> Word:
    """The word for an attribute of the subject by its short name (RFC 4514, section 3)."""
    try:
        return Word(f"attribute_{kind.lower()}")
    except ValueError:
        return Word.ATTRIBUTE_OTHER


def notes_of(sheet: Sheet) -> tuple[Word, ...]:
    """The notes at the foot of a sheet, in order."""
    corrected = (Word.NOTE_CORRECTED,) if sheet.about.correction is not None else ()
    assumed = (Word.NAME_ASSUMED,) if sheet.about.name_assumed else ()
    return (*corrected, *_NOTES[sheet.about.action], *assumed, Word.OFFICIAL_FORM)


_CSR_NOTES = (
    Word.NOTE_NO_FORMAT,
    Word.NOTE_SAME,
    Word.NOTE_NO_SECOND_KEY,
    Word.NOTE_PIN,
    Word.NOTE_COMPARE,
    Word.NOTE_KIND,
)
_NOTES = {
    Action.ISSUE: _CSR_NOTES,
    Action.RENEWAL: (Word.NOTE_STOPPED, *_CSR_NOTES),
    Action.REVOCATION: (Word.NOTE_URGENT, Word.NOTE_FINAL, Word.NOTE_CARD, Word.NOTE_PIN),
}


def _words(table: Table, *, whole: bool) -> dict[Word, Said]:
    """The words of a file; the `whole` one must have them all."""
    words = {word: _said(table.table(word)) for word in Word if whole or word in table}
    own = words.get(Word.OWN_FORM)
    if own is not None and not (own.ja.strip() and own.en.strip()):  # ours never passes for official
        table.refuse_value(Word.OWN_FORM.value)
    return words


def _of_kind(table: Table, kind: str) -> dict[Word, Said]:
    """The words that a kind has otherwise; those of the other kinds are read too, so that a slip is told."""
    found: dict[Word, Said] = {}
    for name in table.keys():  # noqa: SIM118  # a Table is no dict
        words = table.table(name)
        words.only(*(word for word in Word if word is not Word.OWN_FORM))
        read = {Word(key): _said(words.table(key)) for key in words.keys()}  # noqa: SIM118  # a Table is not iterable
        found |= read if name == kind else {}
    return found


def _said(table: Table) -> Said:
    said = Said(inert(table.text("ja")), inert(table.text("en")))
    source = table.optional_text("source")
    if source is not None and source not in ("seed", "assumed") and not source.startswith("public: "):
        table.refuse_value("source", found=source)
    table.done()
    return said
