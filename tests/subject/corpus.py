r"""The corpus of names (names.tsv): what is typed, what is registered, and what is to be said of it.

The file is read and reviewed by eyes, so it is of printable ASCII and JIS X 0208 only: whatever is not seen, or looks
like another character, is written \uXXXX or \UXXXXXXXX, and <課*64> is 課 64 times. Columns, separated by tabs:
- municipality: the six-digit code; profile; field: the one that the case is of, the other one is good;
- typed; registered: spellings separated by |, empty where the profile asks no registry;
- verdict: accepted, attention (accepted, with something pointed out), refused, not-registered, empty;
- why: every finding of the field in the order in which they are told, with its classes;
- characters: those of the first of them; offered: what F4 puts into the field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lgpki_tui.faces.tui.judging import said
from lgpki_tui.faces.tui.lexicon import Lexicon
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Finding, Result
from lgpki_tui.registry.municipalities import Municipalities
from lgpki_tui.registry.nearest import nearest
from lgpki_tui.subject.draft import Draft, Entry, Found
from lgpki_tui.subject.findings import findings
from lgpki_tui.subject.lookalike import fold
from lgpki_tui.subject.profile import Profile, Rule
from tests.subject.profiles import shipped_profile

FILE = Path(__file__).with_name("names.tsv")
ORGANIZATION = "総務部情報政策課"
_OTHERS = {"organization": ORGANIZATION, "name": "情報政策課長"}
_ESCAPED = re.compile(r"\\u([0-9a-f]{4})|\\U([0-9a-f]{8})")
_REPEATED = re.compile(r"<([^*<>]+)\*([0-9]+)>")
_WORDS = {
    Code.TEXT_EMPTY: "empty",
    Code.ORGANIZATION_TOO_LONG: "too-long",
    Code.NAME_TOO_LONG: "too-long",
    Code.ORGANIZATION_NOT_REGISTERED: "not-registered",
    Code.NAME_NOT_REGISTERED: "not-registered",
    Code.TEXT_FORBIDDEN: "refused",
    Code.TEXT_UNUSUAL: "attention",
}


@dataclass(frozen=True)
class Case:
    """One line of the corpus."""

    section: str
    municipality: str
    profile: str
    field: str
    typed: str
    registered: tuple[str, ...]
    verdict: str
    why: tuple[str, ...]
    characters: tuple[str, ...]
    offered: str

    @property
    def organization(self) -> str:
        """What stands in the field 組織."""
        return self.typed if self.field == "organization" else ORGANIZATION

    @property
    def draft(self) -> Draft:
        """What is entered, the other field included."""
        name = self.typed if self.field == "name" else _OTHERS["name"]
        return Draft(self.profile, self.organization, name, self.municipality)

    @property
    def is_accepted(self) -> bool:
        """Whether a request is made of it."""
        return self.verdict in ("accepted", "attention")


@dataclass(frozen=True)
class Judged:
    """What the program says of a case."""

    verdict: str
    why: tuple[str, ...]
    characters: tuple[str, ...]
    offered: str


@cache
def corpus() -> tuple[Case, ...]:
    """Every case in the order of the file."""
    return tuple(_cases(FILE.read_text(encoding="utf-8")))


def unescaped(text: str) -> str:
    """A text of the file as it is meant."""
    repeated = _REPEATED.sub(lambda found: found[1] * int(found[2]), text)
    return _ESCAPED.sub(lambda found: chr(int(found[1] or found[2], 16)), repeated)


def municipality(case: Case) -> str:
    """The 団体名 of a case."""
    name = _municipalities().name_of(case.municipality)
    assert name is not None, case
    return name


def judged(case: Case) -> Judged:
    """Judge it as the page 記載事項 does, with what the registries would answer."""
    profile = _profile(case.profile)
    told = findings(case.draft, profile, _found(case, profile))
    entered = {"organization": case.draft.organization, "name": case.draft.name}
    of_field = [each for each in told if each.facts.get("field") == case.field]
    assert len(of_field) == len(told), "the other field is good"
    _, spelling = said(told, entered, _lexicon())
    first = of_field[0].facts.get("characters", ()) if of_field else ()
    return Judged(
        _verdict(told),
        tuple(map(_word, of_field)),
        tuple(map(str, first)) if isinstance(first, list | tuple) else (),
        spelling.text if spelling is not None else "",
    )


def _cases(text: str) -> Iterator[Case]:
    section = ""
    for line in text.splitlines():
        if line.startswith("# "):
            section = line[2:]
        elif line and not line.startswith("municipality\t"):
            code, profile, field, typed, registered, verdict, why, characters, offered = line.split("\t")
            spellings = tuple(unescaped(each) for each in registered.split("|") if each)
            yield Case(
                *(section, code, profile, field, unescaped(typed), spellings, verdict),
                *(tuple(why.split()), tuple(characters.split()), unescaped(offered)),
            )


def _found(case: Case, profile: Profile) -> Found:
    """What the registries answer of these rows, and of a row for the other field."""
    draft = case.draft
    code = case.municipality
    spellings = [(each, fold(each)) for each in case.registered]
    near = nearest(case.typed, spellings)
    is_name = case.field == "name"
    exact = (Entry(code, ORGANIZATION),) if is_name else _rows(case, name=False)
    accounts = _rows(case, name=True) if is_name else ()
    return Found(
        organizations=exact,
        accounts=accounts if profile.name_rule is Rule.REGISTERED else None,
        nearest_organizations=() if is_name or exact else near,
        nearest_names=near if is_name and not accounts else (),
        municipality=_municipalities().name_of(draft.municipality_code or ""),
    )


def _rows(case: Case, *, name: bool) -> tuple[Entry, ...]:
    typed = case.typed
    row = Entry(case.municipality, ORGANIZATION if name else typed, name=typed if name else None)
    return (row,) if typed in case.registered else ()


@cache
def _municipalities() -> Municipalities:
    return Municipalities()


_profile = cache(shipped_profile)


@cache
def _lexicon() -> Lexicon:
    return Lexicon("ja")


def _verdict(told: tuple[Finding, ...]) -> str:
    failed = [each.code for each in told if each.result is Result.FAIL]
    if not failed:
        return "attention" if told else "accepted"
    if failed == [Code.TEXT_EMPTY]:
        return "empty"
    unregistered = (Code.ORGANIZATION_NOT_REGISTERED, Code.NAME_NOT_REGISTERED)
    return "not-registered" if all(code in unregistered for code in failed) else "refused"


def _word(finding: Finding) -> str:
    kinds = finding.facts.get("classes", ())
    assert isinstance(kinds, list | tuple)
    word = _WORDS[Code(finding.code)]
    return f"{word}:{','.join(map(str, kinds))}" if kinds else word
