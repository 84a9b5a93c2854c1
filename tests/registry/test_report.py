"""What an import tells: lines, the difference to the snapshot before, a file of all of it; a dry run; the way back."""

from __future__ import annotations

import csv
import os
import stat
from pathlib import Path

import pytest

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.registry.database import reading
from lgpki_tui.registry.port import RegistryKind
from lgpki_tui.registry.query import Index
from lgpki_tui.registry.report import HEAD, MOST_LINES, Imported, Report, What, report_to
from lgpki_tui.registry.schema import Place, rows_table
from lgpki_tui.subject.draft import Entry
from tests.registry.conftest import ACCOUNTS, NOW, ORGANIZATIONS, Office

HEADER = "団体コード,組織,組織よみ\n"
OLD = HEADER + "252123,総務課,そうむか\n252123,財政課,ざいせいか\n252018,会計課,\n252018,会計課,\n"
NEW = (
    HEADER + '\n252123,総務課,そうむか\n252123,財政課,ざいせい\n999999,"新\n課",\n252123,総務課,そうむか\n252123,=x,\n'
)


def run(office: Office, content: str, report: Path | None = None, *, dry: bool = False) -> Imported:
    file = office.file("table.csv", content)
    importer = office.importer()
    with report_to(report) as written:
        (done,) = (importer.attempt if dry else importer.run)({ORGANIZATIONS: file}, NOW, written)
    return done


def test_lines_and_difference(office: Office) -> None:
    assert run(office, OLD).difference is None
    done = run(office, NEW)
    refused = {code: (lines.count, lines.lines, lines.first_rows) for code, lines in done.refused}
    assert refused == {
        Code.TEXT_FORBIDDEN: (1, [5], [5]),
        Code.MUNICIPALITY_UNKNOWN: (1, [5], [5]),
    }
    assert (done.duplicates.count, done.duplicates.lines) == (1, [7])
    difference = done.difference
    assert difference is not None
    assert (difference.added, difference.removed, difference.changed) == (2, 2, 1)
    told = [(each.what, each.line, each.now and each.now.organization) for each in difference.first]
    assert told == [
        (What.CHANGED, 4, "財政課"), (What.ADDED, 5, "新\n課"), (What.ADDED, 8, "=x"),
        (What.REMOVED, 0, None), (What.REMOVED, 0, None),
    ]  # fmt: skip
    assert difference.first[0].before == Entry("252123", "財政課", "ざいせいか")


def test_the_report_has_all_of_it(office: Office) -> None:
    run(office, OLD)
    file = office.folder / "report.tsv"
    run(office, NEW, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with file.open(encoding="utf-8", newline="") as read:
        head, *rows = csv.reader(read, delimiter="\t")
    assert tuple(head) == HEAD
    assert sorted((row[1], row[2], row[3], row[5]) for row in rows) == sorted([
        ("refused", "text_forbidden", "5", "新\n課"), ("refused", "municipality_unknown", "5", "新\n課"),
        ("duplicate", "", "7", "総務課"), ("changed", "", "4", "財政課"), ("changed-from", "", "", "財政課"),
        ("added", "", "5", "新\n課"), ("added", "", "8", "'=x"),
        ("removed", "", "", "会計課"), ("removed", "", "", "会計課"),
    ])  # fmt: skip


def test_more_lines_than_an_answer_holds(office: Office) -> None:
    rows = MOST_LINES + 500
    file = office.folder / "report.tsv"
    done = run(office, HEADER + "".join(f"1,課{row},\n" for row in range(rows)), file)
    ((code, lines),) = done.refused
    assert (code, lines.count) == (Code.MUNICIPALITY_UNKNOWN, rows)
    assert lines.lines == list(range(2, MOST_LINES + 2))
    assert len(file.read_text(encoding="utf-8").splitlines()) == rows + 1


def test_the_same_file_again_is_no_difference(office: Office) -> None:
    run(office, OLD)
    difference = run(office, OLD).difference
    assert difference is not None
    assert (difference.added, difference.removed, difference.changed, difference.first) == (0, 0, 0, ())


def test_a_report_never_overwrites_and_goes_with_a_refusal(office: Office) -> None:
    file = office.file("there.tsv", "mine")
    with pytest.raises(Refusal) as refused:
        run(office, OLD, file)
    assert (refused.value.code, file.read_text()) == (Code.FILE_EXISTS, "mine")
    with pytest.raises(Refusal) as refused:
        run(office, OLD, office.folder / "absent" / "report.tsv")
    assert refused.value.code is Code.FOLDER_MISSING
    with pytest.raises(Refusal) as refused:
        run(office, OLD + "252123\n", office.folder / "report.tsv")
    assert refused.value.code is Code.REGISTRY_FILE
    assert not (office.folder / "report.tsv").exists()
    assert not office.index.exists() or office.registry.status() == ()


def test_a_dry_run_tells_the_same_and_changes_nothing(office: Office) -> None:
    dry = run(office, OLD, dry=True)
    assert not office.index.parent.exists()
    done = run(office, OLD)
    assert dry == done
    before = office.index.read_bytes()
    dry = run(office, NEW, dry=True)
    assert office.index.read_bytes() == before
    assert office.registry.status() == (done.snapshot,)
    assert dry == run(office, NEW)


def test_accounts_are_the_same_by_organization_and_name(office: Office) -> None:
    office.accounts([("252123", "総務課", "課長", "かちょう"), ("252123", "財政課", "課長", "かちょう")])
    file = office.file("new.csv", "団体コード,組織,名義,名義よみ\n252123,総務課,課長,\n252123,財政課,係長,\n")
    (done,) = office.importer().run({ACCOUNTS: file}, NOW, Report())
    assert done.difference is not None
    assert (done.difference.added, done.difference.removed, done.difference.changed) == (1, 1, 1)
    assert done.difference.first[0].now == Entry("252123", "総務課", "", "課長", "")


# --- The way back ---


def names(office: Office) -> list[str]:
    return [entry.organization for entry in office.registry.search("", ORGANIZATIONS)]


def test_the_previous_snapshot_is_kept_and_comes_back(office: Office) -> None:
    for name in ("一課", "二課", "三課"):
        office.organizations([("252123", name, "")])
    (now,), (before,) = office.registry.status(), office.importer().previous()
    assert names(office) == ["三課"]
    for expected, current, previous in ((["二課"], before, now), (["三課"], now, before)):
        office.importer().restore([ORGANIZATIONS])
        assert names(office) == expected
        assert [entry.organization for entry in office.registry.search("課")] == expected
        assert (office.registry.status(), office.importer().previous()) == ((current,), (previous,))
    office.organizations([("252123", "四課", "")])  # also after going back and forth
    office.importer().restore([ORGANIZATIONS])
    assert names(office) == ["三課"]


def test_only_the_one_before_is_kept(office: Office) -> None:
    for name in ("一課", "二課", "三課"):
        office.organizations([("252123", name, "")])
    with reading(office.index) as connection:
        assert connection is not None
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    wanted = {rows_table(ORGANIZATIONS, place) for place in (Place.CURRENT, Place.PREVIOUS)}
    assert {name for name in tables if "grams" not in name and "short" not in name} == {"snapshots", *wanted}


def test_nothing_to_go_back_to(office: Office) -> None:
    for imported in (False, True):
        if imported:
            office.organizations([("252123", "一課", "")])
            office.organizations([("252123", "二課", "")])
            office.accounts([("252123", "一課", "課長", "")])
        with pytest.raises(Refusal) as refused:
            office.importer().restore([ORGANIZATIONS, ACCOUNTS])
        assert refused.value.code is Code.REGISTRY_NO_PREVIOUS
        assert refused.value.facts == {"registry": str(ACCOUNTS if imported else ORGANIZATIONS)}
        assert office.index.exists() is imported
    assert names(office) == ["二課"]


def test_a_reader_sees_the_old_or_the_new_one(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lgpki_tui.registry.database.BUSY_SECONDS", 0.2)
    office.organizations([("252123", "一課", "")])
    with reading(office.index) as connection:
        index = Index(connection)
        seen = index.search(ORGANIZATIONS, "課", 5)
        other = os.fork()
        if not other:  # the import waits for the reader, and gives up
            try:
                office.organizations([("252123", "二課", "")])
            except Refusal:
                os._exit(7)
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(other, 0)[1]) == 7
        assert index.search(ORGANIZATIONS, "課", 5) == seen
    assert names(office) == ["一課"]
    assert {each.kind for each in office.registry.status()} == {RegistryKind.ORGANIZATIONS}
