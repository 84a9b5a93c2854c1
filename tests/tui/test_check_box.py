"""CheckBox: ticked and unticked by Space or Enter."""

from __future__ import annotations

import pytest

from lgpki_tui.faces.tui.widgets.check_box import CheckBox
from tests.tui.stage import SIZES, Stage, ambiguous, reversed_text, rows


@pytest.mark.parametrize("size", SIZES)
async def test_tick(size: tuple[int, int]) -> None:
    app = Stage(box := CheckBox("カードの内容が失われることを確認しました"), CheckBox("[b]", ticked=True))
    async with app.run_test(size=size) as pilot:
        assert rows(app)[0].rstrip() == "[ ] カードの内容が失われることを確認しました"
        assert rows(app)[1].rstrip() == "[x] [b]"
        assert reversed_text(app, 0) == rows(app)[0].rstrip()
        assert reversed_text(app, 1) == ""
        assert app.cursor_position == (1, 0)
        await pilot.press("space")
        assert box.ticked
        assert rows(app)[0].startswith("[x] カード")
        await pilot.press("enter")
        assert not box.ticked
        assert [(told.control, told.ticked) for told in app.of(CheckBox.Changed)] == [(box, True), (box, False)]
        await pilot.press("x", "down")
        assert app.keys == ["x", "down"]
        assert ambiguous(app) == set()


async def test_out_of_use_and_set_by_the_screen() -> None:
    app = Stage(box := CheckBox("\x1b確認", disabled=True), other := CheckBox("市"))
    async with app.run_test() as pilot:
        assert rows(app)[0].rstrip() == "( ) \\u001b確認"
        assert app.focused is other
        box.ticked = other.ticked = True
        await pilot.pause()
        assert rows(app)[0].rstrip() == "(x) \\u001b確認"
        assert rows(app)[1].rstrip() == "[x] 市"
        assert app.of(CheckBox.Changed) == []
