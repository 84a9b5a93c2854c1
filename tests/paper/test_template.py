"""A site's own template: what it may do, what it is told when it is broken, and what it can never reach."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pytest

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.paper import pdf
from lgpki_tui.paper.pdf import Template, render_pdf
from lgpki_tui.paper.sheet import Sheet
from tests.paper.samples import FONT, FORMS, TEMPLATE, make_sheet, pdf_text, words


@pytest.fixture
def sheet(tmp_path: Path) -> Sheet:
    """A practice sheet."""
    return make_sheet(tmp_path, practice=True)


@pytest.fixture
def forms(tmp_path: Path) -> Path:
    """A site's folder of forms, at first like ours."""
    return Path(shutil.copytree(FORMS, tmp_path / "own forms 様式"))


def refused(sheet: Sheet, template: Path, seconds: float = 60) -> dict[str, object]:
    """The facts of the refusal."""
    with pytest.raises(Refusal) as raised:
        render_pdf(sheet, words(), Template(template), [FONT], seconds)
    assert raised.value.code is Code.FORM_BROKEN
    return dict(raised.value.facts)


def test_a_template_of_its_own_gets_the_values_and_cannot_forget_the_mark(sheet: Sheet, forms: Path) -> None:
    own = forms / "own.typ"
    own.write_text(
        "#let it = json(bytes(sys.inputs.sheet))\n#set page(margin: 3cm)\n= 高島市の様式\n"
        '#it.subject.map(part => part.kind + "=" + part.text).join(", ") #datetime.today().display()',
        "utf-8",
    )
    text = pdf_text(render_pdf(sheet, words(), Template(own), [FONT]))
    assert "高島市の様式" in text
    assert "C=JP, O=高島市, OU=総務部情報政策課, CN=高島市長" in text
    assert "練習 PRACTICE" in text
    assert "1970-01-01" in text  # no real time


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("#let x = (", "unclosed delimiter"),
        ("#it.no_such_value", 'dictionary does not contain key "no_such_value"'),
        ('#panic("a\\u{1b}[31m\\nb")', "panicked with: a\\u001b[31m\\u000ab"),
        ("#while true {}", "condition is always true"),
        ('#image("none.svg")', "file not found"),
        ('#include "none.typ"', "file not found"),
        ("#tittle()", "unknown variable: tittle"),
        ('#image("seal.png")', "this file cannot be used: only .typ"),
        ('#import "\u0040preview/example:0.1.0": add', "packages cannot be used"),
        ("#let i = 0\n#while i >= 0 { i = i + 1 }", "loop seems to be infinite"),
    ],
)
def test_a_broken_template_is_told_with_its_line(sheet: Sheet, forms: Path, line: str, message: str) -> None:
    own = forms / "issue.typ"
    (forms / "seal.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    own.write_text(f'#import "office.typ": *\n#text(font: "None")[本文]\n{line}\n', "utf-8")
    facts = refused(sheet, own)
    last = 3 + line.count("\n")
    assert (facts["file"], facts["line"], facts["reason"]) == (str(own), last, "template")
    assert message in str(facts["message"])


def test_a_font_that_is_not_there_leaves_no_paper_without_its_text(sheet: Sheet, forms: Path) -> None:
    own = forms / "issue.typ"
    own.write_text('#import "office.typ": *\n本文\n#set text(font: "MS Mincho")\n高島市長\n', "utf-8")
    facts = refused(sheet, own)
    assert (facts["file"], facts["line"], facts["reason"]) == (str(own), 3, "template")
    assert facts["message"] == "unknown font family: ms mincho"


def test_a_template_that_only_grows_is_stopped_before_the_memory_ends(
    sheet: Sheet, forms: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    less = "from lgpki_tui.paper import press; press._MOST_MEMORY = 256 * 1024**2; press.run()"
    monkeypatch.setattr(pdf, "_COMMAND", (*pdf._COMMAND[:-1], less))
    assert render_pdf(sheet, words(), TEMPLATE, [FONT])  # a sheet needs less
    own = forms / "issue.typ"
    own.write_text('#let s = "a" * 1000000\n#for i in range(40) { s = s + s }\n', "utf-8")
    assert refused(sheet, own)["reason"] == "crashed"


def test_the_file_that_is_broken_is_named(sheet: Sheet, forms: Path) -> None:
    part = forms / "office.typ"
    part.write_text(part.read_text("utf-8") + "#nothing\n", "utf-8")
    facts = refused(sheet, forms / "issue.typ")
    assert (facts["file"], facts["line"]) == (str(part), len(part.read_text("utf-8").splitlines()))
    assert facts["message"] == "unknown variable: nothing"


def test_a_template_that_cannot_be_read_is_told(sheet: Sheet, forms: Path) -> None:
    own = forms / "issue.typ"
    own.write_bytes("本文\n".encode() + "様式".encode("cp932"))
    assert (refused(sheet, own)["reason"], refused(sheet, own)["line"]) == ("not_utf8", 2)
    own.write_bytes(b"//" + b" " * pdf._MOST_BYTES)
    assert refused(sheet, own)["reason"] == "too_large"
    own.unlink()
    assert refused(sheet, own) == {"file": str(own), "line": None, "reason": "absent", "message": ""}
    own.mkdir()
    assert refused(sheet, own)["reason"] == "unreadable"


def test_a_template_without_end_is_ended(sheet: Sheet, forms: Path) -> None:
    own = forms / "issue.typ"
    own.write_text("#for i in range(9000) { for j in range(20000) { let x = i * j } }\n", "utf-8")
    assert refused(sheet, own, seconds=0.5)["reason"] == "time"


@pytest.mark.parametrize("path", ["/secret.txt", "../secret.txt", "link.txt", "/etc/hostname"])
def test_no_file_outside_its_folder_is_read(sheet: Sheet, forms: Path, tmp_path: Path, path: str) -> None:
    (tmp_path / "secret.txt").write_text("secret", "utf-8")
    (forms / "link.txt").symlink_to(tmp_path / "secret.txt")
    (forms / "issue.typ").write_text(f'\n#read("{path}")', "utf-8")
    facts = refused(sheet, forms / "issue.typ")
    assert (facts["line"], facts["reason"]) == (2, "template")


def test_files_of_its_folder_are_there(sheet: Sheet, forms: Path) -> None:
    (forms / "mark.txt").write_text("庁章", "utf-8")
    (forms / "issue.typ").write_text('#read("mark.txt")', "utf-8")
    assert "庁章" in pdf_text(render_pdf(sheet, words(), Template(forms / "issue.typ"), [FONT]))


def test_the_press_opens_neither_file_nor_connection(
    sheet: Sheet, forms: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Watched by strace while a template asks for a package from the network, by a name that no search would find."""
    log, strace = tmp_path / "log", shutil.which("strace")
    assert strace
    monkeypatch.setattr(
        pdf,
        "_COMMAND",
        (strace, "-f", "-o", str(log), "-e", "trace=%network,open,openat,execve,prlimit64,setrlimit", *pdf._COMMAND),
    )
    (forms / "issue.typ").write_text('\n#import ("\\u{40}preview" + "/example:0.1.0"): add\n', "utf-8")
    facts = refused(sheet, forms / "issue.typ")
    assert (facts["line"], facts["reason"]) == (2, "template")
    calls = log.read_text("utf-8", "replace").splitlines()
    closed = next(index for index, call in enumerate(calls) if "RLIMIT_NOFILE, {rlim_cur=0" in call)
    # Python's start asks the local name service (AF_UNIX) for a home.
    assert not [call for call in calls[:closed] if re.search(r"\b(socket|connect)\(", call) and "AF_UNIX" not in call]
    after = [call for call in calls[closed + 1 :] if re.search(r"\b(socket|connect|open|openat)\(", call)]
    assert any("socket(" in call for call in after)  # it did try
    assert [call for call in after if "EMFILE" not in call and "resumed" not in call and "unfinished" not in call] == []


def test_our_own_fault_is_not_called_the_templates(sheet: Sheet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_COMMAND", (sys.executable, "-c", "raise SystemExit(1)"))
    with pytest.raises(RuntimeError):
        render_pdf(sheet, words(), TEMPLATE, [FONT])
