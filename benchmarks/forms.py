"""The peers of the wizard's pages: two pages of five fields and some text, by other means.

python -m benchmarks.forms prompt_toolkit|textual     F2 shows the other page
"""

from __future__ import annotations

import sys

LABELS = (
    ("組織 (登録簿から選びます)", "名義", "証明書の種類", "使いみち", "出力先フォルダ"),
    ("カードの名前", "SO PIN", "SO PIN をもう一度", "PIN", "PIN をもう一度"),
)
TITLES = ("LGPKI 証明書手続  証明書に記載する内容", "LGPKI 証明書手続  カードの初期化")
TEXTS = (
    "組織は組織管理システムに登録された文字と一字一句同じでなければなりません。\n"
    "名義は職名です。個人の氏名は書きません。\n"
    "使いみちは申請書の下書きに書きます。証明書には記載されません。\n"
    "CSR は出力先フォルダに書きます。登録分局に媒体で渡します。",
    "初期化するとカードの中のものはすべて消え、元には戻りません。\n"
    "PIN は鍵を使うときに入力します。忘れると証明書は使えなくなります。\n"
    "SO PIN はカードの管理者のものです。PIN とは別の数字にします。\n"
    "終わるまでカードを抜かないでください。",
)
FOOT = "F2 次へ   Ctrl+Q 終了"
# Two programs, one after the other: what a shell script of whiptail boxes is.
WHIPTAIL = "; ".join(
    f'whiptail --title "{title}" --inputbox "{text}\n{labels[0]}" 16 76'
    for title, text, labels in zip(TITLES, TEXTS, LABELS, strict=True)
)


def prompt_toolkit_form() -> None:
    """Head, fields, text, foot."""
    from prompt_toolkit.application import Application
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
    from prompt_toolkit.key_binding.bindings.focus import focus_next
    from prompt_toolkit.layout import HSplit, Layout, Window
    from prompt_toolkit.layout.containers import AnyContainer
    from prompt_toolkit.layout.controls import FormattedTextControl
    from prompt_toolkit.widgets import TextArea

    def words(text: str, style: str = "") -> Window:
        return Window(FormattedTextControl(text), height=text.count("\n") + 1, style=style)

    def page(number: int) -> Layout:
        rows: list[AnyContainer] = [words(TITLES[number], "reverse")]
        for label in LABELS[number]:
            rows.extend([words(label), TextArea(height=1, multiline=False)])
        rows.extend([words(TEXTS[number]), Window(), words(FOOT, "reverse")])
        return Layout(HSplit(rows))

    keys, shown = KeyBindings(), [0]
    keys.add("tab")(focus_next)

    @keys.add("f2")
    def _other(event: KeyPressEvent) -> None:
        shown[0] = 1 - shown[0]
        event.app.layout = page(shown[0])

    Application[None](layout=page(0), key_bindings=keys, full_screen=True).run()


def textual_form() -> None:
    """As Textual's documentation has it: Header, Footer and Inputs in the default look. They leave the text no room."""
    from typing import ClassVar

    from textual.app import App, ComposeResult
    from textual.binding import Binding, BindingType
    from textual.screen import Screen
    from textual.widgets import Footer, Header, Input, Label

    class Page(Screen[None]):
        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

        def compose(self) -> ComposeResult:
            yield Header()
            for label in LABELS[self.number]:
                yield Label(label)
                yield Input()
            yield Footer()

    class Form(App[None]):
        TITLE = "LGPKI 証明書手続"
        BINDINGS: ClassVar[list[BindingType]] = [Binding("f2", "other", "次へ")]

        def on_mount(self) -> None:
            self.push_screen(Page(0))

        def action_other(self) -> None:
            self.push_screen(Page(len(self.screen_stack) % 2))

    Form().run()


if __name__ == "__main__":
    {"prompt_toolkit": prompt_toolkit_form, "textual": textual_form}[sys.argv[1]]()
