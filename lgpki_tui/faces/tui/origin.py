"""Which source the entry page compares with: one line a registry."""

from __future__ import annotations

from typing import Protocol
from urllib.parse import urlsplit

from lgpki_tui.faces.tui.cutting import cut
from lgpki_tui.faces.tui.views import OriginView
from lgpki_tui.faces.tui.widgets.prose import Paragraph
from lgpki_tui.ground.clock import tokyo
from lgpki_tui.ground.findings import Fact
from lgpki_tui.registry.port import RegistryKind

# What is left beside the other words of a line, at 80 columns.
_HOST_CELLS = 20


class _Word(Protocol):
    def __call__(self, key: str, /, **facts: Fact) -> str: ...


def origin_lines(origin: OriginView, word: _Word, common: _Word, *, accounts: bool) -> list[str | Paragraph]:
    """The directory by its host; where it does not answer, that, and which snapshot stands in for it.

    `word`: the words of the page, for a registry that the directory does not have; `common`: those of every page."""
    kinds = [RegistryKind.ORGANIZATIONS, *([RegistryKind.ACCOUNTS] if accounts else [])]
    return [_line(origin, kind, word, common) for kind in kinds]


def _line(origin: OriginView, kind: RegistryKind, word: _Word, common: _Word) -> str | Paragraph:
    told, snapshot = origin.told.get(kind), origin.snapshots.get(kind)
    host = cut(urlsplit(origin.uri).hostname or origin.uri, _HOST_CELLS)
    facts: dict[str, Fact] = {"registry": common(f"origin.{kind.value}"), "host": host}
    copy: dict[str, Fact] = {}
    if snapshot is not None:
        copy = {
            "imported": tokyo(snapshot.imported_at).strftime("%Y-%m-%d"),
            "days": snapshot.age_days(origin.now),
        }
    if kind not in origin.kinds:  # the directory has none of these
        return word(kind.value, file=snapshot.file_name, **copy) if snapshot else word("no_registry")
    if told is None:
        return common("origin.waiting", **facts)
    if told.code is None:
        return common("origin.directory", **facts)
    failed = common("origin.failed", **facts, **copy) if snapshot else common("origin.failed_alone", **facts)
    return Paragraph(failed, "bold")
