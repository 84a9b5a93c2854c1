"""Button: one row, pressed by Enter or Space, passed over while it is out of use."""

from __future__ import annotations

import pytest
from textual.containers import Horizontal

from lgpki_tui.faces.tui.widgets.button import Button
from lgpki_tui.faces.tui.widgets.text_field import TextField
from tests.tui.stage import SIZES, Stage, ambiguous, reversed_text, rows


@pytest.mark.parametrize("size", SIZES)
async def test_look(size: tuple[int, int]) -> None:
    row = Horizontal(on := Button("次へ"), off := Button("戻る", disabled=True), Button("Quit"))
    row.styles.height = 1
    app = Stage(TextField(), row)
    async with app.run_test(size=size) as pilot:
        assert rows(app)[1].rstrip() == "[ 次へ ]( 戻る )[ Quit ]"
        assert on.size == off.size == (8, 1)
        assert reversed_text(app, 1) == ""
        await pilot.press("tab")
        assert reversed_text(app, 1) == "[ 次へ ]"
        assert app.cursor_position == (2, 1)
        await pilot.press("tab")
        assert reversed_text(app, 1) == "[ Quit ]"
        assert app.cursor_position == (18, 1)
        off.disabled = False
        await pilot.press("shift+tab")
        assert reversed_text(app, 1) == "[ 戻る ]"
        assert ambiguous(app) == set()


async def test_enter_and_space_press_and_the_rest_goes_on() -> None:
    app = Stage(button := Button("次へ", id="next"))
    async with app.run_test() as pilot:
        await pilot.press("enter", "space", "up", "down", "x", "f10")
        assert [told.control for told in app.of(Button.Pressed)] == [button, button]
        assert app.keys == ["up", "down", "x", "f10"]


async def test_out_of_use_it_cannot_be_pressed() -> None:
    app = Stage(button := Button("次へ"), other := Button("戻る"))
    async with app.run_test() as pilot:
        button.disabled = True
        await pilot.pause()
        assert rows(app)[0].rstrip() == "( 次へ )"
        assert app.focused is other  # Textual's doing
        await pilot.press("enter")
        assert [told.button for told in app.of(Button.Pressed)] == [other]
        await pilot.press("shift+tab")
        assert app.focused is other


async def test_label_is_text_and_can_change() -> None:
    app = Stage(button := Button("[b]\x1b[2J"))
    async with app.run_test() as pilot:
        assert rows(app)[0].rstrip() == "[ [b]\\u001b[2J ]"
        button.label = "格納する"
        await pilot.pause()
        assert rows(app)[0].rstrip() == "[ 格納する ]"
        assert button.size.width == 12


async def test_danger_is_told_to_the_screen() -> None:
    assert Button("消去する", danger=True).danger
    assert not Button("戻る").danger


async def test_a_narrow_place_cuts_it() -> None:
    button = Button("証明書を格納する")
    button.styles.width = 11
    app = Stage(button)
    async with app.run_test():
        assert rows(app)[0].rstrip() == "[ 証明書.."
