"""What the certificate shall say: looked up in the registries while it is typed, judged as it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal
from textual.timer import Timer
from textual.widget import Widget

from lgpki_tui.faces.tui.asks_registration import RegistrationScreen
from lgpki_tui.faces.tui.context import Context
from lgpki_tui.faces.tui.drafts import draft_of
from lgpki_tui.faces.tui.judging import said
from lgpki_tui.faces.tui.lookup import ROWS, Lookup
from lgpki_tui.faces.tui.municipality_lookup import FIELD as MUNICIPALITY
from lgpki_tui.faces.tui.municipality_lookup import MunicipalityLookup
from lgpki_tui.faces.tui.offering import offered
from lgpki_tui.faces.tui.origin import origin_lines
from lgpki_tui.faces.tui.page_screen import FULL_COLUMNS, Work
from lgpki_tui.faces.tui.whose import another, judge, places
from lgpki_tui.faces.tui.widgets.button import Button
from lgpki_tui.faces.tui.widgets.path_field import PathField
from lgpki_tui.faces.tui.widgets.prose import Paragraph, Prose
from lgpki_tui.faces.tui.widgets.text_field import TextField
from lgpki_tui.ground.clock import tokyo
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Finding, Refusal, Result
from lgpki_tui.ledger.unfinished import Unfinished
from lgpki_tui.registry.port import RegistryKind
from lgpki_tui.subject.findings import MUNICIPALITY_CODE
from lgpki_tui.subject.name import shown_name
from lgpki_tui.subject.profile import FieldName, Form, Profile, Rule

if TYPE_CHECKING:
    from lgpki_tui.conductor.requesting import Judgement

# After the last key: long enough that a typist is not looked up at every letter, short enough not to be waited for.
_PAUSE = 0.12
# What a line that drops may cost of what was typed.
_KEEP = 1.0
_TEXTS = ("organization", "name")
# Of a registry that was imported today.
_TODAY = {RegistryKind.ORGANIZATIONS: "organizations_today", RegistryKind.ACCOUNTS: "accounts_today"}
# Longer than what a certificate can hold, so that what is too long is told and not cut.
_LONGEST, _LONGEST_ADDRESS = 200, 300


class SubjectScreen(RegistrationScreen[Unfinished]):
    """図-2 of the source document: 証明書記載事項 and the folder for the CSR. Answers with the answers. `correcting`:
    what was handed in and came back; its folder is settled, and nobody but the ledger keeps its answers."""

    name_of_page = "subject"
    section = "key"
    step = "3/4"
    keys: ClassVar[tuple[str, ...]] = ("help", "page", "next", "back", "quit")

    def __init__(
        self, context: Context, answers: Unfinished, profile: Profile, *, correcting: Unfinished | None = None
    ) -> None:
        super().__init__(context)
        self._answers = self._kept = answers
        self._profile = profile
        self._correcting = correcting
        fields = tuple(each.name.value for each in profile.fields)
        # The 団体 of an 組織 that stands in no registry has to be said.
        self._asked = fields if profile.organization_rule is Rule.REGISTERED else (MUNICIPALITY, *fields)
        self.code_field = MUNICIPALITY if MUNICIPALITY in self._asked else "organization"
        self.taken = (self._text_of(self.code_field), answers.municipality_code)
        self._pause: Timer | None = None
        self._keep: Timer | None = None

    def body(self) -> Iterable[Widget]:
        """The fields, below each that is looked up what was found, and the name that comes of it."""
        answers = self._answers
        # Its place is kept: what is below does not move when the registries have answered (690 bytes, measured).
        if self._correcting is not None:
            yield Prose(Paragraph(self.word("correcting"), "bold"))
        yield Prose(*[" "] * (2 if self._has_accounts else 1), id="registry")
        for field in self._asked:
            yield self.label(self._worded(field))
            longest = _LONGEST_ADDRESS if field == FieldName.MAIL_ADDRESS else _LONGEST
            yield TextField(self._text_of(field), id=field, max_length=longest)
            lookup = self._lookup(field)
            if lookup is not None:
                yield lookup
        yield self.label("purpose")
        yield TextField(answers.purpose, id="purpose", max_length=200)
        if self._correcting is None:
            yield self.label("folder")
            yield PathField(answers.output_folder, id="folder")
        yield Prose(id="result")
        yield Prose(id="said")
        yield Horizontal(Button(self.word("next"), id="next"), classes="row")

    def _lookup(self, field: str) -> Lookup | None:
        """What is looked up for a field while it is typed. For host names and addresses one candidate is offered."""
        rows = ROWS if len(self._asked) <= len(_TEXTS) else ROWS - 1  # a page of more fields is whole all the same
        if field == MUNICIPALITY:
            return MunicipalityLookup(self.context, rows)
        asked = self._profile.field(FieldName(field))
        if asked is None or asked.rule is Rule.FREE:
            return None
        return Lookup(self.context, field, self._text_of(field), accounts=field == FieldName.NAME, rows=rows)

    def _text_of(self, field: str) -> str:
        """What was answered before; the name of the 団体 comes with `begin`."""
        return "" if field == MUNICIPALITY else str(getattr(self._answers, field))

    def _worded(self, field: str) -> str:
        """Under which name of the page a field has its words: a host name has others than the name of a post."""
        asked = None if field == MUNICIPALITY else self._profile.field(FieldName(field))
        if asked is not None and asked.form is Form.HOST_NAME:
            return "host_name"
        free = asked is not None and field == FieldName.ORGANIZATION and asked.rule is Rule.FREE
        return "organization_free" if free else field

    def first(self) -> str:
        """The first that is not answered yet; of a correction, what is to be corrected."""
        empty = [field for field in self._asked if not self._is_answered(field)]
        if empty or self._correcting is not None:
            return f"#{(empty or self._asked)[0]}"
        return "#purpose" if not self._answers.purpose else "#next"

    def _is_answered(self, field: str) -> bool:
        return bool(self._answers.municipality_code if field == MUNICIPALITY else self._text_of(field))

    async def begin(self) -> None:
        """Say which registry is looked into and how old it is; judge what is there already."""
        if MUNICIPALITY in self._asked:
            self.put("#registry", self.word("no_check"))
            await self.name_municipality()
            await self.judge()
            return
        try:
            snapshots, now = await self.context.clerk.registries()
            oldest = await self.context.clerk.oldest_days()
        except Refusal as refusal:  # what is wrong with it stands where the findings are
            self.put("#registry", self.word("no_registry"))
            self.tell_refusal(refusal)
            return
        lines = [
            self.word(
                each.kind.value if each.age_days(now) else _TODAY[each.kind],
                file=each.file_name,
                imported=tokyo(each.imported_at).strftime("%Y-%m-%d"),
                days=each.age_days(now),
            )
            + (self.word("old") if each.age_days(now) > oldest else "")
            for each in snapshots
            if each.kind is RegistryKind.ORGANIZATIONS or self._has_accounts
        ]
        self.put("#registry", *(lines or [self.word("no_registry")]))
        await self.judge()

    # --- While it is typed ---

    def on_input_changed(self, event: TextField.Changed) -> None:
        """Look up and judge a moment after the last key; keep it a little later."""
        self._answers = self.answers
        if self._keep is not None:
            self._keep.stop()
        self._keep = self.set_timer(_KEEP, self._keep_now)
        if event.input.id in self._asked:
            if self._pause is not None:
                self._pause.stop()
            self._pause = self.set_timer(_PAUSE, lambda: self.work(self.look_up_and_judge, group="judge"))

    # --- The way on, and back ---

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """On, when nothing speaks against it."""
        self.call_later(self._go_on)

    def action_next(self) -> None:
        """F10."""
        self.call_later(self._go_on)

    async def _go_on(self) -> None:
        """No worker: a PIN that is typed ahead must not come into a field that gets the focus here."""
        self.workers.cancel_group(self, "judge")
        for lookup in self.query(Lookup):
            lookup.clear()
        await self.judge()
        judgement, answers = self.judgement, self.answers
        failed = [each for each in judgement.findings if each.result is Result.FAIL] if judgement else []
        if judgement is None or failed:
            await self._point_at(failed)
        elif self._correcting is not None and _texts_of(answers) == _texts_of(self._correcting):
            self._wizard.forget_typed_ahead()
            self.query_one("#next").focus()  # who takes it for done types the PIN now: no field that shows it
            self.notice(self.word("nothing_changed"))
        elif self._correcting is not None or await self._folder_is_good(answers.output_folder):
            self._leave(replace(answers, municipality_code=judgement.municipality_code))

    async def _point_at(self, failed: list[Finding]) -> None:
        """To the field that is first to be mended, with what is registered where something was typed."""
        field = str(failed[0].facts.get("field", "")) if failed else ""
        field = MUNICIPALITY if field == MUNICIPALITY_CODE else field
        field = field if field in self._asked else self._asked[0]
        self._wizard.forget_typed_ahead()
        self.query_one(f"#{field}").focus()
        lookup = self.lookup_of(field)
        if lookup is not None and failed and failed[0].code is not Code.TEXT_EMPTY:
            await lookup.look_up(self.text_in(field), self.text_in("organization"), anyway=True)
        self.notice(self.word("not_yet"))

    async def _folder_is_good(self, folder: str) -> bool:
        """Tried now, while another one is easily named."""
        if folder.startswith("/"):
            try:
                await self.context.clerk.try_folder(Path(folder))
                return True
            except Refusal as refusal:
                self.tell_refusal(refusal)
        self._wizard.forget_typed_ahead()
        self.query_one("#folder").focus()
        self.notice(self.word("not_yet" if folder.startswith("/") else "folder_absolute"))
        return False

    @property
    def left(self) -> Unfinished:
        """The answers as they stood when the page was left."""
        return self._answers

    def action_back(self) -> None:
        """Esc: back, with what was typed kept."""
        self._leave(None)

    def _leave(self, result: Unfinished | None) -> None:
        """Who asked for the page keeps the answers from now on."""
        self._answers = self._kept = self.answers
        self.dismiss(result)

    # --- Kept while it is typed ---

    def _keep_now(self) -> None:
        keep: Work = self._keep_answers
        self.run_worker(keep, group="keep")

    async def on_unmount(self) -> None:
        """The program ends: also the last second is kept."""
        with suppress(Refusal):
            await self._save()

    async def _keep_answers(self) -> None:
        """A disk that is full is told, and the page goes on."""
        try:
            await self._save()
        except Refusal as refusal:
            self.notice(self.context.lexicon.message(refusal).happened)

    async def _save(self) -> None:
        """Save what has changed since it was last given or kept."""
        if self._correcting is None and self._answers != self._kept:
            self._kept = self._answers
            await self.context.clerk.save(self._answers)

    def _hint(self) -> str:
        """A name that must be registered is chosen as the organisation is."""
        focused = (self.focused.id or "") if self.focused is not None else ""
        if focused == FieldName.NAME and self._has_accounts:
            return self.page.fields["organization"].help
        return self.page.fields[self._worded(focused)].help if focused in self._asked else super()._hint()

    # --- What stands there ---

    @property
    def answers(self) -> Unfinished:
        """The answers with what stands in the fields now; none for what this kind does not ask for."""
        if not self.is_mounted:
            return self._answers
        folder = self._answers.output_folder if self._correcting is not None else self.text_in("folder")
        texts = {each: self.text_in(each) for each in self._asked}
        return replace(
            self._answers,
            organization=texts["organization"],
            name=texts["name"],
            mail_address=texts.get("mail_address", ""),
            purpose=self.text_in("purpose"),
            output_folder=folder,
            municipality_code=self.code,
        )

    @property
    def _has_accounts(self) -> bool:
        return self._profile.name_rule is Rule.REGISTERED

    # --- What is said of it ---

    async def judge(self) -> None:
        """Everything that is to be said of what stands there."""
        self.spelling = None
        if not any(self.text_in(each) for each in self._asked):
            self.judgement = None
            self.say("", [self.word("empty_free" if MUNICIPALITY in self._asked else "empty")])
            return
        clerk = self.context.clerk
        try:
            await self.settle_municipality()
            draft = draft_of(self.answers)
            judgement = await judge(clerk, draft, self.taken[1])
        except Refusal as refusal:
            self.tell_refusal(refusal)
            return
        self.judgement = judgement
        code = judgement.municipality_code
        domains = await clerk.domains(code) if self._offers_names else ()
        chosen, lexicon = self.taken[1], self.context.lexicon
        near = await places(clerk, judgement.nearest_codes, chosen, lexicon)
        other = await another(clerk, chosen, code if self.code_field == "organization" else "", lexicon)
        self._tell(judgement, await clerk.prefecture(code), domains, near, other)

    async def _say_origin(self) -> None:
        """Who answers now, where a live directory stands before the snapshots: any answer may be another's."""
        with suppress(Refusal):
            origin = await self.context.clerk.origin()
            if origin is not None and self._profile.organization_rule is Rule.REGISTERED:
                self.put("#registry", *origin_lines(origin, self.word, self.common, accounts=self._has_accounts))

    @property
    def _offers_names(self) -> bool:
        return any(field.form is not Form.TEXT for field in self._profile.fields)

    def _tell(
        self, judgement: Judgement, prefecture: str, domains: tuple[str, ...], near: Mapping[str, str], other: list[str]
    ) -> None:
        texts = {field: self.text_in(field) for field in self._asked}
        # Which 団体 is still open is said with the other fields that are empty.
        untyped = not texts.get(MUNICIPALITY, "-").strip()
        findings = [each for each in judgement.findings if not (untyped and each.code == Code.MUNICIPALITY_UNKNOWN)]
        lines, spelling = said(findings, texts, self.context.lexicon, near)
        if spelling is not None and spelling.field == self.code_field:
            codes = judgement.nearest_codes.get(spelling.text, ())
            spelling = replace(spelling, codes=codes, place=near.get(spelling.text, ""))
        self.spelling = spelling
        lines += other
        code = judgement.municipality_code
        shown = self.word("municipality", prefecture=prefecture, code=code) if code else ""
        name = shown_name(judgement.subject) if judgement.subject is not None else ""
        candidate = offered(self._profile, domains, texts)
        if candidate is not None and self.spelling is None:
            self.spelling = candidate
            lines.append(self.common("draft.candidate", name=candidate.text))
        if self.is_missing:
            lines.append(self.word("can_ask"))
        self.say(f"{name}  {shown}" if name else "", lines)

    def tell_refusal(self, refusal: Refusal) -> None:
        self.judgement = None
        message = self.context.lexicon.message(refusal)
        self.say("", [message.happened, message.here])

    def say(self, name: str, lines: list[str | Paragraph]) -> None:
        shown = Paragraph(f"  {name or self.word('no_name_yet')}", indent=2)
        self.put("#result", Paragraph(self.word("result"), "bold"), shown)
        self.put("#said", *lines)
        self.keys = ("help", *self._f4(), *self._f7(), "page", "next", "back", "quit")  # type: ignore[misc]  # of this visit
        self._put_foot()
        self.call_after_refresh(self._put_foot)  # whether there is more is known once it is laid out
        self.work(self._say_origin, group="origin")

    def _f4(self) -> tuple[str, ...]:
        if self.spelling is None:
            return ()
        short = "_short" if self.is_missing and self.size.width < FULL_COLUMNS else ""  # for F7 is there, too
        return (f"offer{short}" if self.spelling.is_offer else f"take{short}",)

    def _f7(self) -> tuple[str, ...]:
        return ("ask",) if self.is_missing else ()


def _texts_of(answers: Unfinished) -> tuple[str, ...]:
    return answers.organization, answers.municipality_code, answers.name, answers.mail_address, answers.purpose
