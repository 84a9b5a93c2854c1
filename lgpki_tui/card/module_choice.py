"""Which PKCS#11 module is loaded: the one that is set, else the first candidate for this kind of card on this PC."""

from __future__ import annotations

import os
from pathlib import Path

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.settings.model import CardSettings


def module_to_load(card: CardSettings, *, practice: bool, soft: bool) -> Path:
    """The module. `soft`: of a practice, whose card is not in a reader. Raises Refusal(module_missing) with `tried`,
    when no candidate is on this PC."""
    if card.module is not None or not practice:
        found, listed = card.chosen_module(), card.module_candidates
        chosen = found.value if found is not None else None
    elif soft:
        chosen, listed = card.soft_module(), card.soft_module_candidates
    else:
        chosen, listed = card.reader_module(), card.module_candidates
    if chosen is None:
        raise Refusal(Code.MODULE_MISSING, module="", tried=[str(path) for path in listed.value], file=listed.file)
    return chosen


def shipped_module(card: str) -> Path | None:
    """The module of a practice card ("soft" | "virtual") for a sandbox that is about to be made: like the sandbox, it
    asks no site and no person."""
    from lgpki_tui.settings.load import Flags, load_real

    nowhere = Path(os.devnull)
    settings = load_real(nowhere, nowhere, Flags()).card
    return settings.soft_module() if card == "soft" else settings.reader_module()
