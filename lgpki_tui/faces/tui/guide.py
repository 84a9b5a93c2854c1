"""The order of the pages. Linear code in the app's one worker: each page answers what the person decided, each act is
one call of the conductor, and a refusal is shown before the page that can mend it.

Where a person stands is in the ledger and in the small file of unfinished answers, never in here: who leaves anywhere
comes back to the same page.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from lgpki_tui.faces.tui.context import Context
from lgpki_tui.faces.tui.screens.home import Act, HomeAnswer, HomeScreen
from lgpki_tui.faces.tui.views import Book
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ledger.unfinished import Unfinished

if TYPE_CHECKING:
    from lgpki_tui.faces.tui.app import Wizard
    from lgpki_tui.faces.tui.road.after import After
    from lgpki_tui.faces.tui.road.before import Before
    from lgpki_tui.faces.tui.road.cards import Cards
    from lgpki_tui.faces.tui.road.ending import Ending


class Guide:
    """Walks the road with one person. The stretches are loaded when they are gone: the first page is there sooner."""

    def __init__(self, app: Wizard, context: Context) -> None:
        from lgpki_tui.faces.tui.road.hand import Hand

        self._hand = Hand(app, context)
        self._context = context
        self._clerk = context.clerk

    @cached_property
    def _cards(self) -> Cards:
        from lgpki_tui.faces.tui.road.cards import Cards

        return Cards(self._hand)

    @cached_property
    def _before(self) -> Before:
        from lgpki_tui.faces.tui.road.before import Before

        return Before(self._hand, self._cards)

    @cached_property
    def _ending(self) -> Ending:
        from lgpki_tui.faces.tui.road.ending import Ending

        return Ending(self._hand)

    @cached_property
    def _after(self) -> After:
        from lgpki_tui.faces.tui.road.after import After

        return After(self._hand, self._ending)

    async def walk(self) -> None:
        """From the first page, until the app ends."""
        at = ""
        self._context.here = await self._clerk.here()
        while True:
            try:
                book = await self._book()
            except Refusal as refusal:
                await self._hand.tell(refusal)
                if refusal.code is Code.LEDGER_BUSY:
                    continue
                self._hand.leave(refusal.code.exit)
                return
            answer = await self._hand.show(HomeScreen(self._context, book, at))
            if answer is None:
                continue
            at = answer.number
            try:
                await self._follow(answer)
            except Refusal as refusal:
                await self._hand.tell(refusal)

    async def _book(self) -> Book:
        """The record, without answers that have become an enrolment."""
        book = await self._clerk.book()
        if not any(book.unfinished.has_become(each) for each in book.enrolments):
            return book
        rest = book.unfinished.without_answers()
        with suppress(Refusal):  # a disk that is full is told by the next act
            await self._clerk.save(rest)
        return replace(book, unfinished=rest)

    async def _follow(self, answer: HomeAnswer) -> None:
        match answer.act:
            case Act.NEW:
                await self._begin((await self._clerk.book()).unfinished.without_answers())
            case Act.CONTINUE if not answer.number:
                await self._begin((await self._clerk.book()).unfinished)
            case Act.CONTINUE:
                await self._after.go_on(answer.number)
            case Act.END:
                if await self._ending.goes_on(answer.number):
                    await self._after.go_on(answer.number)
            case Act.CARD:
                await self._cards.look_after()
            case Act.RECEIPT:
                await self._read_receipt()
            case Act.DESK:
                from lgpki_tui.faces.tui.screens.desk import DeskScreen

                await self._hand.show(DeskScreen(self._context))
            case Act.ENVIRONMENT:
                from lgpki_tui.faces.tui.screens.environment import EnvironmentScreen

                await self._hand.show(EnvironmentScreen(self._context))
            case Act.SETTINGS:
                from lgpki_tui.faces.tui.screens.settings import SettingsScreen

                await self._hand.show(SettingsScreen(self._context, await self._clerk.settings()))

    async def _read_receipt(self) -> None:
        """A certificate came for an enrolment that is not in the list: where it belongs."""
        from lgpki_tui.faces.tui.screens.receipt import ReceiptScreen

        number = await self._hand.show(ReceiptScreen(self._context))
        if number is not None:
            await self._after.go_on(number)

    async def _begin(self, answers: Unfinished) -> None:
        number = await self._before.begin(answers)
        if number:
            await self._after.go_on(number)
