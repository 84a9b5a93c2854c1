"""docs/card-contract.md is what the contract and its declared gaps amount to, and a gap is neither hidden nor stale."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.card.contract_table import TABLE, TESTS, Unclear, clauses, declared, outcomes, render
from tests.card.gaps import GAPS, REMARKS
from tests.card.tokens import TOKENS


def test_the_document_is_what_is_declared() -> None:
    assert TABLE.read_text(encoding="utf-8") == render(declared()), "make contract-table"


def test_every_test_names_one_clause_and_no_other_has_it() -> None:
    tests = [name for module in TESTS for name in vars(module) if name.startswith("test_")]
    files = {Path(str(module.__file__)) for module in TESTS}
    assert files == set(Path(__file__).with_name("contract").glob("test_*.py"))
    assert len(set(clauses())) == len(clauses()) >= len(tests)


def test_every_gap_is_of_a_token_and_a_clause_that_there_are() -> None:
    declared_for = [(gap.token, gap.clause) for gap in GAPS] + [(note.token, note.clause) for note in REMARKS]
    assert {token for token, _ in declared_for} <= set(TOKENS)
    assert {clause for _, clause in declared_for} <= set(clauses())
    assert len(set(declared_for)) == len(declared_for)


_REPORT = """<testsuites><testsuite><testcase name="t"><properties>
<property name="clause" value="c"/><property name="token" value="softhsm"/>
</properties>{}</testcase></testsuite></testsuites>
"""


@pytest.mark.parametrize(
    ("skipped", "expected"),
    [("", "ok"), ('<skipped type="pytest.xfail" message="reason"/>', "gap")],
)
def test_a_report_is_read(tmp_path: Path, skipped: str, expected: str) -> None:
    report = tmp_path / "report.xml"
    report.write_text(_REPORT.format(skipped))
    assert outcomes(report, "softhsm") == {"c": expected}
    assert outcomes(report, "tpm2") == {}


def test_a_clause_that_was_not_tried_is_no_gap(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(_REPORT.format('<skipped type="pytest.skip" message="no namespace"/>'))
    with pytest.raises(Unclear, match="not tried"):
        outcomes(report, "softhsm")


_GAPPED = """
import pytest
@pytest.fixture(params=["opencryptoki"])
def backend(request): return request.param
@pytest.mark.clause("ec-p256: made inside, signs, stays")
def test_it(backend):
    {}
"""


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("raise ValueError('card_unsupported')", "1 xfailed"),
        ("raise ValueError('something else')", "1 failed"),
        ("pass", "1 failed"),
    ],
)
def test_a_gap_must_be_there_exactly_as_declared(tmp_path: Path, body: str, said: str) -> None:
    test = tmp_path / "test_gapped.py"
    test.write_text(_GAPPED.format(body))
    root = str(Path(__file__).parents[2])
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.card.clauses", "--rootdir", root, str(test)]
    options = ["-c", f"{root}/pyproject.toml", "-p", "no:cacheprovider"]
    done = subprocess.run([*command, *options], cwd=root, capture_output=True, text=True, check=False, timeout=60)
    assert said in done.stdout
