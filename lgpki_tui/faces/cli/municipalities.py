"""`municipality search`: the 団体 of the list, by code, name or reading."""

from __future__ import annotations

from lgpki_tui.faces.cli.run import Call, Handler
from lgpki_tui.ground.codes import Code, Exit
from lgpki_tui.ground.findings import Fact, Refusal
from lgpki_tui.subject.municipality import Municipality, MunicipalityKind

# More than there are.
MOST = 100_000


def _search(call: Call) -> Exit:
    if not 1 <= call.args.limit <= MOST:
        raise Refusal(Code.USAGE, message="--limit N", usage="lgpki-tui municipality search")
    found = call.workplace.municipalities.search(call.args.text, call.args.limit)
    lines = [_line(call, each) for each in found] or [call.out.words.word("municipality.nothing")]
    call.out.answer({"municipalities": [_facts(call, each) for each in found]}, lines)
    return Exit.DONE


def _facts(call: Call, found: Municipality) -> dict[str, Fact]:
    return {
        "municipality_code": found.code,
        "municipality": found.name,
        "reading": found.reading,
        "prefecture": found.prefecture,
        "kind": _id(found.kind),
        "lg_jp_candidates": list(call.workplace.municipalities.domains_of(found.code)),
    }


def _line(call: Call, found: Municipality) -> str:
    """With its prefecture always: 25 names exist twice."""
    words = call.out.words
    names = list(call.workplace.municipalities.domains_of(found.code))
    kind = words.word(f"municipality.kind.{_id(found.kind)}")
    offered = words.word("municipality.candidates", names=names) if names else ""
    return "  ".join(filter(None, (found.shown, found.reading, kind, offered)))


def _id(kind: MunicipalityKind) -> str:
    return kind.name.lower().replace("_", "-")


HANDLERS: dict[str, Handler] = {"municipality.search": _search}
