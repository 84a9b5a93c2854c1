"""Which kind of certificate, and who sits at which PC (the two patterns of the source document)."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from textual.widget import Widget

from lgpki_tui.conductor.wish import PATTERNS
from lgpki_tui.faces.tui.context import Context
from lgpki_tui.faces.tui.page_screen import PageScreen
from lgpki_tui.faces.tui.widgets.choice import Choice
from lgpki_tui.faces.tui.widgets.choice_list import ChoiceList
from lgpki_tui.faces.tui.widgets.prose import Prose
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.subject.profile import Kind


@dataclass(frozen=True, slots=True)
class KindAnswer:
    """The kind's id and the pattern."""

    kind: str
    pattern: str


class KindScreen(PageScreen[KindAnswer]):
    """All kinds are listed; one that is only tracked, or not handled here, says so and is not taken."""

    name_of_page = "kind"
    section = "key"
    step = "1/4"
    keys = ("help", "page", "next", "back", "quit")

    def __init__(
        self, context: Context, kinds: tuple[Kind, ...], kind: str, pattern: str, assumed: Collection[str] = ()
    ) -> None:
        """`assumed`: the kinds whose profiles hold assumptions."""
        super().__init__(context)
        self._kinds = kinds
        self._assumed = assumed
        takeable = [each.kind for each in kinds if each.has_profile]
        self._kind = kind if kind in takeable else next(iter(takeable), "")
        self._pattern = pattern or PATTERNS[0]

    def body(self) -> Iterable[Widget]:
        """The two lists."""
        yield self.label("kind")
        yield ChoiceList(self._choices(), id="kind", rows=len(self._kinds), marked=self._kind)
        yield Prose(id="about", classes="label")
        yield self.label("pattern")
        patterns = [Choice(each, self.word(f"pattern_{each}")) for each in PATTERNS]
        yield ChoiceList(patterns, id="pattern", rows=len(patterns), marked=self._pattern)
        yield Prose(id="about-pattern", classes="label")

    def first(self) -> str:
        """The kind comes first."""
        return "#kind"

    async def begin(self) -> None:
        """Say what the highlighted kind is for, and what the pattern means."""
        self._tell_of(self._kind)
        self.put("#about-pattern", self.word(f"means_{self._pattern}"))

    def on_choice_list_moved(self, event: ChoiceList.Moved) -> None:
        """What the highlighted kind is for, or what the pattern means."""
        if event.choice_list.id == "kind":
            self._tell_of(event.choice.id)
        else:
            self.put("#about-pattern", self.word(f"means_{event.choice.id}"))

    def _tell_of(self, kind: str) -> None:
        """What it is for, and that some of what the program knows of it is assumed."""
        assumed = [self.word("assumed")] if kind in self._assumed else []
        self.put("#about", *([self.word(f"about_{kind}")] if kind else []), *assumed)

    def on_choice_list_refused(self, event: ChoiceList.Refused) -> None:
        """Not for us: say so and whom to ask."""
        self.notice(self.word(self._why_not(event.choice.id)))

    def _why_not(self, kind: str) -> str:
        tracked = any(each.tracked_only for each in self._kinds if each.kind == kind)
        return "only_tracked" if tracked else "not_handled"

    def on_choice_list_chosen(self, event: ChoiceList.Chosen) -> None:
        """First the kind, then the pattern."""
        if event.choice_list.id == "kind":
            self._kind = event.choice.id
            self.query_one("#pattern").focus()
        else:
            self._pattern = event.choice.id
            self.action_next()

    def action_next(self) -> None:
        """F10: take what is highlighted."""
        kind = self.query_one("#kind", ChoiceList).marked
        pattern = self.query_one("#pattern", ChoiceList).marked
        if kind is None or pattern is None or not kind.enabled:
            self.query_one("#kind").focus()
            self.notice(self.word(self._why_not(kind.id if kind is not None else "")))
            return
        self.dismiss(KindAnswer(kind.id, pattern.id))

    def action_focus_by(self, step: int) -> None:
        """From one list to the other, and not round from the last row to the first: the mark is the answer."""
        self.query_one("#kind" if step < 0 else "#pattern").focus()

    def _choices(self) -> list[Choice]:
        word = self.context.lexicon.word
        return [
            Choice(
                each.kind,
                word(f"kind.{each.kind}"),
                "" if each.has_profile else self.word("tracked" if each.tracked_only else "no_profile"),
                enabled=each.has_profile,
            )
            for each in self._kinds
        ]
