"""What was found at the desk in words, the same for the command line and the wizard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lgpki_tui.conductor.desk import Examined, Verdict
from lgpki_tui.conductor.desk_trust import NOT_JUDGED
from lgpki_tui.faces.saying import Vocabulary, found, japan_time, question, short
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Finding, Result
from lgpki_tui.ground.frozen import dataclass

# Verdicts by which nothing is to be accepted.
REFUSING = (Verdict.DIFFERENT, Verdict.FAILED)
# What a person sees at a glance without it: what the paper is compared with stands above, whole.
_SHOWN_ABOVE = (Code.DESK_CODE, Code.DESK_FILES_DIFFER, Code.RECEIPT_OTHER)
# Nothing was found that could be shown: what speaks against it says so.
_UNREAD = "unreadable"
# The kind does not ask for it: nothing is missing.
_SILENT = "not_asked"
# What a person must see first.
_FIRST = (Result.FAIL, Result.ATTENTION, Result.UNKNOWN, Result.OK)


@dataclass(frozen=True, slots=True)
class Told:
    """One check: how it came out, what it asks with what was found, and what speaks against it."""

    result: Result
    text: str
    because: tuple[str, ...]


def told(examined: Examined, words: Vocabulary) -> list[Told]:
    """Every check, what failed first, what is right last, else in order; of what could not be checked each reason once,
    and nothing where nothing was to check."""
    rows: list[Told] = []
    count = sum(NOT_JUDGED in reasons(finding) for finding in examined.findings)
    for finding in examined.findings:
        if finding.code is Code.REGISTRY_OLD and finding.result is not Result.UNKNOWN:
            rows += _ages(finding, words)
            continue
        if finding.result is not Result.UNKNOWN:
            rows.append(Told(finding.result, _text(finding, words), _because(finding, words)))
            continue
        for reason in reasons(finding):
            key = f"desk.unknown.{reason}"
            row = Told(Result.UNKNOWN, words.word(key, count=count), ()) if words.known(key) else None
            if row is not None and reason != _SILENT and row not in rows:
                rows.append(row)
    return sorted(rows, key=lambda row: _FIRST.index(row.result))


def _ages(finding: Finding, words: Vocabulary) -> Iterator[Told]:
    """A row for each registry that is old, with what is told of it elsewhere; of those that are not, none."""
    old = finding.facts.get("registries")
    for each in old if isinstance(old, list | tuple) else ():
        if isinstance(each, Mapping):
            told = {**each, "oldest": finding.expected, "imported_at": japan_time(str(each["imported_at"]))}
            told["registry"] = words.word(f"registry.name.{each['registry']}")
            yield Told(finding.result, words.word("desk.old", **told), (f"SHA-256 {each['sha256']}",))


def nothing_key(examined: Examined) -> str:
    """The words that stand in the place of what a CSR says, where that is not shown."""
    failed = {each.code for each in examined.failed}
    return "desk.nothing_signed" if Code.REQUEST_SIGNATURE in failed else "desk.nothing_read"


def reasons(finding: Finding) -> tuple[str, ...]:
    """Why a finding came out as it did, in ids of ours."""
    many, one = finding.facts.get("reasons"), finding.facts.get("reason")
    if isinstance(many, list | tuple):
        return tuple(map(str, many))
    return (str(one),) if one else ()


def _text(finding: Finding, words: Vocabulary) -> str:
    text = question(finding, words)
    what = found(finding, words)
    if finding.code is Code.DESK_OTHER_REQUEST and finding.result is Result.ATTENTION:
        return words.word("desk.other_there", name=what)  # what it asks is that there be none
    if finding.result is Result.OK or not what or finding.code in _SHOWN_ABOVE or _UNREAD in reasons(finding):
        return text
    return f"{text}  {what}"


def _because(finding: Finding, words: Vocabulary) -> tuple[str, ...]:
    facts = {**finding.facts, "expected": short(finding.expected), "found": short(finding.found)}
    keys = (f"because.{finding.code}.{reason}" for reason in reasons(finding))
    return tuple(words.word(key, **facts) for key in keys if words.known(key))
