"""The CSR is in its folder: where, its digest, and a copy for the medium that goes to the 登録分局."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget

from lgpki_tui.faces.saying import because
from lgpki_tui.faces.sizes import size_text
from lgpki_tui.faces.tui.context import Context
from lgpki_tui.faces.tui.media_following import MediaFollower
from lgpki_tui.faces.tui.page_screen import Body, PageScreen
from lgpki_tui.faces.tui.widgets.button import Button
from lgpki_tui.faces.tui.widgets.choice import Choice
from lgpki_tui.faces.tui.widgets.choice_list import ChoiceList
from lgpki_tui.faces.tui.widgets.path_field import PathField
from lgpki_tui.faces.tui.widgets.prose import Paragraph, Prose
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.media.eject import mount_command
from lgpki_tui.paper.sheet import digest_lines
from lgpki_tui.procedure.enrolment import Enrolment

if TYPE_CHECKING:
    from lgpki_tui.media.mounted import Medium, Unmounted

_OTHER = "other"


class Exported(StrEnum):
    """Which way the person went on."""

    NEXT = "next"


class ExportScreen(PageScreen[Exported]):
    """Nothing here touches the card. The media are those of the PC that runs this program, which the page names."""

    name_of_page = "export"
    section = "form"
    step = "1/3"
    keys: ClassVar[tuple[str, ...]] = ("help", "again", "next", "home", "quit")
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f6", "take_out", show=False)]

    def __init__(self, context: Context, enrolment: Enrolment) -> None:
        super().__init__(context)
        self._enrolment = enrolment
        self._media: dict[str, Medium] = {}
        self._copied: Medium | None = None
        self._follower: MediaFollower | None = None

    def body(self) -> Iterable[Widget]:
        """What there is, where it can be copied to."""
        request = self._enrolment.request
        first, second = digest_lines(request.csr_sha256 if request else "")
        yield Prose(Paragraph(self.word("done", enrolment=self._enrolment.number), "bold"))
        yield Prose(id="files")
        yield Prose(f"  SHA-256  {first}", f"           {second}")
        yield Prose(self.word("hand_over"), classes="label")
        yield self.label("target")
        yield ChoiceList([], id="target", rows=3)
        yield Prose(id="medium")
        for asked in (self._label_of_folder(), PathField(id="folder")):
            asked.display = False
            yield asked
        yield Prose(*self._whose().split("\n"), id="copied")
        yield Horizontal(Button(self.word("next"), id="next"), classes="row")

    def first(self) -> str:
        """The way on: the CSR is written already."""
        return "#next"

    async def begin(self) -> None:
        """Say where the files are, and what media there are now; follow them from here on."""
        if self._follower is None:
            self._follower = MediaFollower(self.look_anew)
        request, clerk = self._enrolment.request, self.context.clerk
        if request is not None:
            folder = (await clerk.resolved(request.csr_path)).parent
            self.put("#files", f"  {folder}/", f"    {self._enrolment.file_stem}  .csr.pem  .csr  .binding.json")
        self._ask_folder(self.query_one("#folder", PathField).value != "")
        media, absent = await clerk.media(self._enrolment.number)
        self._media = {each.device: each for each in media}
        takeable = sorted(media, key=lambda each: each.obstacle is not None)
        rows = [*map(self._row, takeable), *map(self._row_of_unmounted, absent)]
        rows.append(Choice(_OTHER, self.word("other"), note="" if rows else self.word("none")))
        listed = self.query_one(ChoiceList)
        if tuple(rows) != listed.choices:
            self.offer(rows, keep=listed.marked.id if listed.marked else None)
        self._tell_marked()

    def on_unmount(self) -> None:
        """Follow the media no longer."""
        if self._follower is not None:
            self._follower.stop()

    def on_choice_list_moved(self, event: ChoiceList.Moved) -> None:
        """Say more of what is marked."""
        self._tell_marked()

    def on_choice_list_chosen(self, event: ChoiceList.Chosen) -> None:
        """Copy to this medium, or name a folder."""
        if event.choice.id == _OTHER:
            self._ask_folder(True)
            self.query_one("#folder").focus()
        else:
            self.work(partial(self._copy, self._media[event.choice.id].folder))

    def on_choice_list_refused(self, event: ChoiceList.Refused) -> None:
        """A medium that takes no copy."""
        self.notice(self.word("refused"))

    def entered(self, field: str, text: str) -> None:
        """Copy to this folder."""
        if text.startswith("/"):
            self.work(partial(self._copy, Path(text)))
        else:
            self.notice(self.word("absolute"))

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """On to the form."""
        self.dismiss(Exported.NEXT)

    def action_take_out(self) -> None:
        """F6: unmount the medium that is marked."""
        medium = self._marked() or self._copied
        if medium is None:
            self.notice(self.word("no_medium"))
        else:
            self.put("#copied", self.word("taking_out", name=medium.name))
            self.work(partial(self._take_out, medium))

    def _whose(self) -> str:
        key = "which_pc_ssh" if self.context.here.over_ssh else "which_pc"
        return self.word(key, host=self.context.here.host)

    def _row(self, medium: Medium) -> Choice:
        free, size = size_text(medium.free), size_text(medium.size)
        detail = self.word("medium", filesystem=medium.filesystem, free=free, size=size)
        if medium.obstacle is None:
            return Choice(medium.device, medium.name, detail, note=f"  {medium.folder}  ({medium.device})")
        why = self.word(f"obstacle_{medium.obstacle.value}", free=free)
        return Choice(medium.device, medium.name, detail, enabled=False, note=f"  {medium.folder}: {why}")

    def _row_of_unmounted(self, absent: Unmounted) -> Choice:
        detail = self.word("unmounted", size=size_text(absent.size))
        how = self.word("how_to_mount", command=mount_command(absent.device))
        return Choice(absent.device, absent.label or absent.device, detail, enabled=False, note=f"  {how}")

    def _marked(self) -> Medium | None:
        marked = self.query_one(ChoiceList).marked
        return self._media.get(marked.id) if marked is not None else None

    def _tell_marked(self) -> None:
        marked = self.query_one(ChoiceList).marked
        self.put("#medium", *([Paragraph(marked.note, indent=2)] if marked is not None and marked.note else []))
        # There is no room for both; F5 works all the same, and nobody needs it: media are followed.
        again = "again" if (self._marked() or self._copied) is None else "take_out"
        self.keys = ("help", again, "next", "home", "quit")  # type: ignore[misc]  # of what is shown
        self._put_foot()

    def _label_of_folder(self) -> Widget:
        return Prose(Paragraph(self.page.fields["folder"].label, "bold"), id="folder-label")

    def _ask_folder(self, asked: bool) -> None:
        self.query_one("#folder").display = self.query_one("#folder-label").display = asked

    async def _copy(self, folder: Path) -> None:
        try:
            copied = await self.context.clerk.export(self._enrolment.number, folder)
        except Refusal as refusal:
            self._told(refusal)
            return
        sheet = any(file.suffix == ".pdf" for file in copied.files)
        count = len(copied.files) + len(copied.sums)
        told = self.word("copied_sheet" if sheet else "copied", folder=str(folder), count=count)
        place, self._copied = await self.context.clerk.place_of(folder)
        where = self.word(f"on_{place.value}", host=self.context.here.host)
        self.put("#copied", Paragraph(told, "bold"), where)
        self.query_one("#next").focus()
        self.look_anew()  # less is free now
        self.call_after_refresh(self.show_focused)

    async def _take_out(self, medium: Medium) -> None:
        try:
            await self.context.clerk.unmount(medium)
        except Refusal as refusal:
            self._told(refusal)
            return
        self._copied = None
        self.put("#copied", Paragraph(self.word("taken_out", name=medium.name), "bold"))
        self.query_one("#next").focus()
        self.look_anew()
        self.call_after_refresh(self.show_focused)

    def _told(self, refusal: Refusal) -> None:
        """A refusal, in the place of what was copied."""
        message = self.context.lexicon.message(refusal)
        causes = because(refusal, self.context.lexicon)
        self.put("#copied", Paragraph(message.happened, "bold"), *causes, message.here)
        self.call_after_refresh(self._show_refusal)

    def _show_refusal(self) -> None:
        """It stands below the field that has the focus: both are seen, the field where there is not room for both."""
        self.query_one(Body).scroll_end(animate=False)
        self.call_after_refresh(self.show_focused)
