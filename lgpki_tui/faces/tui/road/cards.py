"""The card by itself: what is on it, format, change its PIN."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lgpki_tui.faces.tui.road.hand import Hand
from lgpki_tui.faces.tui.views import CardView
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from lgpki_tui.card.models import CardModel
    from lgpki_tui.faces.tui.screens.card import CardAct, CardAnswer
    from lgpki_tui.faces.tui.screens.set_pin import SetPinAnswer
    from lgpki_tui.ground.secret import Secret
    from lgpki_tui.procedure.identity import Token

# What is typed again at once, on the same page.
_TYPED_AGAIN = {Code.PIN_FORMAT, Code.CARD_LABEL, Code.PIN_WRONG, Code.PIN_ALREADY_REFUSED}


class Cards:
    """`formatted`: the card that was formatted last, as it is called since."""

    def __init__(self, hand: Hand) -> None:
        self._hand = hand
        self._clerk = hand.context.clerk
        self.formatted: CardView | None = None

    async def look_after(self) -> None:
        """From the first page: until the person has had enough."""
        from lgpki_tui.faces.tui.screens.card import CardAct, CardScreen

        while True:
            picked = await self._hand.show(CardScreen(self._hand.context, for_key=False))
            if picked is None:
                return
            if picked.act is CardAct.FORMAT:
                await self.format(picked.view, for_key=False)
            else:
                await self.give_pin(picked)

    async def format(self, view: CardView, *, for_key: bool = True) -> bool:
        """Whether the card is formatted now."""
        from lgpki_tui.card.models import FormatWay
        from lgpki_tui.faces.tui.screens.card import is_blank
        from lgpki_tui.faces.tui.screens.erase import EraseScreen

        model = await self._clerk.card_model(view)
        external = model.format is FormatWay.EXTERNAL
        try:
            if not external:
                model.refuse_unformattable(view.card)  # the card room would too, once all PINs were typed
        except Refusal as refusal:
            await self._hand.tell(refusal)
            return False
        step = self._external if external else self._format
        if is_blank(view):
            return await step(view, model, {}, for_key) is True
        done: bool | None = None
        while done is None:  # back from the PINs to what dies
            now = (await self._clerk.book()).now
            word = await self._hand.show(EraseScreen(self._hand.context, view, now, for_key=for_key))
            done = False if word is None else await step(view, model, word.destroys, for_key)
        return done

    async def _format(self, view: CardView, model: CardModel, destroys: dict[str, str], for_key: bool) -> bool | None:
        """The label and the PINs, then the act; None when the person goes a page back."""
        from lgpki_tui.conductor.formatting import FormatWish
        from lgpki_tui.faces.tui.screens.format import FormatScreen

        label = ""
        while True:
            answer = await self._hand.show(FormatScreen(self._hand.context, view, model, label, for_key=for_key))
            if answer is None:
                return None
            label = answer.label
            erase = view.card.token.serial if view.card.initialised else None
            wish = FormatWish(label, erase, destroys)
            try:
                token = await self._hand.act(
                    "format",
                    lambda wish=wish, answer=answer: self._clerk.format(  # type: ignore[misc]  # bound now
                        wish, view.wanted, answer.so_pin, answer.pin
                    ),
                )
            except Refusal as refusal:
                await self._hand.tell(refusal)
                if refusal.facts.get("wiped") or refusal.code not in _TYPED_AGAIN:
                    return False
            else:
                await self._find_again(token)
                self._hand.did("formatted", label=token.label)
                return True
            finally:
                answer.so_pin.wipe()
                answer.pin.wipe()

    async def _external(self, view: CardView, model: CardModel, destroys: dict[str, str], for_key: bool) -> bool | None:
        """The maker's formatter does it, and the card is looked at; None when the person goes a page back."""
        from lgpki_tui.conductor.formatting import FormatWish
        from lgpki_tui.faces.tui.screens.external import ExternalScreen

        wish = FormatWish("", view.card.token.serial if view.card.initialised else None, destroys)
        try:
            before = await self._clerk.before_external(wish, view.wanted)
        except Refusal as refusal:
            await self._hand.tell(refusal)
            return False
        page = ExternalScreen(self._hand.context, model, lambda: self._clerk.after_external(before, wish))
        token = await self._hand.show(page)
        if token is None:
            return None
        await self._find_again(token)
        self._hand.did("formatted", label=token.label)
        return True

    async def _find_again(self, token: Token) -> None:
        """The card is called otherwise now."""
        self.formatted = next((view for view in await self._clerk.cards() if view.card.token == token), None)

    async def give_pin(self, picked: CardAnswer) -> None:
        """Change the PIN, or set a locked one anew."""
        from lgpki_tui.faces.tui.screens.card import CardAct
        from lgpki_tui.faces.tui.screens.set_pin import SetPinScreen
        from lgpki_tui.faces.tui.screens.unblock import UnblockScreen

        view, locked = picked.view, picked.act is CardAct.UNBLOCK
        page, give = (UnblockScreen, self._clerk.unblock) if locked else (SetPinScreen, self._clerk.set_pin)
        model = await self._clerk.card_model(view)
        try:
            if locked:
                model.refuse_unformattable(view.card)  # the card room would too, once all was typed
            while (answer := await self._hand.show(page(self._hand.context, view, model))) is not None:
                if await self._given(picked.act, lambda old, new: give(view.wanted, old, new), answer):
                    self._hand.did("unblocked" if locked else "pin_changed", label=view.card.token.label)
                    return
        except Refusal as refusal:
            await self._hand.tell(refusal)

    async def _given(
        self, act: CardAct, give: Callable[[Secret, Secret], Awaitable[Token]], answer: SetPinAnswer
    ) -> bool:
        """Whether the card took it; False when it is to be typed again. Raises the Refusal otherwise."""
        try:
            await self._hand.act(act, lambda: give(answer.old, answer.new))
        except Refusal as refusal:
            if refusal.code not in _TYPED_AGAIN:
                raise
            await self._hand.tell(refusal)
            return False
        finally:
            answer.old.wipe()
            answer.new.wipe()
        return True
