"""Items that are made in another thread come in order, and so does what goes wrong with them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.registry.ahead import Ahead
from tests.registry.conftest import NOW, ORGANIZATIONS, Office


def taken(ahead: Ahead[int]) -> list[list[int]]:
    parts = []
    ahead.begin()
    while part := ahead.result():
        parts.append(part)
        ahead.begin()
    return parts


def test_every_item_in_order() -> None:
    assert taken(Ahead(iter(range(7)), 3)) == [[0, 1, 2], [3, 4, 5], [6]]
    assert taken(Ahead(iter(()), 3)) == []


def test_made_elsewhere() -> None:
    def threads() -> Iterator[int]:
        yield threading.get_ident()

    assert taken(Ahead(threads(), 3)) != [[threading.get_ident()]]


def test_what_goes_wrong_is_raised_where_it_is_taken() -> None:
    def failing() -> Iterator[int]:
        yield 1
        raise Refusal(Code.REGISTRY_FILE, reason="ragged")

    ahead = Ahead(failing(), 1)
    ahead.begin()
    assert ahead.result() == [1]
    ahead.begin()
    with pytest.raises(Refusal) as refused:
        ahead.result()
    assert refused.value.facts == {"reason": "ragged"}


@pytest.mark.parametrize("bad", [0, 150_000])
def test_a_row_far_behind_undoes_all(office: Office, bad: int) -> None:
    """Also when the rows before it are in the index already."""
    office.organizations([("252123", "旧課", "")])
    lines = [f"252123,課{row}\n" for row in range(160_000)]
    lines[bad] = "252123\n"
    file: Path = office.file("large.csv", "municipality_code,organization\n" + "".join(lines))
    with pytest.raises(Refusal) as refused:
        office.importer().replace({ORGANIZATIONS: file}, NOW)
    assert (refused.value.facts["reason"], refused.value.facts["line"]) == ("ragged", bad + 2)
    assert [entry.organization for entry in office.registry.search("")] == ["旧課"]
    assert "ahead" not in {thread.name for thread in threading.enumerate()}
