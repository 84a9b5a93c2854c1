"""SHA-256 of what goes on a medium, as `sha256sum -c` reads it, and which names every medium can hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal

SUFFIX = ".sha256"
# What FAT, exFAT and NTFS forbid (Microsoft, Naming Files, Paths, and Namespaces); control characters besides.
_FORBIDDEN = frozenset('"*/:<>?\\|')
_MOST_UNITS = 255
_PORTS = (f"{port}{digit}" for port in ("COM", "LPT") for digit in "123456789")
_RESERVED = frozenset({"AUX", "CON", "NUL", "PRN", *_PORTS})


def sums(files: Mapping[str, bytes]) -> bytes:
    """One line for each file: its SHA-256 in hex, two spaces, its name (sha256sum(1)); UTF-8."""
    return "".join(f"{sha256(content).hexdigest()}  {name}\n" for name, content in files.items()).encode()


def refuse_unfit(names: Iterable[str]) -> None:
    """Raise Refusal(file_name_unfit) with `file` and `characters` (code points) for a name that a FAT, exFAT or NTFS
    medium cannot hold, or that such a medium cannot tell from another one of them (it ignores the case)."""
    seen: set[str] = set()
    for name in names:
        characters = sorted({f"U+{ord(char):04X}" for char in name if char in _FORBIDDEN or ord(char) < 0x20})
        stem = name.partition(".")[0].rstrip().upper()
        long = len(name.encode("utf-16-le", "surrogatepass")) // 2 > _MOST_UNITS
        if characters or long or stem in _RESERVED or name != name.rstrip(". ") or name.casefold() in seen:
            raise Refusal(Code.FILE_NAME_UNFIT, file=name, characters=list(characters))
        seen.add(name.casefold())
