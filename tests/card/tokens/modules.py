"""Where Debian's packages put PKCS#11 modules."""

from __future__ import annotations

from pathlib import Path


def multiarch(name: str) -> Path:
    """The module of this name below /usr/lib/TRIPLET, whatever the machine is. Raises AssertionError."""
    found = sorted(Path("/usr/lib").glob(f"*-linux-gnu/{name}"))
    assert found, f"{name} is not installed"
    return found[0]
