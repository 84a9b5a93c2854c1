"""The order of the pages. Linear code in the app's one worker: each page answers what the person decided, each act is
one call of the conductor, and a refusal is shown before the page that can mend it.

Where a person stands is in the ledger and in the small file of unfinished answers, never in here: who leaves anywhere
comes back to the same page.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from lgpki_tui.faces.tui.clerk import Book, CardView
from lgpki_tui.faces.tui.context import Context
from lgpki_tui.faces.tui.page_screen import PageScreen
from lgpki_tui.faces.tui.screens.end import End
from lgpki_tui.faces.tui.screens.home import Act, HomeAnswer, HomeScreen
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ledger.unfinished import LAST_STEP, Unfinished
from lgpki_tui.procedure.enrolment import Enrolment, OpenAct, State
from lgpki_tui.procedure.transition import is_open

if TYPE_CHECKING:
    from lgpki_tui.faces.tui.app import Wizard
    from lgpki_tui.faces.tui.screens.card import Did
    from lgpki_tui.procedure.identity import Token

T = TypeVar("T")
# The pages before a key pair is made, in their order.
BEFORE = ("environment", "kind", "card", "subject", LAST_STEP)
# The pages while a certificate is waited for.
AFTER = ("export", "sheet", "waiting", "receive", "store")
# What can be mended on which page before the review.
_MENDED_BY_SUBJECT = {
    Code.ORGANIZATION_NOT_REGISTERED,
    Code.ORGANIZATION_TOO_LONG,
    Code.NAME_NOT_REGISTERED,
    Code.NAME_TOO_LONG,
    Code.MUNICIPALITY_UNKNOWN,
    Code.TEXT_FORBIDDEN,
    Code.TEXT_EMPTY,
    Code.ANSWERS_VALUE,
    Code.FOLDER_MISSING,
    Code.FOLDER_UNWRITABLE,
    Code.FOLDER_FULL,
    Code.FILE_EXISTS,
}
_MENDED_BY_CARD = {Code.CARD_ABSENT, Code.CARD_AMBIGUOUS, Code.CARD_BLANK, Code.PIN_NOT_SET, Code.PIN_LOCKED}
# What is typed again at once, on the same page.
_TYPED_AGAIN = {Code.PIN_FORMAT, Code.CARD_LABEL, Code.PIN_WRONG, Code.PIN_ALREADY_REFUSED}


class Guide:
    """Walks the road with one person."""

    def __init__(self, app: Wizard, context: Context) -> None:
        self._app = app
        self._context = context
        self._clerk = context.clerk
        self._card: CardView | None = None
        self._did: Did | None = None
        # The certificate that was chosen for each enrolment in this run.
        self._receiving: dict[str, Path] = {}

    async def walk(self) -> None:
        """From the first page, until the app ends."""
        at = ""
        self._context.here = await self._clerk.here()
        while True:
            try:
                book = await self._book()
            except Refusal as refusal:
                await self._app.tell(refusal)
                if refusal.code is Code.LEDGER_BUSY:
                    continue
                self._app.exit(refusal.code.exit)
                return
            answer = await self._show(HomeScreen(self._context, book, at))
            if answer is None:
                continue
            at = answer.number
            try:
                await self._follow(answer)
            except Refusal as refusal:
                await self._app.tell(refusal)

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
                await self._begin(Unfinished(step=BEFORE[0], pages=(await self._clerk.book()).unfinished.pages))
            case Act.CONTINUE if not answer.number:
                await self._begin((await self._clerk.book()).unfinished)
            case Act.CONTINUE:
                await self._go_on(answer.number)
            case Act.END:
                if await self._end(answer.number) in (End.CORRECT, End.REFILE):
                    await self._go_on(answer.number)
            case Act.CARD:
                await self._cards()
            case Act.RECEIPT:
                await self._read_receipt()
            case Act.ENVIRONMENT:
                from lgpki_tui.faces.tui.screens.environment import EnvironmentScreen

                await self._show(EnvironmentScreen(self._context))
            case Act.SETTINGS:
                from lgpki_tui.faces.tui.screens.settings import SettingsScreen

                await self._show(SettingsScreen(self._context, await self._clerk.settings()))

    async def _read_receipt(self) -> None:
        """A certificate came for an enrolment that is not in the list: where it belongs."""
        from lgpki_tui.faces.tui.screens.receipt import ReceiptScreen

        number = await self._show(ReceiptScreen(self._context))
        if number is not None:
            await self._go_on(number)

    # --- Before the key ---

    async def _begin(self, answers: Unfinished) -> None:
        """⓪ and ①: page by page, until the key pair is made or the person goes back to the first page."""
        step: str | None = answers.step if answers.step in BEFORE else BEFORE[0]
        while step is not None:
            answers = replace(answers, step=step)
            await self._clerk.save(answers)
            step, answers = await self._before(step, answers)
        if not answers.step:  # it has become an enrolment
            return

    async def _before(self, step: str, answers: Unfinished) -> tuple[str | None, Unfinished]:
        """Show one of the pages; the next one and the answers after it."""
        match step:
            case "environment":
                from lgpki_tui.faces.tui.screens.environment import EnvironmentScreen

                went = await self._show(EnvironmentScreen(self._context, in_order=True))
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

        kinds = await self._clerk.kinds()
        picked = await self._show(KindScreen(self._context, kinds, answers.certificate_kind, answers.pattern))
        if picked is None:
            return "environment", answers
        return "card", replace(answers, certificate_kind=picked.kind, pattern=picked.pattern)

    async def _choose_card(self, answers: Unfinished) -> tuple[str | None, Unfinished]:
        from lgpki_tui.faces.tui.screens.card import CardAct, CardScreen, Did

        did, self._did = self._did, None
        picked = await self._show(CardScreen(self._context, did=did))
        if picked is None:
            return "kind", answers
        if picked.act is CardAct.FORMAT:
            formatted = await self._format(picked.view)
            return ("subject" if formatted else "card"), answers
        if picked.act is CardAct.SET_PIN:
            self._did = Did.PIN_CHANGED if await self._set_pin(picked.view) else None
            return "card", answers
        opened = [each.number for each in picked.view.enrolments if is_open(each)]
        if opened:
            await self._app.tell(Refusal(Code.ENROLMENT_OPEN, enrolment=opened[0]))
            return "card", answers
        self._card = picked.view
        return "subject", answers

    async def _subject(self, answers: Unfinished) -> tuple[str | None, Unfinished]:
        from lgpki_tui.faces.tui.screens.subject import SubjectScreen

        if not answers.certificate_kind:
            return "kind", answers
        if not answers.output_folder:
            answers = replace(answers, output_folder=await self._clerk.default_folder())
        screen = SubjectScreen(self._context, answers, await self._clerk.profile(answers.certificate_kind))
        written = await self._show(screen)
        if written is None:
            return "card", screen.left
        return "review", written

    async def _review(self, answers: Unfinished) -> tuple[str | None, Unfinished]:
        from lgpki_tui.conductor.wish import Wish
        from lgpki_tui.faces.tui.reviews import review_request
        from lgpki_tui.faces.tui.screens.review import ReviewScreen
        from lgpki_tui.subject.draft import Draft

        draft = Draft(answers.certificate_kind, answers.organization, answers.name, answers.municipality_code or None)
        try:
            judged = await self._clerk.judge(draft)
            profile = await self._clerk.profile(answers.certificate_kind)
        except Refusal as refusal:
            await self._app.tell(refusal)
            return "subject", answers
        card = self._card.card if self._card is not None else None
        review = review_request(self._context, answers, judged, profile, card)
        answer = await self._show(ReviewScreen(self._context, review))
        if answer is None:
            return "subject", answers
        wish = Wish(draft, Path(answers.output_folder), answers.purpose, answers.pattern or "own_pc")
        wanted = self._card.wanted if self._card is not None else None
        try:
            enrolment = await self._act("request", lambda: self._clerk.request(wish, wanted, answer.pin))
        except Refusal as refusal:
            return await self._mend(refusal, answers)
        finally:
            answer.pin.wipe()
        self._card = None
        pages = {**answers.pages, enrolment.number: AFTER[0]}
        await self._clerk.save(Unfinished(pages=pages))
        await self._go_on(enrolment.number)
        return None, Unfinished()

    async def _mend(self, refusal: Refusal, answers: Unfinished) -> tuple[str | None, Unfinished]:
        """Say why not, and go to the page where it can be mended; to the enrolment itself, once there is one."""
        await self._app.tell(refusal)
        number = refusal.facts.get("enrolment")
        book = await self._clerk.book()
        begun = next((each for each in book.enrolments if each.number == number), None)
        if begun is not None and refusal.code is not Code.ENROLMENT_OPEN:
            await self._clerk.save(Unfinished(pages=answers.pages))
            return None, Unfinished()
        if refusal.code in _MENDED_BY_SUBJECT:
            return "subject", answers
        return ("card" if refusal.code in _MENDED_BY_CARD else "review"), answers

    # --- The card by itself ---

    async def _cards(self) -> None:
        from lgpki_tui.faces.tui.screens.card import CardAct, CardScreen, Did

        did: Did | None = None
        while True:
            picked = await self._show(CardScreen(self._context, for_key=False, did=did))
            if picked is None:
                return
            if picked.act is CardAct.SET_PIN:
                did = Did.PIN_CHANGED if await self._set_pin(picked.view) else None
            else:
                did = Did.FORMATTED if await self._format(picked.view, for_key=False) else None

    async def _format(self, view: CardView, *, for_key: bool = True) -> bool:
        """Whether the card is formatted now."""
        from lgpki_tui.card.models import FormatWay
        from lgpki_tui.conductor.formatting import FormatWish
        from lgpki_tui.faces.tui.screens.card import is_blank
        from lgpki_tui.faces.tui.screens.erase import EraseScreen
        from lgpki_tui.faces.tui.screens.format import FormatScreen

        model = await self._clerk.card_model(view)
        if model.format is FormatWay.UNKNOWN:  # the card room would refuse it too, once all PINs were typed
            token = view.card.token
            reason = {"reason": "format_unknown", "serial": token.serial, "model": token.model}
            await self._app.tell(Refusal(Code.CARD_UNSUPPORTED, **reason))
            return False
        destroys: dict[str, str] = {}
        if not is_blank(view):
            now = (await self._clerk.book()).now
            word = await self._show(EraseScreen(self._context, view, now, for_key=for_key))
            if word is None:
                return False
            destroys = word.destroys
        label = ""
        while True:
            answer = await self._show(FormatScreen(self._context, view, model, label, for_key=for_key))
            if answer is None:
                return False
            label = answer.label
            erase = view.card.token.serial if view.card.initialised else None
            wish = FormatWish(label, erase, destroys)
            try:
                token = await self._act(
                    "format",
                    lambda wish=wish, answer=answer: self._clerk.format(  # type: ignore[misc]  # bound now
                        wish, view.wanted, answer.so_pin, answer.pin
                    ),
                )
            except Refusal as refusal:
                await self._app.tell(refusal)
                if refusal.facts.get("wiped") or refusal.code not in _TYPED_AGAIN:
                    return False
            else:
                await self._formatted(token)
                return True
            finally:
                answer.so_pin.wipe()
                answer.pin.wipe()

    async def _formatted(self, token: Token) -> None:
        """The card is called otherwise now."""
        self._card = next((view for view in await self._clerk.cards() if view.card.token == token), None)

    async def _set_pin(self, view: CardView) -> bool:
        """Whether the PIN is another one now."""
        from lgpki_tui.faces.tui.screens.set_pin import SetPinScreen

        model = await self._clerk.card_model(view)
        while True:
            answer = await self._show(SetPinScreen(self._context, view, model))
            if answer is None:
                return False
            try:
                await self._act(
                    "set_pin",
                    lambda answer=answer: self._clerk.set_pin(view.wanted, answer.old, answer.new),  # type: ignore[misc]
                )
            except Refusal as refusal:
                await self._app.tell(refusal)
                if refusal.code not in _TYPED_AGAIN:
                    return False
            else:
                return True
            finally:
                answer.old.wipe()
                answer.new.wipe()

    # --- Once there is an enrolment ---

    async def _go_on(self, number: str) -> None:
        """Where this enrolment stands, by the ledger; among the pages of waiting, where the person stood."""
        while True:
            enrolment = await self._clerk.enrolment(number)
            if is_open(enrolment) or enrolment.state is State.DRAFT:
                if not await self._resume(enrolment):
                    return
                continue
            if enrolment.state is not State.AWAITING_CERTIFICATE:
                await self._done(enrolment, just_stored=False)
                return
            book = await self._clerk.book()
            page = book.unfinished.pages.get(number, "waiting")
            following = await self._after(page if page in AFTER else "waiting", enrolment)
            if following is None:
                return
            await self._bookmark(number, following)

    async def _bookmark(self, number: str, page: str) -> None:
        answers = (await self._clerk.book()).unfinished
        await self._clerk.save(replace(answers, pages={**answers.pages, number: page}))

    async def _after(self, page: str, enrolment: Enrolment) -> str | None:
        """Show one of the pages while a certificate is waited for; the next one, None for the first page of all."""
        match page:
            case "export":
                from lgpki_tui.faces.tui.screens.export import ExportScreen

                return None if await self._show(ExportScreen(self._context, enrolment)) is None else "sheet"
            case "sheet":
                from lgpki_tui.faces.tui.screens.sheet import SheetScreen

                return "export" if await self._show(SheetScreen(self._context, enrolment)) is None else "waiting"
            case "receive":
                return await self._receive(enrolment)
            case "store":
                return await self._store(enrolment)
        return await self._wait(enrolment)

    async def _wait(self, enrolment: Enrolment) -> str | None:
        from lgpki_tui.faces.tui.screens.waiting import Wait, WaitingScreen

        now = (await self._clerk.book()).now
        answer = await self._show(WaitingScreen(self._context, enrolment, now))
        if answer is None:
            return None
        match answer.act:
            case Wait.FILE:
                await self._clerk.file(enrolment.number)
                return "waiting"
            case Wait.END:
                ended = await self._end(enrolment.number)
                return "waiting" if ended is None else None if ended is End.ABANDON else "export"
            case Wait.RECEIVE if answer.certificate is not None:
                self._receiving[enrolment.number] = answer.certificate
                if enrolment.filed is None:
                    await self._clerk.file(enrolment.number)
        return answer.act.value

    async def _receive(self, enrolment: Enrolment) -> str:
        from lgpki_tui.faces.tui.screens.receive import ReceiveScreen

        number = enrolment.number
        answer = await self._show(ReceiveScreen(self._context, enrolment, self._receiving.pop(number, None)))
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
        answer = await self._show(StoreScreen(self._context, enrolment, file))
        if answer is None:
            return "receive"
        try:
            outcome = await self._act("store", lambda: self._clerk.store(enrolment.number, file, answer.pin))
        finally:
            answer.pin.wipe()
        if outcome.refusal is not None:
            await self._show(VerdictScreen(self._context, outcome.refusal, outcome.checks))
            return "store"
        del self._receiving[enrolment.number]
        if outcome.enrolment is not None:
            await self._done(outcome.enrolment, just_stored=True)
        return None

    async def _resume(self, enrolment: Enrolment) -> bool:
        """Go on with what was interrupted. Whether there is more to do."""
        from lgpki_tui.faces.tui.reviews import review_resume
        from lgpki_tui.faces.tui.screens.review import ReviewScreen

        folder = str(await self._clerk.resolved(enrolment.output_folder))
        answer = await self._show(ReviewScreen(self._context, review_resume(self._context, enrolment, folder)))
        if answer is None:
            return False
        if answer.end:
            return await self._end(enrolment.number) is not End.ABANDON
        chosen = Path(answer.folder) if answer.folder and answer.folder != folder else None
        try:
            await self._act("resume", lambda: self._clerk.resume(enrolment.number, None, answer.pin, chosen))
        except Refusal as refusal:
            await self._app.tell(refusal)
        else:
            if enrolment.open_act is not OpenAct.STORE:  # there is a new CSR to hand over
                await self._bookmark(enrolment.number, AFTER[0])
        finally:
            answer.pin.wipe()
        return True

    async def _end(self, number: str) -> End | None:
        """差戻し or 取りやめ: what was done; None when nothing was. Where there is more to do, the page is set."""
        from lgpki_tui.faces.tui.screens.end import EndScreen

        while True:
            enrolment = await self._clerk.enrolment(number)
            answer = await self._show(EndScreen(self._context, enrolment))
            if answer is None:
                return None
            if answer.act is End.ABANDON:
                after = await self._clerk.abandon(number, answer.reason)
                await self._done(after, just_stored=False)
                return End.ABANDON
            if answer.act is End.REFILE or await self._correct(enrolment):
                await self._bookmark(number, AFTER[0])
                return answer.act

    async def _correct(self, enrolment: Enrolment) -> bool:
        """差戻し: other words, the same key. Whether it was done, or begun."""
        from lgpki_tui.faces.tui.reviews import review_correction
        from lgpki_tui.faces.tui.screens.review import ReviewScreen
        from lgpki_tui.faces.tui.screens.subject import SubjectScreen
        from lgpki_tui.subject.draft import Draft

        answers = Unfinished(
            step="subject",
            certificate_kind=enrolment.certificate_kind,
            municipality_code=enrolment.municipality_code,
            organization=enrolment.organization,
            name=enrolment.name,
            purpose=enrolment.purpose,
        )
        profile = await self._clerk.profile(enrolment.certificate_kind)
        while True:
            written = await self._show(SubjectScreen(self._context, answers, profile, correcting=True))
            if written is None:
                return False
            answers = written
            code = written.municipality_code or None
            draft = Draft(written.certificate_kind, written.organization, written.name, code)
            judged = await self._clerk.judge(draft)
            review = review_correction(self._context, enrolment, written, judged)
            answer = await self._show(ReviewScreen(self._context, review))
            if answer is None:
                continue
            try:
                await self._act(
                    "correct",
                    lambda draft=draft, written=written, answer=answer: self._clerk.correct(  # type: ignore[misc]
                        enrolment.number, draft, written.purpose, answer.reason, answer.pin
                    ),
                )
            except Refusal as refusal:
                await self._app.tell(refusal)
                if not is_open(await self._clerk.enrolment(enrolment.number)):
                    continue
            finally:
                answer.pin.wipe()
            return True

    async def _done(self, enrolment: Enrolment, *, just_stored: bool) -> None:
        from lgpki_tui.faces.tui.screens.done import DoneScreen

        now = (await self._clerk.book()).now
        await self._show(DoneScreen(self._context, enrolment, now, just_stored=just_stored))

    # --- How pages and acts are run ---

    async def _show(self, screen: PageScreen[T]) -> T | None:
        """A page, and what the person decided; None for Esc."""
        return await self._app.push_screen_wait(screen)

    async def _act(self, what: str, act: Callable[[], Awaitable[T]]) -> T:
        """An act behind the page that shows its progress. Raises the Refusal it ended with."""
        from lgpki_tui.faces.tui.screens.progress import Done, ProgressScreen

        done: Done[T] | None = await self._app.push_screen_wait(ProgressScreen(self._context, what, act))
        if done is None or done.value is None:
            refusal = done.refusal if done is not None else None
            raise refusal or Refusal(Code.INTERRUPTED)
        return done.value
