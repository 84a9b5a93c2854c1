"""Loads config/profiles/: the kinds of certificate, and the profile of each that can be requested."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lgpki_tui.ground.shipped import shipped
from lgpki_tui.ground.tables import Table, read_table
from lgpki_tui.settings.profile_fields import read_fields
from lgpki_tui.settings.sourced import Sources, checked_source
from lgpki_tui.settings.templates import read_file_name, read_form
from lgpki_tui.subject.algorithm import Algorithm, Scheme
from lgpki_tui.subject.profile import (
    Attribute,
    Characters,
    Field,
    FieldName,
    Form,
    Kind,
    Profile,
    StringType,
    Text,
    Tracked,
)
from lgpki_tui.subject.text import CharacterClass

KINDS_FILE = "kinds.toml"
# Those that the pages have words for (docs/contract.md, Answers).
KINDS = ("shokuseki", "riyosha", "mail", "code-signing", "web-server", "login")
FOLDER = "profiles"
# What pki/names.py writes: a profile cannot ask for another type. A text of A-Z, 0-9, dots and hyphens is one that a
# CA may write as PrintableString as it stands.
_STRINGS = {"C": StringType.PRINTABLE}
# The upper bounds of RFC 5280, appendix A.1, in characters (ub-*).
UPPER_BOUNDS = {"C": 2, "ST": 128, "L": 128, "O": 64, "OU": 64, "CN": 64}
# RFC 5280, 4.2.1.3 and 4.2.1.12. What only a CA's certificate has is not for a request of ours.
KEY_USAGES = (
    "digitalSignature",
    "nonRepudiation",
    "keyEncipherment",
    "dataEncipherment",
    "keyAgreement",
    "encipherOnly",
    "decipherOnly",
)
EXTENDED_KEY_USAGES = ("serverAuth", "clientAuth", "codeSigning", "emailProtection", "timeStamping", "OCSPSigning")


def profile_folders(*sites: Path | None) -> tuple[Path, ...]:
    """Where profiles are looked for, the first that has a file wins: `profiles` below each site folder (such as
    /etc/lgpki-tui, then ~/.config/lgpki-tui; None is left out), then the shipped ones."""
    return (*(site / FOLDER for site in sites if site is not None), shipped("config", FOLDER))


def load_kinds(folders: Sequence[Path]) -> tuple[Kind, ...]:
    """All kinds that the program knows, in the order of kinds.toml.

    Raises Refusal: settings_unreadable, settings_key_unknown, settings_key_missing, settings_value (file, key).
    """
    table = read_table(_first(folders, KINDS_FILE))
    table.only(*KINDS)
    kinds = tuple(_kind(key, table.table(key)) for key in table.keys())  # noqa: SIM118  # a Table is no dict
    table.done()
    return kinds


def load_profile(kind: str, folders: Sequence[Path]) -> Profile | None:
    """The profile of a kind; None when the kind is unknown or cannot be requested. Raises what `load_kinds` raises."""
    known = next((found for found in load_kinds(folders) if found.kind == kind and found.has_profile), None)
    if known is None:
        return None
    table = _table_of(known, folders)
    profile = _profile(known, table)
    table.done()
    return profile


def load_tracked(kind: Kind, folders: Sequence[Path]) -> Tracked:
    """How long a kind is valid that is only tracked. Raises what `load_kinds` raises."""
    table, sources = _table_of(kind, folders), Sources()
    validity_years, renewal_months = _period(table.table("period"), sources)
    table.done()
    return Tracked(kind, validity_years, renewal_months, (*kind.sources, *sources.kept), str(table.file))


def _table_of(kind: Kind, folders: Sequence[Path]) -> Table:
    table = read_table(_first(folders, f"{kind.kind}.toml"))
    if table.text("kind") != kind.kind:
        table.refuse_value("kind", expected=kind.kind)
    return table


def _first(folders: Sequence[Path], name: str) -> Path:
    return next((folder / name for folder in folders if (folder / name).is_file()), shipped("config", FOLDER, name))


def _kind(kind: str, table: Table) -> Kind:
    sources = Sources()
    title, english = sources.text(table, "title"), sources.text(table, "english")
    has_profile, tracked_only = table.boolean("profile"), table.boolean("tracked_only")
    if has_profile and tracked_only:
        table.refuse_value("tracked_only", found=True)
    table.done()
    kept = tuple((key.removeprefix(f"{kind}."), source) for key, source in sources.kept)
    return Kind(kind, title, english, has_profile, tracked_only, kept)


def _profile(kind: Kind, table: Table) -> Profile:
    sources = Sources()
    fields = read_fields(table, sources)
    characters = _characters(table.table("characters"), sources)
    subject = tuple(_attribute(part, fields, sources) for part in _subject(table))
    algorithms, default, scheme = _key(table.table("key"), sources)
    names, key_usage, extended = _extensions(table.table("extensions"), fields, sources)
    validity_years, renewal_months = _period(table.table("period"), sources)
    return Profile(
        kind=kind.kind,
        title=kind.title,
        english=kind.english,
        fields=fields,
        characters=characters,
        subject=subject,
        algorithms=algorithms,
        default_algorithm=default,
        scheme=scheme,
        alternative_names=names,
        key_usage=key_usage,
        extended_key_usage=extended,
        file_name=read_file_name(table.table("files"), sources),
        form=read_form(table.table("form"), sources),
        validity_years=validity_years,
        renewal_months=renewal_months,
        sources=(*kind.sources, *sources.kept),
        file=str(table.file),
    )


def _period(table: Table, sources: Sources) -> tuple[int, int]:
    period = sources.count(table, "validity_years"), sources.count(table, "renewal_months")
    table.done()
    return period


def _key(table: Table, sources: Sources) -> tuple[tuple[Algorithm, ...], Algorithm, Scheme]:
    allowed = sources.words(table, "allowed", Algorithm)
    default = sources.word(table, "default", Algorithm)
    if default not in allowed:
        table.refuse_value("default.value", found=default.value)
    scheme = sources.word(table, "signature", Scheme)
    table.done()
    return allowed, default, scheme


def _extensions(
    table: Table, fields: tuple[Field, ...], sources: Sources
) -> tuple[tuple[FieldName, ...], tuple[str, ...], tuple[str, ...]]:
    """A subjectAltName can only be asked for what has the form of one of its names."""
    named = tuple(field.name.value for field in fields if field.form is not Form.TEXT)
    names = tuple(FieldName(name) for name in sources.choices(table, "alternative_names", named))
    key_usage = sources.choices(table, "key_usage", KEY_USAGES)
    extended = sources.choices(table, "extended_key_usage", EXTENDED_KEY_USAGES)
    table.done()
    return names, key_usage, extended


def _characters(table: Table, sources: Sources) -> Characters:
    refused = frozenset(sources.words(table, "refused", CharacterClass))
    attention = frozenset(sources.words(table, "attention", CharacterClass))
    table.done()
    return Characters(refused, attention)


def _subject(table: Table) -> tuple[Table, ...]:
    parts = table.tables("subject")
    if not parts:
        table.refuse_value("subject")
    return parts


def _attribute(table: Table, fields: tuple[Field, ...], sources: Sources) -> Attribute:
    short = table.choice("attribute", tuple(UPPER_BOUNDS))
    asked = {field.name.value: field for field in fields}
    text = Text(table.choice("text", (Text.FIXED.value, Text.MUNICIPALITY.value, *asked)))
    if text in asked and asked[text].most > UPPER_BOUNDS[short]:
        table.refuse_value("attribute", found=short, most=UPPER_BOUNDS[short], reason="upper_bound")
    string = StringType(table.choice("string", (_STRINGS.get(short, StringType.UTF8),)))
    fixed = table.text("fixed") if text is Text.FIXED else ""
    sources.kept.append((table.prefix.rstrip("."), checked_source(table)))
    table.done()
    return Attribute(short, text, string, fixed)
