"""`make contract-table`: asks the contract of every token, one after the other, and writes docs/card-contract.md.

A cell is what was seen: `ok`, or the number of the reason for which the clause fails on that token (gaps.py). Exit 1,
and nothing is written, when anything else was seen.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from xml.etree import ElementTree

from tests.card.contract import (
    test_certificate,
    test_format,
    test_key,
    test_look,
    test_others,
    test_pin,
    test_reader,
    test_receipt,
)
from tests.card.gaps import GAPS, REMARKS, gap_of
from tests.card.tokens import TOKENS

_ROOT = Path(__file__).parents[2]
TABLE = _ROOT / "docs" / "card-contract.md"
_TESTS = "tests/card/contract"
# In the order of the table.
TESTS = (test_look, test_format, test_pin, test_key, test_certificate, test_receipt, test_others, test_reader)
_WORKERS = 2
_HEAD = """\
# What each token does of the card contract

Written by `make contract-table`; every cell was seen, and a test keeps this file to what is declared
(tests/card/gaps.py). The rows are the clauses in tests/card/contract/, judged from outside by pkcs11-tool, p11tool,
ssh-keygen and openssl on the same token. `ok`: as asked. A number alone: not so, for the reason below, which
the test then expects; a gap that closes fails it. None of these tokens is known to be like the LGPKI card.

"""


class Unclear(Exception):
    """What was seen is neither fulfilment nor a declared gap."""


def ask(token: str, report: Path) -> dict[str, str]:
    """Run the contract against one token in a process of its own: `ok` or `gap` for each clause, in the tests' order.

    Raises Unclear.
    """
    command = [sys.executable, "-m", "pytest", "-q", "-n", str(_WORKERS), "--dist", "worksteal", _TESTS]
    chosen = ["-m", "clause", "-k", f"[{token}", f"--junitxml={report}", "-o", "junit_family=xunit1"]
    done = subprocess.run([*command, *chosen], cwd=_ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unclear(done.stdout[-3000:])
    return outcomes(report, token)


def outcomes(report: Path, token: str) -> dict[str, str]:
    """What a JUnit report says of each clause of a token. Raises Unclear."""
    found: dict[str, str] = {}
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314  # our own pytest wrote it
        told = {one.get("name"): one.get("value") for one in case.iter("property")}
        if told.get("token") != token:
            continue
        skipped = case.find("skipped")
        expected = skipped is not None and skipped.get("type") == "pytest.xfail"
        if skipped is not None and not expected:
            raise Unclear(f"{token}, {told['clause']}: not tried, {skipped.get('message')}")
        found[str(told["clause"])] = "gap" if expected else "ok"
    return found


def clauses() -> list[str]:
    """Every clause, in the order of the tests."""
    found: list[str] = []
    for test in chain(*(vars(module).values() for module in TESTS)):
        marks = getattr(test, "pytestmark", [])
        cases = [case for one in marks if one.name == "parametrize" for case in one.args[1]]
        found += [mark.args[0] for mark in chain(marks, *(case.marks for case in cases)) if mark.name == "clause"]
    return found


def declared() -> dict[str, dict[str, str]]:
    """What is to be seen of each token."""
    return {token: {one: "gap" if gap_of(token, one) else "ok" for one in clauses()} for token in TOKENS}


def render(seen: Mapping[str, Mapping[str, str]]) -> str:
    """The document: a row for each clause, a column for each token, the reasons below."""
    tokens = list(seen)
    told = {(gap.token, gap.clause): gap.reason for gap in GAPS}
    told |= {(remark.token, remark.clause): remark.text for remark in REMARKS}
    reasons = list(dict.fromkeys(told[token, one] for one in clauses() for token in tokens if (token, one) in told))
    lines = [f"| clause | {' | '.join(tokens)} |", f"| --- {'| --- ' * len(tokens)}|"]
    for clause in clauses():
        cells = (_cell(seen[token][clause], told.get((token, clause)), reasons) for token in tokens)
        lines.append(f"| {clause} | {' | '.join(cells)} |")
    notes = [f"{number}. {reason}" for number, reason in enumerate(reasons, 1)]
    return _HEAD + "\n".join(lines) + "\n\n" + "\n".join(notes) + "\n"


def _cell(outcome: str, told: str | None, reasons: Sequence[str]) -> str:
    words = ("ok" if outcome == "ok" else "", "" if told is None else f"({reasons.index(told) + 1})")
    return " ".join(word for word in words if word)


def main() -> int:
    """Ask, write, and tell how long each token took."""
    seen: dict[str, dict[str, str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for token in TOKENS:
            begun = time.monotonic()
            try:
                seen[token] = ask(token, Path(folder) / f"{token}.xml")
            except Unclear as unclear:
                print(unclear)
                return 1
            gaps = list(seen[token].values()).count("gap")
            took = time.monotonic() - begun
            print(f"{token:<14}{len(seen[token])} clauses, {gaps} gaps, {took:.1f} s", flush=True)
    TABLE.write_text(render(seen), encoding="utf-8")
    print(TABLE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
