"""F1: the help of the page one stands on, then the words that one meets on the road."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from lgpki_tui.faces.tui.context import Context
from lgpki_tui.faces.tui.page_screen import PageScreen
from lgpki_tui.faces.tui.widgets.prose import Paragraph, Prose
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.pages.glossary import load_glossary
from lgpki_tui.pages.page import load_help


class HelpScreen(PageScreen[None]):
    """Only to be read; scrolls."""

    name_of_page = "help"
    keys = ("page", "back", "quit")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "back", show=False),
        Binding("home", "end_of(-1)", show=False),
        Binding("end", "end_of(1)", show=False),
    ]

    def __init__(self, context: Context, about: str) -> None:
        super().__init__(context)
        self._about = about

    def body(self) -> Iterable[Widget]:
        """The page's help; the keys; the glossary. A help that cannot be read is told in its place."""
        language = self.context.lexicon.language
        yield Prose(*self._help(self._about), id="about")
        yield Prose(*self._help(self.name_of_page), id="keys-of-all", classes="label")
        yield Prose(Paragraph(self.word("glossary"), "bold"), classes="label")
        for term in load_glossary(language):
            yield Prose(Paragraph(f"  {term.name}", "bold"), Paragraph(f"    {term.text}", indent=4))

    def action_focus_by(self, step: int) -> None:
        """Up and Down scroll: there is nothing to focus."""
        self.query_one("#body").scroll_relative(y=step, animate=False)

    def action_end_of(self, step: int) -> None:
        """Home and End: to the beginning and to the glossary's last word."""
        body = self.query_one("#body")
        if step < 0:
            body.scroll_home(animate=False)
        else:
            body.scroll_end(animate=False)

    def _help(self, name: str) -> Iterable[Paragraph]:
        try:
            return tuple(_markdown(load_help(name, self.context.lexicon.language)))
        except Refusal as refusal:
            return (Paragraph(self.context.lexicon.message(refusal).happened),)


def _markdown(text: str) -> Iterable[Paragraph]:
    """Headings and list items; the rest as it stands."""
    for line in text.strip().split("\n"):
        if line.startswith("#"):
            yield Paragraph(line.lstrip("# "), "bold")
        else:
            yield Paragraph(line, indent=2 if line.startswith("- ") else 0)
