"""A blank token of each kind, in place of the one of tests/card/conftest.py."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.card.backends import Backend
from tests.card.tokens import TOKENS


@pytest_asyncio.fixture(params=TOKENS)
async def backend(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Backend]:
    """A blank token of each kind."""
    with TOKENS[request.param](tmp_path) as made:
        yield made
        for card in made.cards:
            await card.close()
