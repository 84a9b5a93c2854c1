"""TextField: what Japanese users type and paste stands in it as it came, or they are told."""

from __future__ import annotations

import pytest
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from lgpki_tui.faces.tui.widgets.notice import Notice
from lgpki_tui.faces.tui.widgets.text_field import TextField
from tests.tui.stage import SIZES, Stage, ambiguous, paste, reversed_text, rows, type_text


def notices(app: Stage) -> list[Notice]:
    """The notices, in order."""
    return [told.notice for told in app.of(TextField.Noticed)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "text", ["千代田区　霞が関", "　", "髙島市長 01", "か\u3099", "葛\U000e0100", "\ue000外字", "a\u00a0b"]
)
async def test_typed_and_pasted_alike(size: tuple[int, int], text: str) -> None:
    typed, pasted = TextField(), TextField()
    app = Stage(typed, pasted)
    async with app.run_test(size=size) as pilot:
        await type_text(pilot, text)
        await pilot.press("tab")
        await paste(pilot, text)
        assert typed.value == pasted.value == text  # never NFC, never half-width
        assert notices(app) == []


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\n\n"])
async def test_a_line_end_alone_is_no_loss(ending: str) -> None:
    app = Stage(field := TextField())
    async with app.run_test() as pilot:
        await paste(pilot, "\n" + "高島市長" + ending)
        assert field.value == "高島市長"
        assert notices(app) == []


async def test_the_first_line_that_is_not_blank_is_kept_and_told() -> None:
    app = Stage(field := TextField("市"))
    async with app.run_test() as pilot:
        await paste(pilot, "\n \r\n高島市長\n総務部\n情報政策課\n")
        assert field.value == "市高島市長"
        (told,) = app.of(TextField.Noticed)
        assert (told.field, told.control, told.notice, told.facts) == (field, field, Notice.PASTE_LINES, {"lines": 3})


@pytest.mark.parametrize("nothing", ["", "\n", "\r\n\r\n"])
async def test_an_empty_paste_changes_nothing(nothing: str) -> None:
    app = Stage(field := TextField("高島市"))
    async with app.run_test() as pilot:
        await pilot.press("shift+home")
        await paste(pilot, nothing)
        assert field.value == "高島市"
        assert notices(app) == []


async def test_controls_in_a_paste_are_left_out_and_told() -> None:
    app = Stage(field := TextField())
    async with app.run_test() as pilot:
        await paste(pilot, "総務部\t情報\x1b[31m\u202e政策\u200b課\t")
        assert field.value == "総務部情報[31m政策課"
        (told,) = app.of(TextField.Noticed)
        assert told.notice is Notice.PASTE_CONTROL
        assert told.facts == {"points": ["U+0009", "U+001B", "U+202E", "U+200B"]}


async def test_an_unseen_character_that_is_typed_is_told_too() -> None:
    app = Stage(field := TextField())
    async with app.run_test() as pilot:
        await type_text(pilot, "高\u200b島\x9b")
        assert field.value == "高島"
        assert notices(app) == [Notice.PASTE_CONTROL, Notice.PASTE_CONTROL]


async def test_what_a_screen_puts_there_cannot_act() -> None:
    app = Stage(field := TextField("高\x1b[2J島"), TextField("[red]市[/red]"))
    async with app.run_test():
        assert field.value == "高\\u001b[2J島"
        field.value = "\u202e市"
        assert field.value == "\\u202e市"
        assert "\x1b" not in "".join(rows(app))
        assert rows(app)[1].startswith("[red]市[/red]")


async def test_full_width_becomes_half_width_before_the_eyes() -> None:
    app = Stage(field := TextField(ascii_only=True))
    async with app.run_test() as pilot:
        await type_text(pilot, "２６１１２４ー７Ｋ３qf")
        assert field.value == "261124-7K3qf"
        assert notices(app) == [Notice.HALVED] * 10
        assert app.of(TextField.Noticed)[-1].facts == {"before": "３", "after": "3"}
        await pilot.press("ctrl+u")
        await paste(pilot, "２６１１２４－７Ｋ　３")
        assert field.value == "261124-7K 3"
        assert app.of(TextField.Noticed)[-1].facts == {"before": "２６１１２４－７Ｋ　３", "after": "261124-7K 3"}


@pytest.mark.parametrize("text", ["高島", "26かき", "ｱｲ", "é", "２６市"])
async def test_ascii_only_refuses_the_rest_whole(text: str) -> None:
    app = Stage(field := TextField("26", ascii_only=True))
    async with app.run_test() as pilot:
        await paste(pilot, text)
        assert field.value == "26"
        assert notices(app) == [Notice.ASCII_ONLY]
        refused = app.of(TextField.Noticed)[0].facts["refused"]
        assert isinstance(refused, str)
        assert set(refused) == {character for character in text if character not in "26２６"}


async def test_a_refused_character_leaves_the_selection() -> None:
    app = Stage(field := TextField("2611", ascii_only=True))
    async with app.run_test() as pilot:
        await pilot.press("shift+home")
        await type_text(pilot, "あ")
        assert field.value == "2611"
        await type_text(pilot, "7")
        assert field.value == "7"


async def test_the_limit_counts_code_points_and_tells() -> None:
    app = Stage(field := TextField(max_length=5))
    async with app.run_test() as pilot:
        await type_text(pilot, "𠮷か\u3099島")
        assert field.value == "𠮷か\u3099島"
        assert notices(app) == []
        await paste(pilot, "市長室")
        assert field.value == "𠮷か\u3099島市"
        assert app.of(TextField.Noticed)[-1].facts == {"limit": 5, "dropped": 2}
        await type_text(pilot, "長")
        assert field.value == "𠮷か\u3099島市"
        assert notices(app) == [Notice.TOO_LONG, Notice.TOO_LONG]


async def test_a_value_that_came_too_long_can_be_shortened() -> None:
    app = Stage(field := TextField("高島市長室", max_length=3))
    async with app.run_test() as pilot:
        await pilot.press("end", "backspace")
        assert field.value == "高島市長"
        assert notices(app) == []


async def test_a_notice_follows_the_change_it_is_about() -> None:
    app = Stage(field := TextField(ascii_only=True))
    async with app.run_test() as pilot:
        await paste(pilot, "１\n２")
        assert field.value == "1"
        kinds = [type(told) for told in app.told]
        assert kinds == [Input.Changed, TextField.Noticed, TextField.Noticed]


async def test_what_was_copied_here_is_pasted_by_the_same_rules() -> None:
    app = Stage(name := TextField("高島１"), code := TextField(ascii_only=True))
    async with app.run_test() as pilot:
        await pilot.press("end", "shift+left", "ctrl+c", "tab", "ctrl+v")
        assert (name.value, code.value) == ("高島１", "1")
        assert notices(app) == [Notice.HALVED]


async def test_keys_of_a_line() -> None:
    app = Stage(field := TextField("高島市長"))
    async with app.run_test() as pilot:
        await pilot.press("home")
        await type_text(pilot, "A")
        await pilot.press("end")
        await type_text(pilot, "B")
        await pilot.press("ctrl+a", "right", "ctrl+k")
        assert field.value == "A"
        await type_text(pilot, "高島")
        await pilot.press("ctrl+e", "left", "ctrl+u")
        assert field.value == "島"
        await pilot.press("delete", "enter")
        assert field.value == ""
        assert [told.value for told in app.of(Input.Submitted)] == [""]


async def test_up_and_down_are_the_screens() -> None:
    app = Stage(TextField("高島市長"))
    async with app.run_test() as pilot:
        await pilot.press("up", "down", "pageup", "f4", "a")
        assert app.keys == ["up", "down", "pageup", "f4"]


async def test_coming_back_and_typing_does_not_wipe() -> None:
    app = Stage(field := TextField("高島"), TextField())
    async with app.run_test() as pilot:
        await pilot.press("tab", "shift+tab")
        await type_text(pilot, "市")
        assert field.value == "高島市"


async def test_an_empty_field_is_as_wide_with_the_focus() -> None:
    app = Stage(TextField(width=10), TextField(width=10))
    async with app.run_test(size=SIZES[0]) as pilot:
        for key in ("", "tab"):
            await pilot.press(*[key] if key else [])
            lines = [field.render_line(0).crop(0, 10) for field in app.query(TextField)]
            assert [line.cell_length for line in lines] == [10, 10]
            assert all(each.style is not None and each.style.underline for line in lines for each in line)


@pytest.mark.parametrize("size", SIZES)
async def test_look(size: tuple[int, int]) -> None:
    app = Stage(TextField("高島", placeholder="?"), TextField(placeholder="[b]例[/b]"), TextField(width=10))
    async with app.run_test(size=size) as pilot:
        assert [field.size for field in app.query(TextField)] == [(60, 1), (60, 1), (10, 1)]
        assert rows(app)[0].rstrip() == "高島"
        assert rows(app)[1].rstrip() == "[b]例[/b]"
        assert [reversed_text(app, row) for row in range(3)] == [" ", "", ""]
        await pilot.press("home")
        assert reversed_text(app, 0) == "高"
        assert ambiguous(app) == set()


async def test_nothing_is_sent_while_nothing_happens() -> None:
    app = Stage(TextField("高島"))
    async with app.run_test() as pilot:
        await pilot.press("home")
        await pilot.pause()
        before = len(app.frames)
        await pilot.pause(1.3)  # Input blinks every half second
        assert len(app.frames) == before


@pytest.mark.parametrize("size", SIZES)
async def test_the_cursor_is_at_the_caret(size: tuple[int, int]) -> None:
    app = Stage(Static("1\n2"), field := TextField())
    async with app.run_test(size=size) as pilot:
        assert app.cursor_position == (0, 2)
        await type_text(pilot, "高島 a")
        assert app.cursor_position == field.cursor_screen_offset == (6, 2)
        await pilot.press("left", "left", "left")
        assert app.cursor_position == (2, 2)
        await pilot.press("home", "delete")
        assert app.cursor_position == (0, 2)
        field.value = "漢字"
        field.cursor_position = 1
        await pilot.pause()
        assert app.cursor_position == (2, 2)


@pytest.mark.parametrize("size", SIZES)
async def test_the_cursor_is_at_the_caret_of_a_long_text(size: tuple[int, int]) -> None:
    app = Stage(field := TextField(width=11))
    async with app.run_test(size=size) as pilot:
        await type_text(pilot, "一二三四五六七八九十")
        assert app.cursor_position == (10, 0)
        assert rows(app)[0].rstrip() == "六七八九十"
        await pilot.press("left")
        assert app.cursor_position == (8, 0)
        assert reversed_text(app, 0) == "十"
        await pilot.press("home")
        assert app.cursor_position == (0, 0)
        assert rows(app)[0].rstrip() == "一二三四五"
        for index in range(10):
            assert reversed_text(app, 0) == "一二三四五六七八九十"[index]  # whole, also at the right edge
            assert rows(app)[0][: app.cursor_position.x].isspace() is False
            await pilot.press("right")
        assert app.cursor_position == (10, 0)
        assert field.value == "一二三四五六七八九十"


async def test_the_first_frame_with_focus_has_the_cursor_at_the_caret() -> None:
    box = Vertical(Static("一\n二\n三"), TextField("高島市長" * 9, width=20))
    box.styles.padding = (2, 3)
    app = Stage(box)
    async with app.run_test() as pilot:
        await pilot.pause()
        assert app.cursor_position == (3 + 19, 2 + 3)
        assert reversed_text(app, 5) == " "
        assert app.frames[-1][1] == (22, 5)


async def test_the_cursor_follows_when_only_the_layout_changes() -> None:
    """Textual #6082: a widget that is moved is not told, and the cursor stayed where the field had been."""
    app = Stage(line := Static("一"), TextField("高島"))
    async with app.run_test() as pilot:
        assert app.cursor_position == (4, 1)
        line.update("一\n二\n三")
        await pilot.pause()
        assert app.cursor_position == app.frames[-1][1] == (4, 3)
        await pilot.resize_terminal(60, 20)
        assert app.frames[-1][1] == (4, 3)


async def test_a_field_without_the_focus_leaves_the_cursor_alone() -> None:
    app = Stage(TextField("高島"), other := TextField())
    async with app.run_test() as pilot:
        other.value = "市長"
        await pilot.pause()
        assert app.cursor_position == (4, 0)
        other.disabled = True
        await pilot.press("tab", "left")
        assert app.cursor_position == (2, 0)


class Over(ModalScreen[None]):
    """Something in front of the field, with a field of its own."""

    def compose(self) -> ComposeResult:
        yield Static("?\n?\n?\n?")
        yield TextField("x")


async def test_a_screen_in_front_has_the_cursor_and_gives_it_back() -> None:
    app = Stage(line := Static("一"), TextField("高島"))
    async with app.run_test() as pilot:
        await app.push_screen(Over())
        await pilot.pause()
        assert app.cursor_position == (1, 4)
        line.update("一\n二")
        await pilot.pause()
        assert app.cursor_position == (1, 4)
        await app.pop_screen()
        await pilot.pause()
        assert app.cursor_position == app.frames[-1][1] == (4, 2)


async def test_a_key_sends_the_field_and_nothing_else() -> None:
    app = Stage(TextField(width=40), TextField(width=40))
    async with app.run_test() as pilot:
        await pilot.pause()
        before = len(app.frames)
        await type_text(pilot, "高")
        assert [kind for kind, _ in app.frames[before:]] == ["ChopsUpdate"]
