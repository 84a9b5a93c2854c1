"""What the screens have done: every act of the wizard, each by the conductor in the thread backstage.

No rule stands here. Questions are in asking.py.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from lgpki_tui.faces.tui.asking import Asking
from lgpki_tui.faces.tui.backstage import Backstage
from lgpki_tui.faces.tui.views import Narration, PracticeDesk
from lgpki_tui.ground.findings import Fact, Refusal

if TYPE_CHECKING:
    from lgpki_tui.card.port import CardSeen
    from lgpki_tui.conductor.exporting import Exported
    from lgpki_tui.conductor.formatting import FormatWish
    from lgpki_tui.conductor.ports import PinSource, Progress
    from lgpki_tui.conductor.storing import Outcome
    from lgpki_tui.conductor.wish import Wish
    from lgpki_tui.ground.secret import Secret
    from lgpki_tui.media.mounted import Medium
    from lgpki_tui.pages.language import Language
    from lgpki_tui.paper.applications import Application
    from lgpki_tui.paper.sheet import Action
    from lgpki_tui.pki.certificate import Certificate
    from lgpki_tui.procedure.enrolment import Enrolment
    from lgpki_tui.procedure.identity import Token
    from lgpki_tui.subject.draft import Draft
    from lgpki_tui.workplace import Workplace


_T = TypeVar("_T")


class Clerk(Asking):
    """Asks and acts in one workplace. `practice_desk` is there only in a rehearsal."""

    def __init__(
        self,
        place: Workplace,
        backstage: Backstage,
        practice_desk: PracticeDesk | None = None,
        card: str | None = None,
    ) -> None:
        """`card`: what `--card` names (docs/contract.md), where the person has chosen none on the card page."""
        super().__init__(place, backstage)
        self._card = card
        self._listener: Narration | None = None
        # Where the request of each enrolment was copied to in this run, and on which medium that was.
        self._copied: dict[str, tuple[Path, Medium | None]] = {}
        self.practice_desk = practice_desk
        place.narrate = self._narrate

    def listen(self, listener: Narration | None) -> None:
        """Who is told what is going on; called in the thread backstage."""
        self._listener = listener

    def _narrate(self, progress: Progress, **facts: Fact) -> None:
        if self._listener is not None:
            self._listener(progress, facts)

    async def format(self, wish: FormatWish, wanted: str | None, so_pin: Secret, pin: Secret) -> Token:
        """Give a card its label and PINs (conductor.formatting.format_card)."""
        from lgpki_tui.conductor.formatting import format_card

        return await self._run(lambda: format_card(self._place, wish, wanted, _given(so_pin), _given(pin)))

    async def before_external(self, wish: FormatWish, wanted: str | None) -> CardSeen:
        """The card that its maker's formatter may have (conductor.external)."""
        from lgpki_tui.conductor.external import before_external

        return await self._run(lambda: before_external(self._place, wish, wanted))

    async def after_external(self, before: CardSeen, wish: FormatWish) -> Token:
        """What became of it (conductor.external)."""
        from lgpki_tui.conductor.external import after_external

        return await self._run(lambda: after_external(self._place, before, wish))

    async def set_pin(self, wanted: str | None, old: Secret, new: Secret) -> Token:
        """Change the PIN (conductor.pins.set_pin)."""
        from lgpki_tui.conductor.pins import set_pin

        return await self._run(lambda: set_pin(self._place, wanted, _given(old), _given(new)))

    async def unblock(self, wanted: str | None, so_pin: Secret, new: Secret) -> Token:
        """Give a locked card another PIN (conductor.pins.unblock)."""
        from lgpki_tui.conductor.pins import unblock

        return await self._run(lambda: unblock(self._place, wanted, _given(so_pin), _given(new)))

    async def request(self, wish: Wish, wanted: str | None, pin: Secret) -> Enrolment:
        """Make the key pair and the CSR (conductor.requesting.request)."""
        from lgpki_tui.conductor.requesting import request

        return await self._run(lambda: request(self._place, wish, wanted or self._card, _given(pin)))

    async def resume(self, number: str, wanted: str | None, pin: Secret, folder: Path | None = None) -> Enrolment:
        """Go on where it stopped (conductor.resuming.resume)."""
        from lgpki_tui.conductor.resuming import resume

        return await self._run(lambda: resume(self._place, number, wanted or self._card, _given(pin), folder))

    async def correct(self, number: str, draft: Draft, purpose: str, reason: str, pin: Secret) -> Enrolment:
        """Sign another request with the same key (conductor.filing.correct)."""
        from lgpki_tui.conductor.filing import correct

        return await self._run(lambda: correct(self._place, number, draft, purpose, reason, self._card, _given(pin)))

    async def export(self, number: str, folder: Path) -> Exported:
        """Copy the request to a folder (conductor.exporting.export), and the sheet where one was written."""

        def ask() -> Exported:
            from lgpki_tui.conductor.exporting import export

            copied = export(self._place, number, folder)
            self._copied[number] = folder, self._place.place_of(folder)[1]
            return copied

        return await self._stage.call(ask)

    async def lacks_form(self, number: str, form: Path) -> Path | None:
        """The folder that the request was copied to in this run, while this form is not there; else None."""

        def ask() -> Path | None:
            folder, _ = self._copied.get(number, (None, None))
            return folder if folder is not None and not os.path.lexists(folder / form.name) else None

        return await self._stage.call(ask)

    async def export_again(self, number: str) -> tuple[Exported, Medium | None]:
        """Copy to the same folder once more, for the form made since (conductor.exporting.export_again); the medium."""

        def ask() -> tuple[Exported, Medium | None]:
            from lgpki_tui.conductor.exporting import export_again

            folder, was = self._copied[number]
            now = self._place.place_of(folder)[1]
            return export_again(self._place, number, folder, was, now), now

        return await self._stage.call(ask)

    async def unmount(self, medium: Medium) -> None:
        """Unmount the medium. Raises Refusal: medium_mounted."""

        def ask() -> None:
            from lgpki_tui.media.eject import unmount
            from lgpki_tui.media.kernel import Kernel

            unmount(Kernel(), medium)

        await self._stage.call(ask)

    async def applications(self, number: str) -> tuple[Application, ...]:
        """What can be applied for with it, the likeliest first (conductor.applying). Raises Refusal: enrolment_*."""
        await self.enrolment(number)

        def ask() -> tuple[Application, ...]:
            from lgpki_tui.conductor.applying import applications_for

            return applications_for(self._place, number)

        return await self._stage.call(ask)

    async def sheet_file(self, number: str, action: Action) -> Path | None:
        """The PDF that was last written for the present request, or its revocation; None when there is none."""
        enrolment = await self.enrolment(number)

        def ask() -> Path | None:
            from lgpki_tui.conductor.applying import written_sheets

            return next(reversed(written_sheets(self._place, enrolment, action)), None)

        return await self._stage.call(ask)

    async def sheet_written_as(self, number: str, file: Path) -> Application | None:
        """What the PDF that was written applies for (conductor.applying.written_as); None where it cannot be told."""
        await self.enrolment(number)

        def ask() -> Application | None:
            from lgpki_tui.conductor.applying import written_as

            try:
                return written_as(self._place, number, file)
            except Refusal:  # a form of the site is broken: the page says so where it shows the draft
                return None

        return await self._stage.call(ask)

    async def sheet_text(self, number: str, application: Application, language: Language) -> str:
        """The draft of an application form as text. Raises Refusal: enrolment_*, settings_*."""
        await self.enrolment(number)

        def ask() -> str:
            from lgpki_tui.conductor.applying import draft_sheet

            return self._place.forms.text(draft_sheet(self._place, number, application), language)

        return await self._stage.call(ask)

    async def save_sheet(self, number: str, application: Application) -> Path:
        """Write the draft as PDF and text beside the CSR; the PDF (conductor.applying.write_sheet)."""
        await self.enrolment(number)

        def ask() -> Path:
            from lgpki_tui.conductor.applying import draft_sheet, write_sheet

            return write_sheet(self._place, draft_sheet(self._place, number, application))[0]

        return await self._stage.call(ask)

    async def ask_registration(self, draft: Draft, folder: Path, language: Language) -> tuple[Path, ...]:
        """Write the sheet that asks for the registration of what is missing; its files, the text first. Raises Refusal:
        registration_not_needed, registry_*, folder_*, form_broken, text_*."""

        def ask() -> tuple[Path, ...]:
            from lgpki_tui.faces.registering import ask_registration

            return ask_registration(self._place, draft, folder, language, {}).files

        return await self._stage.call(ask)

    async def file(self, number: str) -> Enrolment:
        """Note that CSR and form were handed in (conductor.filing.file)."""

        def ask() -> Enrolment:
            from lgpki_tui.conductor.filing import file

            return file(self._place, number)

        return await self._stage.call(ask)

    async def examine(self, number: str, file: Path) -> tuple[Certificate | None, Outcome]:
        """All checks of a certificate that need no card (conductor.storing.examine)."""
        from lgpki_tui.conductor.storing import examine

        return await self._run(lambda: examine(self._place, number, file))

    async def store(self, number: str, file: Path, pin: Secret) -> Outcome:
        """Store it (conductor.storing.store)."""
        from lgpki_tui.conductor.storing import store

        return await self._run(lambda: store(self._place, number, file, None, self._card, _given(pin)))

    async def abandon(self, number: str, reason: str) -> Enrolment:
        """Give it up (conductor.ending.abandon)."""

        def ask() -> Enrolment:
            from lgpki_tui.conductor.ending import abandon

            return abandon(self._place, number, reason)

        return await self._stage.call(ask)

    async def have_issued(self, enrolment: Enrolment) -> Path:
        """Have the practice desk issue. Raises Refusal."""
        desk = self.practice_desk
        if desk is None:
            raise ValueError("no practice")
        return await self._stage.call(lambda: desk.issue(self._place, enrolment))

    async def _run(self, act: Callable[[], Awaitable[_T]]) -> _T:
        """An act, after which the card's session is closed: the next one asks for its PIN again."""

        async def acted() -> _T:
            try:
                return await act()
            finally:
                if "card" in vars(self._place):
                    await self._place.card.close()

        return await self._stage.run(acted)

    def close(self) -> None:
        """End what is under way, the card's process, and the ledger."""
        self._stage.close(self._place.close)


def _given(secret: Secret) -> PinSource:
    async def given() -> Secret:
        return secret

    return given
