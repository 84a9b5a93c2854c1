"""How pages are shown and acts are run: all that a stretch of the road needs of the app."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from lgpki_tui.faces.tui.context import Context
from lgpki_tui.faces.tui.page_screen import PageScreen
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Fact, Refusal

if TYPE_CHECKING:
    from lgpki_tui.faces.tui.app import Wizard

T = TypeVar("T")
# The page on which an enrolment goes on once there is a request to hand in.
HAND_OVER = "export"
# What can be mended on the page of the entry.
MENDED_BY_SUBJECT = {
    Code.ORGANIZATION_NOT_REGISTERED,
    Code.ORGANIZATION_TOO_LONG,
    Code.NAME_NOT_REGISTERED,
    Code.NAME_TOO_LONG,
    Code.MUNICIPALITY_UNKNOWN,
    Code.TEXT_FORBIDDEN,
    Code.TEXT_EMPTY,
    Code.HOST_NAME_INVALID,
    Code.MAIL_ADDRESS_INVALID,
    Code.ANSWERS_VALUE,
    Code.FOLDER_MISSING,
    Code.FOLDER_UNWRITABLE,
    Code.FOLDER_FULL,
    Code.FILE_EXISTS,
}


class Hand:
    """Leads one person: from the app's one worker only."""

    def __init__(self, app: Wizard, context: Context) -> None:
        self._app = app
        self.context = context
        self._done = ""

    async def show(self, screen: PageScreen[T]) -> T | None:
        """A page, and what the person decided; None for Esc. What was done before it is told on it, and on no other."""
        screen.done_before, self._done = self._done, ""
        return await self._app.push_screen_wait(screen)

    async def act(self, what: str, act: Callable[[], Awaitable[T]]) -> T:
        """An act behind the page that shows its progress. Raises the Refusal it ended with."""
        from lgpki_tui.faces.tui.screens.progress import Done, ProgressScreen

        done: Done[T] | None = await self._app.push_screen_wait(ProgressScreen(self.context, what, act))
        if done is None or done.value is None:
            refusal = done.refusal if done is not None else None
            raise refusal or Refusal(Code.INTERRUPTED)
        return done.value

    def did(self, what: str, /, **facts: Fact) -> None:
        """Have the next page tell what was done (did.*)."""
        self._done = self.context.lexicon.word(f"did.{what}", **facts)

    async def tell(self, refusal: Refusal) -> None:
        """Show a refusal until the person has read it."""
        await self._app.tell(refusal)

    async def bookmark(self, number: str, page: str) -> None:
        """The page of an enrolment to come back to."""
        answers = (await self.context.clerk.book()).unfinished
        await self.context.clerk.save(replace(answers, pages={**answers.pages, number: page}))

    def leave(self, status: int) -> None:
        """End the app."""
        self._app.exit(status)
