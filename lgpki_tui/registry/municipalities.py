"""The 団体 of config/municipalities and of a site's own list: by code, by name, by reading."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import NoReturn

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.shipped import shipped
from lgpki_tui.subject.lg_jp import PREFECTURES, candidates, first_candidate
from lgpki_tui.subject.lookalike import fold
from lgpki_tui.subject.municipality import Municipality, MunicipalityKind, is_code
from lgpki_tui.subject.text import is_plain

FOLDER, FILE = "municipalities", "municipalities.tsv"
# RFC 5280, appendix A.1, ub-organization-name: the name becomes O.
MOST_CHARACTERS = 64
_COLUMNS = 5
_KINDS = {kind.value: kind for kind in MunicipalityKind}
_HIRAGANA = re.compile("[ぁ-ゖー]+")
# Half-width readings often have no small letters: those of a search, and of what is searched, are made large.
_LARGE = str.maketrans("ぁぃぅぇぉっゃゅょゎゕゖ", "あいうえおつやゆよわかけ")
_ENDINGS = frozenset({"し", "まち", "ちよう", "むら", "そん", "く", "けん", "ふ", "と"})
_DIGITS = re.compile("[0-9]{1,6}")


class Municipalities:
    """The list of 団体. The files are read once, at the first question.

    Every question raises Refusal: settings_unreadable (file, reason); settings_value (file, line, reason, found) for a
    line that is not code, name, reading, prefecture, kind (`reason`: columns, check_digit, name, reading, prefecture,
    kind, twice).
    """

    def __init__(self, files: Sequence[Path] = ()) -> None:
        """Name files of a site, laid over the shipped list in this order (組合 and 広域連合 are not in the latter)."""
        self._files = (shipped("config", FOLDER, FILE), *files)

    @property
    def codes(self) -> tuple[str, ...]:
        """All codes, the shipped ones first."""
        return tuple(self._listed)

    def name_of(self, code: str) -> str | None:
        """The 団体名 of a six-digit code, None when no list has it."""
        found = self._listed.get(code)
        return found.name if found is not None else None

    def get(self, code: str) -> Municipality | None:
        """The 団体 of a six-digit code, None when no list has it."""
        return self._listed.get(code)

    def place_of(self, code: str) -> str | None:
        """Prefecture and name (`Municipality.place`), None when no list has the code."""
        found = self._listed.get(code)
        return found.place if found is not None else None

    def named(self, text: str) -> tuple[str, ...]:
        """The codes of the 団体 whose names begin with a text, folded; none for an empty one."""
        key = fold(text)
        return tuple(code for code, (name, _, _) in self._keys.items() if key and name.startswith(key))

    def search(self, text: str, limit: int = 20) -> tuple[Municipality, ...]:
        """The 団体 whose code begins with a text, or whose name or reading is, begins with or has it, in this order.

        Width, kana, variant kanji and spaces do not count; a name may stand behind its prefecture (滋賀県 高島市).
        None for an empty text.
        """
        key = fold(text)
        if not key:
            return ()
        ranked = sorted(
            (rank, code) for code, keys in self._keys.items() if (rank := _rank(key, code, keys)) is not None
        )
        return tuple(self._listed[code] for _, code in ranked[: max(0, limit)])

    def domains_of(self, code: str) -> tuple[str, ...]:
        """Names that a 団体 may have in LG.JP (subject.lg_jp.candidates); none when no list has the code."""
        found = self._listed.get(code)
        return candidates(found, shared=self._shared[first_candidate(found)] > 1) if found is not None else ()

    @cached_property
    def _listed(self) -> dict[str, Municipality]:
        return {each.code: each for file in self._files for each in _read(file)}

    @cached_property
    def _keys(self) -> dict[str, tuple[str, str, str]]:
        """Of each code the folded name, the reading, and the name behind its prefecture."""
        return {
            code: (fold(each.name), each.reading.translate(_LARGE), fold(each.prefecture + each.name))
            for code, each in self._listed.items()
        }

    @cached_property
    def _shared(self) -> Counter[str]:
        return Counter(map(first_candidate, self._listed.values()))


def municipality_files(*sites: Path | None) -> tuple[Path, ...]:
    """A site's own lists: municipalities/municipalities.tsv below each site folder, where it is there.

    `sites`: the highest layer first (such as /etc/lgpki-tui, then ~/.config/lgpki-tui); None is left out. Returned in
    the order in which they are laid over one another.
    """
    files = (site / FOLDER / FILE for site in reversed(sites) if site is not None)
    return tuple(file for file in files if file.is_file())


def _rank(key: str, code: str, keys: tuple[str, str, str]) -> int | None:
    """How well a 団体 answers; None: not at all."""
    if _DIGITS.fullmatch(key):
        return 0 if code.startswith(key) else None
    name, reading, full = keys
    read = key.translate(_LARGE)
    if key == name or read == reading:
        return 0
    if key == name[:-1] or (reading.startswith(read) and reading[len(read) :] in _ENDINGS):
        return 1  # 津 and つ are 津市 before 津島市
    if name.startswith(key) or full.startswith(key):
        return 2
    if reading.startswith(read):
        return 3
    return 4 if key in name or read in reading else None


def _read(file: Path) -> Iterator[Municipality]:
    seen: set[str] = set()
    for number, line in enumerate(_text(file).split("\n"), 1):
        if line and not line.startswith("#"):
            found = _municipality(file, number, line.split("\t"))
            if found.code in seen:
                _refuse(file, number, "twice", found.code)
            seen.add(found.code)
            yield found


def _municipality(file: Path, number: int, parts: list[str]) -> Municipality:
    if len(parts) != _COLUMNS:
        _refuse(file, number, "columns", str(len(parts)))
    code, name, reading, prefecture, kind = parts
    good = {
        "check_digit": (code, is_code(code)),
        "name": (name, 0 < len(name) <= MOST_CHARACTERS and is_plain(name)),
        "reading": (reading, bool(_HIRAGANA.fullmatch(reading))),
        "prefecture": (prefecture, prefecture in PREFECTURES),
        "kind": (kind, kind in _KINDS),
    }
    for reason, (text, sound) in good.items():
        if not sound:
            _refuse(file, number, reason, text)
    return Municipality(code, name, reading, prefecture, _KINDS[kind])


def _refuse(file: Path, number: int, reason: str, found: str) -> NoReturn:
    raise Refusal(
        Code.SETTINGS_VALUE,
        file=str(file),
        key=f"line {number}",
        line=number,
        reason=f"municipality_{reason}",
        found=found,
    )


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise Refusal(Code.SETTINGS_UNREADABLE, file=str(file), reason="not_utf8") from None
    except OSError as error:
        raise Refusal(Code.SETTINGS_UNREADABLE, file=str(file), reason=type(error).__name__) from None
