"""What doctor says of the registries."""

from __future__ import annotations

from datetime import timedelta

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Result
from lgpki_tui.registry.probe import findings
from tests.registry.conftest import NOW, Office


def test_missing_is_attention_per_registry(office: Office) -> None:
    found = findings(office.registry, NOW, 30)
    assert [(one.code, one.result, one.facts["registry"]) for one in found] == [
        (Code.REGISTRY_MISSING, Result.ATTENTION, "organizations"),
        (Code.REGISTRY_MISSING, Result.ATTENTION, "accounts"),
    ]


def test_age_in_days(office: Office) -> None:
    office.organizations([("252123", "総務課", ""), ("1", "総務課", "")])
    for days, result in ((0, Result.OK), (30, Result.OK), (31, Result.ATTENTION)):
        organizations, accounts = findings(office.registry, NOW + timedelta(days=days, hours=1), 30)
        assert (organizations.code, organizations.result, organizations.found) == (Code.REGISTRY_OLD, result, days)
        assert organizations.expected == 30
        assert organizations.facts["imported_at"] == "2026-11-24T03:00:00Z"
        assert (organizations.facts["rows"], organizations.facts["refused_rows"]) == (2, 1)
        assert accounts.code is Code.REGISTRY_MISSING


def test_a_damaged_index_fails(office: Office) -> None:
    office.index.parent.mkdir()
    office.index.write_bytes(b"x" * 4096)
    (found,) = findings(office.registry, NOW, 30)
    assert (found.code, found.result) == (Code.REGISTRY_DAMAGED, Result.FAIL)
    assert found.facts["file"] == str(office.index)
