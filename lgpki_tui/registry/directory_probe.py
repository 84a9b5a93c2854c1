"""What `doctor` and `registry status` tell of the directory: asked now, whatever came of it before."""

from __future__ import annotations

from collections.abc import Mapping

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Fact, Finding, Refusal, Result
from lgpki_tui.registry.directory import Server
from lgpki_tui.registry.directory_found import DirectoryFinder
from lgpki_tui.registry.port import RegistryKind


def findings(server: Server, finders: Mapping[RegistryKind, DirectoryFinder]) -> tuple[Finding, ...]:
    """One finding: directory_unreachable with result ok and how many rows it showed (`rows`, and `more` beyond them);
    attention when it has none, or fails, with its own code then: the snapshots answer in its place."""
    facts: dict[str, Fact] = {"uri": server.uri, "tls": server.tls}
    rows: dict[str, Fact] = {}
    more: dict[str, Fact] = {}
    try:
        for kind, finder in finders.items():
            count, whole = finder.count()
            rows[kind.value], more[kind.value] = count, not whole
    except Refusal as refusal:
        return (Finding(refusal.code, Result.ATTENTION, facts={**facts, **refusal.facts}),)
    empty = [kind for kind, count in rows.items() if count == 0]
    facts |= {"rows": rows, "more": more}
    if empty:
        return (Finding(Code.DIRECTORY_ANSWER, Result.ATTENTION, facts={**facts, "reason": "empty", "empty": empty}),)
    return (Finding(Code.DIRECTORY_UNREACHABLE, Result.OK, found=rows, facts=facts),)
