"""PinField: a PIN goes in, comes out once, and is nowhere else."""

from __future__ import annotations

import copy
import pickle
from typing import ClassVar

import pytest
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from lgpki_tui.faces.tui.widgets.notice import Notice
from lgpki_tui.faces.tui.widgets.pin_buffer import MOST_BYTES, PinBuffer
from lgpki_tui.faces.tui.widgets.pin_field import PinField
from tests.tui.stage import SIZES, Stage, ambiguous, paste, reversed_text, rows, type_text

CANARY = "Zq7-canary 94!"


def notices(app: Stage) -> list[Notice]:
    """The notices, in order."""
    return [told.notice for told in app.of(PinField.Noticed)]


@pytest.mark.parametrize("size", SIZES)
async def test_stars_and_caret(size: tuple[int, int]) -> None:
    app = Stage(field := PinField(), PinField(width=5))
    async with app.run_test(size=size) as pilot:
        assert field.is_empty
        assert app.cursor_position == (0, 0)
        await pilot.press("1", "2", "a", "B", "space", "backslash")
        assert field.count == 6
        assert not field.is_empty
        assert rows(app)[0].rstrip() == "******"
        assert app.cursor_position == (6, 0)
        assert reversed_text(app, 0) == " "
        await pilot.press("backspace", "backspace")
        assert rows(app)[0].rstrip() == "****"
        await pilot.press("tab")
        await type_text(pilot, "12345678")
        assert rows(app)[1].rstrip() == "****"  # the caret keeps its cell
        assert app.cursor_position == (4, 1)
        assert reversed_text(app, 0) == ""
        assert ambiguous(app) == set()
        assert notices(app) == []


async def test_take_hands_over_once_and_wipes() -> None:
    app = Stage(field := PinField())
    async with app.run_test() as pilot:
        await type_text(pilot, CANARY)
        assert app.of(PinField.Changed)[-1].control is field
        with field.take() as secret:
            assert secret.text() == CANARY
        assert field.is_empty
        await pilot.pause()
        assert rows(app)[0].strip() == ""
        assert len(app.of(PinField.Changed)) == len(CANARY) + 1
        with field.take() as secret:
            assert secret.reveal() == b""


@pytest.mark.parametrize("text", ["１", "あ", "ｱ", "é", "　", "漢", "\u200b"])
async def test_what_is_not_half_width_is_refused_never_normalised(text: str) -> None:
    app = Stage(field := PinField())
    async with app.run_test() as pilot:
        await type_text(pilot, f"1{text}2")
        assert notices(app) == [Notice.PIN_HALF_WIDTH]
        await paste(pilot, f"3{text}4")
        assert notices(app) == [Notice.PIN_HALF_WIDTH] * 2
        assert app.of(PinField.Noticed)[-1].facts == {}
        with field.take() as secret:
            assert secret.text() == "12"


@pytest.mark.parametrize(
    ("text", "taken", "told"),
    [
        ("12 34", "12 34", []),
        ("1234\r\n", "1234", []),
        ("\n1234", "1234", []),
        ("1234\n5678", "", [Notice.PASTE_LINES]),
        ("12\t34", "", [Notice.PASTE_CONTROL]),
        ("12\x1b34", "", [Notice.PASTE_CONTROL]),
        ("１２\t", "", [Notice.PASTE_CONTROL]),
        ("", "", []),
        ("\n", "", []),
        ("x" * 255, "x" * 255, []),
        ("x" * 256, "", [Notice.TOO_LONG]),
    ],
)
async def test_a_paste_is_taken_whole_or_not(text: str, taken: str, told: list[Notice]) -> None:
    app = Stage(field := PinField())
    async with app.run_test() as pilot:
        await paste(pilot, text)
        assert notices(app) == told
        with field.take() as secret:
            assert secret.text() == taken


async def test_no_more_than_255() -> None:
    app = Stage(field := PinField())
    async with app.run_test() as pilot:
        await paste(pilot, "x" * 254)
        await pilot.press("y", "z")
        assert field.count == MOST_BYTES == 255
        assert app.of(PinField.Noticed)[-1].facts == {"limit": 255}
        await pilot.press("ctrl+u")
        assert field.is_empty
        await pilot.press("backspace", "ctrl+u")
        assert field.is_empty


async def test_enter_tells_without_the_pin_and_other_keys_go_on() -> None:
    app = Stage(field := PinField())
    async with app.run_test() as pilot:
        await pilot.press("1", "enter", "up", "down", "left", "f1", "escape", "delete", "ctrl+a")
        (told,) = app.of(PinField.Submitted)
        assert told.field is told.control is field
        assert app.keys == ["up", "down", "left", "f1", "escape", "delete", "ctrl+a"]  # and neither 1 nor Enter
        assert field.count == 1


class Bound(Stage):
    """An app with a binding of one letter."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "exit_by_letter", "q")]

    def action_exit_by_letter(self) -> None:
        raise AssertionError("a character of a PIN ran a binding")


async def test_no_character_of_a_pin_is_a_binding() -> None:
    app = Bound(field := PinField())
    async with app.run_test() as pilot:
        assert "q" not in app.screen.active_bindings
        await pilot.press("q")
        assert field.count == 1


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [("1234", "1234", True), ("1234", "1235", False), ("1234", "12345", False), ("", "", True), ("", "1", False)],
)
async def test_typed_twice(first: str, second: str, same: bool) -> None:
    app = Stage(one := PinField(), two := PinField())
    async with app.run_test() as pilot:
        await type_text(pilot, first + "9")
        await pilot.press("backspace", "tab")
        await type_text(pilot, second)
        assert one.same_as(two) is two.same_as(one) is same


@pytest.mark.parametrize(
    ("text", "same"),
    [("1234", True), ("123", False), ("12345", False), ("", False), ("市長", False), ("9" * 300, False)],
)
async def test_a_readable_text_is_known_as_the_pin(text: str, same: bool) -> None:
    app = Stage(field := PinField())
    async with app.run_test() as pilot:
        await type_text(pilot, "1234")
        assert field.holds(text) is same
        assert field.count == 4


async def test_nothing_shows_the_pin() -> None:
    """All that the widget, the screen, the log and the messages show, but for the keys themselves."""
    seen: list[Message] = []
    app = Stage(field := PinField(id="pin"), other := PinField())
    async with app.run_test(message_hook=seen.append) as pilot:
        for key in CANARY:
            await pilot.press(key)
        await pilot.press("tab")
        await paste(pilot, CANARY)
        await pilot.press("shift+tab", "enter")
        assert field.same_as(other)
        assert field.count == len(CANARY)
        told = [message for message in seen if not isinstance(message, events.Key | events.Paste)]
        assert any(isinstance(message, PinField.Submitted) for message in told)
        shown = [repr(field), repr(vars(field)), str(field.tree), app.export_screenshot(), "\n".join(rows(app))]
        shown += [f"{message!r} {getattr(message, '__dict__', '')}" for message in told]
        assert [text for text in shown if CANARY in text] == []
        names = [name for name in (*field._reactives, *vars(field)) if CANARY in str(getattr(field, name, ""))]
        assert names == []


async def test_wiped_when_its_screen_is_left_and_when_the_app_ends() -> None:
    app = Stage(one := PinField(), two := PinField())
    async with app.run_test() as pilot:
        await type_text(pilot, CANARY)
        await pilot.press("tab")
        await type_text(pilot, CANARY)
        block, other = one._pin._block, two._pin._block
        assert CANARY.encode() in block
        await one.remove()
        assert block == bytes(MOST_BYTES)
        assert CANARY.encode() in other
        app.exit()
        await pilot.pause()
    assert other == bytes(MOST_BYTES)
    assert two.is_empty


async def test_wiped_when_the_app_dies() -> None:
    app = Stage(field := PinField())
    with pytest.raises(RuntimeError, match="the screen broke"):
        await _broken(app)
    assert field._pin._block == bytes(MOST_BYTES)


async def _broken(app: Stage) -> None:
    async with app.run_test() as pilot:
        await type_text(pilot, CANARY)
        app.call_later(_break)
        await pilot.pause()


def _break() -> None:
    raise RuntimeError("the screen broke")


def test_the_block_never_moves_and_is_never_written() -> None:
    pin = PinBuffer()
    block = pin._block
    for character in CANARY.encode():
        assert pin.add(character)
    pin.drop_last()
    assert block[len(CANARY) - 1] == 0
    assert pin._block is block
    assert "canary" not in repr(pin)
    for copied in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError):
            copied(pin)
    with pin.take() as secret:
        assert secret.text() == CANARY[:-1]
    assert block == bytes(MOST_BYTES)
    assert len(pin) == 0
