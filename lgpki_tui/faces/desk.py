"""What was found at the desk in words, the same for the command line and the wizard."""

from __future__ import annotations

from lgpki_tui.conductor.desk import Examined, Verdict
from lgpki_tui.faces.saying import Vocabulary, found, question, short
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Finding, Result
from lgpki_tui.ground.frozen import dataclass

# Verdicts by which nothing is to be accepted.
REFUSING = (Verdict.DIFFERENT, Verdict.FAILED)
# What a person sees at a glance without it: what the paper is compared with stands above, whole.
_SHOWN_ABOVE = (Code.DESK_CODE, Code.DESK_FILES_DIFFER, Code.RECEIPT_OTHER)
# The kind does not ask for it: nothing is missing.
_SILENT = "not_asked"


@dataclass(frozen=True, slots=True)
class Told:
    """One check: how it came out, what it asks with what was found, and what speaks against it."""

    result: Result
    text: str
    because: tuple[str, ...]


def told(examined: Examined, words: Vocabulary) -> list[Told]:
    """Every check in order; of what could not be checked each reason once, and nothing where nothing was to check."""
    rows: list[Told] = []
    for finding in examined.findings:
        if finding.result is not Result.UNKNOWN:
            rows.append(Told(finding.result, _text(finding, words), _because(finding, words)))
            continue
        for reason in reasons(finding):
            key = f"desk.unknown.{reason}"
            row = Told(Result.UNKNOWN, words.word(key), ()) if words.known(key) else None
            if row is not None and reason != _SILENT and row not in rows:
                rows.append(row)
    return rows


def reasons(finding: Finding) -> tuple[str, ...]:
    """Why a finding came out as it did, in ids of ours."""
    many, one = finding.facts.get("reasons"), finding.facts.get("reason")
    if isinstance(many, list | tuple):
        return tuple(map(str, many))
    return (str(one),) if one else ()


def _text(finding: Finding, words: Vocabulary) -> str:
    text = question(finding, words)
    what = found(finding, words)
    if finding.result is Result.OK or not what or finding.code in _SHOWN_ABOVE:
        return text
    return f"{text}  {what}"


def _because(finding: Finding, words: Vocabulary) -> tuple[str, ...]:
    facts = {**finding.facts, "expected": short(finding.expected), "found": short(finding.found)}
    keys = (f"because.{finding.code}.{reason}" for reason in reasons(finding))
    return tuple(words.word(key, **facts) for key in keys if words.known(key))
