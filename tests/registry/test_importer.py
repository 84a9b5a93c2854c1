"""`registry import`: every row as it stands, all or nothing, and a refusal that says where."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.points import Phase, Point
from lgpki_tui.registry.port import RefusedRows
from lgpki_tui.subject.draft import Draft, Entry
from tests.registry.conftest import ACCOUNTS, NOW, ORGANIZATIONS, PROFILES, Office

GOOD = "municipality_code,organization\n252123,総務部情報政策課\n"


def rows(office: Office) -> list[Entry]:
    return list(office.registry.search("", ORGANIZATIONS, 1000))


def refusal(office: Office, content: str | bytes) -> Refusal:
    with pytest.raises(Refusal) as refused:
        office.take(ORGANIZATIONS, content)
    assert refused.value.facts["file"] == str(office.folder / "organizations.csv")
    return refused.value


@pytest.mark.parametrize("content", [
    GOOD,
    GOOD.replace("\n", "\r\n"),
    GOOD.rstrip("\n"),
    "\ufeff" + GOOD,
    "団体コード,組織\n252123,総務部情報政策課\n",
    "municipality_code,組織\n252123,総務部情報政策課\n",
    " 団体ｺｰﾄﾞ ,Organization\n252123,総務部情報政策課\n",
    "全国地方公共団体コード,組織名\n252123,総務部情報政策課\n",
    'organization,備考,municipality_code\n"総務部情報政策課","a,""b""\n c",252123\n',
    GOOD + "\n\r\n",
])  # fmt: skip
def test_forms_of_the_same_table(office: Office, content: str) -> None:
    snapshot = office.take(ORGANIZATIONS, content)
    assert (snapshot.rows, snapshot.refused_rows) == (1, 0)
    assert snapshot.sha256 == hashlib.sha256(content.encode()).hexdigest()
    assert snapshot.source == str(office.folder / "organizations.csv")
    assert rows(office) == [Entry("252123", "総務部情報政策課")]


def test_both_headers_of_accounts(office: Office) -> None:
    english = "municipality_code,organization,organization_reading,name,name_reading"
    for header in (english, "団体コード,組織,組織よみ,名義,名義よみ"):
        office.take(ACCOUNTS, f"{header}\n252123,総務課,そうむか,総務課01,そうむか01\n")
        assert office.registry.search("", ACCOUNTS) == (
            Entry("252123", "総務課", "そうむか", "総務課01", "そうむか01"),
        )


NASTY = [
    " 総務課",
    "総務課　",
    "髙島支所",
    "葛\U000e0100城課",
    "総務\u200b課",
    "か\u3099",
    "\ue000課",
    "",
    "a\tb",
    'x"y',
    "改\n行",
    "課" * 65,
    "%_",
    "\x1b[31m",
]


def test_every_row_exactly_as_it_stands(office: Office) -> None:
    quoted = "".join('252123,"{}"\r\n'.format(text.replace('"', '""')) for text in NASTY)
    snapshot = office.take(ORGANIZATIONS, "municipality_code,organization\r\n" + quoted)
    assert [entry.organization for entry in rows(office)] == NASTY
    for text in NASTY:
        found = office.registry.found(Draft("shokuseki", text, "市長"), PROFILES[ORGANIZATIONS])
        assert [entry.organization for entry in found.organizations] == [text]
    # All but 髙島支所, x"y and %_ could never be in a certificate.
    assert snapshot.refused_rows == len(NASTY) - 3
    assert RefusedRows("organization_too_long", 1, (13,)) in snapshot.refused
    assert RefusedRows("text_empty", 1, (9,)) in snapshot.refused
    assert RefusedRows("text_forbidden", 9, (2, 3, 5, 6, 7)) in snapshot.refused


cell = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(cell, cell), min_size=1, max_size=8))
def test_any_texts_survive_the_way_through_the_index(office: Office, texts: list[tuple[str, str]]) -> None:
    table = [",".join('"{}"'.format(text.replace('"', '""')) for text in row) for row in texts]
    office.take(ORGANIZATIONS, "\r\n".join(["municipality_code,organization", *table]))
    assert [(entry.municipality_code, entry.organization) for entry in rows(office)] == texts


def test_counted_rows_are_imported_all_the_same(office: Office) -> None:
    lines = "".join(f"1000{row},総務課\n" for row in range(7))
    snapshot = office.take(ORGANIZATIONS, "municipality_code,organization\n" + lines)
    assert (snapshot.rows, snapshot.refused_rows) == (7, 7)
    assert snapshot.refused == (RefusedRows("municipality_unknown", 7, (2, 3, 4, 5, 6)),)
    assert len(rows(office)) == 7
    assert office.registry.status() == (snapshot,)


@pytest.mark.parametrize(("content", "missing", "nearest"), [
    ("", ["municipality_code", "organization"], {"municipality_code": None, "organization": None}),
    ("組織\n総務課\n", ["municipality_code"], {"municipality_code": None}),
    ("municipality_cod,organization\n", ["municipality_code"], {"municipality_code": "municipality_cod"}),
    ("団体コード,部署組織\n", ["organization"], {"organization": "部署組織"}),
    ("252123,総務課\n", ["municipality_code", "organization"], {"municipality_code": None, "organization": None}),
])  # fmt: skip
def test_missing_headers(office: Office, content: str, missing: list[str], nearest: dict[str, str | None]) -> None:
    refused = refusal(office, content)
    assert refused.code is Code.REGISTRY_COLUMNS
    assert (refused.facts["missing"], refused.facts["nearest"]) == (missing, nearest)
    assert not office.index.exists()


def test_a_column_twice(office: Office) -> None:
    refused = refusal(office, "municipality_code,organization,組織\n252123,a,b\n")
    assert (refused.code, refused.facts["repeated"]) == (Code.REGISTRY_COLUMNS, ["organization"])


def test_accounts_need_a_name(office: Office) -> None:
    with pytest.raises(Refusal) as refused:
        office.take(ACCOUNTS, GOOD)
    assert refused.value.facts["missing"] == ["name"]


@pytest.mark.parametrize(("content", "line", "offset"), [
    (GOOD.encode() + b"252123,\xff\n", 3, len(GOOD.encode()) + 7),
    (b"\xef\xbb\xbf" + GOOD.encode() + b"252123,\xe7\xb7", 3, 3 + len(GOOD.encode()) + 7),
    (GOOD.encode() + b"252123,\xed\xa0\x80\n", 3, len(GOOD.encode()) + 7),
    (b"\xff\xfe" + GOOD.encode("utf-16-le")[:-1], 2, 2 + len(GOOD.encode("utf-16-le")) - 2),
])  # fmt: skip
def test_bytes_that_no_encoding_has(office: Office, content: bytes, line: int, offset: int) -> None:
    office.take(ORGANIZATIONS, GOOD)
    refused = refusal(office, content)
    assert (refused.code, refused.facts["line"], refused.facts["offset"]) == (Code.REGISTRY_ENCODING, line, offset)
    assert rows(office) == [Entry("252123", "総務部情報政策課")]


@pytest.mark.parametrize(("more", "reason", "row"), [
    ("252123\n", "ragged", 3),
    ("252123,a,b\n", "ragged", 3),
    ('252123,"a\n', "not_csv", 3),
    ('252123,"a"b\n', "not_csv", 3),
    ("252123,a\rb\n", "not_csv", 3),
    ("252123," + "課" * 200_000 + "\n", "not_csv", 3),
])  # fmt: skip
def test_wrong_rows_change_nothing(office: Office, more: str, reason: str, row: int) -> None:
    before = office.take(ORGANIZATIONS, GOOD)
    refused = refusal(office, GOOD + more)
    assert (refused.code, refused.facts["reason"], refused.facts["row"]) == (Code.REGISTRY_FILE, reason, row)
    assert office.registry.status() == (before,)
    assert rows(office) == [Entry("252123", "総務部情報政策課")]


def test_an_endless_line(office: Office) -> None:
    assert refusal(office, GOOD + "x" * (2 << 20)).facts["reason"] == "line_too_long"


def test_files_that_are_none(office: Office) -> None:
    os.mkfifo(office.folder / "fifo")
    for name, reason in (("fifo", "not_a_file"), (".", "folder"), ("absent", "absent"), ("x" * 300, "unreadable")):
        with pytest.raises(Refusal) as refused:
            office.importer().replace({ORGANIZATIONS: office.folder / name}, NOW)
        assert (refused.value.code, refused.value.facts["reason"]) == (Code.REGISTRY_FILE, reason)
    with pytest.raises(Refusal) as refused:
        office.importer().replace({ORGANIZATIONS: Path("/dev/zero")}, NOW)
    assert refused.value.facts["reason"] == "not_a_file"
    assert not office.index.exists()


def test_a_file_too_large_is_not_read(office: Office) -> None:
    file = office.file("sparse.csv", GOOD)
    os.truncate(file, (1 << 30) + 1)
    with pytest.raises(Refusal) as refused:
        office.importer().replace({ORGANIZATIONS: file}, NOW)
    assert refused.value.facts["reason"] == "too_large"


def test_both_kinds_are_replaced_together_or_not_at_all(office: Office) -> None:
    office.organizations([("252123", "総務課", "")])
    office.accounts([("252123", "総務課", "総務課01", "")])
    before = office.registry.status()
    files = {ORGANIZATIONS: office.file("new.csv", GOOD), ACCOUNTS: office.file("bad.csv", "団体コード,組織,名義\n1\n")}
    with pytest.raises(Refusal):
        office.importer().replace(files, NOW)
    assert office.registry.status() == before
    assert rows(office) == [Entry("252123", "総務課")]


def test_one_kind_leaves_the_other(office: Office) -> None:
    office.accounts([("252123", "総務課", "総務課01", "")])
    office.organizations([("252123", "総務課", "")])
    office.organizations([("252018", "財政課", "ざいせいか")])
    assert rows(office) == [Entry("252018", "財政課", "ざいせいか")]
    assert [entry.name for entry in office.registry.search("", ACCOUNTS)] == ["総務課01"]
    assert [snapshot.kind for snapshot in office.registry.status()] == [ORGANIZATIONS, ACCOUNTS]


def test_only_the_login_may_read_it(office: Office) -> None:
    old = os.umask(0)
    try:
        office.take(ORGANIZATIONS, GOOD)
    finally:
        os.umask(old)
    assert stat.S_IMODE(office.index.stat().st_mode) == 0o600
    assert stat.S_IMODE(office.index.parent.stat().st_mode) == 0o700
    assert [file.name for file in office.index.parent.iterdir()] == ["registry.sqlite3"]


def test_the_points_are_passed_in_order(office: Office) -> None:
    seen: list[tuple[Point, Phase, int]] = []

    def watch(point: Point, phase: Phase) -> None:
        seen.append((point, phase, len(office.registry.status()) if phase is not Phase.INSIDE else -1))

    office.importer(watch).replace({ORGANIZATIONS: office.file("a.csv", GOOD)}, NOW)
    replace = Point.REGISTRY_REPLACE
    assert seen == [(replace, Phase.BEFORE, 0), (replace, Phase.INSIDE, -1), (replace, Phase.AFTER, 1)]


@pytest.mark.parametrize("phase", ["before", "inside", "after"])
@pytest.mark.parametrize("first", [True, False])
def test_killed(office: Office, kill_at: Callable[[Office, Path, str], int], phase: str, first: bool) -> None:
    if not first:
        office.accounts([("252123", "総務課", "古い名義", "")])
    lines = "".join(f"252123,総務課,{row:06}\n" for row in range(2000))
    file = office.file("new.csv", "団体コード,組織,名義\n" + lines)
    assert kill_at(office, file, phase) == -9
    done = phase == "after"
    if first and not done:
        assert office.registry.status() == ()
    else:
        (snapshot,) = office.registry.status()
        assert snapshot.rows == (2000 if done else 1)
        assert len(office.registry.search("", ACCOUNTS, 9999)) == snapshot.rows
    if phase != "before":
        check = sqlite3.connect(office.index)
        assert check.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        check.close()
    assert office.take(ACCOUNTS, file.read_bytes()).rows == 2000


def test_another_import_at_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.take(ORGANIZATIONS, GOOD)
    monkeypatch.setattr("lgpki_tui.registry.database.BUSY_SECONDS", 0.1)
    other = sqlite3.connect(office.index, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Refusal) as refused:
        office.take(ORGANIZATIONS, GOOD)
    assert (refused.value.code, refused.value.facts["file"]) == (Code.LEDGER_BUSY, str(office.index))
    assert len(rows(office)) == 1  # reading goes on meanwhile
    other.execute("ROLLBACK")
    other.close()


def test_a_full_disk(office: Office, tmp_path: Path) -> None:
    """RLIMIT_FSIZE stands for the full disk: SQLite is told EFBIG, and what was there stays."""
    office.take(ORGANIZATIONS, GOOD)
    lines = "".join(f"252123,総務課{row}\n" for row in range(20_000))
    file = office.file("large.csv", "municipality_code,organization\n" + lines)
    script = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from lgpki_tui.ground.findings import Refusal\n"
        "from tests.registry.conftest import NOW, ORGANIZATIONS, Office\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))\n"
        "try: Office(Path(sys.argv[1])).importer().replace({ORGANIZATIONS: Path(sys.argv[2])}, NOW)\n"
        "except Refusal as refusal: print(refusal.code.value)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path), str(file)],
        cwd=Path(__file__).parent.parent.parent, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.stdout.strip() == "ledger_unwritable", run.stderr
    assert rows(office) == [Entry("252123", "総務部情報政策課")]


@pytest.mark.slow
def test_a_hundred_thousand_rows_in_little_memory(office: Office) -> None:
    lines = (f"252123,総務部第{row % 997}課{row},そうむぶ\n" for row in range(100_000))
    office.file("large.csv", "municipality_code,organization,organization_reading\n" + "".join(lines))
    script = (
        "import sys; from pathlib import Path\n"
        "from tests.registry.conftest import NOW, ORGANIZATIONS, Office\n"
        "folder = Path(sys.argv[1])\n"
        "Office(folder).importer().replace({ORGANIZATIONS: folder / 'large.csv'}, NOW)\n"
        # Not ru_maxrss, which is inherited from whoever forked this process.
        "status = Path('/proc/self/status').read_text()\n"
        "print(int(status.partition('VmHWM:')[2].split()[0]) // 1024)\n"
    )
    root = Path(__file__).parent.parent.parent
    run = subprocess.run(
        [sys.executable, "-c", script, str(office.folder)], cwd=root, capture_output=True, text=True, check=True
    )
    assert int(run.stdout) < 150  # MiB, of which pytest's imports are about 40
    assert office.registry.status()[0].rows == 100_000
