"""What the card is doing at this moment, and for how long. Nothing can be typed; nothing moves but the seconds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from time import monotonic
from typing import ClassVar, Generic, TypeVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from lgpki_tui.conductor.ports import Progress
from lgpki_tui.faces.tui.context import Context
from lgpki_tui.faces.tui.page_screen import PageScreen
from lgpki_tui.faces.tui.widgets.prose import Paragraph, Prose
from lgpki_tui.ground.findings import Fact, Refusal
from lgpki_tui.ground.frozen import dataclass

T = TypeVar("T")
# The step of the road that an act belongs to; a card is also formatted outside it.
_SECTIONS = {"request": "key", "resume": "key", "correct": "key", "store": "store"}


@dataclass(frozen=True, slots=True)
class Done(Generic[T]):
    """How the act ended: its value, or the refusal."""

    value: T | None = None
    refusal: Refusal | None = None


class ProgressScreen(PageScreen[Done[T]]):
    """Runs one act and shows what is told of it. Esc does nothing: an act on a card is not broken off."""

    name_of_page = "progress"
    keys = ("help", "quit")
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "leave", show=False)]

    def __init__(self, context: Context, what: str, act: Callable[[], Awaitable[T]]) -> None:
        super().__init__(context)
        self.section = _SECTIONS.get(what, "")  # type: ignore[misc]  # of this visit
        self._what = what
        self._act = act
        self._lines: list[str] = []
        self._began = monotonic()
        self.asked_to_leave = False

    def body(self) -> Iterable[Widget]:
        """The steps so far, the seconds, the warning."""
        yield Prose(Paragraph(self.word(f"what_{self._what}"), "bold"))
        yield Prose(id="steps", classes="label")
        yield Prose(id="seconds", classes="label")
        yield Prose(Paragraph(self.word("keep_card"), "bold"), classes="label")
        yield Prose(id="leave", classes="label")

    async def begin(self) -> None:
        """Act, and end with what came of it."""
        self._began = monotonic()
        self.set_interval(1.0, self._count)
        clerk = self.context.clerk
        clerk.listen(self._told)
        try:
            done: Done[T] = Done(await self._act())
        except Refusal as refusal:
            done = Done(refusal=refusal)
        finally:
            clerk.listen(None)
        self.dismiss(done)

    async def action_again(self) -> None:
        """F5: an act is never done a second time."""
        self.notice(self.word("not_now"))

    def action_back(self) -> None:
        """Esc: not now."""
        if self.asked_to_leave:
            self.asked_to_leave = False
            self.put("#leave", "")
        else:
            self.notice(self.word("not_now"))

    def ask_to_leave(self) -> None:
        """Ctrl+Q while the card works: say what leaving means. Enter leaves, Esc stays."""
        self.asked_to_leave = True
        self.put("#leave", Paragraph(self.word("leave"), "reverse"))

    def action_leave(self) -> None:
        """Enter, once it was asked."""
        if self.asked_to_leave:
            self.app.exit(0)

    def _told(self, progress: Progress, facts: dict[str, Fact]) -> None:
        """Called in another thread."""
        line = self.context.lexicon.word(f"narration.{progress.value}", **facts)
        self.app.call_from_thread(self._add, line)

    def _add(self, line: str) -> None:
        if self.is_mounted:
            self._lines.append(line)
            self.put("#steps", *self._lines)

    def _count(self) -> None:
        self.put("#seconds", self.word("seconds", seconds=int(monotonic() - self._began)))
