"""`desk check`: what the registration branch does with a medium and the form that came with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lgpki_tui.faces.cli.origin import origin_facts, origin_lines
from lgpki_tui.faces.cli.registries import source_lines
from lgpki_tui.faces.cli.requests import named_profile, reasoned_facts, request_facts
from lgpki_tui.faces.cli.run import Call, Handler
from lgpki_tui.ground.clock import rfc3339
from lgpki_tui.ground.codes import Code, Exit
from lgpki_tui.ground.findings import Fact, Finding, Refusal, Result
from lgpki_tui.ground.inert import inert

if TYPE_CHECKING:
    from lgpki_tui.conductor.desk import Examined, Looked

_COLUMNS = 80
# What stands in the groups of the paper, and what no paper has.
_GROUPED, _LEFT_OUT = "preview.csr-sha256", "preview.public-key-sha256"


def _check(call: Call) -> Exit:
    from lgpki_tui.conductor.desk import examine

    profile = named_profile(call, "lgpki-tui desk check [--profile KIND] [--code TEXT] MEDIA")
    kind = profile.kind if profile is not None else None
    looked = examine(call.workplace, call.args.medium, kind, call.args.code)
    facts: dict[str, Fact] = {
        "profile": kind,
        "other_files": looked.others,
        "registries": _registry_facts(call, looked),
        "requests": [_facts(each) for each in looked.requests],
        **origin_facts(call.workplace.sources),
    }
    failed = [finding for each in looked.requests for finding in each.failed]
    if call.out.as_json and failed:
        call.out.refuse(_refusal(failed[0]), facts)
    else:
        call.out.answer(facts, _lines(call, looked))
    return Exit.RULE if failed else Exit.DONE


def _refusal(finding: Finding) -> Refusal:
    return Refusal(Code(finding.code), expected=finding.expected, found=finding.found, **finding.facts)


def _facts(examined: Examined) -> dict[str, Fact]:
    told: dict[str, Fact] = {
        "name": examined.name,
        "files": list(examined.files),
        "made": rfc3339(examined.made),
        "verdict": examined.verdict.value,
        "checks": reasoned_facts(examined.findings),
    }
    return told | request_facts(examined.request)


def _registry_facts(call: Call, looked: Looked) -> list[Fact]:
    now, most = call.workplace.clock.now(), call.workplace.oldest_days
    return [
        {
            "registry": each.kind.value,
            "file": str(call.workplace.paths.resolve(each.source)),
            "sha256": each.sha256,
            "imported_at": rfc3339(each.imported_at),
            "age_days": each.age_days(now),
            "oldest_days": most,
            "old": each.age_days(now) > most,
        }
        for each in looked.registries
    ]


def _lines(call: Call, looked: Looked) -> list[str]:
    word = call.out.words.word
    count: dict[str, Fact] = {"requests": len(looked.requests), "others": looked.others}
    lines = _filled(word("desk.medium", place=str(call.args.medium), **count), "")
    for each in looked.registries:
        lines += [part for line in source_lines(call, each, "registry.asked") for part in _filled(line, "")]
    for line in origin_lines(call.workplace.sources, call.out.words):
        lines += _filled(line, "")
    for examined in looked.requests:
        lines += [
            "",
            *_filled(examined.name, ""),
            *_about(call, examined),
            *_checks(call, examined),
            *_verdict(call, examined),
        ]
    return lines


def _about(call: Call, examined: Examined) -> Iterator[str]:
    """What the CSR says, and its SHA-256 as it stands on paper."""
    from lgpki_tui.faces.desk import nothing_key

    word = call.out.words.word
    if examined.request is None:
        yield from _rows([(word("desk.files"), ", ".join(examined.files))])
        yield from _filled(word(nothing_key(examined)), "  ")
        return
    from lgpki_tui.paper.sheet import digest_lines
    from lgpki_tui.pki.preview import preview

    rows = [(word("desk.files"), ", ".join(map(inert, examined.files)))]
    for key, value in preview(examined.request):
        if key != _LEFT_OUT:
            rows += [(word(key), line) for line in (digest_lines(value) if key == _GROUPED else [value])]
    yield from _rows(rows)


def _rows(rows: list[tuple[str, str]]) -> Iterator[str]:
    """A column of labels, each told once, and one of values, in lines of 80 columns."""
    from lgpki_tui.paper.columns import fill, width

    column, before = max(width(label) for label, _ in rows), ""
    for label, value in rows:
        first = "" if label == before else label
        before = label
        for line in fill(inert(value), _COLUMNS - column - 4):
            yield f"  {first}{' ' * (column - width(first))}  {line}".rstrip()
            first = ""


def _checks(call: Call, examined: Examined) -> Iterator[str]:
    from lgpki_tui.faces.desk import told

    words = call.out.words
    for row in told(examined, words):
        mark = f"  [{words.word(f'result.{row.result.value}')}] "
        yield from _filled(row.text, mark, "         ")
        for because in row.because:
            yield from _filled(because, "         ")


def _verdict(call: Call, examined: Examined) -> Iterator[str]:
    """In plain words, and whom to ask where it is not to be accepted."""
    from lgpki_tui.faces.desk import REFUSING, told
    from lgpki_tui.pages.messages import Messages

    words, verdict = call.out.words, examined.verdict
    yield from _filled(words.word(f"desk.verdict.{verdict.value}"), "  ==> ", "      ")
    if verdict not in REFUSING and any(
        row.result in (Result.UNKNOWN, Result.ATTENTION) for row in told(examined, words)
    ):
        marks = {each.value: words.word(f"result.{each.value}") for each in (Result.UNKNOWN, Result.ATTENTION)}
        yield from _filled(words.word("desk.open", **marks), "      ")
    if verdict in REFUSING:
        code = str(examined.failed[-1 if verdict.value == "different" else 0].code)
        desk = Messages.load(words.language).message(code, {}).ask
        yield from _filled(words.word("desk.return"), "      ")
        yield from _filled(words.word("desk.ask", desk=desk), "      ")


def _filled(text: str, first: str, rest: str | None = None) -> list[str]:
    """Prose in lines of 80 columns, the first with another beginning than the rest."""
    from lgpki_tui.paper.columns import fill, width

    rest = first if rest is None else rest
    lines = fill(inert(text), _COLUMNS - max(width(first), width(rest)))
    return [f"{rest if number else first}{line}" for number, line in enumerate(lines)]


HANDLERS: dict[str, Handler] = {"desk.check": _check}
