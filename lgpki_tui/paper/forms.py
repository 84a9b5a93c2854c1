"""Which template, words and fonts a sheet is made with: the site's own where it has them, else the shipped ones."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.ground.shipped import shipped
from lgpki_tui.paper.pdf import Template, render_pdf
from lgpki_tui.paper.registration import Registration
from lgpki_tui.paper.registration_pdf import registration_pdf
from lgpki_tui.paper.registration_text import registration_text
from lgpki_tui.paper.registration_words import load_registration_words
from lgpki_tui.paper.sheet import Action, Sheet
from lgpki_tui.paper.text import render_text
from lgpki_tui.paper.words import Language, Words, load_words

_FOLDER, _WORDS = "forms", "sheet.toml"


@dataclass(frozen=True, slots=True)
class Forms:
    """`sites`: folders that may hold `forms/`, the first stands above the others; `fonts`: in order of preference."""

    sites: tuple[Path, ...]
    fonts: Sequence[Path]

    def text(self, sheet: Sheet, language: Language) -> str:
        """The sheet as lines of text (`render_text`). Raises Refusal: settings_*."""
        return render_text(sheet, self.words(sheet.about.kind), language)

    def pdf(self, sheet: Sheet) -> bytes:
        """The sheet as PDF. Raises Refusal: font_missing, form_broken, settings_*."""
        about = sheet.about
        return render_pdf(sheet, self.words(about.kind), self.template(about.kind, about.action), self.fonts)

    def registration(self, asks: Registration, language: Language) -> dict[str, bytes]:
        """The sheet that asks for a registration, by suffix: as text, and as PDF where there is a Japanese font.

        Raises Refusal: form_broken, settings_*.
        """
        words = load_registration_words(self._file("registration.toml"))
        files = {".txt": registration_text(asks, words, language).encode()}
        try:
            return {**files, ".pdf": registration_pdf(asks, words, self._file("registration.typ"), self.fonts)}
        except Refusal as refusal:
            if refusal.code is not Code.FONT_MISSING:
                raise
            return files

    def words(self, kind: str) -> Words:
        """The words for a kind of certificate, word by word. Raises Refusal: settings_*."""
        own = [file for file in (site / _FOLDER / _WORDS for site in self.sites) if file.is_file()]
        return load_words(*own, shipped("config", _FOLDER, _WORDS), kind=kind)

    def template(self, kind: str, action: Action) -> Template:
        """Of each site in turn KIND-ACTION.typ, then ACTION.typ (web-server-renewal.typ, renewal.typ); else ours."""
        for site in self.sites:
            for name in (f"{kind}-{action}.typ", f"{action}.typ"):
                if (site / _FOLDER / name).is_file():
                    return Template(site / _FOLDER / name, shipped("config", _FOLDER), own_form=False)
        return Template(shipped("config", _FOLDER, f"{action}.typ"))

    def _file(self, name: str) -> Path:
        """The first site's own, where one has it; else the shipped one."""
        own = (site / _FOLDER / name for site in self.sites)
        return next((file for file in own if file.is_file()), shipped("config", _FOLDER, name))
