"""What every screen is given: whom to ask, the words, and how things look."""

from __future__ import annotations

from dataclasses import dataclass, field

from lgpki_tui.faces.tui.clerk import Clerk
from lgpki_tui.faces.tui.lexicon import Lexicon
from lgpki_tui.faces.tui.look import Look
from lgpki_tui.faces.tui.views import Here
from lgpki_tui.pages.page import Page


@dataclass(slots=True)
class Context:
    """The same for all screens of one run. Pages are read when they are first shown; `here` is asked once, at first;
    `mute`: the readers whose card does not answer, as long as they are followed (following.py)."""

    clerk: Clerk
    lexicon: Lexicon
    look: Look
    here: Here = field(default_factory=Here)
    mute: tuple[str, ...] = ()
    _pages: dict[str, Page] = field(default_factory=dict)

    def page(self, name: str) -> Page:
        """The words and fields of a page."""
        if name not in self._pages:
            self._pages[name] = Page.load(name, self.lexicon.language)
        return self._pages[name]
