"""The desk of the 登録分局: a medium and a form came in, and must say the same. Nothing here touches card or record."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual.containers import Horizontal
from textual.widget import Widget

from lgpki_tui.conductor.desk import Examined, Verdict
from lgpki_tui.conductor.desk_trust import NOT_JUDGED
from lgpki_tui.faces.desk import REFUSING, Told, nothing_key, reasons, told
from lgpki_tui.faces.saying import because, spoken_key
from lgpki_tui.faces.tui.context import Context
from lgpki_tui.faces.tui.page_screen import Body, PageScreen
from lgpki_tui.faces.tui.views import DeskView
from lgpki_tui.faces.tui.widgets.button import Button
from lgpki_tui.faces.tui.widgets.choice import Choice
from lgpki_tui.faces.tui.widgets.choice_list import ChoiceList
from lgpki_tui.faces.tui.widgets.path_field import PathField
from lgpki_tui.faces.tui.widgets.prose import Paragraph, Prose
from lgpki_tui.faces.tui.widgets.text_field import TextField
from lgpki_tui.ground.clock import tokyo
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal, Result
from lgpki_tui.paper.sheet import digest_lines
from lgpki_tui.pki.names import shown

if TYPE_CHECKING:
    from textual.widgets import Input

    from lgpki_tui.media.mounted import Medium

_NO_KIND, _OTHER = "none", "other"
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
        yield Prose(id="place", classes="label")
        media = ChoiceList([], id="media", rows=2)
        media.display = False
        yield media
        yield PathField(id="folder")
        yield Prose(Paragraph(self.page.fields["requests"].label, "bold"), id="listed", classes="label")
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
        """Read the medium again: the only one that holds a CSR, or the one that is marked; else the usual folder."""
        clerk, field = self.context.clerk, self.query_one("#folder", PathField)
        if not self._kinds:
            self._kinds = tuple(each.kind for each in await clerk.kinds() if each.has_profile)
        media = await clerk.desk_media()
        self._offer_media(media)
        if not field.is_own:
            several = self.has_class("several")
            field.prefill("" if several else str(media[0].folder) if media else await clerk.default_folder())
        await self._read_chosen()

    def _offer_media(self, media: tuple[Medium, ...]) -> None:
        """A list where there is more than one; the field takes its place where there is not."""
        listed, field = self.query_one("#media", ChoiceList), self.query_one("#folder", PathField)
        several, before = len(media) > 1, self.has_class("several")
        rows = [Choice(str(each.folder), each.name, str(each.folder)) for each in media]
        keep = listed.marked.id if before and listed.marked else _OTHER if field.is_own else None
        listed.set_choices([*rows, Choice(_OTHER, self.word("other"))] if several else [], keep=keep)
        self.set_class(several, "several")
        listed.display = several
        field.display = not several or self._marked_medium() is None
        self.put("#place", Paragraph(self.page.fields["media" if several else "folder"].label, "bold"))
        if several and not before and self.focused is field and not field.is_own:
            listed.focus()

    def _marked_medium(self) -> Path | None:
        """The medium that is marked in the list; None where the folder is typed."""
        marked = self.query_one("#media", ChoiceList).marked
        return Path(marked.id) if marked is not None and marked.id != _OTHER else None

    async def _read_chosen(self, *, lead_on: bool = False) -> None:
        text = str(self._marked_medium() or self.query_one("#folder", PathField).value)
        if text.startswith("/"):
            await self._read(Path(text), lead_on=lead_on)
        else:
            self._list(None)

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
        if event.choice_list.id == "media":
            self.query_one("#folder").display = event.choice.id == _OTHER
            self.work(self._read_chosen)
        elif event.choice_list.id == "requests":
            self._tell()
        self.put("#verdict")

    def on_choice_list_chosen(self, event: ChoiceList.Chosen) -> None:
        """On to the requests of this medium, to the folder that is to be typed, or to the code."""
        if event.choice_list.id != "media":
            self.query_one("#code").focus()
        elif event.choice.id == _OTHER:
            self.query_one("#folder").focus()
        else:
            self.work(partial(self._read_chosen, lead_on=True))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Another code: what was said is out of date."""
        if event.input.id == "code":
            self.put("#verdict")

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Hold them against each other."""
        self.work(self._check)

    async def _read(self, place: Path, *, lead_on: bool = False) -> None:
        """What requests there are; `lead_on`: the person asked for it, and goes on with them."""
        self.put("#verdict")
        try:
            view = await self.context.clerk.desk(place)
        except Refusal as refusal:
            self._list(None)
            self._refuse("#about", refusal)
            return
        self._list(view)
        if lead_on:
            self.query_one("#requests").focus()
        self.call_after_refresh(self.show_focused)

    def _list(self, view: DeskView | None) -> None:
        """The requests, the newest first: where there are two of one key, the older one has been replaced."""
        self._view = view
        listed = self.query_one("#requests", ChoiceList)
        keep = listed.marked.id if listed.marked else None
        there = view.looked.newest_first if view is not None else ()
        seen: set[str] = set()
        rows = []
        for each in there:
            key = each.request.public_key_sha256 if each.request is not None else ""
            rows.append(
                Choice(str(each.path), each.name, self._note(each, replaced=key in seen, several=len(there) > 1))
            )
            seen |= {key} - {""}
        listed.set_choices(rows, keep=keep)
        label = self.page.fields["requests"].label
        count = self.word("newest_first", count=len(rows)) if len(rows) > 1 else ""
        self.put("#listed", Paragraph(f"{label}{count}", "bold"))
        self._tell()

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
            self.put("#verdict", *self._said(view.looked.requests[0], await self._origin()))
        self.call_after_refresh(self._show_verdict)

    def _said(self, examined: Examined, origin: list[str]) -> list[str | Paragraph]:
        """The verdict, then what speaks against it, what was not judged, and whom to ask. `origin`: who was asked,
        where a live directory stands before the imported registries."""
        lexicon, verdict = self.context.lexicon, examined.verdict
        rows = told(examined, lexicon)
        other = self._other_of(examined) if verdict is Verdict.DIFFERENT else None
        if other is not None:  # a wrong row was marked: nothing is to be sent back for that
            told_of = lexicon.word(f"desk.verdict.{Verdict.OTHER_PAPER.value}")
            return [Paragraph(told_of, "bold"), self.word("other_request", name=other.name)]
        said: list[str | Paragraph] = [Paragraph(lexicon.word(f"desk.verdict.{verdict.value}"), "bold")]
        if verdict not in REFUSING:
            open_ones = [row for row in rows if row.result in (Result.ATTENTION, Result.UNKNOWN)]
            return [*said, *self._rows(open_ones), *origin]
        failed = [row for row in rows if row.result is Result.FAIL]
        # Not the same as the paper stands last among the checks, and first here.
        ordered = failed[::-1] if verdict is Verdict.DIFFERENT else failed
        said += self._rows(ordered[:_MOST_TOLD])
        if len(ordered) > _MOST_TOLD:
            said.append(self.word("more", count=len(ordered) - _MOST_TOLD))
        count = sum(NOT_JUDGED in reasons(each) for each in examined.findings)
        if count:
            unknown = lexicon.word("desk.unknown.not_judged", count=count)
            said += self._rows([Told(Result.UNKNOWN, unknown, ())])
        first = examined.failed[-1 if verdict is Verdict.DIFFERENT else 0]
        desk = lexicon.message(Refusal(Code(first.code))).ask
        return [*said, lexicon.word("desk.return"), lexicon.word("desk.ask", desk=desk)]

    async def _origin(self) -> list[str]:
        """Which directory has answered, or that it could not be used; nothing where none is configured."""
        origin = await self.context.clerk.origin()
        word, told = self.context.lexicon.word, origin.told if origin is not None else {}
        return [
            word(
                f"registry.origin.{'fallback' if each.code else each.origin.value}",
                registry=word(f"registry.name.{kind.value}"),
                uri=origin.uri if origin is not None else "",
                code=each.code or "",
            )
            for kind, each in told.items()
        ]

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
            self.put("#about", *([self.context.lexicon.word(nothing_key(marked))] if marked is not None else []))
            self.put("#groups", "", "")
        else:
            names = (*request.extensions.host_names, *request.extensions.mail_addresses)
            self.put("#about", shown(request.subject), "  ".join((spoken_key(request.key), *names)))
            first, second = digest_lines(request.sha256)
            self.put("#groups", Paragraph(f"  SHA-256  {first}", "bold"), Paragraph(f"           {second}", "bold"))
        fitting = self._view.fitting.get(marked.path, ()) if self._view is not None and marked is not None else ()
        word = self.context.lexicon.word
        kinds = [Choice(kind, word(f"kind.{kind}"), self.word("fits") * (kind in fitting)) for kind in self._kinds]
        only = fitting[0] if len(fitting) == 1 else _NO_KIND
        self.query_one("#kind", ChoiceList).set_choices([Choice(_NO_KIND, self.word("no_kind")), *kinds], keep=only)

    def _note(self, examined: Examined, *, replaced: bool, several: bool) -> str:
        """What is wrong with it; beside others when it was made, and whether a newer one of the same key is there."""
        bad = self.word("bad") if examined.failed else self.word("older") if replaced else ""
        made = tokyo(examined.made).strftime("%Y-%m-%d %H:%M") if several else ""
        return "  ".join(filter(None, (made, bad)))

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
