"""Before a card that is in use is wiped: what dies with it, and the words that must be typed for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from datetime import datetime
from unicodedata import normalize

from textual.containers import Horizontal
from textual.widget import Widget

from lgpki_tui.faces.tui.context import Context
from lgpki_tui.faces.tui.page_screen import PageScreen
from lgpki_tui.faces.tui.telling import card_holds, card_name, dates
from lgpki_tui.faces.tui.views import CardView
from lgpki_tui.faces.tui.widgets.button import Button
from lgpki_tui.faces.tui.widgets.prose import Paragraph, Prose
from lgpki_tui.faces.tui.widgets.text_field import TextField
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.procedure.enrolment import Enrolment
from lgpki_tui.procedure.guard import Need, need_of_key
from lgpki_tui.procedure.number import typed_number

_NAMELESS = "ERASE"


@dataclass(frozen=True, slots=True)
class EraseAnswer:
    """The person's word: which live keys may die, each with a reason."""

    destroys: dict[str, str] = field(default_factory=dict)


class EraseScreen(PageScreen[EraseAnswer]):
    """The conductor refuses what was not named here; a key that is waited for is refused whatever is typed."""

    name_of_page = "erase"
    section = "key"
    step = "2/4"

    def __init__(self, context: Context, view: CardView, now: datetime, *, for_key: bool = True) -> None:
        """`for_key`: as a step of the road."""
        super().__init__(context)
        self._view = view
        needs = {each.number: need_of_key(each, now) for each in view.enrolments}
        self._hard = tuple(each for each in view.enrolments if needs[each.number] is Need.HARD)
        self._word = tuple(each for each in view.enrolments if needs[each.number] is Need.WORD)
        if not for_key:
            self.section = self.step = ""  # type: ignore[misc]  # of this visit

    def body(self) -> Iterable[Widget]:
        """What dies; then what must be typed, the button last and never with the focus."""
        lexicon = self.context.lexicon
        yield Prose(
            Paragraph(self.word("lead"), "bold"),
            card_name(self._view.card, lexicon),
            self.word("holds"),
            *(f"  {line}" for line in card_holds(self._view, lexicon)),
        )
        if self._hard:
            yield Prose(
                Paragraph(self.word("hard", enrolments=[each.number for each in self._hard]), "bold"),
                self.word("hard_do"),
                classes="label",
            )
            yield Horizontal(Button(self.word("back"), id="back"), classes="row")
            return
        for place, each in enumerate(self._word):
            yield Prose(self._live(each), classes="label")
            yield self.label("number")
            yield TextField(id=f"number-{place}", ascii_only=True, max_length=12, width=20)
            yield self.label("reason")
            yield TextField(id=f"reason-{place}", max_length=200)
        yield Prose(Paragraph(self.word("confirm", word=self._shown), "bold"), classes="label group")
        yield TextField(id="label", max_length=64, width=40)
        yield Horizontal(
            Button(self.word("back"), id="back"), Button(self.word("erase"), id="erase", danger=True), classes="row"
        )

    def first(self) -> str:
        """What must be typed; or the way back."""
        return "#back" if self._hard else "#number-0" if self._word else "#label"

    def action_next(self) -> None:
        """F10: no key but Enter on the button wipes; going back is Esc."""
        self.notice(self.word("by_button" if not self._hard else "hard_do"))

    def entered(self, field: str, text: str) -> None:
        """Enter: a number or a label that differs is told at once; then comes the button that does nothing."""
        kind, _, place = field.partition("-")
        if kind == "number" and text and typed_number(text) != self._word[int(place)].number:
            self.notice(self.word("number_differs"))
        elif kind == "label" and text and not self._is_named(text):
            self.notice(self.word("label_differs"))
        else:
            self.focus_next()
            if kind == "label":
                self.notice(self.word("by_button"))

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Back; or, with everything typed as it stands, on."""
        if event.button.id == "back":
            self.dismiss(None)
            return
        destroys: dict[str, str] = {}
        for place, each in enumerate(self._word):
            typed = typed_number(self.query_one(f"#number-{place}", TextField).value)
            reason = self.query_one(f"#reason-{place}", TextField).value.strip()
            if typed != each.number:
                self._refuse(f"#number-{place}", "number_differs")
                return
            if not reason:
                self._refuse(f"#reason-{place}", "reason_missing")
                return
            destroys[each.number] = reason
        if not self._is_named(self.query_one("#label", TextField).value):
            self._refuse("#label", "label_differs")
            return
        self.dismiss(EraseAnswer(destroys))

    def _is_named(self, text: str) -> bool:
        return normalize("NFKC", text).strip() in self._names

    @property
    def _names(self) -> set[str]:
        """What the card is called; an empty name is none that could be typed."""
        token = self._view.card.token
        return {normalize("NFKC", name).strip() for name in (token.label, token.serial)} - {""} or {_NAMELESS}

    @property
    def _shown(self) -> str:
        token = self._view.card.token
        return token.label or token.serial or _NAMELESS

    def _live(self, enrolment: Enrolment) -> str:
        facts = {"enrolment": enrolment.number, "name": enrolment.name, **dates(enrolment)}
        return self.word("live", **facts)

    def _hint(self) -> str:
        """The help of a field, of which there is one for each key that dies."""
        focused = self.focused
        asked = self.page.fields.get((focused.id or "").partition("-")[0]) if focused is not None else None
        return asked.help if asked is not None else ""

    def _refuse(self, selector: str, why: str) -> None:
        self.query_one(selector).focus()
        self.notice(self.word(why))
