"""What the LGWAN運用担当者 is asked to register: the texts of a draft that the registries do not have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from lgpki_tui.conductor.numbered import write_numbered
from lgpki_tui.conductor.ports import Ports
from lgpki_tui.ground.clock import tokyo
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Fact, Finding, Refusal, Result
from lgpki_tui.paper.registration import Asked, Looked, Registration, System
from lgpki_tui.registry.port import Snapshot
from lgpki_tui.subject.draft import Draft
from lgpki_tui.subject.findings import NAME, findings, refuse_failed
from lgpki_tui.subject.municipality import Municipality

_SYSTEMS = {
    Code.ORGANIZATION_NOT_REGISTERED: System.ORGANIZATIONS,
    Code.NAME_NOT_REGISTERED: System.ACCOUNTS,
}


def registration(
    ports: Ports, draft: Draft, municipality: Municipality | None, readings: Mapping[System, str]
) -> Registration:
    """The sheet for a draft; the name may be empty. `readings`: as far as they are known.

    Raises Refusal: registration_not_needed (`organization`, `name`) when nothing is missing; what no certificate could
    say, and so should not be registered (text_*, *_too_long, municipality_unknown, answers_value); registry_*.
    """
    profile = ports.profile(draft.certificate_kind)
    judged = findings(draft, profile, ports.registry.found(draft, profile))
    missing = [each for each in judged if each.code in _SYSTEMS]
    refuse_failed(each for each in judged if each not in missing and not (not draft.name and _is_name(each)))
    if not missing:
        raise Refusal(Code.REGISTRATION_NOT_NEEDED, organization=draft.organization, name=draft.name)
    snapshots = {each.kind.value: each for each in ports.registry.status()}
    return Registration(
        day=tokyo(ports.clock.now()).date(),
        municipality=municipality,
        kind_title=profile.title,
        organization=draft.organization,
        name=draft.name,
        asked=tuple(_asked(missing, snapshots, readings)),
        practice=ports.practice,
    )


def needed(judged: Iterable[Finding]) -> bool:
    """Whether a sheet can be made of what was found: something is not registered, and nothing else is wrong with the
    texts."""
    codes = {each.code for each in judged if each.result is Result.FAIL and each.code != Code.TEXT_EMPTY}
    return bool(codes) and codes <= set(_SYSTEMS)


def _is_name(finding: Finding) -> bool:
    return finding.facts.get("field") == NAME


def _asked(
    missing: Iterable[Finding], snapshots: Mapping[str, Snapshot], readings: Mapping[System, str]
) -> Iterator[Asked]:
    for each in missing:
        system = next(system for code, system in _SYSTEMS.items() if each.code == code)
        looked = snapshots[system.value]
        yield Asked(
            system=system,
            text=str(each.facts["entered"]),
            reading=readings.get(system, ""),
            nearest=_texts(each.facts["nearest"]),
            under=_texts(each.facts["registered_under"]),
            looked=Looked(looked.file_name, tokyo(looked.imported_at).date(), looked.rows, looked.sha256),
        )


def _texts(fact: Fact) -> tuple[str, ...]:
    return tuple(map(str, fact)) if isinstance(fact, list | tuple) else ()


def write(ports: Ports, asks: Registration, files: Mapping[str, bytes], folder: Path) -> tuple[Path, ...]:
    """Write the sheet (content by suffix) to a folder; the files. One of another content stays: this one is numbered.

    Raises Refusal: folder_*, file_differs, file_exists (of the last number).
    """
    stem = f"{ports.file_prefix}registration-{asks.code or 'new'}-{asks.day:%Y%m%d}"
    return write_numbered(ports.folder(folder), stem, files)
