"""Why not: what happened, what to do now, which desk to ask, and the facts for that desk."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget

from lgpki_tui.faces.saying import because, short
from lgpki_tui.faces.tui.context import Context
from lgpki_tui.faces.tui.page_screen import PageScreen
from lgpki_tui.faces.tui.telling import check_lines, reason_lines
from lgpki_tui.faces.tui.widgets.button import Button
from lgpki_tui.faces.tui.widgets.prose import Paragraph, Prose
from lgpki_tui.ground.codes import Code, Exit
from lgpki_tui.ground.findings import Fact, Finding, Refusal, Result

# Facts that tell a person nothing.
_NOTHING: tuple[Fact, ...] = (None, "", [], ())


class VerdictScreen(PageScreen[None]):
    """Read, then back to where it can be mended. Our own fault looks the same and says so."""

    name_of_page = "verdict"
    keys = ("help", "page", "back", "quit")
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "back", show=False)]

    def __init__(
        self, context: Context, refusal: Refusal, checks: tuple[Finding, ...] = (), result: Result = Result.FAIL
    ) -> None:
        """`result`: how bad it is; what was only found is no refusal."""
        super().__init__(context)
        self._refusal = refusal
        self._checks = checks
        self._result = result

    def body(self) -> Iterable[Widget]:
        """The three answers first, then the facts and the way back; last all that was checked."""
        refusal, lexicon = self._refusal, self.context.lexicon
        message = lexicon.message(refusal)
        kind = f"[{lexicon.word(f'result.{self._result.value}')}]"
        if refusal.code.exit is Exit.FAULT:
            kind = self.word("fault")
        doubt = [self.word("unknown")] if self._result is Result.UNKNOWN else []
        why = [*because(refusal, lexicon), *self._reasons(refusal.code), *self._dies()]
        yield Prose(Paragraph(f"{kind}  {message.happened}", "bold"), *doubt, *why)
        yield Prose(Paragraph(self.word("do"), "bold"), Paragraph("  " + message.here, indent=2), classes="label")
        yield Prose(Paragraph(self.word("ask"), "bold"), Paragraph("  " + message.ask, indent=2), classes="label")
        facts = "  ".join(f"{key}={short(value)}" for key, value in refusal.facts.items() if value not in _NOTHING)
        yield Prose(Paragraph(f"({refusal.code.value}{'  ' + facts if facts else ''})", indent=1), classes="label")
        yield Horizontal(Button(self.word("close"), id="close"), classes="row")
        made = tuple(each for each in self._checks if each.result is not Result.UNKNOWN)
        if made:
            yield Prose(*self._others(made), id="checks", classes="label")

    def first(self) -> str:
        """Read it."""
        return "#close"

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Back to where it can be mended."""
        self.dismiss(None)

    def _reasons(self, code: Code) -> list[str | Paragraph]:
        """What the check that failed expected and found."""
        failed = [check for check in self._checks if check.result is Result.FAIL and check.code == code]
        lines = (line for check in failed for line in reason_lines(check, self.context.lexicon))
        return [Paragraph(f"  {line}", indent=4) for line in lines]

    def _others(self, made: tuple[Finding, ...]) -> list[str]:
        """The checks, those that passed last: nobody has to read them."""
        lines = check_lines(made, self.context.lexicon)
        return [text for text, _ in sorted(lines, key=lambda line: line[1].result is Result.OK)]

    def _dies(self) -> list[str]:
        valid = self._refusal.facts.get("valid_certificates")
        lines = []
        for each in valid if isinstance(valid, list | tuple) else ():
            if isinstance(each, dict):
                facts = {"subject": each.get("subject"), "not_after": short(each.get("not_after"))}
                lines.append(self.context.lexicon.word("refusal.dies", **facts))
        return lines
