"""Which template a sheet is made with: a site's for the kind, a site's for the action, ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.paper.forms import Forms
from lgpki_tui.paper.sheet import Action
from tests.paper.samples import FONT, FORMS, compact, make_sheet, pdf_text, sheet_for

OWN = """\
#import "office.typ": *
#show: body => office("様式第7号", body)
高島市 様式第7号 #it.number
#head("title_issue", "lead_issue")
"""


@pytest.fixture
def sites(tmp_path: Path) -> tuple[Path, Path]:
    """Folders of a site and of a person."""
    folders = tmp_path / "etc", tmp_path / "config"
    for folder in folders:
        (folder / "forms").mkdir(parents=True)
    return folders


def test_the_kind_stands_above_the_action_and_the_site_above_the_person(sites: tuple[Path, Path]) -> None:
    etc, config = sites
    forms = Forms(sites, [FONT])
    assert forms.template("mail", Action.RENEWAL).path == FORMS / "renewal.typ"
    for file in (
        config / "forms" / "renewal.typ",
        config / "forms" / "mail-renewal.typ",
        etc / "forms" / "renewal.typ",
        etc / "forms" / "mail-renewal.typ",
    ):
        file.write_text("x", "utf-8")
        assert forms.template("mail", Action.RENEWAL).path == file
        assert not forms.template("mail", Action.RENEWAL).own_form
    assert forms.template("shokuseki", Action.RENEWAL).path == etc / "forms" / "renewal.typ"
    assert forms.template("mail", Action.ISSUE).own_form


def test_a_sites_template_uses_our_parts_and_is_not_called_ours(sites: tuple[Path, Path], tmp_path: Path) -> None:
    (sites[0] / "forms" / "issue.typ").write_text(OWN + '#notes("notes")', "utf-8")
    text = pdf_text(Forms(sites, [FONT]).pdf(make_sheet(tmp_path)))
    assert "様式第7号" in text
    assert "職責証明書" in text
    for mark in ("本ツールの様式", "公式の様式", "official"):
        assert mark not in text
    ours, _, _ = sheet_for(tmp_path, "shokuseki", Action.REVOCATION)
    assert pdf_text(Forms(sites, [FONT]).pdf(ours)).count("本ツールの様式（公式様式ではない）") == 2
    assert "本ツールの様式（公式様式ではない）" in Forms(sites, [FONT]).text(make_sheet(tmp_path), "ja")


def test_a_slip_is_told_in_the_file_where_it_is(sites: tuple[Path, Path], tmp_path: Path) -> None:
    own = sites[0] / "forms" / "issue.typ"
    own.write_text(OWN + '#section("no_such_word", row("key", []))\n', "utf-8")
    with pytest.raises(Refusal) as refused:
        Forms(sites, [FONT]).pdf(make_sheet(tmp_path))
    facts = refused.value.facts
    assert refused.value.code is Code.FORM_BROKEN
    assert facts["file"] == str(FORMS / "office.typ")  # a part of ours, asked for a word that there is none of
    (sites[0] / "forms" / "office.typ").write_text((FORMS / "office.typ").read_text("utf-8") + "#none.x\n", "utf-8")
    with pytest.raises(Refusal) as refused:
        Forms(sites, [FONT]).pdf(make_sheet(tmp_path))
    assert refused.value.facts["file"] == str(sites[0] / "forms" / "office.typ")


def test_words_of_a_person_and_of_a_site(sites: tuple[Path, Path], tmp_path: Path) -> None:
    for site, text in zip(sites, ("高島市長様", "登録分局様"), strict=True):
        (site / "forms" / "sheet.toml").write_text(f'addressee = {{ ja = "{text}", en = "To" }}\n', "utf-8")
    forms = Forms(sites, [FONT])
    assert "高島市長様" in forms.text(make_sheet(tmp_path), "ja")
    assert compact("高島市長様") in compact(pdf_text(forms.pdf(make_sheet(tmp_path))))
