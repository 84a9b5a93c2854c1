"""The card by itself: what is on it, format, change its PIN."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lgpki_tui.faces.tui.road.hand import Hand
from lgpki_tui.faces.tui.views import CardView
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal

if TYPE_CHECKING:
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
        from lgpki_tui.faces.tui.screens.card import CardAct, CardScreen, Did

        did: Did | None = None
        while True:
            picked = await self._hand.show(CardScreen(self._hand.context, for_key=False, did=did))
            if picked is None:
                return
            if picked.act is CardAct.SET_PIN:
                did = Did.PIN_CHANGED if await self.set_pin(picked.view) else None
            else:
                did = Did.FORMATTED if await self.format(picked.view, for_key=False) else None

    async def format(self, view: CardView, *, for_key: bool = True) -> bool:
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
            await self._hand.tell(Refusal(Code.CARD_UNSUPPORTED, **reason))
            return False
        destroys: dict[str, str] = {}
        if not is_blank(view):
            now = (await self._clerk.book()).now
            word = await self._hand.show(EraseScreen(self._hand.context, view, now, for_key=for_key))
            if word is None:
                return False
            destroys = word.destroys
        label = ""
        while True:
            answer = await self._hand.show(FormatScreen(self._hand.context, view, model, label, for_key=for_key))
            if answer is None:
                return False
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
                return True
            finally:
                answer.so_pin.wipe()
                answer.pin.wipe()

    async def _find_again(self, token: Token) -> None:
        """The card is called otherwise now."""
        self.formatted = next((view for view in await self._clerk.cards() if view.card.token == token), None)

    async def set_pin(self, view: CardView) -> bool:
        """Whether the PIN is another one now."""
        from lgpki_tui.faces.tui.screens.set_pin import SetPinScreen

        model = await self._clerk.card_model(view)
        while True:
            answer = await self._hand.show(SetPinScreen(self._hand.context, view, model))
            if answer is None:
                return False
            try:
                await self._hand.act(
                    "set_pin",
                    lambda answer=answer: self._clerk.set_pin(view.wanted, answer.old, answer.new),  # type: ignore[misc]  # bound now
                )
            except Refusal as refusal:
                await self._hand.tell(refusal)
                if refusal.code not in _TYPED_AGAIN:
                    return False
            else:
                return True
            finally:
                answer.old.wipe()
                answer.new.wipe()
