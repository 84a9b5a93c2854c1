"""The clauses of the contract as pytest plays them: a declared gap must be there, exactly as it was declared.

Loaded by conftest.py. Each test in contract/ names its clause with `@pytest.mark.clause(NAME)`; clause and token
go into the report as properties, which the table is made from (contract_table.py).
"""

from __future__ import annotations

from collections.abc import Generator

import pytest

from lgpki_tui.ground.findings import Refusal
from tests.card.gaps import Gap, gap_of


def clause_of(item: pytest.Item) -> str | None:
    """The clause that a test is of; None when it is of none."""
    marker = item.get_closest_marker("clause")
    return None if marker is None else str(marker.args[0])


def token_of(item: pytest.Item) -> str:
    """The token that a test of the contract runs against."""
    called = getattr(item, "callspec", None)
    return "" if called is None else str(called.params.get("backend", ""))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Write clause and token into the report."""
    for item in items:
        clause = clause_of(item)
        if clause is not None:
            item.user_properties += [("clause", clause), ("token", token_of(item))]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Turn the failure that a gap was declared with into an expected one; fail when it does not come."""
    gap = gap_of(token_of(pyfuncitem), clause_of(pyfuncitem) or "")
    if gap is None:
        return (yield)
    try:
        yield
    except (Exception, pytest.fail.Exception) as error:
        if gap.shows not in told(error):
            raise
        _expect(gap)
    pytest.fail(f"{gap.token} does what is declared a gap: {gap.clause}")


def told(error: BaseException) -> str:
    """An error in words: its type and text, with the facts of a refusal."""
    facts = f" {error.facts}" if isinstance(error, Refusal) else ""
    return f"{type(error).__name__}: {error}{facts}"


def _expect(gap: Gap) -> None:
    pytest.xfail(gap.reason)
