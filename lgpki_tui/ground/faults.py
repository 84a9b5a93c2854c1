"""What may be told of a fault of our own: where, and never the message, which might hold anything."""

from __future__ import annotations


def where(error: BaseException) -> str:
    """`module:line` of the innermost frame of our own code; empty when there is none."""
    trace, place = error.__traceback__, ""
    while trace is not None:
        name = str(trace.tb_frame.f_globals.get("__name__", ""))
        if name.startswith("lgpki_tui."):
            place = f"{name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
