"""Which 団体: the ones whose name or reading is being typed, or whose code it is, a few rows below the field."""

from __future__ import annotations

from typing import TypeVar

from lgpki_tui.faces.tui.context import Context
from lgpki_tui.faces.tui.cutting import cut, pad
from lgpki_tui.faces.tui.looking_up import LookupScreen
from lgpki_tui.faces.tui.lookup import Lookup
from lgpki_tui.faces.tui.widgets.prose import Paragraph
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.subject.draft import Entry

T = TypeVar("T")
FIELD = "municipality"
_MOST = 40
_NAME_CELLS = 26


class MunicipalityLookup(Lookup):
    """Its entries hold the name of the 団体 for an 組織 and its prefecture for the reading: the screen takes them as it
    takes the others. Shown also for one name alone, for several 団体 have the same."""

    def __init__(self, context: Context, rows: int) -> None:
        super().__init__(context, FIELD, "", accounts=False, rows=rows)

    async def look_up(self, text: str, organization: str, *, anyway: bool = False) -> None:
        """Show them; nothing for what is settled (unless it is asked for `anyway`)."""
        if not text.strip() or (text == self.settled and not anyway):
            self.clear()
            self.asked = text
            return
        try:
            found = await self.context.clerk.municipalities(text, _MOST)
        except Refusal:  # the page says what is wrong with the list
            found = ()
        self.show([Entry(each.code, each.name, each.prefecture) for each in found], text)

    def row(self, entry: Entry, *, marked: bool) -> Paragraph:
        """Name, prefecture, code: names are not unique."""
        text = f"{pad(entry.organization, _NAME_CELLS)} {entry.organization_reading} {entry.municipality_code}"
        return Paragraph(cut(f"  {'>' if marked else ' '} {text}", self.app.size.width), "reverse" if marked else "")


class MunicipalityScreen(LookupScreen[T]):
    """A page that may have a field for the 団体; its text stands for the code that was chosen."""

    async def name_municipality(self) -> None:
        """Put the name of the 団体 there whose code was chosen before. Raises Refusal: settings_*."""
        code, text = self.code, self.text_in(FIELD)
        if not code or text:
            return
        name = await self.context.clerk.municipality(code)
        if self.text_in(FIELD) == text:  # nobody has typed meanwhile
            lookup = self.lookup_of(FIELD)
            if lookup is not None:
                lookup.settled = name
            self.taken = (name, code)
            self.put_text(FIELD, name)

    async def settle_municipality(self) -> None:
        """A 団体 that is typed out, or its code, need not be chosen, unless several are called so. Raises Refusal:
        settings_*."""
        if self.lookup_of(FIELD) is None or self.code:
            return
        text = self.text_in(FIELD)
        found = await self.context.clerk.municipalities(text, _MOST) if text.strip() else ()
        exact = [each for each in found if text in (each.name, each.code)]
        if len(exact) == 1:
            self.taken = (text, exact[0].code)
