"""Folders that an unprivileged child can reach (pytest's own are below a folder that only their maker may enter)."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.media.child import NOBODY


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that belongs to the unprivileged user."""
    made = Path(tempfile.mkdtemp(prefix="lgpki-tui-test-"))
    if os.geteuid() == 0:
        os.chown(made, NOBODY, NOBODY)
    yield made
    made.chmod(0o700)
    shutil.rmtree(made)
