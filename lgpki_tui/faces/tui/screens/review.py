"""The last free step back: everything once more, what cannot be undone, and the PIN."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget

from lgpki_tui.card.port import CardSeen
from lgpki_tui.faces.tui.asks_pin import AsksPin
from lgpki_tui.faces.tui.context import Context
from lgpki_tui.faces.tui.cutting import pad
from lgpki_tui.faces.tui.views import CardView
from lgpki_tui.faces.tui.wanted import warning, whether_there
from lgpki_tui.faces.tui.widgets.button import Button
from lgpki_tui.faces.tui.widgets.path_field import PathField
from lgpki_tui.faces.tui.widgets.pin_field import PinField
from lgpki_tui.faces.tui.widgets.prose import Paragraph, Prose
from lgpki_tui.faces.tui.widgets.text_field import TextField
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.ground.secret import Secret
from lgpki_tui.procedure.enrolment import Enrolment

_LABEL = 14


@dataclass(frozen=True, slots=True)
class Review:
    """What is about to be done: `act` names the words of the page (key, correct, resume); rows of label and text.
    `changes`: what differs from what was handed in, the same way. `reason`: as it was typed before.
    `folder`: where the files go, if that can be changed here. `assumed`: whether the profile holds assumptions.
    `enrolment`: whose card must be there. `card`: the one that was chosen, before there is an enrolment."""

    act: str
    rows: tuple[tuple[str, str], ...]
    needs_reason: bool = False
    reason: str = ""
    folder: str = ""
    assumed: bool = False
    enrolment: Enrolment | None = None
    card: CardSeen | None = None
    changes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewAnswer:
    """The PIN, which who acts wipes; the reason, where one is needed; the folder, where it can be changed. `end`: the
    person wants to give it up instead."""

    pin: Secret
    reason: str = ""
    folder: str = ""
    end: bool = False


class ReviewScreen(AsksPin[ReviewAnswer]):
    """Enter in the PIN field is the person's word: nothing has been done before it."""

    name_of_page = "review"
    section = "key"
    step = "4/4"
    keys: ClassVar[tuple[str, ...]] = ("help", "page", "back", "quit")
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f8", "end", show=False)]

    def __init__(self, context: Context, review: Review) -> None:
        super().__init__(context)
        self._review = review
        if review.act == "resume":
            self.keys = ("help", "again", "end", "page", "home", "quit")  # type: ignore[misc]  # of this visit

    def body(self) -> Iterable[Widget]:
        """The rows, the warning, the PIN."""
        review = self._review
        yield Prose(Paragraph(self.word(f"lead_{review.act}"), "bold"))
        yield Prose(*self._rows(review.rows))
        if review.changes:
            yield Prose(Paragraph(self.word("changes"), "bold"), *self._rows(review.changes), id="changes")
        if review.enrolment is not None or review.card is not None:
            card = Prose(self.common("card.looking"), id="card")
            card.display = review.enrolment is not None
            yield card
        assumed = [self.word("assumed")] if review.assumed else []
        yield Prose(*assumed, self.word(f"warning_{review.act}"), classes="label")
        if review.folder:
            yield self.label("folder")
            yield PathField(review.folder, id="folder")
        if review.needs_reason:
            yield self.label("reason")
            yield TextField(review.reason, id="reason", max_length=200)
        yield from self.pin()
        yield Horizontal(Button(self.word(f"do_{review.act}"), id="do"), classes="row")

    def _rows(self, rows: Iterable[tuple[str, str]]) -> Iterable[Paragraph]:
        for label, text in rows:
            yield Paragraph(f"  {pad(self.word(f'row_{label}'), _LABEL)}{text}", indent=_LABEL + 2)

    def first(self) -> str:
        """What is missing: the reason, then the PIN."""
        return "#reason" if self._review.needs_reason and not self._review.reason else "#pin"

    async def begin(self) -> None:
        """Whether the card that is needed is there."""
        if self._review.enrolment is not None:
            wanted = await whether_there(self.context, self._review.enrolment)
            self.put("#card", *wanted.said)
            self.ask_at_reader(at_pad=wanted.card is not None and wanted.card.pin_pad)
        elif self._review.card is not None:
            self.ask_at_reader(at_pad=self._review.card.pin_pad)
            await self._warn(self._review.card)

    async def _warn(self, chosen: CardSeen) -> None:
        """Of what has become of its PIN since the card was chosen; what is wrong with the card else, the act tells."""
        views: tuple[CardView, ...] = ()
        with suppress(Refusal):
            views = await self.context.clerk.cards()
        said = [line for view in views if view.card.token == chosen.token for line in warning(self.context, view.card)]
        self.query_one("#card").display = bool(said)
        if said:
            self.put("#card", *said)

    async def cards_changed(self) -> None:
        """It may be there now, or gone."""
        self.look_anew()

    def action_end(self) -> None:
        """F8: what was interrupted is given up instead."""
        if self._review.act == "resume":
            self.dismiss(ReviewAnswer(Secret(b""), end=True))

    def on_pin_field_submitted(self, event: PinField.Submitted) -> None:
        """Enter: do it."""
        self._done()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Do it."""
        self._done()

    def _done(self) -> None:
        pin = self.query_one("#pin", PinField)
        reason = self.query_one("#reason", TextField).value.strip() if self._review.needs_reason else ""
        folder = self.query_one("#folder", TextField).value if self._review.folder else ""
        if self._review.needs_reason and not reason:
            self._missing("reason", "reason_missing")
        elif self._review.folder and not folder.startswith("/"):
            self._missing("folder", "folder_absolute")
        elif pin.is_empty and pin.display:
            self._missing("pin", "pin_missing")
        elif reason and pin.holds(reason):  # typed where the PIN is on the other visits; it would stay in the record
            self.query_one("#reason", TextField).value = ""
            self._missing("reason", "reason_is_pin")
        else:
            self.dismiss(ReviewAnswer(pin.take(), reason, folder))

    def _missing(self, field: str, word: str) -> None:
        self.query_one(f"#{field}").focus()
        self.notice(self.word(word))
