"""A page on which something may turn out not to be registered: F7 writes the sheet for the LGWAN運用担当者."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual.binding import Binding, BindingType

from lgpki_tui.faces.tui.drafts import draft_of
from lgpki_tui.faces.tui.municipality_lookup import MunicipalityScreen
from lgpki_tui.faces.tui.widgets.prose import Paragraph
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ledger.unfinished import Unfinished

if TYPE_CHECKING:
    from lgpki_tui.conductor.requesting import Judgement

T = TypeVar("T")


class RegistrationScreen(MunicipalityScreen[T]):
    """The page keeps what was said last of what stands in its fields in `judgement`."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f7", "ask_registration", show=False)]
    judgement: Judgement | None = None

    @property
    def answers(self) -> Unfinished:
        """The answers with what stands in the fields now."""
        raise NotImplementedError

    def tell_refusal(self, refusal: Refusal) -> None:
        """Say why not, where the findings stand."""
        raise NotImplementedError

    @property
    def is_missing(self) -> bool:
        """Whether something is not registered, and the sheet that asks for it can be made."""
        from lgpki_tui.conductor.registration import needed

        return self.judgement is not None and needed(self.judgement.findings)

    def action_ask_registration(self) -> None:
        """F7: write the sheet."""
        if self.is_missing:
            self.work(self._ask_registration, group="ask")
        else:
            self.notice(self.word("nothing_to_ask"))

    async def _ask_registration(self) -> None:
        answers, clerk = self.answers, self.context.clerk
        folder = Path(answers.output_folder or await clerk.default_folder())  # a correction names none
        if not folder.is_absolute():
            self.notice(self.word("folder_absolute"))
            return
        try:
            files = await clerk.ask_registration(draft_of(answers), folder, self.context.lexicon.language)
        except Refusal as refusal:
            self.tell_refusal(refusal)
            return
        self.put("#said", Paragraph(self.word("asked", files=[file.name for file in files]), "bold"), self.word("then"))
        self.notice(self.word("asked_short"))
