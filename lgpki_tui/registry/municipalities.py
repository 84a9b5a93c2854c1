"""団体コード -> 団体名, from config/municipalities: prefectures and municipalities alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.shipped import shipped
from lgpki_tui.subject.lookalike import fold
from lgpki_tui.subject.municipality import is_code

FOLDER, FILE = "municipalities", "municipalities.tsv"
# RFC 5280, appendix A.1, ub-organization-name: the name becomes O.
MOST_CHARACTERS = 64


class Municipalities:
    """The list of 団体. The files are read once, at the first question."""

    def __init__(self, files: Sequence[Path] = ()) -> None:
        """Name files of a site, laid over the shipped list in this order (組合 and 広域連合 are not in the latter)."""
        self._files = (shipped("config", FOLDER, FILE), *files)
        self._names: dict[str, str] | None = None
        self._keys: dict[str, str] | None = None

    def name_of(self, code: str) -> str | None:
        """The 団体名 of a six-digit code, None when no list has it.

        Raises Refusal: settings_unreadable (file, reason), settings_value (file, line) for a line that is not
        code, tab, name, tab, prefecture, or whose code does not check.
        """
        return self._read().get(code)

    def named(self, text: str) -> tuple[str, ...]:
        """The codes of the 団体 whose names begin with a text, folded; none for an empty one. Raises as `name_of`."""
        key = fold(text)
        if self._keys is None:
            self._keys = {code: fold(name) for code, name in self._read().items()}
        return tuple(code for code, name in self._keys.items() if key and name.startswith(key))

    def _read(self) -> dict[str, str]:
        if self._names is None:
            self._names = {code: name for file in self._files for code, name in _rows(file)}
        return self._names


def municipality_files(*sites: Path | None) -> tuple[Path, ...]:
    """A site's own lists: municipalities/municipalities.tsv below each site folder, where it is there.

    `sites`: the highest layer first (such as /etc/lgpki-tui, then ~/.config/lgpki-tui); None is left out. Returned in
    the order in which they are laid over one another.
    """
    files = (site / FOLDER / FILE for site in reversed(sites) if site is not None)
    return tuple(file for file in files if file.is_file())


def _rows(file: Path) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(_text(file).split("\n"), 1):
        if not line or line.startswith("#"):
            continue
        code, _, rest = line.partition("\t")
        name, tab, prefecture = rest.partition("\t")
        if not (tab and name and prefecture and len(name) <= MOST_CHARACTERS and is_code(code)):
            raise Refusal(Code.SETTINGS_VALUE, file=str(file), key=f"line {number}", line=number)
        yield code, name


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode().replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise Refusal(Code.SETTINGS_UNREADABLE, file=str(file), reason="not_utf8") from None
    except OSError as error:
        raise Refusal(Code.SETTINGS_UNREADABLE, file=str(file), reason=type(error).__name__) from None
