"""ChoiceList: keys, window, columns in cells, and what it tells."""

from __future__ import annotations

from typing import ClassVar
from unicodedata import east_asian_width

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.events import Key
from textual.strip import Strip

from lgpki_tui.faces.tui.cutting import cut, padded
from lgpki_tui.faces.tui.widgets.choice import Choice, Row, detail_column, longest
from lgpki_tui.faces.tui.widgets.choice_list import ChoiceList
from lgpki_tui.faces.tui.widgets.text_field import TextField
from tests.tui.stage import SIZES, Stage, ambiguous, reversed_text, rows, type_text

OFFICES = [
    Choice("a", "総務部情報政策課", "高島市 252123"),
    Choice("b", "総務部情報政策課システム係", "高島市 252123"),
    Choice("c", "会計課", "高島市 252123", enabled=False, note="登録簿にありません"),
]
MANY = [Choice(str(number), f"第{number}課") for number in range(1, 13)]


def drawn(app: Stage, first: int = 0, last: int | None = None) -> list[str]:
    """The rows without the blanks at their ends."""
    return [row.rstrip() for row in rows(app)[first:last]]


@pytest.mark.parametrize("size", SIZES)
async def test_look(size: tuple[int, int]) -> None:
    app = Stage(ChoiceList(OFFICES), TextField())
    async with app.run_test(size=size) as pilot:
        assert drawn(app, 0, 3) == [
            "> 総務部情報政策課            高島市 252123",
            "  総務部情報政策課システム係  高島市 252123",
            "  (会計課)                    高島市 252123",
        ]
        assert reversed_text(app, 0) == drawn(app)[0]
        assert ambiguous(app) == set()
        assert app.cursor_position == (0, 0)
        await pilot.press("down")
        assert reversed_text(app, 0) == ""
        assert reversed_text(app, 1).startswith("> 総務部情報政策課シ")
        assert app.cursor_position == (0, 1)
        await pilot.press("tab")
        assert drawn(app)[1].startswith("> ")
        assert [reversed_text(app, row) for row in range(3)] == ["", "", ""]


async def test_enter_and_space_choose_and_a_disabled_row_is_refused() -> None:
    app = Stage(listed := ChoiceList(OFFICES))
    async with app.run_test() as pilot:
        await pilot.press("enter", "down", "space", "end", "enter")
        assert [told.choice.id for told in app.of(ChoiceList.Chosen)] == ["a", "b"]
        assert [told.choice.id for told in app.of(ChoiceList.Moved)] == ["b", "c"]
        (refused,) = app.of(ChoiceList.Refused)
        assert refused.choice_list is refused.control is listed
        assert refused.choice is listed.marked is OFFICES[2]
        assert refused.choice.note == "登録簿にありません"
        assert app.keys == []


async def test_ends_are_left_to_the_screen() -> None:
    app = Stage(listed := ChoiceList(OFFICES))
    async with app.run_test() as pilot:
        await pilot.press("up", "home", "pageup")
        assert app.keys == ["up", "pageup"]  # all of the list is seen: the page scrolls
        await pilot.press("down", "end", "down", "pagedown", "f1", "escape", "left", "x")
        assert app.keys == ["up", "pageup", "down", "pagedown", "f1", "escape", "left", "x"]
        assert listed.marked is OFFICES[2]
        assert [told.choice.id for told in app.of(ChoiceList.Moved)] == ["b", "c"]


@pytest.mark.parametrize("size", SIZES)
async def test_window(size: tuple[int, int]) -> None:
    width = size[0]
    app = Stage(ChoiceList(MANY, rows=4), TextField())
    async with app.run_test(size=size) as pilot:
        assert rows(app)[3] == "  第4課".ljust(width - 2 - 8) + "  8 more"
        assert rows(app)[4].strip() == ""
        await pilot.press("down", "down", "down")
        assert app.cursor_position == (0, 3)
        assert reversed_text(app, 3) == "> 第4課"
        await pilot.press("down")
        assert rows(app)[0] == "  第2課".ljust(width - 2 - 8) + "  1 more"
        assert rows(app)[3] == "> 第5課".ljust(width - 2 - 8) + "  7 more"
        await pilot.press("pagedown")
        assert drawn(app, 3, 4)[0].startswith("> 第9課")
        await pilot.press("end")
        assert drawn(app, 3, 4) == ["> 第12課"]
        assert rows(app)[0] == "  第9課".ljust(width - 2 - 8) + "  8 more"
        await pilot.press("up", "up", "up")
        assert app.cursor_position == (0, 0)
        await pilot.press("pageup")
        assert drawn(app, 0, 1)[0].startswith("> 第5課")
        await pilot.press("home")
        assert drawn(app, 0, 1) == ["> 第1課"]


async def test_a_smaller_place_keeps_the_mark_in_sight() -> None:
    listed = ChoiceList(MANY, rows=10)
    listed.styles.max_height = "50%"
    app = Stage(listed)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*["down"] * 9)
        assert app.cursor_position == (0, 9)
        await pilot.resize_terminal(60, 10)
        await pilot.pause()
        assert listed.size.height == 5
        assert app.cursor_position == (0, 4)
        assert reversed_text(app, 4) == "> 第10課"
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert reversed_text(app, app.cursor_position.y) == "> 第10課"
        assert listed.size.height == 10
        assert all(drawn(app, 0, 10))  # no blank rows while there are choices above


async def test_replacing_keeps_the_mark_and_repaints_once() -> None:
    app = Stage(TextField(), listed := ChoiceList(MANY, rows=4))
    async with app.run_test() as pilot:
        await pilot.press("tab", "down", "down")
        await pilot.pause()
        before = len(app.frames)
        listed.set_choices(MANY[2:5], keep="3")
        await pilot.pause()
        assert [kind for kind, _ in app.frames[before:]] == ["ChopsUpdate"]
        assert listed.choices == tuple(MANY[2:5])
        assert listed.marked is MANY[2]
        assert drawn(app, 1, 5) == ["> 第3課", "  第4課", "  第5課", ""]
        assert app.cursor_position == (0, 1)
        listed.set_choices(MANY, keep="11")
        await pilot.pause()
        assert reversed_text(app, app.cursor_position.y) == "> 第11課"
        listed.set_choices(MANY, keep="gone")
        await pilot.pause()
        assert listed.marked is MANY[0]
        assert [told.choice.id for told in app.of(ChoiceList.Moved)] == ["2", "3"]


async def test_moving_repaints_two_rows() -> None:
    class Watched(ChoiceList):
        drawn: ClassVar[list[int]] = []

        def render_line(self, y: int) -> Strip:
            self.drawn.append(y)
            return super().render_line(y)

    app = Stage(listed := Watched(MANY, rows=8))
    async with app.run_test() as pilot:
        await pilot.pause()
        listed.drawn.clear()
        await pilot.press("down")
        assert sorted(listed.drawn) == [0, 1]


async def test_an_empty_list_takes_no_focus_and_no_keys() -> None:
    app = Stage(TextField(id="field"), listed := ChoiceList(rows=3), TextField(id="after"))
    async with app.run_test() as pilot:
        assert listed.marked is None
        await pilot.press("tab")
        assert app.focused is app.query_one("#after")
        assert listed.size.height == 3
        listed.set_choices(MANY)
        await pilot.press("shift+tab")
        assert app.focused is listed
        listed.set_choices([])
        await pilot.press("down", "enter", "space", "home")
        assert app.keys == ["tab", "shift+tab", "down", "enter", "space", "home"]
        assert not [told for told in app.told if isinstance(told, ChoiceList.Chosen | ChoiceList.Moved)]
        assert drawn(app, 1, 4) == ["", "", ""]


async def test_text_from_outside_is_neither_markup_nor_obeyed() -> None:
    app = Stage(listed := ChoiceList([Choice("x", "[red]市[/]\x1b[2J", "[b]\u202e課[/b]", note="\x07")], marked="x"))
    async with app.run_test() as pilot:
        assert drawn(app, 0, 1) == ["> [red]市[/]\\u001b[2J  [b]\\u202e課[/b]"]
        await pilot.press("enter")
        assert app.of(ChoiceList.Chosen)[0].choice.text == "[red]市[/]\x1b[2J"  # the caller gets its own
        assert listed.marked is not None


async def test_a_screen_can_say_where_the_mark_begins() -> None:
    app = Stage(ChoiceList(MANY, marked="7", rows=3))
    async with app.run_test():
        assert app.cursor_position == (0, 2)
        assert reversed_text(app, 2) == "> 第7課"


@pytest.mark.parametrize("width", [1, 3, 4, 9, 20, 33])
async def test_never_wider_than_the_widget(width: int) -> None:
    listed = ChoiceList([*OFFICES, *MANY], rows=3)
    listed.styles.width = width
    app = Stage(listed)
    async with app.run_test() as pilot:
        for _ in range(5):
            assert all(cell_len(listed.render_line(y).text) == width for y in range(4))
            assert all(row[width:].strip() == "" for row in rows(app)[:4])
            await pilot.press("down")


async def test_by_keys_between_field_and_list() -> None:
    """The screen moves the focus with the keys that the two leave to it."""

    class Both(Stage):
        def on_key(self, event: Key) -> None:
            if event.key in ("up", "down"):
                (listed if field.has_focus else field).focus()

    field, listed = TextField(), ChoiceList(OFFICES)
    app = Both(field, listed)
    async with app.run_test() as pilot:
        await pilot.press("down")
        assert listed.has_focus
        await pilot.press("down", "up", "up")
        assert field.has_focus
        await type_text(pilot, "課")
        assert field.value == "課"


def test_columns() -> None:
    long = Row("総務部情報政策課システム係長期継続契約担当", "高島市")
    short = Row("会計課", "高島市 252123")
    column = detail_column(longest([long, short]), 40)
    assert column == 24 + 2
    assert short.line(column, 40) == "会計課" + " " * 20 + "高島市 252123"
    assert long.line(column, 40) == "総務部情報政策課システム係長期継続契約..", (
        "no detail, and the text is for it alone"
    )
    assert long.line(column, 60) == "総務部情報政策課システム係長期継続契約担当  高島市"
    assert short.line(column, 35) == "会計課" + " " * 20 + "高島市 .."
    assert short.line(column, 31) == "会計課", "a detail of five cells tells nothing"
    assert Row("会計課", "").line(2, 5) == "会.."


@given(st.text(st.sampled_from("漢字ａb 　か\u3099ｶﾞ葛\U000e0100🈂")), st.integers(0, 40))
def test_cutting_by_cells(text: str, width: int) -> None:
    result = cut(text, width)
    assert cell_len(result) <= width
    assert cell_len(padded(result, width)) == width
    if result != text:
        kept = result.removesuffix("..") if width >= 4 else result
        assert text.startswith(kept)
        assert not text[len(kept) :].startswith(("\u3099", "\U000e0100"))  # a letter keeps its marks
        assert width - cell_len(kept) <= (3 if width >= 4 else 1)  # no more is cut than must be


def test_own_signs_are_not_ambiguous() -> None:
    assert {east_asian_width(character) for character in "> (+3).." + Row.of(Choice("x", "", enabled=False)).text} == {
        "Na"
    }
