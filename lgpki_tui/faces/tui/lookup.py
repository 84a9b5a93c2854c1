"""What a registry knows that begins with or holds what is being typed: a few rows below the field."""

from __future__ import annotations

from textual.widget import Widget

from lgpki_tui.faces.tui.context import Context
from lgpki_tui.faces.tui.widgets.prose import Paragraph, Prose
from lgpki_tui.faces.tui.wrap import cut, pad
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.subject.draft import Entry

MOST_ROWS = 4
_TEXT_CELLS = 38
_BODY_CELLS = 76


class Lookup(Prose):
    """Belongs to one field, which keeps the focus; the screen moves the mark and takes the entry."""

    DEFAULT_CSS = "Lookup { width: 1fr; height: auto; display: none; }"

    def __init__(self, context: Context, field: str, *, accounts: bool) -> None:
        Widget.__init__(self, id=f"lookup-{field}", markup=False)
        self._paragraphs = ()
        self.field = field
        self.accounts = accounts
        self._asked = context
        self._entries: tuple[Entry, ...] = ()
        self._names: dict[str, str] = {}
        self._place = 0

    @property
    def marked(self) -> Entry | None:
        """The entry that Enter takes."""
        return self._entries[self._place] if self._entries else None

    async def look_up(self, text: str, organization: str) -> None:
        """Show what begins with or holds the text; nothing when it stands there exactly, or nothing was typed. Account
        names of the organisation that is entered come first."""
        if not text.strip():
            self.clear()
            return
        clerk = self._asked.clerk
        try:
            found = await clerk.search(text, accounts=self.accounts, limit=MOST_ROWS * 3)
        except Refusal:  # the page says what is wrong with the registry
            found = ()
        if self.accounts:
            found = tuple(sorted(found, key=lambda entry: entry.organization != organization))
        if len(found) == 1 and self._text(found[0]) == text:
            found = ()
        for entry in found[:MOST_ROWS]:
            if entry.municipality_code not in self._names:
                self._names[entry.municipality_code] = await clerk.municipality(entry.municipality_code)
        self._entries, self._place = found[:MOST_ROWS], 0
        self._show()

    def move(self, step: int) -> bool:
        """Move the mark; False where there is nothing to move to."""
        if not 0 <= self._place + step < len(self._entries):
            return False
        self._place += step
        self._show()
        return True

    def clear(self) -> None:
        """Show nothing."""
        if self._entries:
            self._entries, self._place = (), 0
            self._show()

    def _text(self, entry: Entry) -> str:
        return (entry.name if self.accounts else entry.organization) or ""

    def _show(self) -> None:
        self.display = bool(self._entries)
        self.put(*(self._row(place, entry) for place, entry in enumerate(self._entries)))

    def _row(self, place: int, entry: Entry) -> Paragraph:
        marked = place == self._place
        where = f"{self._names.get(entry.municipality_code, '')} {entry.municipality_code}"
        reading = entry.organization if self.accounts else entry.organization_reading
        row = f"  {'>' if marked else ' '} {pad(self._text(entry), _TEXT_CELLS)} {where}  {reading}"
        return Paragraph(cut(row, self.size.width or _BODY_CELLS), "reverse" if marked else "")
