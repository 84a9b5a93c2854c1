"""The registries: import, going back, search, status."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, cast

from lgpki_tui.faces.cli.origin import directory_facts, directory_lines, origin_facts, origin_lines
from lgpki_tui.faces.cli.run import Call, Handler
from lgpki_tui.faces.saying import japan_time
from lgpki_tui.ground.clock import rfc3339
from lgpki_tui.ground.codes import Code, Exit
from lgpki_tui.ground.findings import Fact, Refusal
from lgpki_tui.registry.port import RegistryKind, Snapshot
from lgpki_tui.subject.draft import Entry

if TYPE_CHECKING:
    from lgpki_tui.registry.report import Change, Difference, Imported, Lines

# More than anybody reads; SQLite counts no further than 64 bits.
MOST_ENTRIES = 1_000_000
# Line numbers in one line of text.
_FEW = 10


def _import(call: Call) -> Exit:
    from lgpki_tui.registry.encoding import Encoding
    from lgpki_tui.registry.report import report_to

    args = call.args
    files = {RegistryKind.ORGANIZATIONS: args.organizations, RegistryKind.ACCOUNTS: args.accounts}
    given = {kind: file.absolute() for kind, file in files.items() if file is not None}
    if not given:
        raise Refusal(Code.USAGE, message="--organizations FILE | --accounts FILE", usage="lgpki-tui registry import")
    before: dict[RegistryKind, int] = {}
    with suppress(Refusal):  # what is damaged is told by the import itself
        before = {each.kind: each.rows for each in call.workplace.registry.status()}
    importer = call.workplace.importer(None if args.encoding is None else Encoding(args.encoding))
    act = importer.attempt if args.dry_run else importer.run
    report = None if args.report is None else args.report.absolute()
    with report_to(report) as written:
        done = act(given, call.workplace.clock.now(), written)
    rows = [{**_imported_facts(call, each), "rows_before": before.get(each.snapshot.kind)} for each in done]
    lines = [call.out.words.word("registry.dry-run")] if args.dry_run else []
    for each in done:
        lines += _imported_lines(call, each, before.get(each.snapshot.kind))
    if report is not None:
        lines.append(call.out.words.word("registry.report", file=str(report)))
    facts: dict[str, Fact] = {"imported": cast(list[Fact], rows), "dry_run": args.dry_run}
    call.out.answer({**facts, "report": None if report is None else str(report)}, lines)
    return Exit.DONE


def _restore(call: Call) -> Exit:
    wanted = {RegistryKind.ORGANIZATIONS: call.args.organizations, RegistryKind.ACCOUNTS: call.args.accounts}
    kinds = [kind for kind, asked in wanted.items() if asked]
    if not kinds:
        raise Refusal(Code.USAGE, message="--organizations | --accounts", usage="lgpki-tui registry restore")
    call.workplace.importer().restore(kinds)
    return _status(call)


def _status(call: Call) -> Exit:
    snapshots, previous = call.workplace.registry.status(), call.workplace.importer().previous()
    word = call.out.words.word
    lines = _lines(call, snapshots) or [word("registry.none")]
    for each in previous:
        named = word(f"registry.name.{each.kind.value}")
        lines.append(word("registry.previous", registry=named, kind=each.kind.value, **_told(call, each)))
    facts = [_facts(call, each) for each in snapshots]
    directory = directory_facts(call.workplace.sources.look() if call.workplace.sources else ())
    lines += directory_lines(directory, call.out)
    told: dict[str, Fact] = {"registries": facts, "previous": [_facts(call, each) for each in previous]}
    call.out.answer({**told, "directory": directory}, lines)
    return Exit.DONE


def _search(call: Call) -> Exit:
    kind = RegistryKind.ACCOUNTS if call.args.accounts else None
    if not 1 <= call.args.limit <= MOST_ENTRIES:
        raise Refusal(Code.USAGE, message="--limit N", usage="lgpki-tui registry search")
    registry = call.workplace.registry
    entries = registry.search(call.args.text, kind, call.args.limit)
    asked = [each for each in registry.status() if kind is None or each.kind is kind]
    lines = [_entry_line(call, entry) for entry in entries] or [call.out.words.word("registry.nothing")]
    for each in asked:
        lines += source_lines(call, each, "registry.asked")
    lines += origin_lines(call.workplace.sources, call.out.words)
    facts: dict[str, Fact] = {
        "entries": [_entry_facts(entry) for entry in entries],
        "registries": [_source_facts(call, each) for each in asked],
        **origin_facts(call.workplace.sources),
    }
    call.out.answer(facts, lines)
    return Exit.DONE


# --- Facts ---


def _source_facts(call: Call, snapshot: Snapshot) -> dict[str, Fact]:
    """Where what was found comes from, and how old that is."""
    days, oldest = snapshot.age_days(call.workplace.clock.now()), call.workplace.settings.registry.oldest_days.value
    return {
        "registry": snapshot.kind.value,
        "file": str(call.workplace.paths.resolve(snapshot.source)),
        "sha256": snapshot.sha256,
        "imported_at": rfc3339(snapshot.imported_at),
        "age_days": days,
        "oldest_days": oldest,
        "old": days > oldest,
    }


def _facts(call: Call, snapshot: Snapshot) -> dict[str, Fact]:
    return {
        **_source_facts(call, snapshot),
        "rows": snapshot.rows,
        "refused_rows": snapshot.refused_rows,
        "refused": [
            {"code": each.code, "count": each.count, "first_rows": list(each.first_rows)} for each in snapshot.refused
        ],
        "encoding": snapshot.encoding,
        "delimiter": snapshot.delimiter,
        "duplicate_rows": snapshot.duplicate_rows,
        "unreadable_rows": snapshot.unreadable_rows,
    }


def _imported_facts(call: Call, imported: Imported) -> dict[str, Fact]:
    return {
        **_facts(call, imported.snapshot),
        "encoding_by": imported.encoding_by.value,
        "refused": [
            {"code": code.value, "first_rows": list(lines.first_rows), **_line_facts(lines)}
            for code, lines in imported.refused
        ],
        "duplicates": _line_facts(imported.duplicates),
        "unreadable": _line_facts(imported.unreadable),
        "difference": None if imported.difference is None else _difference_facts(imported.difference),
    }


def _line_facts(lines: Lines) -> dict[str, Fact]:
    return {"count": lines.count, "lines": list(lines.lines), "left_off": lines.count - len(lines.lines)}


def _difference_facts(difference: Difference) -> dict[str, Fact]:
    first = [
        {
            "what": each.what.value,
            "line": each.line or None,
            "now": None if each.now is None else _entry_facts(each.now),
            "before": None if each.before is None else _entry_facts(each.before),
        }
        for each in difference.first
    ]
    counts = {"added": difference.added, "removed": difference.removed, "changed": difference.changed}
    return {**counts, "first": cast(list[Fact], first)}


def _entry_facts(entry: Entry) -> dict[str, Fact]:
    facts: dict[str, Fact] = {
        "municipality_code": entry.municipality_code,
        "organization": entry.organization,
        "organization_reading": entry.organization_reading,
    }
    return facts if entry.name is None else {**facts, "name": entry.name, "name_reading": entry.name_reading}


# --- Lines ---


def _told(call: Call, snapshot: Snapshot) -> dict[str, Fact]:
    """The facts as people read them."""
    facts = _facts(call, snapshot)
    facts |= {"imported_at": japan_time(rfc3339(snapshot.imported_at)), "file": snapshot.file_name}
    facts.pop("registry")
    return facts


def _lines(call: Call, snapshots: tuple[Snapshot, ...]) -> list[str]:
    word, lines = call.out.words.word, []
    for snapshot in snapshots:
        lines += [word(f"registry.{snapshot.kind.value}", **_told(call, snapshot)), *source_lines(call, snapshot)]
        lines += _read_lines(call, snapshot, "kept")
        lines += [
            word("registry.refused", code=each.code, count=each.count, rows=list(each.first_rows))
            for each in snapshot.refused
        ]
    return lines


def source_lines(call: Call, snapshot: Snapshot, key: str = "registry.source") -> list[str]:
    """File, date and digest; and that it is old."""
    told = _told(call, snapshot)
    word = call.out.words.word
    named = word(f"registry.name.{snapshot.kind.value}")
    lines = [word(key, registry=named, **told)]
    return [*lines, word("registry.old", **told)] if told["old"] else lines


def _read_lines(call: Call, snapshot: Snapshot, by: str) -> list[str]:
    """In which encoding and with which delimiter; nothing of what was not read from a file."""
    if not snapshot.encoding:
        return []
    delimiter = call.out.words.word(f"registry.delimiter.{snapshot.delimiter}")
    return [call.out.words.word(f"registry.read.{by}", encoding=snapshot.encoding.upper(), delimiter=delimiter)]


def _imported_lines(call: Call, imported: Imported, before: int | None) -> list[str]:
    word, snapshot = call.out.words.word, imported.snapshot
    told = _told(call, snapshot)
    lines = [word(f"registry.{snapshot.kind.value}", **told), *source_lines(call, snapshot)]
    lines += _read_lines(call, snapshot, imported.encoding_by.value)
    lines += [
        word("registry.refused_lines", code=code.value, count=found.count, lines=_numbers(found))
        for code, found in imported.refused
    ]
    for key, found in (("duplicates", imported.duplicates), ("unreadable", imported.unreadable)):
        if found.count:
            lines.append(word(f"registry.{key}", count=found.count, lines=_numbers(found)))
    if before is not None:
        lines.append(word(f"registry.before.{snapshot.kind.value}", rows=before))
    if imported.difference is not None:
        lines += _difference_lines(call, imported.difference)
    return lines


def _numbers(found: Lines) -> str:
    numbers = ", ".join(map(str, found.lines[:_FEW]))
    return f"{numbers}, …" if found.count > _FEW else numbers


def _difference_lines(call: Call, difference: Difference) -> list[str]:
    counts = {"added": difference.added, "removed": difference.removed, "changed": difference.changed}
    lines = [call.out.words.word("registry.difference", **counts)]
    return [*lines, *(_change_line(call, each) for each in difference.first)]


def _change_line(call: Call, change: Change) -> str:
    entry = change.now or change.before
    mark = {"added": "+", "removed": "-"}.get(change.what.value, "*")
    return f"    {mark} {_entry_line(call, entry)}" if entry is not None else ""


def _entry_line(call: Call, entry: Entry) -> str:
    municipality = call.workplace.municipalities.place_of(entry.municipality_code) or "?"
    texts = (entry.organization, entry.name, entry.name_reading or entry.organization_reading)
    return "  ".join((entry.municipality_code, municipality, *(text for text in texts if text)))


HANDLERS: dict[str, Handler] = {
    "registry.import": _import,
    "registry.restore": _restore,
    "registry.status": _status,
    "registry.search": _search,
}
