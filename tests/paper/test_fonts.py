"""Which characters a font has, judged by Typst: PDF/A forbids characters without a glyph."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.paper.fonts import find_fonts, gaps
from tests.paper.samples import FONT

DEJAVU = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
SAMPLE = "申請高髙﨑𠮷𪛖𠀋①Ⅱ〓ーヶ々ﾊ゙㈱㍻é€A~¥‾鷗侮\ufa19龘丶𣘺仮ア🂡ѩ\u0e01"
# In a process of its own: the program's own process never loads typst.
JUDGE = """
import json, sys, typst
def printable(char):
    source = f'#set text(font: "IPAexGothic", fallback: false)\\n#text(sys.inputs.char)'.encode()
    try:
        typst.compile(source, format="pdf", pdf_standards="a-2b", font_paths=[sys.argv[1]], ignore_system_fonts=True,
                      sys_inputs={"char": char}, timestamp=0)
    except typst.TypstError:
        return False
    return True
print(json.dumps([char for char in sys.argv[2] if not printable(char)]))
"""


def test_the_same_characters_are_lacking_as_typst_says(tmp_path: Path) -> None:
    command = [sys.executable, "-c", JUDGE, str(FONT.parent), SAMPLE]
    judged = json.loads(subprocess.run(command, check=True, capture_output=True, cwd=tmp_path).stdout)
    assert {SAMPLE[place] for place in gaps(SAMPLE, find_fonts([FONT]))} == set(judged)
    assert {"𪛖", "🂡"} < set(judged)


def test_a_variation_is_drawn_by_a_font_that_knows_the_pair() -> None:
    """By the table of IPAex's own: 葛 and 辻 have two forms each, 高 and 島 have none."""
    fonts = find_fonts([FONT])
    assert gaps("葛\U000e0100城辻\U000e0101", fonts) == frozenset()
    assert gaps("高\U000e0100島\ufe00", fonts) == frozenset({1, 3})
    assert gaps("\U000e0100", fonts) == frozenset({0})
    assert gaps("高\n\u200b\u202e", fonts) == frozenset()  # written as \uXXXX


def test_a_font_without_japanese_is_passed_over(tmp_path: Path) -> None:
    link = tmp_path / "font.ttf"
    link.symlink_to(FONT)
    found = find_fonts([tmp_path / "absent.ttf", DEJAVU, link, FONT])
    assert [font.path for font in found] == [FONT.resolve()]
    assert found[0].has("申")
    with pytest.raises(Refusal) as refused:
        find_fonts([])
    assert refused.value.code is Code.FONT_MISSING


@pytest.mark.parametrize("length", [0, 3, 12, 40, 300, 5000])
def test_a_damaged_font_is_passed_over(tmp_path: Path, length: int) -> None:
    cut = tmp_path / "cut.ttf"
    cut.write_bytes(FONT.read_bytes()[:length])
    with pytest.raises(Refusal):
        find_fonts([cut])
