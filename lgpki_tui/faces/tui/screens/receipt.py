"""A certificate came for an enrolment that is not in the list: its binding receipt tells on which PC to go on."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual.containers import Horizontal
from textual.widget import Widget

from lgpki_tui.faces.saying import because
from lgpki_tui.faces.tui.context import Context
from lgpki_tui.faces.tui.page_screen import PageScreen
from lgpki_tui.faces.tui.widgets.button import Button
from lgpki_tui.faces.tui.widgets.choice import Choice
from lgpki_tui.faces.tui.widgets.choice_list import ChoiceList
from lgpki_tui.faces.tui.widgets.prose import Paragraph, Prose
from lgpki_tui.faces.tui.widgets.text_field import TextField
from lgpki_tui.ground.clock import tokyo
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal, Result

if TYPE_CHECKING:
    from lgpki_tui.conductor.storing import ReceiptRead

_OTHER = "other"
_ON_CARD = "card:"
# What a person has to do is the same for both; the first that fails says it.
_WHERE = (Code.WRONG_MACHINE, Code.WRONG_LOGIN)


class ReceiptScreen(PageScreen[str]):
    """Ends with the number of an enrolment that is in the record after all. Nothing is changed here."""

    name_of_page = "receipt"
    section = "receive"
    keys = ("help", "again", "page", "back", "quit")

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._number = ""
        self._on_card: dict[str, ReceiptRead] = {}

    def body(self) -> Iterable[Widget]:
        """The files, what the receipt says, the ways on."""
        yield Prose(self.word("lead"))
        yield self.label("file")
        yield ChoiceList([], id="file")
        yield TextField(id="path", max_length=400)
        yield Prose(id="found", classes="label")
        yield Prose(id="do")
        yield Horizontal(Button(self.word("go"), id="go"), Button(self.word("back"), id="back"), classes="row")

    def first(self) -> str:
        """The files."""
        return "#file"

    async def begin(self) -> None:
        """What files there are."""
        self.query_one("#path").display = False
        self.query_one("#go").display = False
        files = await self.context.clerk.receipt_files()
        self._on_card = {
            f"{_ON_CARD}{each.binding.enrolment}": each for each in await self.context.clerk.card_receipts()
        }
        rows = [Choice(str(each), each.name, str(each.parent)) for each in files]
        rows += [
            Choice(name, each.binding.enrolment, self.word("on_card", label=each.binding.token.label))
            for name, each in self._on_card.items()
        ]
        self.offer([*rows, Choice(_OTHER, self.word("other"))], keep=self._marked())
        if not rows:
            self.put("#found", Paragraph(self.word("none"), "bold"))
            self.put("#do", self.word("without"))

    async def cards_changed(self) -> None:
        """There may be a receipt on the card that came."""
        self.look_anew()

    def on_choice_list_chosen(self, event: ChoiceList.Chosen) -> None:
        """Read this one, or name another."""
        if event.choice.id == _OTHER:
            path = self.query_one("#path", TextField)
            path.display = True
            path.focus()
        else:
            self.work(partial(self._read, event.choice.id))

    def entered(self, field: str, text: str) -> None:
        """Read the file that was named."""
        if text.startswith("/"):
            self.work(partial(self._read, text))
        else:
            self.notice(self.word("absolute"))

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """To the enrolment, where it is here; else back."""
        self.dismiss(self._number if event.button.id == "go" else None)

    def action_next(self) -> None:
        """F10: to the enrolment, where it is here."""
        if self._number:
            self.dismiss(self._number)
        else:
            self.notice(self.word("nowhere"))

    async def _read(self, which: str) -> None:
        await self._tell(which)
        self.call_after_refresh(self.show_focused)

    async def _tell(self, which: str) -> None:
        self._number = ""
        go = self.query_one("#go", Button)
        go.display = False
        try:
            read = self._on_card.get(which) or await self.context.clerk.receipt(Path(which))
        except Refusal as refusal:
            self._refuse(Path(which).name, refusal)
            return
        here = all(each.result is not Result.FAIL for each in read.findings)
        self.put("#found", *self._about(read))
        if not here or not read.ours:
            self._tell_where(read)
            return
        self._number = read.binding.enrolment
        self.put("#do", Paragraph(self.word("ours"), "bold"))
        go.display = True
        go.focus()

    def _about(self, read: ReceiptRead) -> list[str | Paragraph]:
        """Which PC, login and card; where it is not here, marked."""
        binding = read.binding
        wrong = {each.code for each in read.findings if each.result is Result.FAIL}
        made = tokyo(binding.time).strftime("%Y-%m-%d %H:%M")
        pc, login = self._mark(Code.WRONG_MACHINE in wrong), self._mark(Code.WRONG_LOGIN in wrong)
        return [
            Paragraph(self.word("of", enrolment=binding.enrolment, made=made), "bold"),
            f"  {self.word('pc', host=binding.machine.host_name)}{pc}",
            f"  {self.word('login', login=binding.login.name)}{login}",
            f"  {self.word('card', label=binding.token.label, serial=binding.token.serial)}",
        ]

    def _mark(self, wrong: bool) -> str:
        return f"  {self.word('elsewhere')}" if wrong else ""

    def _tell_where(self, read: ReceiptRead) -> None:
        """The refusal of the contract: wrong_machine, wrong_login, or enrolment_unknown where both are right."""
        failed = [each for each in read.findings if each.result is Result.FAIL and each.code in _WHERE]
        if failed:
            facts = dict(failed[0].facts) or {"expected": failed[0].expected, "found": failed[0].found}
            refusal = Refusal(Code(failed[0].code), **facts)
        else:
            refusal = Refusal(Code.ENROLMENT_UNKNOWN, enrolment=read.binding.enrolment)
        self._put(refusal)

    def _refuse(self, name: str, refusal: Refusal) -> None:
        self.put("#found", Paragraph(name, "bold"))
        self._put(refusal)

    def _put(self, refusal: Refusal) -> None:
        self.query_one("#back").focus()
        message = self.context.lexicon.message(refusal)
        ask = self.word("ask", desk=message.ask)
        self.put("#do", Paragraph(message.happened, "bold"), *because(refusal, self.context.lexicon), message.here, ask)

    def _marked(self) -> str | None:
        choice = self.query_one(ChoiceList).marked
        return choice.id if choice is not None else None
