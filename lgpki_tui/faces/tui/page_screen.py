"""The screen class behind every page: head, body, the help of the focused field, the keys.

State is in the enrolment and in what a screen is given, never in widgets: each visit is a fresh instance.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.css.query import NoMatches, QueryType
from textual.events import DescendantFocus, Resize, ScreenResume
from textual.geometry import Size
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget
from textual.worker import WorkType

from lgpki_tui.faces.tui.context import Context
from lgpki_tui.faces.tui.cutting import cut
from lgpki_tui.faces.tui.head import head_line
from lgpki_tui.faces.tui.look import Look
from lgpki_tui.faces.tui.widgets.button import Button
from lgpki_tui.faces.tui.widgets.choice import Choice
from lgpki_tui.faces.tui.widgets.choice_list import ChoiceList
from lgpki_tui.faces.tui.widgets.prose import Paragraph, Prose
from lgpki_tui.ground.findings import Fact, Refusal
from lgpki_tui.ground.inert import inert

if TYPE_CHECKING:
    # Fields are not on the first page, and take 4 ms to import (measured).
    from lgpki_tui.faces.tui.app import Wizard
    from lgpki_tui.faces.tui.widgets.pin_field import PinField
    from lgpki_tui.faces.tui.widgets.text_field import TextField

T = TypeVar("T")
# Never a coroutine, which would complain if its worker were cancelled before it began.
Work = WorkType[None]
# Smaller than this, a page shows only how large it must be.
LEAST_COLUMNS, LEAST_ROWS = 60, 20
# On fewer, there are no blank rows between the parts of a page, and some keys of a full foot are told in fewer words.
FULL_COLUMNS, FULL_ROWS = 80, 24


class Body(VerticalScroll, can_focus=False, inherit_bindings=False):
    """What scrolls between head and foot. It never takes the focus, which would swallow every key; nor, where a page is
    longer than the screen, Up and Down, which belong to the fields: PageUp and PageDown scroll."""

    DEFAULT_CSS = "Body { scrollbar-size: 0 0; }"


class PageScreen(Screen[T]):
    """One page. `dismiss(None)` is Esc: back, with nothing done."""

    # Textual repaints the whole screen whenever the focus moves, for nothing (facts: 2831 bytes a Tab against 238).
    focused: ClassVar[Reactive[Widget | None]] = Reactive(None, repaint=False)  # type: ignore[misc]  # narrowed
    AUTO_FOCUS: ClassVar[str | None] = ""
    # The folder in screens/; what the head says before the title; the keys of the foot by their word (key.*).
    name_of_page: ClassVar[str] = ""
    section: ClassVar[str] = ""
    step: ClassVar[str] = ""
    keys: ClassVar[tuple[str, ...]] = ("help", "back", "quit")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", show=False),
        Binding("f10", "next", show=False),
        Binding("up", "focus_by(-1)", show=False),
        Binding("down", "focus_by(1)", show=False),
        Binding("left", "focus_by(-1)", show=False),
        Binding("right", "focus_by(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("f5", "again", show=False),
    ]

    def __init__(self, context: Context) -> None:
        super().__init__()  # no id: a page may come again before its last visit is cleared away
        self.context = context
        self.page = context.page(self.name_of_page)
        self.word = self.page.word
        # What was done on the page before, told above this one as long as it is shown.
        self.done_before = ""
        self._notice = ""
        # Whether the focus is about to move by a key.
        self._moved = False
        # What the page ends with once it is the one in front again.
        self._left: list[T | None] = []
        self._asking = False
        # Whether what is being looked at may have changed meanwhile.
        self._out_of_date = False
        # What had the focus when the terminal became too small.
        self._hidden: Widget | None = None

    # --- For the pages ---

    def body(self) -> Iterable[Widget]:
        """The widgets between head and foot."""
        raise NotImplementedError

    def first(self) -> str | None:
        """The selector of what has the focus first; None: nothing to fill in."""
        return None

    async def begin(self) -> None:
        """Ask what the page shows. Called when it is on the screen; a Refusal ends the page with it."""

    def action_next(self) -> None:
        """F10: what the page is for. By default what Enter does on the first enabled button."""
        for button in self.query(Button):
            if not button.disabled and not button.danger:
                button.press()
                return

    async def action_again(self) -> None:
        """F5: look again; not while it is still being looked. Never awaited here: keys would wait for the card."""
        if not self._asking:
            self._begin_work()

    def look_anew(self) -> None:
        """Look again; after a look that is under way, which may have seen what was there before, once more."""
        self._out_of_date = self._asking
        if not self._asking:
            self._begin_work()

    async def cards_changed(self) -> None:
        """A card or a reader has come or gone: pages that show them look again."""

    def action_back(self) -> None:
        """Esc: back, nothing done."""
        self.dismiss(None)

    def entered(self, field: str, text: str) -> None:
        """Enter in a field: on to the next."""
        self.focus_next()

    def label(self, field: str) -> Prose:
        """The words above a field."""
        return Prose(Paragraph(self.page.fields[field].label, "bold"), classes="label")

    def notice(self, text: str) -> None:
        """Say something at the foot until the next key."""
        self._notice = text
        self._put_foot()

    def put(self, selector: str, *paragraphs: str | Paragraph) -> None:
        """Change the words of one part of the page."""
        self.query_one(selector, Prose).put(*paragraphs)

    def offer(self, choices: Sequence[Choice], keep: str | None = None, *, selector: str = "ChoiceList") -> None:
        """Fill a list that was empty while it was asked for; it takes the focus if nothing has it."""
        listed = self.query_one(selector, ChoiceList)
        listed.set_choices(choices, keep=keep)
        if self.focused is None and choices:
            listed.focus()

    def common(self, key: str, /, **facts: Fact) -> str:
        """Words that all pages share."""
        return self.context.lexicon.word(key, **facts)

    # --- The same on every page ---

    def compose(self) -> ComposeResult:
        """Head, body, foot."""
        yield Prose(id="head")
        if self.done_before:
            yield Prose(Paragraph(self.done_before, "bold"), id="done-before")
        with Body(id="body"):
            yield from self.body()
        yield Prose(id="hint")
        yield Prose(id="keys")

    async def on_mount(self) -> None:
        """Put the focus where something is to be done, then ask. Head, body and foot go out in one frame."""
        first = self.first()
        if first is not None:
            self.set_focus(self.query_one(first), scroll_visible=False)
        self._put_frame()
        self._begin_work()
        self._wizard.page_is_there(self)

    def dismiss(self, result: T | None = None) -> AwaitComplete:
        """End the page. Below another one (the help, say) it ends when that one is left: Textual would end the upper
        one instead."""
        if self.is_active:
            return super().dismiss(result)
        self._left = [result]
        return AwaitComplete()

    def on_screen_resume(self, event: ScreenResume) -> None:
        """What was to end below another page ends now. Each widget got its style when it was mounted, and no page above
        this one changes it: Textual would style all of them again, 2 ms of the first page (measured)."""
        event.refresh_styles = False
        if self._left:
            self.call_later(self._dismiss_now)

    def _dismiss_now(self) -> None:
        """Not awaited by the page itself, which Textual refuses."""
        self.dismiss(self._left.pop())

    async def _begun(self) -> None:
        self._asking = True
        try:
            await self.while_here(self.begin)
        except Refusal as refusal:
            if self.is_here:
                await self._wizard.tell(refusal)
                self.dismiss(None)
        finally:
            self._asking = False
        if self._out_of_date and self.is_here:
            self.look_anew()
        self.call_after_refresh(self.show_focused)

    @property
    def is_here(self) -> bool:
        """Whether neither the page nor the program was left yet."""
        return self.app.is_running and self in self.app.screen_stack

    def work(self, act: Callable[[], Awaitable[None]], *, group: str = "work") -> None:
        """What awaits answers, without holding up a key; what is under way in the same group is out of date then."""
        work: Work = partial(self.while_here, act)
        self.run_worker(work, group=group, exclusive=True)

    def _begin_work(self) -> None:
        begun: Work = self._begun
        self.run_worker(begun)

    async def while_here(self, act: Callable[[], Awaitable[None]]) -> None:
        """Work of a page that awaits answers: what it does to a page that was left meanwhile is nothing. (Textual
        cancels the workers of a page some time after its widgets are gone; looking for one of them ended the run.)"""
        try:
            await act()
        except NoMatches:
            if self.is_here:
                raise

    @property
    def _wizard(self) -> Wizard:
        return cast("Wizard", self.app)  # no other app shows these screens

    def show_focused(self) -> None:
        """Scroll so that what has the focus is seen, with the words above it: a page may be longer than the screen."""
        if not self.is_here:
            return
        self._put_foot()  # only now it is known whether there is more to read
        if self.focused is None:
            return
        body = self.query_one(Body)
        field, seen = self.focused.region, body.region
        if not field or not seen:
            return
        below, above = field.bottom - seen.bottom, seen.y - (field.y - 1)
        if below > 0 or above > 0:
            body.scroll_relative(y=below if below > 0 else -above, animate=False)

    def on_resize(self, event: Resize) -> None:
        """A terminal that is too small shows that, and loses nothing."""
        small = event.size.width < LEAST_COLUMNS or event.size.height < LEAST_ROWS
        if small and not self.has_class("small"):
            self._hidden = self.focused  # Textual takes the focus from what is not shown
        self.set_class(small, "small")
        self.set_class(event.size.height < FULL_ROWS, "short")
        self._put_frame()
        self.call_after_refresh(self._shown_again if self._hidden and not small else self.show_focused)

    def _shown_again(self) -> None:
        hidden, self._hidden = self._hidden, None
        if hidden is not None and hidden.is_attached and self.focused is None:
            self._moved = True  # back to where it was, danger or not
            self.set_focus(hidden, scroll_visible=False)
        self.show_focused()

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Show the help of the field that has the focus."""
        widget, moved, self._moved = event.widget, self._moved, False
        if isinstance(widget, Button) and widget.danger and not moved:
            # When what had the focus goes out of use, Textual gives it to a neighbour; never to a danger.
            self.focus_previous()
        self._put_foot()

    def focus_next(self, selector: str | type[QueryType] = "*") -> Widget | None:
        """Move on by a key, which alone leads to a danger."""
        self._moved = True
        return super().focus_next(selector)

    def focus_previous(self, selector: str | type[QueryType] = "*") -> Widget | None:
        """Move back by a key."""
        self._moved = True
        return super().focus_previous(selector)

    def on_text_field_noticed(self, event: TextField.Noticed) -> None:
        """Say what a field did with what was typed."""
        self.notice(self.common(f"notice.{event.notice}"))

    def on_pin_field_noticed(self, event: PinField.Noticed) -> None:
        """The same of a field for PINs, some of whose words are others."""
        key = f"notice.pin_{event.notice}"
        self.notice(self.common(key if self.context.lexicon.known(key) else f"notice.{event.notice}"))

    def on_input_submitted(self, event: TextField.Submitted) -> None:
        """Enter in a field. (Textual calls the handlers of every class: a page overrides `entered`.)"""
        self.entered(event.input.id or "", event.value)

    def forget_notice(self) -> None:
        """A notice has been read when the next key comes."""
        if self._notice:
            self._notice = ""
            self._put_foot()

    def action_focus_by(self, step: int) -> None:
        """Up and down, left and right: between fields and buttons."""
        if step < 0:
            self.focus_previous()
        else:
            self.focus_next()

    def action_page(self, step: int) -> None:
        """Scroll what does not fit."""
        body = self.query_one(Body)
        body.scroll_relative(y=step * max(1, body.size.height - 2), animate=False)

    def _put_frame(self) -> None:
        columns = self.size.width or self.app.size.width
        if self.has_class("small"):
            self.put("#head", self.common("small", columns=LEAST_COLUMNS, rows=LEAST_ROWS))
            return
        rule = ("─" if self.context.look is Look.PRETTY else "-") * columns
        self.put("#head", Paragraph(self._head(columns), "bold"), self._where(columns), rule)
        self._put_foot()

    def _head(self, columns: int) -> str:
        section = f"{self.common(f'section.{self.section}')} {self.step}".rstrip() if self.section else ""
        products = (self.common("head.product"), self.common("head.product_short"))
        right = self.common("head.practice") if self.context.here.practice else ""
        return head_line(products, section, self.page.title, right, columns)

    def _where(self, columns: int) -> str:
        here = self.context.here
        text = self.common("head.where", host=here.host, login=here.login)
        if here.pretended:
            text += "  " + self.common("head.pretend", what=here.pretended)
        return cut(inert(text), columns)

    def _put_foot(self) -> None:
        if not self.query("#keys"):  # not composed yet, or gone
            return
        columns = self.size.width or self.app.size.width
        self.put("#hint", cut(self._notice or self._hint(), columns))
        more = self.query_one(Body).max_scroll_y > 0
        shown = [key for key in self.keys if more or key != "page"]
        keys = [self.common(f"key.{key}") for key in shown]
        if cell_len(" ".join(keys)) > columns and "page" in shown:  # told all the same, by its key alone
            keys[shown.index("page")] = self.common("key.page_short")
        gap = next((gap for gap in ("   ", "  ") if cell_len(gap.join(keys)) <= columns), " ")
        self.put("#keys", gap.join(keys))

    def _hint(self) -> str:
        focused: Any = self.focused
        field = self.page.fields.get(focused.id or "") if focused is not None else None
        return field.help if field is not None else ""


class BlankScreen(Screen[None]):
    """Nothing. What Textual puts below the first page."""

    focused: ClassVar[Reactive[Widget | None]] = Reactive(None, repaint=False)  # type: ignore[misc]  # narrowed

    # Private in Textual 8.2.8, all three: what is never seen is neither styled, laid out nor drawn. That held the first
    # page up for 4 ms (measured).

    def _on_screen_resume(self, event: ScreenResume) -> None:
        event.prevent_default()

    def _refresh_layout(self, size: Size | None = None, scroll: bool = False) -> None:
        pass

    def _compositor_refresh(self) -> None:
        pass
