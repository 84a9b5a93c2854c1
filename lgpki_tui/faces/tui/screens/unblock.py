"""Give a card whose PIN is locked, or forgotten, another one."""

from __future__ import annotations

from lgpki_tui.faces.tui.screens.set_pin import SetPinAnswer, SetPinScreen


class UnblockScreen(SetPinScreen):
    """As for a change of the PIN, with the SO PIN (or the PUK) in place of the present one."""

    name_of_page = "unblock"
    keys = ("help", "set", "back", "quit")

    def check(self, answer: SetPinAnswer) -> None:
        """Raise Refusal(pin_format) for what no card of this model has."""
        self.model.check_so_pin(answer.old)
        self.model.check_pin(answer.new)
