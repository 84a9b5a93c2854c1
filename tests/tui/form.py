"""A program for the driver's tests: pages of five fields, a dialogue and mishaps, drawn as the wizard draws.

python -m tests.tui.form diff|plain|wrong|slow
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, ClassVar

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.driver import Driver
from textual.reactive import Reactive
from textual.screen import ModalScreen, Screen
from textual.widgets import Input, Static

from lgpki_tui.faces.tui.cells import Picture
from lgpki_tui.faces.tui.driver import DiffDriver, driver_for, redraw

_CSS = """
Input { border: none; height: 1; padding: 0; width: 40; }
Input:focus { border: none; text-style: underline; }
.bar { height: 1; width: 100%; text-style: reverse; }
#top { dock: top; } #bottom { dock: bottom; }
.label { text-style: bold; } .note { text-style: dim; color: ansi_green; } 
.wide { color: #d08000; background: #203040; }
Vertical { height: auto; }
Ask { align: center middle; }
#box { width: 44; height: 7; border: ascii; padding: 1 2; background: ansi_default; }
"""
_FIELDS = ("組織 (登録簿から選びます)", "名義", "証明書の種類", "使いみち", "出力先フォルダ")


class Page(Screen[None]):
    """One page; focus changes repaint what has the focus, not the screen."""

    focused = Reactive(None, repaint=False)

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    def compose(self) -> ComposeResult:
        yield Static(f"LGPKI 証明書手続   {self.number}/3", classes="bar", id="top")
        with Vertical():
            for field in _FIELDS:
                yield Static(f"{field} {self.number}", classes="label")
                entry = Input(placeholder="漢字かな", select_on_focus=False)
                entry.cursor_blink = False
                yield entry
            yield Static("「髙」が入力されています。登録簿は「高」です。", classes="note")
            yield Static(f"16色でない行 {'証' * self.number} → か\u3099 e\u0301 ①", classes="wide")
        yield Static("F2 次へ  F3 戻る  F4 確認  Ctrl+Q 終了", classes="bar", id="bottom")


class Ask(ModalScreen[None]):
    """A dialogue over half of the page's wide characters."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss", "閉じる")]

    def compose(self) -> ComposeResult:
        yield Static("本当によろしいですか。\nこの操作は取り消せません。", id="box")


class Form(App[None]):
    """The program."""

    CSS = _CSS
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        ("f2", "forward", ""),
        ("f3", "backward", ""),
        ("f4", "ask", ""),
        ("f5", "crash", ""),
        ("f6", "ring", ""),
        ("f7", "burst", ""),
        ("ctrl+l", "redraw", ""),
        ("ctrl+z", "suspend_process", ""),
    ]

    def on_mount(self) -> None:
        self.push_screen(Page(1))

    def action_forward(self) -> None:
        self.push_screen(Page(len(self.screen_stack)))

    def action_backward(self) -> None:
        if len(self.screen_stack) > 2:
            self.pop_screen()

    def action_ask(self) -> None:
        self.push_screen(Ask())

    def action_crash(self) -> None:
        self.screen.query(Input).first().value = "never seen"
        raise RuntimeError("the crash of the test")

    def action_ring(self) -> None:
        self.bell()
        self.copy_to_clipboard("写し")

    def action_burst(self) -> None:
        """Draw a thousand times in a row: what a stuck line has to bear. Tells in a file when it is done."""
        entry = self.screen.query(Input).first()
        done = Path(os.environ["BURST_DONE"])

        def again(left: int) -> None:
            entry.value = f"burst {left}"
            self.bell()
            if left:
                self.set_timer(0.001, lambda: again(left - 1))
            else:
                done.write_text("done", encoding="utf-8")

        again(300)

    def action_redraw(self) -> None:
        redraw(self)


class _WrongPicture(Picture):
    def draw(self, frame: str) -> None:
        super().draw(frame.replace("髙", "高"))


class WrongDriver(DiffDriver):
    """Shows one kanji for another: a comparison that does not notice it is worth nothing."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._picture = _WrongPicture()


class SlowDriver(DiffDriver):
    """Merges whatever comes within a second."""

    WINDOW = 1.0


def _driver(wire: str) -> type[Driver]:
    odd: dict[str, type[Driver]] = {"wrong": WrongDriver, "slow": SlowDriver}
    return odd.get(wire) or driver_for("plain" if wire == "plain" else "diff")


if __name__ == "__main__":
    Form(driver_class=_driver(sys.argv[1]), ansi_color=True).run(mouse=False)
