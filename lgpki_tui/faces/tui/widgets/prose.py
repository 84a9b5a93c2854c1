"""Text for reading, broken into lines as Japanese is set."""

from __future__ import annotations

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from lgpki_tui.faces.tui.wrap import wrap
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.ground.inert import inert_lines


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A text of one style ("", "bold", "reverse", "underline", "dim"). Lines after its first are indented so far."""

    text: str
    style: str = ""
    indent: int = 0


class Prose(Widget):
    """Paragraphs, one below the other. What they hold from outside is made inert; none of it is markup."""

    DEFAULT_CSS = "Prose { width: 1fr; height: auto; }"

    def __init__(self, *paragraphs: str | Paragraph, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes, markup=False)
        self._paragraphs = _paragraphs(paragraphs)

    @property
    def text(self) -> str:
        """What it says, unbroken."""
        return "\n".join(paragraph.text for paragraph in self._paragraphs)

    def put(self, *paragraphs: str | Paragraph) -> None:
        """Say this instead."""
        before, after = self._paragraphs, _paragraphs(paragraphs)
        if before == after:
            return
        width = self.content_size.width
        self._paragraphs = after
        self.refresh(layout=not width or len(_lines(before, width)) != len(_lines(after, width)))

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """All there is."""
        return container.width

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the text takes at this width."""
        return len(_lines(self._paragraphs, width))

    def render(self) -> Content:
        """The lines at the present width."""
        lines = _lines(self._paragraphs, self.content_size.width or self.size.width)
        return Content("\n").join(Content.styled(text, style) if style else Content(text) for text, style in lines)


def _paragraphs(given: tuple[str | Paragraph, ...]) -> tuple[Paragraph, ...]:
    made = (each if isinstance(each, Paragraph) else Paragraph(each) for each in given)
    return tuple(Paragraph(inert_lines(each.text), each.style, each.indent) for each in made)


def _lines(paragraphs: tuple[Paragraph, ...], width: int) -> list[tuple[str, str]]:
    return [(line, each.style) for each in paragraphs for line in wrap(each.text, width, each.indent)]
