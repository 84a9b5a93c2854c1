"""Files that stay beside those of the same name: NAME, NAME-2, and so on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal

if TYPE_CHECKING:
    from lgpki_tui.media.folder import OutputFolder

# What another day or another action makes stays beside the others.
MOST = 20


def numbered(stem: str) -> list[str]:
    """The stem, then the same with -2, -3, to -20."""
    return [f"{stem}{f'-{count}' if count > 1 else ''}" for count in range(1, MOST + 1)]


def write_numbered(folder: OutputFolder, stem: str, files: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Write files (content by suffix, with its dot); where other content stands under the stem, under the next one.

    Raises Refusal: folder_*, file_differs, file_exists (of the last number).
    """
    *stems, last = numbered(stem)
    for each in stems:
        try:
            return folder.write_all(_named(each, files))
        except Refusal as refusal:
            if refusal.code is not Code.FILE_EXISTS:
                raise
    return folder.write_all(_named(last, files))


def _named(stem: str, files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    return {f"{stem}{suffix}": content for suffix, content in files.items()}
