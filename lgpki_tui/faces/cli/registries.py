"""The registries: import, search, status."""

from __future__ import annotations

from contextlib import suppress
from typing import cast

from lgpki_tui.faces.cli.origin import directory_facts, origin_facts, origin_lines
from lgpki_tui.faces.cli.run import Call, Handler
from lgpki_tui.faces.saying import japan_time
from lgpki_tui.ground.clock import rfc3339
from lgpki_tui.ground.codes import Code, Exit
from lgpki_tui.ground.findings import Fact, Refusal
from lgpki_tui.registry.port import RegistryKind, Snapshot
from lgpki_tui.subject.draft import Entry

# More than anybody reads; SQLite counts no further than 64 bits.
MOST_ENTRIES = 1_000_000


def _import(call: Call) -> Exit:
    files = {RegistryKind.ORGANIZATIONS: call.args.organizations, RegistryKind.ACCOUNTS: call.args.accounts}
    given = {kind: file.absolute() for kind, file in files.items() if file is not None}
    if not given:
        raise Refusal(Code.USAGE, message="--organizations FILE | --accounts FILE", usage="lgpki-tui registry import")
    before: dict[RegistryKind, int] = {}
    with suppress(Refusal):  # what is damaged is told by the import itself
        before = {each.kind: each.rows for each in call.workplace.registry.status()}
    snapshots = call.workplace.registry_import(given)
    rows = [{**_facts(call, each), "rows_before": before.get(each.kind)} for each in snapshots]
    lines = _lines(call, snapshots)
    lines += [
        call.out.words.word(f"registry.before.{each.kind.value}", rows=before[each.kind])
        for each in snapshots
        if each.kind in before
    ]
    call.out.answer({"imported": cast(list[Fact], rows)}, lines)
    return Exit.DONE


def _status(call: Call) -> Exit:
    snapshots = call.workplace.registry.status()
    lines = _lines(call, snapshots) or [call.out.words.word("registry.none")]
    directory = directory_facts(call.workplace.sources.look() if call.workplace.sources else ())
    lines += _directory_lines(call, directory)
    call.out.answer({"registries": [_facts(call, each) for each in snapshots], "directory": directory}, lines)
    return Exit.DONE


def _search(call: Call) -> Exit:
    kind = RegistryKind.ACCOUNTS if call.args.accounts else None
    if not 1 <= call.args.limit <= MOST_ENTRIES:
        raise Refusal(Code.USAGE, message="--limit N", usage="lgpki-tui registry search")
    entries = call.workplace.registry.search(call.args.text, kind, call.args.limit)
    lines = [_entry_line(call, entry) for entry in entries] or [call.out.words.word("registry.nothing")]
    lines += origin_lines(call.workplace.sources, call.out.words)
    facts = {"entries": [_entry_facts(entry) for entry in entries], **origin_facts(call.workplace.sources)}
    call.out.answer(facts, lines)
    return Exit.DONE


def _directory_lines(call: Call, directory: dict[str, Fact] | None) -> list[str]:
    if directory is None:
        return []
    word = call.out.words.word
    if directory["code"] is None:
        rows, more = (cast(dict[str, Fact], directory[key]) for key in ("rows", "more"))
        counts = ((kind, count, "more" if more[kind] else "rows") for kind, count in rows.items())
        return [
            word("registry.directory-answers", **directory),
            *(
                word(f"registry.directory-{key}", registry=word(f"registry.name.{kind}"), rows=count)
                for kind, count, key in counts
            ),
        ]
    refusal = Refusal(Code[str(directory["code"]).upper()], **directory)
    return [word("registry.directory-fails", **directory), *call.out.refusal_lines(refusal)]


def _facts(call: Call, snapshot: Snapshot) -> dict[str, Fact]:
    return {
        "registry": snapshot.kind.value,
        "rows": snapshot.rows,
        "refused_rows": snapshot.refused_rows,
        "refused": [
            {"code": each.code, "count": each.count, "first_rows": list(each.first_rows)} for each in snapshot.refused
        ],
        "file": str(call.workplace.paths.resolve(snapshot.source)),
        "sha256": snapshot.sha256,
        "imported_at": rfc3339(snapshot.imported_at),
        "age_days": snapshot.age_days(call.workplace.clock.now()),
    }


def _lines(call: Call, snapshots: tuple[Snapshot, ...]) -> list[str]:
    lines = []
    for snapshot in snapshots:
        facts = {**_facts(call, snapshot), "imported_at": japan_time(rfc3339(snapshot.imported_at))}
        lines.append(call.out.words.word(f"registry.{snapshot.kind.value}", **facts))
        lines += [
            call.out.words.word("registry.refused", code=each.code, count=each.count, rows=list(each.first_rows))
            for each in snapshot.refused
        ]
    return lines


def _entry_facts(entry: Entry) -> dict[str, Fact]:
    facts: dict[str, Fact] = {
        "municipality_code": entry.municipality_code,
        "organization": entry.organization,
        "organization_reading": entry.organization_reading,
    }
    return facts if entry.name is None else {**facts, "name": entry.name, "name_reading": entry.name_reading}


def _entry_line(call: Call, entry: Entry) -> str:
    municipality = call.workplace.municipalities.place_of(entry.municipality_code) or "?"
    texts = (entry.organization, entry.name, entry.name_reading or entry.organization_reading)
    return "  ".join((entry.municipality_code, municipality, *(text for text in texts if text)))


HANDLERS: dict[str, Handler] = {"registry.import": _import, "registry.status": _status, "registry.search": _search}
