"""Files that were made to do harm, or that are simply not what they should be."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.registry.columns import read_headers
from lgpki_tui.registry.table import TableFile, open_table
from tests.registry.conftest import NOW, ORGANIZATIONS, Office

HEAD = "municipality_code,organization\n"
ROOT = Path(__file__).parent.parent.parent


def refused(office: Office, file: Path) -> dict[str, object]:
    with pytest.raises(Refusal) as refusal:
        office.importer().replace({ORGANIZATIONS: file}, NOW)
    assert refusal.value.code is Code.REGISTRY_FILE
    assert not office.index.exists() or office.registry.status() == ()
    return dict(refusal.value.facts)


def test_a_formula_is_text(office: Office) -> None:
    office.take(ORGANIZATIONS, HEAD + "252123,=cmd|' /C calc'!A0\n252123,+1\n252123,@SUM\n")
    assert [entry.organization for entry in office.registry.search("")] == ["=cmd|' /C calc'!A0", "+1", "@SUM"]


def test_quotes_that_never_close(office: Office) -> None:
    file = office.file("quotes.csv", HEAD + '252123,"課\n' + "252123,課\n" * 100_000)
    assert refused(office, file) == {
        "file": str(file), "reason": "not_csv", "row": 2, "line": 2, "detail": "field larger than field limit (131072)",
    }  # fmt: skip


def test_a_line_of_a_hundred_megabytes_is_not_held(office: Office) -> None:
    file = office.folder / "long.csv"
    with file.open("wb") as out:
        out.write(HEAD.encode() + b"252123,")
        for _ in range(100):
            out.write(b"x" * 1_000_000)
    script = (
        "import sys; from pathlib import Path\n"
        "from lgpki_tui.ground.findings import Refusal\n"
        "from tests.registry.conftest import NOW, ORGANIZATIONS, Office\n"
        "try: Office(Path(sys.argv[1])).importer().replace({ORGANIZATIONS: Path(sys.argv[1]) / 'long.csv'}, NOW)\n"
        "except Refusal as refusal: print(refusal.facts['reason'], refusal.facts['line'])\n"
        "print(int(Path('/proc/self/status').read_text().partition('VmHWM:')[2].split()[0]) // 1024)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(office.folder)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    told, memory = run.stdout.splitlines()
    assert told == "line_too_long 2"
    assert int(memory) < 90  # MiB


def test_more_rows_than_any_registry_has(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lgpki_tui.registry.table.MOST_ROWS", 100)
    facts = refused(office, office.file("rows.csv", HEAD + "252123,課\n" * 100))
    assert (facts["reason"], facts["row"]) == ("too_many_rows", 101)
    assert office.take(ORGANIZATIONS, HEAD + "252123,課\n" * 99).rows == 99


def test_lines_are_those_of_an_editor(office: Office) -> None:
    """A row of several lines is told by its first, and empty lines count."""
    content = HEAD + '\n252123,"a\nb\nc"\n\n252123,x,y\n'
    facts = refused(office, office.file("lines.csv", content))
    assert (facts["reason"], facts["row"], facts["line"]) == ("ragged", 5, 7)


def test_a_fifo_and_a_loop_of_links_are_not_waited_for(office: Office) -> None:
    os.mkfifo(office.folder / "fifo")
    (office.folder / "loop").symlink_to("loop")
    (office.folder / "to-fifo").symlink_to("fifo")
    assert refused(office, office.folder / "fifo")["reason"] == "not_a_file"
    assert refused(office, office.folder / "to-fifo")["reason"] == "not_a_file"
    assert refused(office, office.folder / "loop")["reason"] == "unreadable"


@pytest.mark.parametrize("how", ["longer", "other", "shorter", "damaged"])
def test_a_file_that_changes_while_it_is_read(office: Office, how: str) -> None:
    """It is read twice, once to find out how it is written; the second reading must see the same bytes."""
    rows = "".join(f"252123,課{row}\n" for row in range(100_000))
    file = office.file("changing.csv", HEAD + rows)

    def rows_of(table: TableFile) -> int:
        count = 0
        for count, _ in enumerate(table.rows()):
            if count == 10:
                _change(file, how)
        return count

    with open_table(file, read_headers().known) as table, pytest.raises(Refusal) as refusal:
        rows_of(table)
    assert refusal.value.facts["reason"] in ("changed", "ragged", "not_csv")
    assert how in ("damaged", "shorter") or refusal.value.facts["reason"] == "changed"


def _change(file: Path, how: str) -> None:
    with file.open("r+b") as out:
        if how == "longer":
            out.seek(0, os.SEEK_END)
            out.write(b"252123,x\n")
        elif how == "shorter":
            out.truncate(out.seek(0, os.SEEK_END) - 5)
        else:
            out.seek(-20, os.SEEK_END)
            out.write(b"7" if how == "other" else b"\xff\xff")


def test_the_index_stays_as_it_was_when_the_file_changes(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.take(ORGANIZATIONS, HEAD + "252123,旧課\n")
    file = office.file("new.csv", HEAD + "252123,新課\n")
    real = TableFile.rows

    def rows(table: TableFile) -> object:
        yield from real(table)
        raise Refusal(Code.REGISTRY_FILE, file=str(file), reason="changed")

    monkeypatch.setattr(TableFile, "rows", rows)
    with pytest.raises(Refusal):
        office.importer().replace({ORGANIZATIONS: file}, NOW)
    assert [entry.organization for entry in office.registry.search("")] == ["旧課"]
