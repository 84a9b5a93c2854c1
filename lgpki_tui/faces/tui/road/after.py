"""Once there is an enrolment: ② hand in, wait, ⑨ receive, ⑩ store; and what was interrupted."""

from __future__ import annotations

from pathlib import Path

from lgpki_tui.faces.tui.road.ending import Ending
from lgpki_tui.faces.tui.road.hand import HAND_OVER, Hand
from lgpki_tui.faces.tui.screens.end import End
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.procedure.enrolment import Enrolment, OpenAct, State
from lgpki_tui.procedure.transition import is_open

# The pages while a certificate is waited for, in their order.
PAGES = (HAND_OVER, "sheet", "waiting", "receive", "store")


class After:
    """Shows the pages of one enrolment, by where the ledger says that it stands."""

    def __init__(self, hand: Hand, ending: Ending) -> None:
        self._hand = hand
        self._ending = ending
        self._clerk = hand.context.clerk
        # The certificate that was chosen for each enrolment in this run.
        self._receiving: dict[str, Path] = {}

    async def go_on(self, number: str) -> None:
        """Where this enrolment stands, by the ledger; among the pages of waiting, where the person stood."""
        while True:
            enrolment = await self._clerk.enrolment(number)
            if is_open(enrolment) or enrolment.state is State.DRAFT:
                if not await self._resume(enrolment):
                    return
                continue
            if enrolment.state is not State.AWAITING_CERTIFICATE:
                await self._ending.show_done(enrolment, just_stored=False)
                return
            book = await self._clerk.book()
            page = book.unfinished.pages.get(number, "waiting")
            following = await self._page(page if page in PAGES else "waiting", enrolment)
            if following is None:
                return
            await self._hand.bookmark(number, following)

    async def _page(self, page: str, enrolment: Enrolment) -> str | None:
        """Show one of the pages while a certificate is waited for; the next one, None for the first page of all."""
        match page:
            case "export":
                from lgpki_tui.faces.tui.screens.export import ExportScreen

                return None if await self._hand.show(ExportScreen(self._hand.context, enrolment)) is None else "sheet"
            case "sheet":
                from lgpki_tui.faces.tui.screens.sheet import SheetScreen

                return (
                    "export" if await self._hand.show(SheetScreen(self._hand.context, enrolment)) is None else "waiting"
                )
            case "receive":
                return await self._receive(enrolment)
            case "store":
                return await self._store(enrolment)
        return await self._wait(enrolment)

    async def _wait(self, enrolment: Enrolment) -> str | None:
        from lgpki_tui.faces.tui.screens.waiting import Wait, WaitingScreen

        now = (await self._clerk.book()).now
        answer = await self._hand.show(WaitingScreen(self._hand.context, enrolment, now))
        if answer is None:  # one page back; once it is handed in, that page is behind an act
            return "sheet" if enrolment.filed is None else None
        match answer.act:
            case Wait.FILE:
                await self._clerk.file(enrolment.number)
                return "waiting"
            case Wait.END:
                ended = await self._ending.end(enrolment.number)
                return "waiting" if ended is None else None if ended is End.ABANDON else "export"
            case Wait.RECEIVE if answer.certificate is not None:
                self._receiving[enrolment.number] = answer.certificate
                if enrolment.filed is None:
                    await self._clerk.file(enrolment.number)
        return answer.act.value

    async def _receive(self, enrolment: Enrolment) -> str:
        from lgpki_tui.faces.tui.screens.receive import ReceiveScreen

        number = enrolment.number
        answer = await self._hand.show(ReceiveScreen(self._hand.context, enrolment, self._receiving.pop(number, None)))
        if answer is None:
            return "waiting"
        self._receiving[number] = answer.file
        return "store"

    async def _store(self, enrolment: Enrolment) -> str | None:
        from lgpki_tui.faces.tui.screens.store import StoreScreen
        from lgpki_tui.faces.tui.screens.verdict import VerdictScreen

        file = self._receiving.get(enrolment.number)
        if file is None:  # the file was chosen in another run
            return "receive"
        answer = await self._hand.show(StoreScreen(self._hand.context, enrolment, file))
        if answer is None:
            return "receive"
        try:
            outcome = await self._hand.act("store", lambda: self._clerk.store(enrolment.number, file, answer.pin))
        finally:
            answer.pin.wipe()
        if outcome.refusal is not None:
            await self._hand.show(VerdictScreen(self._hand.context, outcome.refusal, outcome.checks))
            return "store"
        del self._receiving[enrolment.number]
        if outcome.enrolment is not None:
            await self._ending.show_done(outcome.enrolment, just_stored=True)
        return None

    async def _resume(self, enrolment: Enrolment) -> bool:
        """Go on with what was interrupted. Whether there is more to do."""
        from lgpki_tui.faces.tui.reviews import review_resume
        from lgpki_tui.faces.tui.screens.review import ReviewScreen

        folder = str(await self._clerk.resolved(enrolment.output_folder))
        answer = await self._hand.show(
            ReviewScreen(self._hand.context, review_resume(self._hand.context, enrolment, folder))
        )
        if answer is None:
            return False
        if answer.end:
            return await self._ending.end(enrolment.number) is not End.ABANDON
        chosen = Path(answer.folder) if answer.folder and answer.folder != folder else None
        try:
            await self._hand.act("resume", lambda: self._clerk.resume(enrolment.number, None, answer.pin, chosen))
        except Refusal as refusal:
            await self._hand.tell(refusal)
        else:
            if enrolment.open_act is not OpenAct.STORE:  # there is a new CSR to hand over
                await self._hand.bookmark(enrolment.number, HAND_OVER)
        finally:
            answer.pin.wipe()
        return True
