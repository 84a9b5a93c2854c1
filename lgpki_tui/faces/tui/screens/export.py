"""The CSR is in its folder: where, its digest, and a copy for the medium that goes to the 登録分局."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import partial
from pathlib import Path

from textual.containers import Horizontal
from textual.widget import Widget

from lgpki_tui.faces.tui.context import Context
from lgpki_tui.faces.tui.page_screen import PageScreen
from lgpki_tui.faces.tui.widgets.button import Button
from lgpki_tui.faces.tui.widgets.choice import Choice
from lgpki_tui.faces.tui.widgets.choice_list import ChoiceList
from lgpki_tui.faces.tui.widgets.prose import Paragraph, Prose
from lgpki_tui.faces.tui.widgets.text_field import TextField
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.paper.sheet import digest_lines
from lgpki_tui.procedure.enrolment import Enrolment

_OTHER = "other"


class Exported(StrEnum):
    """Which way the person went on."""

    NEXT = "next"


class ExportScreen(PageScreen[Exported]):
    """Nothing here touches the card. The medium is that of the PC that runs this program, which the page names."""

    name_of_page = "export"
    section = "form"
    step = "1/3"
    keys = ("help", "again", "next", "home", "quit")

    def __init__(self, context: Context, enrolment: Enrolment) -> None:
        super().__init__(context)
        self._enrolment = enrolment

    def body(self) -> Iterable[Widget]:
        """What there is, where it can be copied to."""
        request = self._enrolment.request
        first, second = digest_lines(request.csr_sha256 if request else "")
        yield Prose(Paragraph(self.word("done", enrolment=self._enrolment.number), "bold"))
        yield Prose(id="files")
        yield Prose(f"  SHA-256  {first}", f"           {second}")
        yield Prose(self.word("hand_over"), classes="label")
        yield self.label("target")
        yield ChoiceList([], id="target", rows=2)
        for asked in (self._label_of_folder(), TextField(id="folder", max_length=400)):
            asked.display = False
            yield asked
        yield Prose(*self.word("which_pc", host=self.context.here.host).split("\n"), id="copied")
        yield Horizontal(Button(self.word("next"), id="next"), classes="row")

    def first(self) -> str:
        """The way on: the CSR is written already."""
        return "#next"

    async def begin(self) -> None:
        """Say where the files are, and what media there are now."""
        request, clerk = self._enrolment.request, self.context.clerk
        if request is not None:
            folder = (await clerk.resolved(request.csr_path)).parent
            names = [Path(path).name for path in (request.csr_path, request.csr_der_path, request.receipt_path)]
            self.put("#files", f"  {folder}/", *(Paragraph(f"    {name}") for name in names))
        self._ask_folder(self.query_one("#folder", TextField).value != "")
        media = [
            Choice(str(each.folder), str(each.folder), each.filesystem, enabled=each.writable)
            for each in await clerk.media()
        ]
        listed = self.query_one(ChoiceList)
        self.offer([*media, Choice(_OTHER, self.word("other"))], keep=listed.marked.id if listed.marked else None)

    def on_choice_list_chosen(self, event: ChoiceList.Chosen) -> None:
        """Copy to this medium, or name a folder."""
        if event.choice.id == _OTHER:
            self._ask_folder(True)
            self.query_one("#folder").focus()
        else:
            self.work(partial(self._copy, Path(event.choice.id)))

    def on_choice_list_refused(self, event: ChoiceList.Refused) -> None:
        """A medium that is only for reading."""
        self.notice(self.word("read_only"))

    def entered(self, field: str, text: str) -> None:
        """Copy to this folder."""
        if text.startswith("/"):
            self.work(partial(self._copy, Path(text)))
        else:
            self.notice(self.word("absolute"))

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """On to the form."""
        self.dismiss(Exported.NEXT)

    def _label_of_folder(self) -> Widget:
        return Prose(Paragraph(self.page.fields["folder"].label, "bold"), id="folder-label")

    def _ask_folder(self, asked: bool) -> None:
        self.query_one("#folder").display = self.query_one("#folder-label").display = asked

    async def _copy(self, folder: Path) -> None:
        try:
            written = await self.context.clerk.export(self._enrolment.number, folder)
        except Refusal as refusal:
            message = self.context.lexicon.message(refusal)
            self.put("#copied", Paragraph(message.happened, "bold"), message.here)
            self.call_after_refresh(self.show_focused)
            return
        key = "copied_sheet" if any(file.suffix == ".pdf" for file in written) else "copied"
        self.put("#copied", Paragraph(self.word(key, folder=str(folder), count=len(written)), "bold"))
        self.query_one("#next").focus()
        self.call_after_refresh(self.show_focused)
