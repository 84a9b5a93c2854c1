"""The answers file: what a person would type into the pages, in one flat TOML file (docs/contract.md, Answers)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from lgpki_tui.conductor.wish import PATTERNS, Wish
from lgpki_tui.ground.tables import ANSWERS, Table, read_table
from lgpki_tui.subject.draft import Draft
from lgpki_tui.subject.profile import FieldName, Profile

REQUIRED = ("certificate_kind", "organization", "name", "output_folder")
OPTIONAL = ("purpose", "municipality_code", "pattern", "key_algorithm", "mail_address")


def read_answers(path: Path, kinds: tuple[str, ...], profile: Callable[[str], Profile]) -> Wish:
    """Read a wish. `kinds` are the certificate kinds that have a profile. `mail_address` is there exactly when the
    kind's profile asks for it.

    A relative folder is taken from the answers file's own folder. Raises Refusal: answers_unreadable,
    answers_key_unknown (with the nearest known key), answers_key_missing, answers_value; all with `file` and `key`.
    """
    table = read_table(path, ANSWERS)
    table.only(*REQUIRED, *OPTIONAL)
    organization, name = table.text("organization"), table.text("name")
    kind = table.choice("certificate_kind", kinds)
    folder = _filled(table, "output_folder")
    code = table.optional_text("municipality_code")
    pattern = table.choice("pattern", PATTERNS, PATTERNS[0])
    wanted = table.optional_text("key_algorithm")
    of_kind = profile(kind)
    algorithm = of_kind.algorithm(wanted)
    if algorithm is None:
        known = [each.value for each in of_kind.algorithms]
        table.refuse_value("key_algorithm", found=wanted, known=known)
    return Wish(
        draft=Draft(kind, organization, name, code or None, _mail_address(table, of_kind)),
        output_folder=(path.absolute().parent / Path(folder)).resolve(),
        purpose=table.text("purpose", ""),
        pattern=pattern,
        algorithm=algorithm,
    )


def _mail_address(table: Table, profile: Profile) -> str:
    key = FieldName.MAIL_ADDRESS.value
    if profile.field(FieldName.MAIL_ADDRESS) is not None:
        return table.text(key)
    if table.optional_text(key) is not None:  # it would be asked of nobody, and the person believe that it was
        table.refuse_value(key, reason="not_of_this_kind", certificate_kind=profile.kind)
    return ""


def _filled(table: Table, key: str) -> str:
    text = table.text(key)
    if not text or "\0" in text:
        table.refuse_value(key, found=text)
    return text
