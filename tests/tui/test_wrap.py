"""Lines are broken as Japanese is set, and never cut a wide character in two."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from lgpki_tui.faces.tui.cutting import cut, pad
from lgpki_tui.faces.tui.wrap import wrap


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("カードを抜かないでください。", 10, ["カードを抜", "かないでく", "ださい。"]),
        ("鍵ペアを作ります。", 16, ["鍵ペアを作りま", "す。"]),
        ("登録分局（窓口）へ", 10, ["登録分局", "（窓口）へ"]),
        ("put the card into the reader", 12, ["put the card", "into the", "reader"]),
        ("このPC office-01 です", 12, ["このPC", "office-01 で", "す"]),
        ("/very/long/path/name", 8, ["/very/lo", "ng/path/", "name"]),
        ("一\n二", 10, ["一", "二"]),
        ("", 10, [""]),
    ],
)
def test_a_line_ends_where_it_may(text: str, width: int, lines: list[str]) -> None:
    assert wrap(text, width) == lines


def test_lines_after_the_first_are_indented() -> None:
    assert wrap("[注意] 期限が近づいています", 14, indent=4) == ["[注意] 期限が", "    近づいてい", "    ます"]


@given(st.text(alphabet="あ漢、。（）abc /-ー1\u3099", max_size=60), st.integers(4, 40), st.integers(0, 2))
@example("、（ 漢", 4, 2)
def test_no_line_is_too_wide_and_nothing_is_lost(text: str, width: int, indent: int) -> None:
    lines = wrap(text, width, indent)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@given(st.text(alphabet="漢字ab ー", max_size=30), st.integers(4, 40))
def test_what_is_padded_has_exactly_that_width(text: str, width: int) -> None:
    assert cell_len(pad(text, width)) == width
    assert cell_len(cut(text, width)) <= width
    assert cut(text, width) == text or cut(text, width).endswith("..")
