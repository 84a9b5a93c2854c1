"""差戻し and 取りやめ: correct what came back with the same key, hand it in again, or give it up."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lgpki_tui.faces.tui.road.hand import HAND_OVER, MENDED_BY_SUBJECT, Hand
from lgpki_tui.faces.tui.screens.end import End
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ledger.unfinished import Unfinished
from lgpki_tui.procedure.enrolment import Enrolment
from lgpki_tui.procedure.transition import is_open

if TYPE_CHECKING:
    from lgpki_tui.faces.tui.screens.review import Review
    from lgpki_tui.subject.draft import Draft


class Ending:
    """How an enrolment ends or goes back."""

    def __init__(self, hand: Hand) -> None:
        self._hand = hand
        self._clerk = hand.context.clerk

    async def end(self, number: str) -> End | None:
        """差戻し or 取りやめ: what was done; None when nothing was. Where there is more to do, the page is set."""
        from lgpki_tui.faces.tui.screens.end import EndScreen

        while True:
            enrolment = await self._clerk.enrolment(number)
            answer = await self._hand.show(EndScreen(self._hand.context, enrolment))
            if answer is None:
                return None
            if answer.act is End.ABANDON:
                after = await self._clerk.abandon(number, answer.reason)
                await self.show_done(after, just_stored=False)
                return End.ABANDON
            if answer.act is End.REFILE or await self._correct(enrolment):
                await self._hand.bookmark(number, HAND_OVER)
                return answer.act

    async def goes_on(self, number: str) -> bool:
        """The same, from the first page: whether there is more to do."""
        return await self.end(number) in (End.CORRECT, End.REFILE)

    async def _correct(self, enrolment: Enrolment) -> bool:
        """差戻し: other words, the same key. Whether it was done, or begun."""
        from lgpki_tui.faces.tui.differences import differences
        from lgpki_tui.faces.tui.drafts import draft_of
        from lgpki_tui.faces.tui.reviews import review_correction
        from lgpki_tui.faces.tui.screens.subject import SubjectScreen

        answers = before = Unfinished(
            step="subject",
            certificate_kind=enrolment.certificate_kind,
            municipality_code=enrolment.municipality_code,
            organization=enrolment.organization,
            name=enrolment.name,
            purpose=enrolment.purpose,
            mail_address=enrolment.mail_address,
        )
        profile = await self._clerk.profile(enrolment.certificate_kind)
        while True:
            written = await self._hand.show(SubjectScreen(self._hand.context, answers, profile, correcting=before))
            if written is None:
                return False
            answers = written
            draft = draft_of(written)
            judged = await self._clerk.judge(draft)
            prefecture = await self._clerk.prefecture(judged.municipality_code)
            context = self._hand.context
            code = judged.municipality_code
            differs = await differences(self._clerk, enrolment, written, code, context.lexicon)
            review = review_correction(context, enrolment, written, judged, prefecture, differs)
            if await self._sign(enrolment, written, draft, review):
                return True

    async def _sign(self, enrolment: Enrolment, written: Unfinished, draft: Draft, review: Review) -> bool:
        """Reason and PIN, until it is done or begun; False: back to the entry. Who mistypes the PIN stays, with the
        reason: on the entry the next PIN would be typed into a field that shows it."""
        from lgpki_tui.faces.tui.screens.review import ReviewScreen

        while True:
            answer = await self._hand.show(ReviewScreen(self._hand.context, review))
            if answer is None:
                return False
            try:
                await self._hand.act(
                    "correct",
                    lambda answer=answer: self._clerk.correct(  # type: ignore[misc]  # bound now
                        enrolment.number, draft, written.purpose, answer.reason, answer.pin
                    ),
                )
            except Refusal as refusal:
                await self._hand.tell(refusal)
                if is_open(await self._clerk.enrolment(enrolment.number)):
                    return True
                if refusal.code in MENDED_BY_SUBJECT:
                    return False
                review = replace(review, reason="" if refusal.code is Code.REASON_MISSING else answer.reason)
            else:
                return True
            finally:
                answer.pin.wipe()

    async def show_done(self, enrolment: Enrolment, *, just_stored: bool) -> None:
        """How it stands now, and what to do about it; from there to the sheet for its revocation and back."""
        from lgpki_tui.faces.tui.screens.done import DoneScreen
        from lgpki_tui.faces.tui.screens.sheet import SheetScreen

        now, context = (await self._clerk.book()).now, self._hand.context
        while await self._hand.show(DoneScreen(context, enrolment, now, just_stored=just_stored)) is not None:
            await self._hand.show(SheetScreen(context, enrolment, revocation=True))
            just_stored = False
