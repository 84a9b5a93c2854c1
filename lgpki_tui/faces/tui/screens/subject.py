"""What the certificate shall say: looked up in the registries while it is typed, judged as it stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.timer import Timer
from textual.widget import Widget

from lgpki_tui.faces.tui.clerk import Judgement
from lgpki_tui.faces.tui.context import Context
from lgpki_tui.faces.tui.lookup import Lookup
from lgpki_tui.faces.tui.page_screen import PageScreen
from lgpki_tui.faces.tui.widgets.button import Button
from lgpki_tui.faces.tui.widgets.prose import Paragraph, Prose
from lgpki_tui.faces.tui.widgets.text_field import TextField
from lgpki_tui.ground.clock import tokyo
from lgpki_tui.ground.findings import Finding, Refusal, Result
from lgpki_tui.ledger.unfinished import Unfinished
from lgpki_tui.registry.port import RegistryKind
from lgpki_tui.subject.draft import Draft
from lgpki_tui.subject.name import shown_name
from lgpki_tui.subject.profile import Profile, Rule

# After the last key: long enough that a typist is not looked up at every letter, short enough not to be waited for.
_PAUSE = 0.12
_FIELDS = ("organization", "name", "purpose", "folder")


class SubjectScreen(PageScreen[Unfinished]):
    """図-2 of the source document: 証明書記載事項 and the folder for the CSR. Answers with the answers."""

    name_of_page = "subject"
    section = "key"
    step = "3/4"
    keys = ("help", "take", "back", "next", "quit")
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f4", "take_spelling", show=False)]

    def __init__(self, context: Context, answers: Unfinished, profile: Profile, *, correcting: bool = False) -> None:
        super().__init__(context)
        self._answers = answers
        self._profile = profile
        self._correcting = correcting
        self._timer: Timer | None = None
        self._judgement: Judgement | None = None
        self._spelling: tuple[str, str] | None = None

    def body(self) -> Iterable[Widget]:
        """The fields, below each registry field what was found, and the name that comes of it."""
        yield Prose(id="registry")
        yield self.label("organization")
        yield TextField(self._answers.organization, id="organization", max_length=200)
        yield Lookup(self.context, "organization", accounts=False)
        yield self.label("name")
        yield TextField(self._answers.name, id="name", max_length=200)
        if self._profile.name_rule is Rule.REGISTERED:
            yield Lookup(self.context, "name", accounts=True)
        yield self.label("purpose")
        yield TextField(self._answers.purpose, id="purpose", max_length=200)
        if not self._correcting:
            yield self.label("folder")
            yield TextField(self._answers.output_folder, id="folder", max_length=400)
        yield Prose(Paragraph(self.word("result"), "bold"), id="result", classes="label")
        yield Prose(id="findings")
        yield Horizontal(Button(self.word("next"), id="next"), classes="row")

    def first(self) -> str:
        """The first that is not answered yet."""
        for field in ("organization", "name"):
            if not getattr(self._answers, field):
                return f"#{field}"
        return "#next" if self._correcting else "#purpose" if not self._answers.purpose else "#next"

    async def begin(self) -> None:
        """Say which registry is looked into and how old it is; judge what is there already."""
        snapshots, now = await self.context.clerk.registries()
        lines = [
            self.word(
                each.kind.value,
                file=each.file_name,
                imported=tokyo(each.imported_at).strftime("%Y-%m-%d"),
                days=each.age_days(now),
            )
            for each in snapshots
            if each.kind is RegistryKind.ORGANIZATIONS or self._profile.name_rule is Rule.REGISTERED
        ]
        self.put("#registry", *(lines or [self.word("no_registry")]))
        await self._judge()

    # --- While it is typed ---

    def on_input_changed(self, event: TextField.Changed) -> None:
        """Look up and judge, a moment after the last key."""
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(_PAUSE, self._after_pause)

    def _after_pause(self) -> None:
        self.run_worker(self._look_up_and_judge(), group="judge", exclusive=True)

    async def _look_up_and_judge(self) -> None:
        focused = self.focused
        if isinstance(focused, TextField) and (lookup := self._lookup(focused.id)) is not None:
            await lookup.look_up(focused.value, self._organization())
        await self._judge()

    def entered(self, field: str, text: str) -> None:
        """Enter: take the marked entry, else on to the next field."""
        lookup = self._lookup(field)
        entry = lookup.marked if lookup is not None else None
        if lookup is not None and entry is not None:
            found = entry.name if lookup.accounts else entry.organization
            self.query_one(f"#{field}", TextField).value = found or ""
            self._answers = replace(self._answers, municipality_code=entry.municipality_code)
            lookup.clear()
        self.focus_next()

    def action_focus_by(self, step: int) -> None:
        """Up and Down move in what was found, while something is."""
        focused = self.focused
        lookup = self._lookup(focused.id) if focused is not None else None
        if lookup is None or not lookup.move(step):
            super().action_focus_by(step)

    def action_take_spelling(self) -> None:
        """F4: take the registry's spelling of what was typed."""
        if self._spelling is None:
            self.notice(self.word("nothing_to_take"))
            return
        field, text = self._spelling
        self.query_one(f"#{field}", TextField).value = text

    def on_descendant_blur(self) -> None:
        """What was found belongs to the field that is left."""
        for lookup in self.query(Lookup):
            lookup.clear()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """On, when nothing speaks against it."""
        self.run_worker(self._go_on(), group="judge", exclusive=True)

    def action_next(self) -> None:
        """F10."""
        self.run_worker(self._go_on(), group="judge", exclusive=True)

    async def _go_on(self) -> None:
        await self._judge()
        judgement = self._judgement
        failed = [each for each in judgement.findings if each.result is Result.FAIL] if judgement else []
        if judgement is None or failed:
            field = str(failed[0].facts.get("field", "organization")) if failed else "organization"
            if field in _FIELDS:
                self.query_one(f"#{field}").focus()
            self.notice(self.word("not_yet"))
            return
        if not self._correcting and not self.answers.output_folder.startswith("/"):
            self.query_one("#folder").focus()
            self.notice(self.word("folder_absolute"))
            return
        self.dismiss(replace(self.answers, municipality_code=judgement.municipality_code))

    # --- What stands there ---

    @property
    def left(self) -> Unfinished:
        """The answers as they stood when the page was left."""
        return self._answers

    def action_back(self) -> None:
        """Esc: back, with what was typed kept."""
        self._answers = self.answers
        self.dismiss(None)

    @property
    def answers(self) -> Unfinished:
        """The answers with what stands in the fields now."""
        if not self.is_mounted:
            return self._answers
        organization, name, purpose = (self.query_one(f"#{each}", TextField).value for each in _FIELDS[:3])
        folder = self._answers.output_folder if self._correcting else self.query_one("#folder", TextField).value
        return replace(self._answers, organization=organization, name=name, purpose=purpose, output_folder=folder)

    def _organization(self) -> str:
        return self.query_one("#organization", TextField).value

    def _lookup(self, field: str | None) -> Lookup | None:
        return next((lookup for lookup in self.query(Lookup) if lookup.field == field), None)

    async def _judge(self) -> None:
        """Everything that is to be said of what stands there. An organisation that is typed by hand may be another
        municipality's: the code then follows from the registry alone."""
        answers = self.answers
        if not answers.organization and not answers.name:
            self._judgement = None
            self.put("#findings", self.word("empty"))
            return
        draft = Draft(answers.certificate_kind, answers.organization, answers.name, answers.municipality_code or None)
        try:
            self._judgement = await self.context.clerk.judge(draft)
            if draft.municipality_code and self._failed("organization_not_registered"):
                self._judgement = await self.context.clerk.judge(replace(draft, municipality_code=None))
        except Refusal as refusal:
            self._judgement = None
            message = self.context.lexicon.message(refusal)
            self.put("#findings", message.happened, message.here)
            return
        self._tell(self._judgement)

    def _failed(self, code: str) -> bool:
        found = self._judgement.findings if self._judgement else ()
        return any(each.code == code for each in found)

    def _tell(self, judgement: Judgement) -> None:
        subject = judgement.subject
        name = shown_name(subject) if subject is not None else self.word("no_name_yet")
        code = self.word("municipality", code=judgement.municipality_code) if judgement.municipality_code else ""
        self.put("#result", Paragraph(self.word("result"), "bold"), f"  {name}", *([f"  {code}"] if code else []))
        self._spelling = None
        lines: list[str | Paragraph] = []
        for finding in judgement.findings:
            if not self._is_underway(finding):
                lines.extend(self._about(finding))
        empty = [self.page.fields[field].label for field in _FIELDS[:2] if not getattr(self.answers, field).strip()]
        if empty:
            lines.append(self.word("still_empty", fields=empty))
        self.put("#findings", *(lines or [self.word("nothing_against")]))

    def _is_underway(self, finding: Finding) -> bool:
        """A field that nobody has come to yet is not told as wrong, nor one whose entries are just being shown."""
        lookup = self._lookup(str(finding.facts.get("field", "")))
        return finding.code == "text_empty" or (lookup is not None and lookup.marked is not None)

    def _about(self, finding: Finding) -> Iterable[Paragraph]:
        mark = self.context.lexicon.word(f"result.{finding.result.value}")
        field = str(finding.facts.get("field", ""))
        label = self.page.fields[field].label if field in self.page.fields else ""
        message = self.context.lexicon.message(Refusal(finding.code, **finding.facts))  # type: ignore[arg-type]  # a Code
        yield Paragraph(f"[{mark}] {label}  {message.happened}", indent=5)
        characters, nearest = finding.facts.get("characters"), finding.facts.get("nearest")
        if isinstance(characters, list) and characters:
            usual = finding.facts.get("registered") or finding.facts.get("usual") or []
            yield Paragraph("     " + self.word("characters", found=_named(characters), usual=_named(usual)), indent=5)
        if isinstance(nearest, list) and nearest:
            yield Paragraph("     " + self.word("nearest", spellings=nearest), indent=5)
            if field and self._spelling is None:
                self._spelling = (field, str(nearest[0]))


def _named(points: object) -> list[str]:
    """U+9AD9 as the character and its code point."""
    found = points if isinstance(points, list | tuple) else []
    return [f"{chr(int(str(point)[2:], 16))} ({point})" for point in found if str(point).startswith("U+")]
