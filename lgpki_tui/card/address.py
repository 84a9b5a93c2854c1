"""How a card that was seen is found again: by what its token calls itself, and by its reader where that is not enough.

Slot ids are never kept: they differ from process to process (measured).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, TypeVar, cast

from lgpki_tui.card.port import CardSeen
from lgpki_tui.card.seen import token_from_json, token_to_json
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.procedure.identity import Token

if TYPE_CHECKING:
    from lgpki_tui.card.raw import RawModule

_Slot = TypeVar("_Slot")


@dataclass(frozen=True, slots=True)
class Address:
    """A token's names and the description of the slot it was seen in: all there is to tell two blank cards apart."""

    token: Token
    reader: str

    @classmethod
    def of(cls, card: CardSeen) -> Address:
        """The address of a card that was seen."""
        return cls(card.token, card.reader)

    @classmethod
    def from_json(cls, message: object) -> Address:
        """The address that a message carries."""
        found = cast(Mapping[str, object], message)
        return cls(token_from_json(found["token"]), str(found["reader"]))

    def to_json(self) -> dict[str, object]:
        """The address as a message carries it."""
        return {"token": token_to_json(self.token), "reader": self.reader}

    def pick(self, there: Iterable[tuple[_Slot, Token | None, str]]) -> _Slot:
        """The slot that holds this card now, of slots with their tokens and descriptions.

        Raises Refusal: card_absent, card_ambiguous (facts serial, label).
        """
        same = [(slot, reader) for slot, token, reader in there if token == self.token]
        here = [(slot, reader) for slot, reader in same if reader == self.reader]
        found = same if len(same) == 1 else here
        if len(found) == 1:
            return found[0][0]
        code = Code.CARD_AMBIGUOUS if same else Code.CARD_ABSENT
        raise Refusal(code, serial=self.token.serial, label=self.token.label)

    def slot_of(self, raw: RawModule) -> int:
        """The slot id at this moment. Raises ReturnValue, Refusal: card_absent, card_ambiguous."""
        from lgpki_tui.card.looking import token_at  # only inside the card's process: the program does without (3 ms)

        return self.pick((slot, token_at(raw, slot), raw.reader(slot)) for slot in raw.slots())
