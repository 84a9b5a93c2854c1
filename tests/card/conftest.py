"""Back ends for the tests of the card, and modules that misbehave."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from lgpki_tui.card.client import HostedCard
from lgpki_tui.rehearsal.readers import Readers
from tests.card import clauses
from tests.card.backends import Backend, soft_backend
from tests.card.shim import Shim, build_shim, compile_shim
from tests.card.tokens.virtual import BLANK, behind, readers_with

# A declared gap of the contract is an expected failure, and its absence an error.
pytest_collection_modifyitems = clauses.pytest_collection_modifyitems
pytest_pyfunc_call = clauses.pytest_pyfunc_call


@pytest_asyncio.fixture
async def backend(tmp_path: Path) -> AsyncIterator[Backend]:
    """A blank card of SoftHSM. The contract has its own: one of each kind."""
    made = soft_backend(tmp_path)
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


@pytest.fixture
def readers(tmp_path: Path) -> Iterator[Readers]:
    """A reader of its own with a blank virtual card."""
    with readers_with(tmp_path, BLANK) as made:
        yield made


@pytest_asyncio.fixture
async def virtual(readers: Readers, tmp_path: Path) -> AsyncIterator[Backend]:
    """OpenSC's module on the virtual card."""
    made = behind(readers, tmp_path)
    yield made
    for card in made.cards:
        await card.close()
