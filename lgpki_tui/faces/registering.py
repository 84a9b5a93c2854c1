"""The sheet for the LGWAN運用担当者, made and written: the same for the command line and the wizard."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from lgpki_tui.conductor.registration import registration, write
from lgpki_tui.ground.frozen import dataclass

if TYPE_CHECKING:
    from lgpki_tui.pages.language import Language
    from lgpki_tui.paper.registration import Registration, System
    from lgpki_tui.subject.draft import Draft
    from lgpki_tui.workplace import Workplace


@dataclass(frozen=True, slots=True)
class Written:
    """What was asked for, and the files: the text, then the PDF where there is a font for it."""

    asks: Registration
    files: tuple[Path, ...]


def ask_registration(
    place: Workplace, draft: Draft, folder: Path, language: Language, readings: Mapping[System, str]
) -> Written:
    """Write the sheet into a folder (absolute). Raises Refusal: as conductor.registration, form_broken, settings_*."""
    listed = place.municipalities.get(draft.municipality_code or "")
    asks = registration(place, draft, listed, readings)
    return Written(asks, write(place, asks, place.forms.registration(asks, language), folder))
