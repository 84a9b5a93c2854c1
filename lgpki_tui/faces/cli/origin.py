"""Which of the sources has answered: a live directory, or the snapshots behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Fact, Finding, Refusal, Result

if TYPE_CHECKING:
    from lgpki_tui.faces.cli.output import Output
    from lgpki_tui.pages.words import Words
    from lgpki_tui.registry.sources import Sources
    from lgpki_tui.workplace import Workplace

# A refusal that a registry had a say in has one of these facts.
_JUDGED = ("field", "known")


def origin_facts(sources: Sources | None) -> dict[str, Fact]:
    """`origin`: "directory" or "snapshot" per registry that was asked about; `directory`: null where none is
    configured, else its `uri` and, where it did not answer, the `code` and `facts` of that."""
    if sources is None:
        return {"origin": {}, "directory": None}
    told = sources.told
    failed = next((each for each in told.values() if each.code is not None), None)
    directory: dict[str, Fact] = {"uri": sources.directory.server.uri, "code": None, "facts": {}}
    if failed is not None and failed.code is not None:
        directory |= {"code": failed.code.value, "facts": dict(failed.facts or {})}
    return {"origin": {kind.value: each.origin.value for kind, each in told.items()}, "directory": directory}


def origin_lines(sources: Sources | None, words: Words) -> list[str]:
    """The same for people, one line per registry; none where no directory is configured."""
    if sources is None:
        return []
    lines = []
    for kind, told in sources.told.items():
        key = "fallback" if told.code else told.origin.value
        name = words.word(f"registry.name.{kind.value}")
        facts: dict[str, Fact] = {"registry": name, "uri": sources.directory.server.uri, "code": told.code or ""}
        lines.append(words.word(f"registry.origin.{key}", **facts))
    return lines


def name_origin(refusal: Refusal, place: Workplace) -> None:
    """Add to a refusal of what was entered which source it was compared with, where there are two."""
    sources = place.__dict__.get("sources")
    if sources is not None and sources.told and any(name in refusal.facts for name in _JUDGED):
        refusal.facts |= origin_facts(sources)


def directory_facts(findings: tuple[Finding, ...]) -> dict[str, Fact] | None:
    """What `registry status` tells of the directory, asked just now; None where none is configured."""
    if not findings:
        return None
    (finding,) = findings
    answers = finding.result is Result.OK
    return {**finding.facts, "answers": answers, "code": None if answers else str(finding.code)}


def directory_lines(directory: dict[str, Fact] | None, out: Output) -> list[str]:
    """What a directory was found to hold, or why it cannot be asked; nothing where none is configured."""
    if directory is None:
        return []
    word = out.words.word
    if directory["code"] is not None:
        refusal = Refusal(Code[str(directory["code"]).upper()], **directory)
        return [word("registry.directory-fails", **directory), *out.refusal_lines(refusal)]
    rows, more = (cast(dict[str, Fact], directory[key]) for key in ("rows", "more"))
    counts = ((kind, count, "more" if more[kind] else "rows") for kind, count in rows.items())
    return [
        word("registry.directory-answers", **directory),
        *(
            word(f"registry.directory-{key}", registry=word(f"registry.name.{kind}"), rows=count)
            for kind, count, key in counts
        ),
    ]
