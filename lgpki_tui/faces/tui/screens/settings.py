"""Which settings are in force, and in which file each of them was decided."""

from __future__ import annotations

import json
from collections.abc import Iterable

from textual.widget import Widget

from lgpki_tui.faces.tui.context import Context
from lgpki_tui.faces.tui.page_screen import PageScreen
from lgpki_tui.faces.tui.widgets.prose import Paragraph, Prose
from lgpki_tui.settings.explain import Explained


class SettingsScreen(PageScreen[None]):
    """Only to be read: settings are changed in their files, by those who set this program up."""

    name_of_page = "settings"
    keys = ("help", "page", "back", "quit")

    def __init__(self, context: Context, rows: tuple[Explained, ...]) -> None:
        super().__init__(context)
        self._rows = rows

    def body(self) -> Iterable[Widget]:
        """Each value, its file, its source."""
        yield Prose(self.word("lead"))
        for row in self._rows:
            source = self.word("source", source=row.source) if row.source else ""
            yield Prose(
                Paragraph(f"{row.key} = {json.dumps(row.value, ensure_ascii=False)}", "bold", indent=4),
                Paragraph(f"    {row.file}" + (f"  {source}" if source else ""), indent=4),
            )

    def action_focus_by(self, step: int) -> None:
        """Up and Down scroll."""
        self.query_one("#body").scroll_relative(y=step, animate=False)
