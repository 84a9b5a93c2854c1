"""Which kind of certificate, and who sits at which PC (the two patterns of the source document)."""

from __future__ import annotations

from collections.abc import Iterable

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
    """All five kinds are listed; one without a profile yet says so and is not taken."""

    name_of_page = "kind"
    section = "key"
    step = "1/4"
    keys = ("help", "next", "back", "quit")

    def __init__(self, context: Context, kinds: tuple[Kind, ...], kind: str, pattern: str) -> None:
        super().__init__(context)
        self._kinds = tuple(each for each in kinds if not each.tracked_only)
        self._kind = kind or next((each.kind for each in self._kinds if each.has_profile), "")
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
        self.put("#about", self.word(f"about_{self._kind}"))
        self.put("#about-pattern", self.word(f"means_{self._pattern}"))

    def on_choice_list_moved(self, event: ChoiceList.Moved) -> None:
        """What the highlighted kind is for, or what the pattern means."""
        if event.choice_list.id == "kind":
            self.put("#about", self.word(f"about_{event.choice.id}"))
        else:
            self.put("#about-pattern", self.word(f"means_{event.choice.id}"))

    def on_choice_list_refused(self, event: ChoiceList.Refused) -> None:
        """Not built yet: say so and what to do."""
        self.notice(self.word("not_yet"))

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
            self.notice(self.word("not_yet"))
            return
        self.dismiss(KindAnswer(kind.id, pattern.id))

    def _choices(self) -> list[Choice]:
        word = self.context.lexicon.word
        return [
            Choice(
                each.kind,
                word(f"kind.{each.kind}"),
                "" if each.has_profile else self.word("no_profile"),
                enabled=each.has_profile,
            )
            for each in self._kinds
        ]
