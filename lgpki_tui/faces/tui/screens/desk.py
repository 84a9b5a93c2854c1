"""The desk of the 登録分局: a medium and a form came in, and must say the same. Nothing here touches card or record."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual.containers import Horizontal
from textual.widget import Widget

from lgpki_tui.conductor.desk import Examined, Verdict
from lgpki_tui.faces.desk import REFUSING, Told, told
from lgpki_tui.faces.saying import because
from lgpki_tui.faces.tui.context import Context
from lgpki_tui.faces.tui.page_screen import Body, PageScreen
from lgpki_tui.faces.tui.views import DeskView
from lgpki_tui.faces.tui.widgets.button import Button
from lgpki_tui.faces.tui.widgets.choice import Choice
from lgpki_tui.faces.tui.widgets.choice_list import ChoiceList
from lgpki_tui.faces.tui.widgets.prose import Paragraph, Prose
from lgpki_tui.faces.tui.widgets.text_field import TextField
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal, Result
from lgpki_tui.paper.sheet import digest_lines
from lgpki_tui.pki.names import shown

if TYPE_CHECKING:
    from textual.widgets import Input

_NO_KIND = "none"
# What is told of what failed; all of it tells `desk check`.
_MOST_TOLD = 3


class DeskScreen(PageScreen[None]):
    """Choose a request of the medium, read or type the code of its paper, and be told whether they are the same."""

    name_of_page = "desk"
    keys = ("help", "again", "page", "back", "quit")

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._view: DeskView | None = None
        self._kinds: tuple[str, ...] = ()

    def body(self) -> Iterable[Widget]:
        """Medium, request, what it says, kind, code, verdict."""
        yield self.label("folder")
        yield TextField(id="folder", max_length=400)
        yield self.label("requests")
        yield ChoiceList([], id="requests", rows=2)
        yield Prose(id="about")
        yield Prose(id="groups")
        yield self.label("kind")
        yield ChoiceList([], id="kind", rows=1)
        yield self.label("code")
        yield TextField(id="code", max_length=400)
        yield Prose(id="verdict")
        yield Horizontal(Button(self.word("check"), id="check"), classes="row")

    def first(self) -> str:
        """The place of the medium."""
        return "#folder"

    async def begin(self) -> None:
        """Read the folder again; at first the medium that is in this PC, or the usual folder."""
        if not self._kinds:
            self._kinds = tuple(each.kind for each in await self.context.clerk.kinds() if each.has_profile)
        field = self.query_one("#folder", TextField)
        field.value = field.value or await self.context.clerk.medium_folder()
        await self._read(Path(field.value))

    def entered(self, field: str, text: str) -> None:
        """Read the medium; hold the code against its request."""
        if field == "code":
            self.work(self._check)
        elif text.startswith("/"):
            self.work(partial(self._read, Path(text), lead_on=True))
        else:
            self.notice(self.word("absolute"))

    def on_choice_list_moved(self, event: ChoiceList.Moved) -> None:
        """What the marked request says; a verdict was that of another one, or by another kind."""
        if event.choice_list.id == "requests":
            self._tell()
        self.put("#verdict")

    def on_choice_list_chosen(self, event: ChoiceList.Chosen) -> None:
        """On to the code."""
        self.query_one("#code").focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Another code: what was said is out of date."""
        if event.input.id == "code":
            self.put("#verdict")

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Hold them against each other."""
        self.work(self._check)

    async def _read(self, place: Path, *, lead_on: bool = False) -> None:
        """What requests there are; `lead_on`: the person asked for it, and goes on with them."""
        listed = self.query_one("#requests", ChoiceList)
        keep = listed.marked.id if listed.marked else None
        self.put("#verdict")
        try:
            self._view = await self.context.clerk.desk(place)
        except Refusal as refusal:
            self._view = None
            listed.set_choices([])
            self._tell()
            self._refuse("#about", refusal)
            return
        rows = [Choice(str(each.path), each.name, self._note(each)) for each in self._view.looked.requests]
        listed.set_choices(rows, keep=keep)
        self._tell()
        if lead_on:
            listed.focus()
        self.call_after_refresh(self.show_focused)

    async def _check(self) -> None:
        """Hold the marked request against the paper; it is read once more, for the medium may be another one."""
        marked = self._marked()
        if marked is None:
            self.notice(self.word("no_request"))
            return
        kind = self.query_one("#kind", ChoiceList).marked
        code = self.query_one("#code", TextField).value
        wanted = kind.id if kind is not None and kind.id != _NO_KIND else None
        try:
            view = await self.context.clerk.desk(marked.path, wanted, code if code.strip() else None)
        except Refusal as refusal:
            self._refuse("#verdict", refusal)
        else:
            self.put("#verdict", *self._said(view.looked.requests[0]))
        self.call_after_refresh(self._show_verdict)

    def _said(self, examined: Examined) -> list[str | Paragraph]:
        """The verdict, then what speaks against it, what was not looked at, and whom to ask."""
        lexicon, verdict = self.context.lexicon, examined.verdict
        rows = told(examined, lexicon)
        said: list[str | Paragraph] = [Paragraph(lexicon.word(f"desk.verdict.{verdict.value}"), "bold")]
        if verdict not in REFUSING:
            open_ones = [row for row in rows if row.result in (Result.ATTENTION, Result.UNKNOWN)]
            return [*said, *self._rows(open_ones)]
        failed = [row for row in rows if row.result is Result.FAIL]
        # Not the same as the paper stands last among the checks, and first here.
        ordered = failed[::-1] if verdict is Verdict.DIFFERENT else failed
        said += self._rows(ordered[:_MOST_TOLD])
        if len(ordered) > _MOST_TOLD:
            said.append(self.word("more", count=len(ordered) - _MOST_TOLD))
        other = self._other_of(examined) if verdict is Verdict.DIFFERENT else None
        if other is not None:
            said.append(self.word("other_request", name=other.name))
        first = examined.failed[-1 if verdict is Verdict.DIFFERENT else 0]
        desk = lexicon.message(Refusal(Code(first.code))).ask
        return [*said, lexicon.word("desk.return"), lexicon.word("desk.ask", desk=desk)]

    def _rows(self, rows: list[Told]) -> list[str | Paragraph]:
        word = self.context.lexicon.word
        return [
            Paragraph("  ".join((f"[{word(f'result.{row.result.value}')}] {row.text}", *row.because)), indent=5)
            for row in rows
        ]

    def _other_of(self, examined: Examined) -> Examined | None:
        """The other request of this medium that the paper is of."""
        typed = str(examined.findings[-1].expected)
        there = self._view.looked.requests if self._view is not None else ()
        return next((each for each in there if each.request and each.request.sha256.startswith(typed)), None)

    def _tell(self) -> None:
        """What the marked request says, the groups of its SHA-256, and the kinds that it fits."""
        marked = self._marked()
        request = marked.request if marked is not None else None
        if request is None:
            self.put("#about", *([self.context.lexicon.word("desk.nothing_read")] if marked is not None else []))
            self.put("#groups", "", "")
        else:
            names = (*request.extensions.host_names, *request.extensions.mail_addresses)
            self.put("#about", shown(request.subject), "  ".join((request.key, *names)))
            first, second = digest_lines(request.sha256)
            self.put("#groups", Paragraph(f"  SHA-256  {first}", "bold"), Paragraph(f"           {second}", "bold"))
        fitting = self._view.fitting.get(marked.path, ()) if self._view is not None and marked is not None else ()
        word = self.context.lexicon.word
        kinds = [Choice(kind, word(f"kind.{kind}"), self.word("fits") * (kind in fitting)) for kind in self._kinds]
        only = fitting[0] if len(fitting) == 1 else _NO_KIND
        self.query_one("#kind", ChoiceList).set_choices([Choice(_NO_KIND, self.word("no_kind")), *kinds], keep=only)

    def _note(self, examined: Examined) -> str:
        return self.word("bad") if examined.failed else ""

    def _marked(self) -> Examined | None:
        choice = self.query_one("#requests", ChoiceList).marked
        there = self._view.looked.requests if self._view is not None else ()
        return next((each for each in there if choice is not None and str(each.path) == choice.id), None)

    def _refuse(self, selector: str, refusal: Refusal) -> None:
        message = self.context.lexicon.message(refusal)
        told = [*because(refusal, self.context.lexicon), message.here]
        self.put(selector, Paragraph(message.happened, "bold"), *told)
        self.call_after_refresh(self.show_focused)

    def _show_verdict(self) -> None:
        """It stands at the end, below the code that was typed."""
        self.query_one(Body).scroll_end(animate=False)
        self.call_after_refresh(self._put_foot)
