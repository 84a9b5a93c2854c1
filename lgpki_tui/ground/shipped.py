"""Finds the files that the program ships: `screens/` and `config/`, in a wheel, an sdist and a checkout alike."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def shipped(*parts: str) -> Path:
    """The path of a shipped file or folder, e.g. ``shipped("config", "profiles")``."""
    packed = _PACKAGE / "_shipped"
    return (packed if packed.is_dir() else _PACKAGE.parent).joinpath(*parts)
