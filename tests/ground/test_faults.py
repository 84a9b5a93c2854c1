"""Where a fault was, by our own innermost line."""

from __future__ import annotations

import pytest

from lgpki_tui.ground.faults import where


def test_where_names_our_own_innermost_line_only() -> None:
    names: dict[str, object] = {"__name__": "lgpki_tui.room.file"}
    exec(compile("def ours(call):\n    call()\n", "file", "exec"), names)  # noqa: S102  # a frame of a module that is called as ours are
    with pytest.raises(ValueError, match="CANARY") as raised:
        names["ours"](lambda: int("CANARY"))  # type: ignore[operator]  # just made
    assert where(raised.value) == "lgpki_tui.room.file:2"
    assert where(ValueError("never raised")) == ""


# --- what a run leaves
