"""A PIN that is about to be set is typed twice: nobody sees a slip there, and it would lock its owner out."""

from __future__ import annotations

from lgpki_tui.faces.tui.widgets.pin_field import PinField
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.ground.secret import Secret


@dataclass(frozen=True, slots=True)
class PinPair:
    """Two fields for one PIN."""

    first: PinField
    again: PinField

    @property
    def is_empty(self) -> bool:
        """Whether one of them has nothing in it."""
        return self.first.is_empty or self.again.is_empty

    @property
    def agree(self) -> bool:
        """Whether both hold the same PIN, and one at all."""
        return not self.is_empty and self.first.same_as(self.again)

    def take(self) -> Secret:
        """The PIN; both fields are empty afterwards."""
        self.again.wipe()
        return self.first.take()

    def clear(self) -> None:
        """Begin again with the first."""
        self.first.wipe()
        self.again.wipe()
        self.first.focus()
