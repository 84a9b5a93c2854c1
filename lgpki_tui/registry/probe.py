"""What `doctor` tells of the registries."""

from __future__ import annotations

from datetime import datetime

from lgpki_tui.ground.clock import rfc3339
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Finding, Refusal, Result
from lgpki_tui.registry.port import Registry, RegistryKind, Snapshot


def findings(registry: Registry, now: datetime, oldest_days: int) -> tuple[Finding, ...]:
    """One finding per registry: registry_missing or registry_old (attention), or registry_old with result ok.

    An index that cannot be read is one finding that fails, with the refusal's code and facts. `oldest_days`: config
    key `registry.oldest_days`; an age of exactly that many days is not yet old.
    """
    try:
        there = {snapshot.kind: snapshot for snapshot in registry.status()}
    except Refusal as refusal:
        return (Finding(refusal.code, Result.FAIL, facts=refusal.facts),)
    return tuple(_finding(kind, there.get(kind), now, oldest_days) for kind in RegistryKind)


def _finding(kind: RegistryKind, snapshot: Snapshot | None, now: datetime, oldest_days: int) -> Finding:
    if snapshot is None:
        return Finding(Code.REGISTRY_MISSING, Result.ATTENTION, facts={"registry": kind.value})
    days = snapshot.age_days(now)
    facts = {
        "registry": kind.value,
        "days": days,
        "rows": snapshot.rows,
        "refused_rows": snapshot.refused_rows,
        "source": snapshot.file_name,
        "sha256": snapshot.sha256,
        "imported_at": rfc3339(snapshot.imported_at),
    }
    result = Result.ATTENTION if days > oldest_days else Result.OK
    return Finding(Code.REGISTRY_OLD, result, expected=oldest_days, found=days, facts=facts)
