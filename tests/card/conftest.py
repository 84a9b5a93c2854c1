"""Back ends for the tests of the card, and modules that misbehave."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from lgpki_tui.card.client import HostedCard
from tests.card.backends import Backend, soft_backend
from tests.card.shim import Shim, build_shim, compile_shim


@pytest_asyncio.fixture(params=["softhsm"])
async def backend(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Backend]:
    """A card of each kind that the program supports, blank. A further kind is a further param."""
    made = {"softhsm": soft_backend}[request.param](tmp_path)
    yield made
    for card in made.cards:
        await card.close()


@pytest.fixture
def card(backend: Backend) -> HostedCard:
    """A hosted card on the back end."""
    return backend.card()


@pytest.fixture(scope="session")
def _compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compile_shim(tmp_path_factory.mktemp("shim"))


@pytest.fixture
def shim(_compiled: Path, tmp_path: Path) -> Shim:
    """A module around the real SoftHSM that misbehaves on order."""
    return build_shim(tmp_path / "shim", compiled=_compiled)


@pytest.fixture
def shimmed(backend: Backend, shim: Shim) -> Backend:
    """The back end through the shim."""
    return backend.through(shim.module)
