"""The application: its one worker walks the road (guide.py), everything else is asked of the clerk."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import events
from textual.app import App
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.screen import Screen
from textual.worker import WorkType

from lgpki_tui.faces.tui.context import Context
from lgpki_tui.faces.tui.crash import QuietCrash
from lgpki_tui.faces.tui.driver import DiffDriver, redraw
from lgpki_tui.faces.tui.in_order import KeysInOrder
from lgpki_tui.faces.tui.job import JobControl
from lgpki_tui.faces.tui.look import Measured, hint, replay
from lgpki_tui.faces.tui.page_screen import BlankScreen, PageScreen
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.shipped import shipped

if TYPE_CHECKING:
    from rich.console import RenderableType

    from lgpki_tui.card.watching import Readers
    from lgpki_tui.faces.tui.following import Follower


class Wizard(QuietCrash, JobControl, KeysInOrder, App[int]):
    """The wizard. Returns an exit status."""

    ENABLE_COMMAND_PALETTE = False
    # All at once: a stylesheet that comes with a screen has Textual parse and apply all of them again.
    CSS_PATH: ClassVar[Any] = [
        shipped("screens", "looks", "base.tcss"),
        *sorted(shipped("screens").glob("*/screen.tcss")),
    ]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "explain", show=False, priority=True),
        Binding("f9", "environment", show=False),
        Binding("ctrl+l", "repair", show=False, priority=True),
        Binding("ctrl+q", "quit", show=False, priority=True),
        Binding("ctrl+z", "suspend_process", show=False, priority=True),
        Binding("ctrl+c", "how_to_quit", show=False, priority=True),
    ]

    def __init__(
        self,
        context: Context,
        driver_class: type[Driver] = DiffDriver,
        measured: Measured | None = None,
        at_first_frame: Callable[[], None] = lambda: None,
    ) -> None:
        # Only ANSI colours: those of the person's own terminal, and the fewest bytes (facts: 147 against 905 a key).
        super().__init__(driver_class=driver_class, ansi_color=True)
        # Private in Textual 8.2.8. No page has toasts or tooltips: two widgets less on every page, 3 ms of the first.
        self._disable_notifications = self._disable_tooltips = True
        self.context = context
        self._measured = measured or Measured(None)
        self._at_first_frame: Callable[[], None] | None = at_first_frame
        self._follower: Follower | None = None

    def on_mount(self) -> None:
        """Begin the road."""
        if isinstance(self._driver, DiffDriver):
            self._driver.trust_ambiguous(self._measured.width == 1)
        from lgpki_tui.faces.tui.guide import Guide

        walk: WorkType[None] = Guide(self, self.context).walk
        self.run_worker(walk)

    async def on_event(self, event: events.Event) -> None:
        """A notice has been read when the next key comes. Seen here: a field keeps the keys that it takes to itself."""
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded and self.has_page():
            cast("PageScreen[Any]", self.screen).forget_notice()
        await super().on_event(event)

    def has_page(self) -> bool:
        """Not between two pages, where only the blank below them is shown."""
        return super().has_page() and not isinstance(self.screen, BlankScreen)

    def page_is_there(self, page: PageScreen[Any]) -> None:
        """The first page has the focus: now comes what was typed before, and what this terminal cannot do."""
        measured, self._measured = self._measured, Measured(None)
        if measured.typed_ahead:
            replay(self, measured.typed_ahead)
        if measured.garbled or hint(os.environ) is not None:
            page.notice(self.context.lexicon.word("notice.not_utf8" if measured.garbled else "notice.console"))
        if self._at_first_frame is not None:
            self.call_after_refresh(self._is_seen, self._at_first_frame)
            self._at_first_frame = None

    def _is_seen(self, tell: Callable[[], None]) -> None:
        """The first frame is out. What can wait begins now: the card's process gets ready while the person reads."""
        tell()
        self.run_worker(self._start_card(), exit_on_error=False)

    async def _start_card(self) -> None:
        """The card's process; then its readers are followed, where it has some."""
        await self.context.clerk.start_card()
        if await self.context.clerk.has_readers():
            from lgpki_tui.faces.tui.following import Follower

            self._follower = Follower(self._cards_changed)

    def _cards_changed(self, readers: Readers, changed: bool) -> None:
        from lgpki_tui.card.watching import Presence

        self.context.mute = tuple(each.reader for each in readers if each.card is Presence.MUTE)
        if changed and isinstance(self.screen, PageScreen):
            self.run_worker(self.screen.cards_changed(), exit_on_error=False)

    def on_unmount(self) -> None:
        """The readers are followed no longer."""
        if self._follower is not None:
            self._follower.stop()

    async def tell(self, refusal: Refusal) -> None:
        """Show a refusal until the person has read it. Only from a worker."""
        from lgpki_tui.faces.tui.screens.verdict import VerdictScreen

        await self.push_screen_wait(VerdictScreen(self.context, refusal))

    def action_explain(self) -> None:
        """F1: the help of the page, and the glossary."""
        from lgpki_tui.faces.tui.screens.help import HelpScreen

        if isinstance(self.screen, PageScreen) and not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.context, self.screen.name_of_page))

    def action_environment(self) -> None:
        """F9: what was found on this PC, from wherever one stands."""
        from lgpki_tui.faces.tui.screens.environment import EnvironmentScreen
        from lgpki_tui.faces.tui.screens.progress import ProgressScreen

        if not isinstance(self.screen, EnvironmentScreen | ProgressScreen):
            self.push_screen(EnvironmentScreen(self.context))

    def action_repair(self) -> None:
        """Ctrl+L: draw everything anew, over what others have written on the terminal."""
        redraw(self)

    async def action_quit(self) -> None:
        """Ctrl+Q: leave at once, for all is kept. While the card works, say so first; Enter leaves."""
        from lgpki_tui.faces.tui.screens.progress import ProgressScreen

        working = next((page for page in self.screen_stack if isinstance(page, ProgressScreen)), None)
        if working is not None and not working.asked_to_leave:
            working.pop_until_active()  # the help may be above it
            working.ask_to_leave()
            return
        self.exit(0)

    def action_how_to_quit(self) -> None:
        """Ctrl+C, which people try first."""
        if isinstance(self.screen, PageScreen):
            self.screen.notice(self.context.lexicon.word("notice.ctrl_c"))

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        # Private in Textual 8.2.8. Between two pages the old one stays until the new one is drawn: cleared, and drawn
        # anew with all that both have in common, it would flicker and take 400 bytes more (measured).
        if not isinstance(screen, BlankScreen):
            super()._display(screen, renderable)

    def get_default_screen(self) -> Screen[Any]:
        """The blank below all pages; it is never seen, and repaints as little as they do."""
        return BlankScreen(id="_default")
