"""The closed list of codes that the program can answer with, and the exit status of each.

A code is stable: scripts and monitoring compare it (docs/contract.md). Its words live in screens/messages.toml;
a test asserts that both lists are the same.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Exit(IntEnum):
    """Exit status of the process (docs/contract.md, Exit codes)."""

    DONE = 0
    RULE = 1
    INPUT = 2
    PLACE = 3
    FAULT = 4
    INTERRUPTED = 130


class Code(StrEnum):
    """Why something was refused or noted. The value is what JSON carries; `exit` is the status it ends with."""

    exit: Exit

    def __new__(cls, value: str, exit_status: Exit = Exit.FAULT) -> Code:
        self = str.__new__(cls, value)
        self._value_ = value
        self.exit = exit_status
        return self

    # A rule said no.
    ORGANIZATION_NOT_REGISTERED = "organization_not_registered", Exit.RULE
    ORGANIZATION_TOO_LONG = "organization_too_long", Exit.RULE
    NAME_NOT_REGISTERED = "name_not_registered", Exit.RULE
    NAME_TOO_LONG = "name_too_long", Exit.RULE
    MUNICIPALITY_UNKNOWN = "municipality_unknown", Exit.RULE
    TEXT_FORBIDDEN = "text_forbidden", Exit.RULE
    TEXT_EMPTY = "text_empty", Exit.RULE
    TEXT_UNUSUAL = "text_unusual", Exit.RULE
    HOST_NAME_INVALID = "host_name_invalid", Exit.RULE
    MAIL_ADDRESS_INVALID = "mail_address_invalid", Exit.RULE
    REGISTRATION_NOT_NEEDED = "registration_not_needed", Exit.RULE
    ENROLMENT_UNKNOWN = "enrolment_unknown", Exit.RULE
    ENROLMENT_STATE = "enrolment_state", Exit.RULE
    ENROLMENT_OPEN = "enrolment_open", Exit.RULE
    REASON_MISSING = "reason_missing", Exit.RULE
    WRONG_MACHINE = "wrong_machine", Exit.RULE
    WRONG_LOGIN = "wrong_login", Exit.RULE
    WRONG_CARD = "wrong_card", Exit.RULE
    CERTIFICATE_KEY_MISMATCH = "certificate_key_mismatch", Exit.RULE
    CERTIFICATE_SUBJECT_MISMATCH = "certificate_subject_mismatch", Exit.RULE
    CERTIFICATE_EXPIRED = "certificate_expired", Exit.RULE
    CERTIFICATE_NOT_YET_VALID = "certificate_not_yet_valid", Exit.RULE
    CERTIFICATE_WEAK = "certificate_weak", Exit.RULE
    CERTIFICATE_UNTRUSTED = "certificate_untrusted", Exit.RULE
    CERTIFICATE_PATH = "certificate_path", Exit.RULE
    CERTIFICATE_REVOKED = "certificate_revoked", Exit.RULE
    POSSESSION_FAILED = "possession_failed", Exit.RULE
    CARD_NOT_BLANK = "card_not_blank", Exit.RULE
    CARD_KEY_LIVE = "card_key_live", Exit.RULE
    REQUEST_VERSION = "request_version", Exit.RULE
    REQUEST_ENCODING = "request_encoding", Exit.RULE
    REQUEST_ALGORITHM = "request_algorithm", Exit.RULE
    REQUEST_KEY = "request_key", Exit.RULE
    REQUEST_ATTRIBUTES = "request_attributes", Exit.RULE
    REQUEST_EXTENSIONS = "request_extensions", Exit.RULE
    REQUEST_SUBJECT = "request_subject", Exit.RULE
    PROFILE_SUBJECT = "profile_subject", Exit.RULE
    PROFILE_TEXT = "profile_text", Exit.RULE
    PROFILE_KEY = "profile_key", Exit.RULE
    PROFILE_SCHEME = "profile_scheme", Exit.RULE
    PROFILE_EXTENSIONS = "profile_extensions", Exit.RULE
    DESK_FILES_DIFFER = "desk_files_differ", Exit.RULE
    DESK_DIGEST = "desk_digest", Exit.RULE
    DESK_OTHER_REQUEST = "desk_other_request", Exit.RULE
    DESK_CODE = "desk_code", Exit.RULE
    ATTENTION_NEEDED = "attention_needed", Exit.RULE

    # What was given is not what it should be.
    USAGE = "usage", Exit.INPUT
    ANSWERS_UNREADABLE = "answers_unreadable", Exit.INPUT
    ANSWERS_KEY_UNKNOWN = "answers_key_unknown", Exit.INPUT
    ANSWERS_KEY_MISSING = "answers_key_missing", Exit.INPUT
    ANSWERS_VALUE = "answers_value", Exit.INPUT
    PIN_FILE_UNSAFE = "pin_file_unsafe", Exit.INPUT
    PIN_FORMAT = "pin_format", Exit.INPUT
    PIN_MISSING = "pin_missing", Exit.INPUT
    PIN_NOT_REPEATED = "pin_not_repeated", Exit.INPUT
    CARD_AMBIGUOUS = "card_ambiguous", Exit.INPUT
    CARD_LABEL = "card_label", Exit.INPUT
    MEDIUM_AMBIGUOUS = "medium_ambiguous", Exit.INPUT
    FILE_NAME_UNFIT = "file_name_unfit", Exit.INPUT
    NOT_A_CERTIFICATE = "not_a_certificate", Exit.INPUT
    CERTIFICATE_DAMAGED = "certificate_damaged", Exit.INPUT
    CERTIFICATE_FILE = "certificate_file", Exit.INPUT
    RECEIPT_UNREADABLE = "receipt_unreadable", Exit.INPUT
    RECEIPT_FORGED = "receipt_forged", Exit.INPUT
    RECEIPT_OTHER = "receipt_other", Exit.INPUT
    REQUEST_UNREADABLE = "request_unreadable", Exit.INPUT
    REQUEST_SIGNATURE = "request_signature", Exit.INPUT
    DESK_NOTHING = "desk_nothing", Exit.INPUT
    DESK_TOO_MANY = "desk_too_many", Exit.INPUT
    DESK_CODE_UNREADABLE = "desk_code_unreadable", Exit.INPUT
    REGISTRY_FILE = "registry_file", Exit.INPUT
    REGISTRY_ENCODING = "registry_encoding", Exit.INPUT
    REGISTRY_COLUMNS = "registry_columns", Exit.INPUT
    DIRECTORY_PASSWORD = "directory_password", Exit.INPUT
    SANDBOX_NOT_EMPTY = "sandbox_not_empty", Exit.INPUT
    SANDBOX_MISSING = "sandbox_missing", Exit.INPUT
    SETTINGS_UNREADABLE = "settings_unreadable", Exit.INPUT
    SETTINGS_KEY_UNKNOWN = "settings_key_unknown", Exit.INPUT
    SETTINGS_KEY_MISSING = "settings_key_missing", Exit.INPUT
    SETTINGS_VALUE = "settings_value", Exit.INPUT
    FORM_BROKEN = "form_broken", Exit.INPUT

    # The PC, the card or the disk.
    MACHINE_ID_MISSING = "machine_id_missing", Exit.PLACE
    LOGIN_UNCLEAR = "login_unclear", Exit.PLACE
    LOCALE_NOT_UTF8 = "locale_not_utf8", Exit.PLACE
    MODULE_MISSING = "module_missing", Exit.PLACE
    MODULE_BROKEN = "module_broken", Exit.PLACE
    MODULE_CRASHED = "module_crashed", Exit.PLACE
    MODULE_HUNG = "module_hung", Exit.PLACE
    PROGRAM_MISSING = "program_missing", Exit.PLACE
    PCSC_SERVICE = "pcsc_service", Exit.PLACE
    PCSC_PERMISSION = "pcsc_permission", Exit.PLACE
    READER_MISSING = "reader_missing", Exit.PLACE
    CARD_ABSENT = "card_absent", Exit.PLACE
    CARD_BLANK = "card_blank", Exit.PLACE
    CARD_IN_USE = "card_in_use", Exit.PLACE
    CARD_REMOVED = "card_removed", Exit.PLACE
    CARD_FULL = "card_full", Exit.PLACE
    CARD_UNSUPPORTED = "card_unsupported", Exit.PLACE
    CARD_SCHEME = "card_scheme", Exit.PLACE
    CARD_ERROR = "card_error", Exit.PLACE
    CARD_LIED = "card_lied", Exit.PLACE
    CARD_KEY_AMBIGUOUS = "card_key_ambiguous", Exit.PLACE
    PIN_WRONG = "pin_wrong", Exit.PLACE
    PIN_LOCKED = "pin_locked", Exit.PLACE
    PIN_NOT_SET = "pin_not_set", Exit.PLACE
    PIN_ALREADY_REFUSED = "pin_already_refused", Exit.PLACE
    POSSESSION_IMPOSSIBLE = "possession_impossible", Exit.PLACE
    FOLDER_MISSING = "folder_missing", Exit.PLACE
    FOLDER_UNWRITABLE = "folder_unwritable", Exit.PLACE
    FOLDER_FULL = "folder_full", Exit.PLACE
    MEDIUM_ABSENT = "medium_absent", Exit.PLACE
    MEDIUM_MOUNTED = "medium_mounted", Exit.PLACE
    FILE_EXISTS = "file_exists", Exit.PLACE
    FILE_DIFFERS = "file_differs", Exit.PLACE
    LEDGER_BUSY = "ledger_busy", Exit.PLACE
    LEDGER_DAMAGED = "ledger_damaged", Exit.PLACE
    LEDGER_NEWER = "ledger_newer", Exit.PLACE
    LEDGER_UNWRITABLE = "ledger_unwritable", Exit.PLACE
    REGISTRY_MISSING = "registry_missing", Exit.PLACE
    REGISTRY_NO_PREVIOUS = "registry_no_previous", Exit.PLACE
    REGISTRY_OLD = "registry_old", Exit.PLACE
    REGISTRY_DAMAGED = "registry_damaged", Exit.PLACE
    DIRECTORY_EXTRA = "directory_extra", Exit.PLACE
    DIRECTORY_UNREACHABLE = "directory_unreachable", Exit.PLACE
    DIRECTORY_TLS = "directory_tls", Exit.PLACE
    DIRECTORY_BIND = "directory_bind", Exit.PLACE
    DIRECTORY_ANSWER = "directory_answer", Exit.PLACE
    FONT_MISSING = "font_missing", Exit.PLACE
    PRACTICE_READERS = "practice_readers", Exit.PLACE

    # Our own fault, and the user's own stop.
    INTERNAL_ERROR = "internal_error", Exit.FAULT
    INTERRUPTED = "interrupted", Exit.INTERRUPTED
