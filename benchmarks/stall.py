"""For how long the screen's loop is held up while the card works."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any
from unittest.mock import patch

from lgpki_tui.faces.tui.clerk import Clerk
from lgpki_tui.subject.algorithm import Algorithm
from tests.practice import new_practice
from tests.tui.walking import Walker, walking

_TICK = 0.005


@asynccontextmanager
async def longest_stall(walker: Walker) -> AsyncIterator[Callable[[], float]]:
    """The longest time, in seconds, for which nothing went on behind the page that tells what the card does."""
    gaps = [0.0]

    async def tick() -> None:
        before = perf_counter()
        while True:
            await asyncio.sleep(_TICK)
            now = perf_counter()
            if walker.page == "progress":
                gaps.append(now - before)
            before = now

    ticking = asyncio.create_task(tick())
    try:
        yield lambda: max(gaps) if len(gaps) > 2 else float("inf")
    finally:
        ticking.cancel()


@contextmanager
def asking_for(algorithm: Algorithm) -> Iterator[list[Algorithm]]:
    """The wizard asks for the key pair that the profile names; here for another one. What was made."""
    made: list[Algorithm] = []
    request = Clerk.request

    async def other(clerk: Clerk, wish: Any, *more: Any) -> Any:
        enrolment = await request(clerk, replace(wish, algorithm=algorithm), *more)
        made.append(Algorithm(enrolment.algorithm))
        return enrolment

    with patch.object(Clerk, "request", other):
        yield made


async def stalls(work: Path, algorithm: Algorithm) -> list[float]:
    """Milliseconds: the longest of a format, a key pair and a storing, in this process and without a terminal."""
    with asking_for(algorithm):
        async with walking(new_practice(work / f"stall-{algorithm}")) as walker:
            await walker.begin()
            async with longest_stall(walker) as formatting:
                await walker.format()
            await walker.fill()
            async with longest_stall(walker) as making:
                await walker.make_key()
            await walker.file()
            await walker.receive()
            async with longest_stall(walker) as storing:
                await walker.store()
            return [each() * 1000 for each in (formatting, making, storing)]
