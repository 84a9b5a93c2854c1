"""A page whose fields are looked up in a register while they are typed, and judged as they stand."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual.binding import Binding, BindingType

from lgpki_tui.faces.tui.context import Context
from lgpki_tui.faces.tui.judging import Spelling
from lgpki_tui.faces.tui.lookup import Lookup
from lgpki_tui.faces.tui.page_screen import PageScreen
from lgpki_tui.faces.tui.widgets.prose import Paragraph
from lgpki_tui.faces.tui.widgets.text_field import TextField

T = TypeVar("T")


class LookupScreen(PageScreen[T]):
    """The keys of it: Enter takes an entry whole, Up and Down move in what was found, F4 takes a spelling."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f4", "take_spelling", show=False)]

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        # A 団体コード belongs to the entry that was taken, and goes when another text is typed into its field.
        self.taken = ("", "")
        self.code_field = "organization"
        self.spelling: Spelling | None = None

    # --- For the page ---

    async def judge(self) -> None:
        """Say everything that is to be said of what stands there."""
        raise NotImplementedError

    def say(self, name: str, lines: list[str | Paragraph]) -> None:
        """The name that comes of it, and these lines."""
        raise NotImplementedError

    # --- The same for all ---

    async def look_up_and_judge(self) -> None:
        """A moment after the last key."""
        lookup = self.focused_lookup()
        if lookup is not None:
            text = self.text_in(lookup.field)
            await lookup.look_up(text, self.text_in("organization"))
            if lookup.marked is not None and not lookup.holds(text):  # nothing can be said of half a word
                self.spelling = None
                self.say("", [self.common("draft.choose")])
                return
        await self.judge()

    def entered(self, field: str, text: str) -> None:
        """Enter: take the marked entry, else on to the next field. What was not looked up yet is looked up first: a
        quick typist shall not miss that it is not the only one."""
        lookup = self.lookup_of(field)
        if lookup is None or (lookup.asked == text and lookup.marked is None):
            self.focus_next()
        elif lookup.asked == text:
            self._take(lookup)
        else:
            self.call_later(self._look_up_then_go, lookup)  # and not as a worker: the next keys wait for it

    async def _look_up_then_go(self, lookup: Lookup) -> None:
        text = self.text_in(lookup.field)
        await lookup.look_up(text, self.text_in("organization"), anyway=not self.code)
        if lookup.marked is not None and lookup.is_settled(text):
            self._take(lookup)
        elif lookup.marked is None:
            self.focus_next()
            await self.judge()
        else:
            self.say("", [self.common("draft.choose")])

    def _take(self, lookup: Lookup) -> None:
        """An entry is taken whole: with its 団体コード, an account also with its 組織."""
        entry = lookup.marked
        if entry is None:
            return
        lookup.settled = lookup.text_of(entry)
        self.put_text(lookup.field, lookup.settled)
        if lookup.field != self.code_field and entry.organization != self.text_in("organization"):
            self.put_text("organization", entry.organization)
            self.notice(self.common("draft.organization_taken", organization=entry.organization))
        self.taken = (entry.organization, entry.municipality_code)
        lookup.clear()
        self.focus_next()
        self.work(self.judge, group="judge")

    def action_focus_by(self, step: int) -> None:
        """Up and Down move in what was found, while something is."""
        lookup = self.focused_lookup()
        if lookup is None or not lookup.move(step):
            super().action_focus_by(step)

    def action_take_spelling(self) -> None:
        """F4: take the registry's spelling of what was typed, or the usual characters."""
        spelling = self.spelling
        if spelling is None or self.text_in(spelling.field) != spelling.entered:  # something else was typed since
            self.notice(self.common("draft.nothing_to_take"))
            return
        lookup = self.lookup_of(spelling.field)
        if lookup is not None:
            lookup.settled = spelling.text
            lookup.clear()
        if spelling.field == self.code_field:
            self.take_with(spelling)
        self.put_text(spelling.field, spelling.text)

    def take_with(self, spelling: Spelling) -> None:
        """Its 団体: the one that was chosen before, else the only one that has it, else none, which is to be chosen."""
        chosen = self.taken[1]
        only = spelling.codes[0] if len(spelling.codes) == 1 else ""
        code = chosen if chosen in spelling.codes else only
        self.taken = (spelling.text, code)
        if code and chosen and code != chosen:
            self.notice(self.common("draft.municipality_taken", place=spelling.place))

    def on_descendant_blur(self) -> None:
        """What was found belongs to the field that is left; it is not left while the window is too small."""
        if self.has_class("small"):
            return
        left = [lookup for lookup in self.query(Lookup) if lookup is not self.focused_lookup()]
        if any(lookup.marked is not None for lookup in left):
            self.work(self.judge, group="judge")
        for lookup in left:
            lookup.clear()

    @property
    def code(self) -> str:
        """The 団体コード of the entry that was taken; empty when another one stands there."""
        text, code = self.taken
        return code if text == self.text_in(self.code_field) else ""

    def text_in(self, field: str) -> str:
        """What stands in a field now."""
        return self.query_one(f"#{field}", TextField).value

    def put_text(self, field: str, text: str) -> None:
        """Put it there, with the caret behind it."""
        entry = self.query_one(f"#{field}", TextField)
        entry.value = text
        entry.cursor_position = len(entry.value)

    def lookup_of(self, field: str) -> Lookup | None:
        """The look-up that belongs to a field, if one does."""
        return next((lookup for lookup in self.query(Lookup) if lookup.field == field), None)

    def focused_lookup(self) -> Lookup | None:
        """That of the field which has the focus."""
        return self.lookup_of(self.focused.id or "") if self.focused is not None else None
