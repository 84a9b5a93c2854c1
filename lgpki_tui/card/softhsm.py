"""The configuration of SoftHSM for the soft card of a practice."""

from __future__ import annotations

from pathlib import Path

CONFIG = "softhsm2.conf"
TOKENS = "tokens"
# What names the file to SoftHSM (softhsm2.conf(5)).
VARIABLE = "SOFTHSM2_CONF"


def write_softhsm_config(sandbox: Path) -> Path:
    """Write softhsm2.conf with the absolute token folder below this sandbox, anew only when it has moved.

    softhsm2.conf(5); errors go to the system log, never to the terminal.
    """
    path = sandbox / CONFIG
    text = f"directories.tokendir = {sandbox / TOKENS}\nobjectstore.backend = file\nlog.level = ERROR\n"
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
    return path
