"""The pictures in docs/screens: one for each page, and nothing in them that must not be seen."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.segment import Segment
from rich.style import Style

from lgpki_tui.ground.shipped import shipped
from lgpki_tui.pages.language import LANGUAGES, Language
from lgpki_tui.pages.page import Page
from tests.tui.drawing import CELL, draw
from tests.tui.pictures import HOME, NEW_PIN, PIN, SCREENS, SO_PIN, WRONG_PIN, make

PAGES = sorted(file.parent.name for file in shipped("screens").glob("*/page.toml"))
# Where a reader's own files may be; /tmp and the place of this checkout are not among them.
KNOWN = {"/home/", "/opt/", "/usr/", "/etc/"}
SVG = "{http://www.w3.org/2000/svg}"


def runs(picture: Path) -> list[str]:
    """All that can be read in a picture, cut at spaces and where the style or the width of the characters changes."""
    root = ElementTree.fromstring(picture.read_text(encoding="utf-8"))  # noqa: S314  # made by us
    return [text.text or "" for text in root.iter(f"{SVG}text")]


def words(picture: Path) -> str:
    """The same without the cuts."""
    return "".join(runs(picture))


def judge(folder: Path, language: Language) -> None:
    """One picture of each page, which says its title; no PIN, no path of the machine that drew it."""
    assert sorted(file.stem for file in folder.glob("*.svg")) == PAGES
    for file in folder.glob("*.svg"):
        said = words(file)
        assert Page.load(file.stem, language).title.replace(" ", "") in said
        assert not re.search("|".join((PIN, SO_PIN, NEW_PIN, WRONG_PIN)), said), file
        begins = [path for run in runs(file) for path in re.findall(r"(?<![\w.-])/[\w.-]+/", run)]
        assert set(begins) <= KNOWN, (file, begins)
    assert f"{HOME}/out" in words(folder / "export.svg")
    assert "*" * len(PIN) in words(folder / "review.svg")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_has_its_picture_and_no_pin_is_in_it(language: Language) -> None:
    judge(SCREENS / language, language)
    readme = (SCREENS / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(rf"{language}/(\w+)\.svg", readme)) == set(PAGES)


@pytest.mark.slow
async def test_they_can_be_drawn_again(tmp_path: Path) -> None:
    await make(tmp_path / "ja", "ja")
    judge(tmp_path / "ja", "ja")


def test_a_cell_stays_in_its_place() -> None:
    row = [Segment("a漢b", Style(bold=True)), Segment(" x", Style(reverse=True))]
    root = ElementTree.fromstring(draw([row], "a < b"))  # noqa: S314  # made by us
    places = {text.text: float(text.get("x", "")) / CELL for text in root.iter(f"{SVG}text")}
    assert places == {"a": 0, "漢": 1, "b": 3, "x": 5}
    assert root.findtext(f"{SVG}title") == "a < b"
    (paper, bar) = root.iter(f"{SVG}rect")
    assert (float(bar.get("x", "")) / CELL, float(bar.get("width", "")) / CELL) == (4, 2)
    assert paper.get("rx")


def test_an_example_must_be_as_wide_as_what_it_replaces() -> None:
    with pytest.raises(ValueError, match="not as wide"):
        draw([[Segment("261124-7K3QH")]], "", lambda row: row[1:])
