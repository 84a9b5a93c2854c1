"""Which settings are in force, and in which file each of them was decided."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from lgpki_tui.faces.tui.context import Context
from lgpki_tui.faces.tui.page_screen import PageScreen
from lgpki_tui.faces.tui.widgets.prose import Paragraph, Prose
from lgpki_tui.ground.shipped import shipped
from lgpki_tui.settings.explain import Explained

_FLAG = "--"
_ASSUMED = "assumed"


class SettingsScreen(PageScreen[None]):
    """Only to be read: settings are changed in their files, by those who set this program up. What was decided here
    comes first; what is as shipped, last."""

    name_of_page = "settings"
    keys = ("help", "page", "back", "quit")
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "back", show=False)]

    def __init__(self, context: Context, rows: tuple[Explained, ...]) -> None:
        super().__init__(context)
        self._rows = rows

    def body(self) -> Iterable[Widget]:
        """Each file, and the values that it decides with what they rest on."""
        yield Prose(self.word("lead"))
        of_file: dict[str, list[Explained]] = {}
        for row in self._rows:
            of_file.setdefault(row.file, []).append(row)
        for file in sorted(of_file, key=lambda file: (file.startswith(str(shipped("config"))), file)):
            name = self.word("flag", flag=file) if file.startswith(_FLAG) else file
            rows = (Paragraph(self._row(row), indent=6) for row in of_file[file])
            yield Prose(Paragraph(name, "bold"), *rows, classes="label")

    def action_next(self) -> None:
        """F10: there is nothing to go on to."""

    def action_focus_by(self, step: int) -> None:
        """Up and Down scroll."""
        self.query_one("#body").scroll_relative(y=step, animate=False)

    def _row(self, row: Explained) -> str:
        text = f"  {row.key} = {json.dumps(row.value, ensure_ascii=False)}"
        if row.source is None or row.source == row.key:
            return text
        source = self.word("source_assumed") if row.source == _ASSUMED else row.source
        return f"{text}  {self.word('source', source=source)}"
