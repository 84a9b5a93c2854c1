"""One table: what the system says of a folder -> what we say."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal

# Whatever is not in the table means that nothing can be written here (read-only, forbidden, unplugged, defective).
_CODES = MappingProxyType(
    {
        errno.ENOENT: Code.FOLDER_MISSING,
        errno.ENOTDIR: Code.FOLDER_MISSING,
        errno.ENOSPC: Code.FOLDER_FULL,
        errno.EDQUOT: Code.FOLDER_FULL,
        errno.EFBIG: Code.FOLDER_FULL,
    }
)


@contextmanager
def translated(folder: Path) -> Iterator[None]:
    """Turn an OSError of the block into a Refusal: folder_missing, folder_full or folder_unwritable, with `folder`
    and `reason` (the errno's name; errno(3))."""
    try:
        yield
    except OSError as error:
        number = error.errno or 0
        reason = errno.errorcode.get(number, os.strerror(number))
        raise Refusal(_CODES.get(number, Code.FOLDER_UNWRITABLE), folder=str(folder), reason=reason) from error
