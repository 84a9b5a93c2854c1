"""A card that its maker's own formatter formats: how to, then a look at what became of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from textual.containers import Horizontal
from textual.widget import Widget

from lgpki_tui.card.models import CardModel
from lgpki_tui.faces.saying import because
from lgpki_tui.faces.tui.context import Context
from lgpki_tui.faces.tui.page_screen import PageScreen
from lgpki_tui.faces.tui.widgets.button import Button
from lgpki_tui.faces.tui.widgets.prose import Paragraph, Prose
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.procedure.identity import Token


class ExternalScreen(PageScreen[Token]):
    """This program changes nothing here. It ends when the card is seen to be formatted."""

    name_of_page = "external"
    keys = ("help", "again", "back", "quit")

    def __init__(self, context: Context, model: CardModel, look: Callable[[], Awaitable[Token]]) -> None:
        """`look`: what the card is called now. Raises Refusal while it is not ready."""
        super().__init__(context)
        self._model = model
        self._look = look
        self._looked = False

    def body(self) -> Iterable[Widget]:
        """What to do with which program, and the button that looks."""
        guide = self._model.guide.get(self.context.lexicon.language, "")
        yield Prose(Paragraph(self.word("lead", title=self._model.title), "bold"))
        yield Prose(guide, classes="label")
        yield Prose(self.word("then"), classes="label")
        yield Prose(id="found", classes="label")
        yield Horizontal(Button(self.word("look"), id="look"), classes="row")

    def first(self) -> str:
        """It looks at the card."""
        return "#look"

    async def begin(self) -> None:
        """Look; not before the person has had the time to do it."""
        if not self._looked:
            self._looked = True
            return
        self.put("#found", self.common("card.looking"))
        try:
            token = await self._look()
        except Refusal as refusal:
            message = self.context.lexicon.message(refusal)
            why = because(refusal, self.context.lexicon)
            self.put("#found", Paragraph(message.happened, "bold"), *why, message.here)
        else:
            self.dismiss(token)

    async def on_button_pressed(self, event: Button.Pressed) -> None:
        """Look."""
        await self.action_again()
