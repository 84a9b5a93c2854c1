"""Before the key: ⓪ the PC, then kind, card, entry and review, until ① the key pair is made."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from lgpki_tui.faces.tui.road.cards import Cards
from lgpki_tui.faces.tui.road.hand import HAND_OVER, MENDED_BY_SUBJECT, Hand
from lgpki_tui.faces.tui.screens.card import CardAct, CardScreen
from lgpki_tui.faces.tui.views import CardView
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ledger.unfinished import LAST_STEP, Unfinished
from lgpki_tui.procedure.transition import is_open

# The pages in their order.
PAGES = ("environment", "kind", "card", "subject", LAST_STEP)
# What can be mended on the page of the card.
# The card was pulled, or died, in the middle: what was begun goes on as soon as it is back.
_PUT_BACK = {Code.CARD_REMOVED, Code.CARD_ABSENT, Code.MODULE_CRASHED}
_MENDED_BY_CARD = {Code.CARD_ABSENT, Code.CARD_AMBIGUOUS, Code.CARD_BLANK, Code.PIN_NOT_SET, Code.PIN_LOCKED}


class Before:
    """Shows the pages of answers that are not begun yet; each step back is free."""

    def __init__(self, hand: Hand, cards: Cards) -> None:
        self._hand = hand
        self._cards = cards
        self._clerk = hand.context.clerk
        self._card: CardView | None = None
        self._made = ""

    async def begin(self, answers: Unfinished) -> str:
        """Page by page, until the key pair is made or the person goes back to the first page. The number of the
        enrolment that was made; empty when none was."""
        self._made = ""
        step: str | None = answers.step if answers.step in PAGES else PAGES[0]
        while step is not None:
            answers = replace(answers, step=step)
            await self._clerk.save(answers)
            step, answers = await self._page(step, answers)
        return self._made

    async def _page(self, step: str, answers: Unfinished) -> tuple[str | None, Unfinished]:
        """Show one of the pages; the next one and the answers after it."""
        match step:
            case "environment":
                from lgpki_tui.faces.tui.screens.environment import EnvironmentScreen

                went = await self._hand.show(EnvironmentScreen(self._hand.context, in_order=True))
                return (None if went is None else "kind"), answers
            case "kind":
                return await self._kind(answers)
            case "card":
                return await self._choose_card(answers)
            case "subject":
                return await self._subject(answers)
        return await self._review(answers)

    async def _kind(self, answers: Unfinished) -> tuple[str | None, Unfinished]:
        from lgpki_tui.faces.tui.screens.kind import KindScreen

        kinds, assumed = await self._clerk.kinds(), await self._clerk.assumed_kinds()
        screen = KindScreen(self._hand.context, kinds, answers.certificate_kind, answers.pattern, assumed)
        picked = await self._hand.show(screen)
        if picked is None:
            return "environment", answers
        if answers.certificate_kind not in ("", picked.kind):  # a host name, say, is no name of a post
            answers = replace(answers, name="", mail_address="")
        return "card", replace(answers, certificate_kind=picked.kind, pattern=picked.pattern)

    async def _choose_card(self, answers: Unfinished) -> tuple[str | None, Unfinished]:
        picked = await self._hand.show(CardScreen(self._hand.context))
        if picked is None:
            return "kind", answers
        if picked.act is CardAct.FORMAT:
            if not await self._cards.format(picked.view):
                return "card", answers
            self._card = self._cards.formatted
            return "subject", answers
        if picked.act in (CardAct.SET_PIN, CardAct.UNBLOCK):
            await self._cards.give_pin(picked)
            return "card", answers
        opened = [each.number for each in picked.view.enrolments if is_open(each)]
        if opened:
            await self._hand.tell(Refusal(Code.ENROLMENT_OPEN, enrolment=opened[0]))
            return "card", answers
        self._card = picked.view
        return "subject", answers

    async def _subject(self, answers: Unfinished) -> tuple[str | None, Unfinished]:
        from lgpki_tui.faces.tui.screens.subject import SubjectScreen

        if not answers.certificate_kind:
            return "kind", answers
        if not answers.output_folder:
            answers = replace(answers, output_folder=await self._clerk.default_folder())
        screen = SubjectScreen(self._hand.context, answers, await self._clerk.profile(answers.certificate_kind))
        written = await self._hand.show(screen)
        if written is None:
            return "card", screen.left
        return "review", written

    async def _review(self, answers: Unfinished) -> tuple[str | None, Unfinished]:
        from lgpki_tui.conductor.wish import Wish
        from lgpki_tui.faces.tui.drafts import draft_of
        from lgpki_tui.faces.tui.reviews import review_request
        from lgpki_tui.faces.tui.screens.review import ReviewScreen

        draft = draft_of(answers)
        try:
            judged = await self._clerk.judge(draft)
            profile = await self._clerk.profile(answers.certificate_kind)
        except Refusal as refusal:
            await self._hand.tell(refusal)
            return "subject", answers
        card = self._card.card if self._card is not None else None
        prefecture = await self._clerk.prefecture(judged.municipality_code)
        review = review_request(self._hand.context, answers, judged, profile, card, prefecture)
        answer = await self._hand.show(ReviewScreen(self._hand.context, review))
        if answer is None:
            return "subject", answers
        wish = Wish(draft, Path(answers.output_folder), answers.purpose, answers.pattern or "own_pc")
        wanted = self._card.wanted if self._card is not None else None
        try:
            enrolment = await self._hand.act("request", lambda: self._clerk.request(wish, wanted, answer.pin))
        except Refusal as refusal:
            return await self._mend(refusal, answers)
        finally:
            answer.pin.wipe()
        self._card = None
        pages = {**answers.pages, enrolment.number: HAND_OVER}
        await self._clerk.save(Unfinished(pages=pages))
        self._made = enrolment.number
        return None, Unfinished()

    async def _mend(self, refusal: Refusal, answers: Unfinished) -> tuple[str | None, Unfinished]:
        """Say why not, and go to the page where it can be mended; to the enrolment itself, once there is one."""
        await self._hand.tell(refusal)
        number = refusal.facts.get("enrolment")
        book = await self._clerk.book()
        begun = next((each for each in book.enrolments if each.number == number), None)
        if begun is not None and refusal.code is not Code.ENROLMENT_OPEN:
            await self._clerk.save(Unfinished(pages=answers.pages))
            self._made = begun.number if refusal.code in _PUT_BACK else self._made
            return None, Unfinished()
        if refusal.code in MENDED_BY_SUBJECT:
            return "subject", answers
        return ("card" if refusal.code in _MENDED_BY_CARD else "review"), answers
