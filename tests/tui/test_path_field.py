"""PathField: what the program put there goes at the first key, what the person typed never does."""

from __future__ import annotations

import pytest
from textual import events
from textual.widgets import Input

from lgpki_tui.faces.tui.widgets.path_field import PathField
from lgpki_tui.faces.tui.widgets.text_field import TextField
from tests.tui.stage import SIZES, Stage, paste, reversed_text, rows, type_text

PLACE = "/srv/電子記録 媒体/out"


@pytest.mark.parametrize("size", SIZES)
async def test_typing_replaces_what_was_put_there(size: tuple[int, int]) -> None:
    app = Stage(TextField(), field := PathField(PLACE))
    async with app.run_test(size=size) as pilot:
        assert rows(app)[1].rstrip() == PLACE
        assert reversed_text(app, 1) == ""
        await pilot.press("tab")
        assert reversed_text(app, 1).rstrip() == PLACE  # seen, not only known
        await type_text(pilot, "/mnt")
        assert (field.value, field.is_own) == ("/mnt", True)


@pytest.mark.parametrize("key", ["end", "right"])
async def test_end_and_right_keep_it(key: str) -> None:
    app = Stage(TextField(), field := PathField(PLACE))
    async with app.run_test() as pilot:
        await pilot.press("tab", key)
        await type_text(pilot, "/2026")
        assert field.value == f"{PLACE}/2026"


@pytest.mark.parametrize(("keys", "left"), [(("backspace",), ""), (("ctrl+u",), ""), (("enter",), PLACE)])
async def test_other_keys_do_what_they_do_to_a_selection(keys: tuple[str, ...], left: str) -> None:
    app = Stage(TextField(), field := PathField(PLACE))
    async with app.run_test() as pilot:
        await pilot.press("tab", *keys)
        assert field.value == left
        assert len(app.of(Input.Submitted)) == keys.count("enter")


async def test_a_paste_takes_its_place() -> None:
    app = Stage(TextField(), field := PathField(PLACE))
    async with app.run_test() as pilot:
        await pilot.press("tab")
        await paste(pilot, "/media/usb\n")
        assert field.value == "/media/usb"


async def test_who_comes_back_to_what_he_has_typed_loses_nothing() -> None:
    app = Stage(TextField(), field := PathField(PLACE))
    async with app.run_test() as pilot:
        await pilot.press("tab")
        await type_text(pilot, "/mnt")
        await pilot.press("shift+tab", "tab")
        await type_text(pilot, "/a")
        assert field.value == "/mnt/a"


async def test_left_untouched_it_is_selected_again() -> None:
    app = Stage(TextField(), field := PathField(PLACE))
    async with app.run_test() as pilot:
        await pilot.press("tab", "end", "shift+tab", "tab")
        await type_text(pilot, "/x")
        assert field.value == "/x"


async def test_what_comes_while_the_field_has_the_focus_is_selected_too() -> None:
    app = Stage(field := PathField())
    async with app.run_test() as pilot:
        field.focus()
        await pilot.pause()
        field.prefill(PLACE)
        await type_text(pilot, "/x")
        assert field.value == "/x"


async def test_a_window_that_comes_to_the_front_selects_nothing() -> None:
    app = Stage(field := PathField(PLACE))
    async with app.run_test() as pilot:
        field.focus()
        await pilot.press("end")
        app.post_message(events.AppBlur())
        await pilot.pause()
        app.post_message(events.AppFocus())
        await pilot.pause()
        await type_text(pilot, "/x")
        assert field.value == f"{PLACE}/x"
