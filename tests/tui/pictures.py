"""The pictures in docs/screens: the whole road is walked in both languages, and every page drawn as it comes.

python -m tests.tui.pictures [FOLDER]
"""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path
from typing import Any
from unittest.mock import patch

from lgpki_tui.faces.tui.clerk import Clerk
from lgpki_tui.faces.tui.look import Look
from lgpki_tui.faces.tui.page_screen import PageScreen
from lgpki_tui.faces.tui.screens.external import ExternalScreen
from lgpki_tui.faces.tui.screens.progress import ProgressScreen
from lgpki_tui.faces.tui.screens.unblock import UnblockScreen
from lgpki_tui.faces.tui.views import Here
from lgpki_tui.pages.language import LANGUAGES, Language
from lgpki_tui.procedure.identity import Token
from lgpki_tui.settings.explain import Explained
from tests.practice import Practice, new_practice
from tests.road.outside import CHECKOUT, MACHINE_ID, pretend
from tests.tui.cards import looked, to_cards
from tests.tui.drawing import draw
from tests.tui.walking import LABEL, Walker, walking

SCREENS = CHECKOUT / "docs" / "screens"
INSTALLED = "/opt/lgpki-tui"
HOST, LOGIN, HOME = "office-01", "j-seisaku", "/home/j-seisaku/renshu"
IMPORTED, FILED, LOOKED = (f"{day}T09:30:00+09:00" for day in ("2026-11-01", "2026-11-13", "2026-11-24"))
# None of these stands in a picture, nor could by chance.
PIN, SO_PIN, NEW_PIN, WRONG_PIN = "80417263", "39582716", "57193846", "64820975"
SECONDS = 12.0
# What a site writes into the file of such a card.
MAKER = "ABC-1"
GUIDE = {
    "ja": "1. ICカードフォーマッタを起動します。\n"
    "2. 「初期化」を選び、ラベルとPINを決めます。\n"
    "3. 終わったら、カードを抜かずにこの画面へ戻ります。",
    "en": "1. Start the formatter (ICカードフォーマッタ).\n"
    "2. Choose 初期化, and set the label and the PIN.\n"
    "3. Then come back, with the card still in the reader.",
}
# What chance or this machine decides, and what stands there in the pictures: as many characters.
_NUMBER = re.compile(r"\b\d{6}-[0-9A-Z]{5}\b")
_SERIAL = re.compile(r"\b[0-9a-f]{16}\b")
_DIGEST = re.compile(r"\b(?:[0-9a-f]{4} ){2,}[0-9a-f]{4}\b")
_SPACE = re.compile(r"\b\d+(?= MiB)")
_DIGITS = "6315 c397 39e6 64bd 2094 68de 705c 8073 0c55 db1a db69 6a48 1698 5956 7964 f80c"


@dataclass(frozen=True, slots=True)
class Album:
    """Draws the pages of one walk. `folder`: of the sandbox, of which the pictures say another path."""

    walker: Walker
    to: Path
    folder: Path

    async def take(self, page: str) -> None:
        """Draw what is shown, which must be this page."""
        await self.walker.reach(page)
        await self.walker.pilot.pause()
        screen = self.walker.screen(PageScreen)
        rows = screen._compositor.render_strips()
        digits = cycle(_DIGITS.split())

        def example(row: str) -> str:
            return _DIGEST.sub(lambda found: " ".join(next(digits) for _ in found[0].split()), self._example(row))

        picture = draw(rows, screen.page.title, example)
        self.to.mkdir(parents=True, exist_ok=True)
        (self.to / f"{page}.svg").write_text(picture, encoding="utf-8")

    def _example(self, row: str) -> str:
        row = row.replace(str(self.folder), HOME)
        row = _NUMBER.sub("261113-7K3QH", row)
        row = _SERIAL.sub("4a7b2c9d0e1f3856", row)
        return _SPACE.sub(lambda found: ("51200" * 2)[: len(found[0])], row)


async def make(to: Path, language: Language) -> None:
    """All pictures of one language."""
    with tempfile.TemporaryDirectory(prefix="lp", dir="/tmp") as place:  # as long as HOME, with its last name
        folder = Path(place) / "renshu"
        if len(str(folder)) != len(HOME):
            raise ValueError(f"not as long as {HOME}: {folder}")
        practice = _practice(folder)
        async with _walking(practice, language, FILED) as walker:
            await _until_filed(walker, Album(walker, to, folder))
        async with _walking(practice, language, LOOKED) as walker:
            await _until_stored(walker, Album(walker, to, folder))


def _practice(folder: Path) -> Practice:
    practice = new_practice(folder)
    (folder / "secrets" / "pin").write_text(f"{PIN}\n", encoding="ascii")
    (folder / "secrets" / "so-pin").write_text(f"{SO_PIN}\n", encoding="ascii")
    _on(practice, IMPORTED)
    registries = ("--organizations", folder / "registry" / "organizations.csv")
    practice.done("registry", "import", *registries, "--accounts", folder / "registry" / "accounts.csv")
    return practice


def _on(practice: Practice, now: str) -> None:
    pretend(practice, machine_id=MACHINE_ID, host_name=HOST, login_name=LOGIN, login_uid=1001, now=now)


@asynccontextmanager
async def _walking(practice: Practice, language: Language, now: str) -> AsyncIterator[Walker]:
    """The wizard on that day. That all this is pretended stands in its head, and is left out of the pictures."""

    async def here(clerk: Clerk) -> Here:
        return Here(HOST, LOGIN, practice=True)

    read = Clerk.settings

    async def settings(clerk: Clerk) -> tuple[Explained, ...]:
        return tuple(replace(each, file=each.file.replace(str(CHECKOUT), INSTALLED)) for each in await read(clerk))

    _on(practice, now)
    with patch.object(Clerk, "here", here), patch.object(Clerk, "settings", settings):
        async with walking(practice, language, look=Look.PRETTY) as walker:
            yield walker


async def _until_filed(walker: Walker, album: Album) -> None:
    await _begin(walker, album)
    await walker.press("enter")
    await _type(walker, "format", LABEL, SO_PIN, SO_PIN, PIN, PIN)
    await album.take("format")
    await walker.press("enter")
    await _subject(walker, album)
    await walker.reach("review")
    await _type(walker, "review", WRONG_PIN)
    await album.take("verdict")
    await walker.press("enter")
    await walker.reach("review")
    await walker.type(PIN)
    await album.take("review")
    with _held() as (made, release):
        await walker.press("enter")
        await walker.until(made.is_set, "the key pair")
        await _after_seconds(walker)
        await album.take("progress")
        release.set()
    await album.take("export")
    await walker.press("enter")
    await walker.reach("sheet")
    await walker.press("enter")
    await walker.until(lambda: walker.focus == "next", "the PDF")
    await album.take("sheet")
    await walker.press("enter")
    await walker.reach("waiting")
    await walker.press("enter")
    await walker.until(lambda: walker.focus == "receive", "filed")


async def _begin(walker: Walker, album: Album) -> None:
    await walker.reach("home")
    await walker.press("end", "enter")
    await walker.reach("environment")
    await walker.see(walker.app.context.lexicon.word("result.ok"))
    await album.take("environment")
    await walker.press("enter")
    await album.take("kind")
    await walker.press("enter", "enter")
    await looked(walker)
    await album.take("card")


async def _subject(walker: Walker, album: Album) -> None:
    """With a character that the registry has otherwise; F4 takes the registry's."""
    await walker.reach("subject")
    await walker.type("情報政策")
    await walker.see("> 総務部情報政策課")
    await walker.press("enter")
    await walker.type("髙島市長")
    await walker.see("U+9AD9")
    await album.take("subject")
    await walker.press("f4", "enter")
    await walker.type("一般公文書用")
    await walker.press("enter", "enter", "enter")
    await walker.reach("review")


async def _until_stored(walker: Walker, album: Album) -> None:
    await walker.reach("home")
    await album.take("home")
    await walker.press("f1")
    await album.take("help")
    await walker.press("escape")
    for tabs, page in ((3, "settings"), (4, "receipt"), (5, "desk")):
        await walker.reach("home")
        await walker.press(*["tab"] * tabs, "enter")
        await walker.reach(page)
        await walker.pilot.pause(0.3)
        await album.take(page)
        await walker.press("escape")
    await walker.reach("home")
    await walker.press("f8")
    await album.take("end")
    await walker.press("escape")
    await walker.reach("home")
    await walker.press("enter")
    await album.take("waiting")
    await walker.press("f6")
    await walker.reach("receive")
    await walker.until(lambda: walker.focus == "store", "checked")
    await album.take("receive")
    await walker.press("enter")
    await walker.reach("store")
    await walker.type(PIN)
    await album.take("store")
    await walker.press("enter")
    await album.take("done")
    await walker.press("enter")
    await _cards(walker, album)


async def _cards(walker: Walker, album: Album) -> None:
    """The card that is in use now: its PIN changed, and wiped; neither is done."""
    await to_cards(walker)
    await walker.press("enter", "enter")
    await _type(walker, "set_pin", PIN, NEW_PIN, NEW_PIN)
    await album.take("set_pin")
    await walker.press("escape")
    await looked(walker)
    await walker.press("tab", "tab", "enter")
    await album.take("erase")
    await _other_cards(walker, album)


async def _other_cards(walker: Walker, album: Album) -> None:
    """Pages of cards that are not the soft one: a PIN that is locked, a formatter of its own."""
    context = walker.app.context
    (view,) = await context.clerk.cards()
    model = await context.clerk.card_model(view)

    async def look() -> Token:
        return view.card.token

    walker.app.push_screen(UnblockScreen(context, view, model))
    await _type(walker, "unblock", SO_PIN, NEW_PIN, NEW_PIN)
    await album.take("unblock")
    walker.app.push_screen(ExternalScreen(context, replace(model, title=MAKER, guide=GUIDE), look))
    await album.take("external")


async def _type(walker: Walker, page: str, *texts: str) -> None:
    await walker.reach(page)
    await walker.pilot.pause()
    for text in texts:
        await walker.type(text)
        await walker.press("enter")


@contextmanager
def _held() -> Iterator[tuple[asyncio.Event, asyncio.Event]]:
    """Is set when the key pair is made; to be set before the page goes on."""
    made, release, request = asyncio.Event(), asyncio.Event(), Clerk.request

    async def held(clerk: Clerk, *arguments: Any) -> Any:
        try:
            return await request(clerk, *arguments)
        finally:
            made.set()
            await release.wait()

    with patch.object(Clerk, "request", held):
        yield made, release


async def _after_seconds(walker: Walker) -> None:
    screen = walker.screen(ProgressScreen)
    with patch("lgpki_tui.faces.tui.screens.progress.monotonic", lambda: screen._began + SECONDS):
        screen._count()
    await walker.pilot.pause()


def main() -> int:
    """Draw all of them into docs/screens, or into the folder that is named."""
    to = Path(sys.argv[1]) if len(sys.argv) > 1 else SCREENS
    for language in LANGUAGES:
        asyncio.run(make(to / language, language))
    return 0


if __name__ == "__main__":
    sys.exit(main())
