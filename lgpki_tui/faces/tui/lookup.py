"""What a registry knows that begins with or holds what is being typed: a few rows below the field."""

from __future__ import annotations

from collections.abc import Sequence

from textual.widget import Widget

from lgpki_tui.faces.tui.context import Context
from lgpki_tui.faces.tui.cutting import cut, pad
from lgpki_tui.faces.tui.widgets.prose import Paragraph, Prose
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.subject.draft import Entry

ROWS = 4
# Names that many organisations have (課長) are asked for more often, so that those of the one entered are among them.
_MOST, _MOST_ACCOUNTS = 40, 400
_TEXT_CELLS, _NAME_CELLS = 38, 22
# What mark, prefecture, name and code of a 団体 take, which are seen whole in 60 columns.
_PLACE_CELLS = 28


class Lookup(Prose):
    """Belongs to one field, which keeps the focus; the screen moves the mark and takes the entry. What the field holds
    at first, and what was taken, is settled: nothing is shown for it."""

    DEFAULT_CSS = "Lookup { width: 1fr; height: auto; display: none; }"

    def __init__(self, context: Context, field: str, settled: str, *, accounts: bool, rows: int = ROWS) -> None:
        Widget.__init__(self, id=f"lookup-{field}", markup=False)
        self._paragraphs = ()
        self.field = field
        self.accounts = accounts
        self.settled = settled
        self.asked: str | None = None
        self.context = context
        self._rows = rows
        self._entries: tuple[Entry, ...] = ()
        self._names: dict[str, str] = {}
        self._place = self._top = 0

    @property
    def marked(self) -> Entry | None:
        """The entry that Enter takes."""
        return self._entries[self._place] if self._entries else None

    def holds(self, text: str) -> bool:
        """Whether one of the entries that are shown is exactly this."""
        return any(self.text_of(entry) == text for entry in self._entries)

    def is_settled(self, text: str) -> bool:
        """Whether Enter has nothing to ask: no entry is shown, or exactly one is this text, and is marked."""
        marked = self.marked
        exact = [entry for entry in self._entries if self.text_of(entry) == text]
        return marked is None or (len(exact) == 1 and exact[0] == marked)

    def text_of(self, entry: Entry) -> str:
        """What of an entry belongs into the field."""
        return (entry.name if self.accounts else entry.organization) or ""

    async def look_up(self, text: str, organization: str, *, anyway: bool = False) -> None:
        """Show what begins with or holds the text; nothing when only that very text is registered, or the text is
        settled (unless it is asked for `anyway`). Account names of the organisation that is entered come first."""
        if not text.strip() or (text == self.settled and not anyway):
            self.clear()
            self.asked = text
            return
        clerk, most = self.context.clerk, _MOST_ACCOUNTS if self.accounts else _MOST
        try:
            found = await clerk.search(text, accounts=self.accounts, limit=most)
        except Refusal:  # the page says what is wrong with the registry
            found = ()
        if self.accounts:
            found = tuple(sorted(found, key=lambda entry: entry.organization != organization))[:_MOST]
        if self._only(found, text, organization):
            found = ()
        for code in {entry.municipality_code for entry in found} - self._names.keys():
            self._names[code] = await clerk.place(code)
        self.show(found, text)

    def show(self, found: Sequence[Entry], text: str) -> None:
        """Show these for a text, the first one marked."""
        self._entries, self._place, self._top, self.asked = tuple(found), 0, 0, text
        self._show()

    def move(self, step: int) -> bool:
        """Move the mark; False where there is nothing to move to."""
        if not 0 <= self._place + step < len(self._entries):
            return False
        self._place += step
        self._top = min(max(self._top, self._place - self._rows + 1), self._place)
        self._show()
        return True

    def clear(self) -> None:
        """Show nothing."""
        self.asked = None
        if self._entries:
            self._entries, self._place, self._top = (), 0, 0
            self._show()

    def _only(self, found: tuple[Entry, ...], text: str, organization: str) -> bool:
        """Whether there is nothing to choose: one account of this name in the 組織 that is entered, or one 組織."""
        exact = [each for each in found if self.text_of(each) == text]
        if self.accounts:
            return len([each for each in exact if each.organization == organization]) == 1
        return len(exact) == len(found) == 1

    def _show(self) -> None:
        self.display = bool(self._entries)
        last = min(self._top + self._rows, len(self._entries))
        shown = range(self._top, last)
        self.put(*(self.row(self._entries[place], marked=place == self._place) for place in shown))

    def row(self, entry: Entry, *, marked: bool) -> Paragraph:
        """One of them in a row of the screen."""
        where = f"{self._names.get(entry.municipality_code, '')} {entry.municipality_code}"
        if self.accounts:
            text = f"{pad(self.text_of(entry), _NAME_CELLS)} {entry.organization}  {where}"
        else:
            cells = min(_TEXT_CELLS, self.app.size.width - _PLACE_CELLS)
            text = f"{pad(self.text_of(entry), cells)} {where}  {entry.organization_reading}"
        row = cut(f"  {'>' if marked else ' '} {text}", self.app.size.width)
        return Paragraph(row, "reverse" if marked else "")
