"""The checks of a certificate: each code once, in the contract's order, with the verdict that the case deserves."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Finding, Result
from lgpki_tui.pki.certificate import Certificate, ReadCertificate, read_certificate
from lgpki_tui.pki.checks import Expectation, check_certificate
from lgpki_tui.pki.path import Trust
from lgpki_tui.pki.signatures import digest
from tests.pki.makers import DAY, NOW, Made, make, rsa_key, spki

CODES = [
    "certificate_key_mismatch",
    "certificate_subject_mismatch",
    "certificate_expired",
    "certificate_not_yet_valid",
    "certificate_weak",
    "certificate_untrusted",
    "certificate_path",
    "certificate_revoked",
]
ROOT = make("練習ルート", ca=True)
MIDDLE = make("練習中間", ROOT, ca=True)
LEAF = make("高島市長", MIDDLE)
TRUST = Trust((ROOT.read,), (MIDDLE.read,))
EXPECTED = Expectation(digest(spki(LEAF.key)), (("C", "JP"), ("CN", "高島市長")))


async def _check(
    certificate: Made | bytes | ReadCertificate,
    expectation: Expectation | None = EXPECTED,
    trust: Trust = TRUST,
    now: datetime = NOW,
) -> dict[str, Finding]:
    if isinstance(certificate, Made):
        certificate = certificate.der
    read = certificate if isinstance(certificate, ReadCertificate) else read_certificate(certificate)
    findings = await check_certificate(read, expectation, trust, now)
    assert [one.code for one in findings] == CODES
    return {one.code: one for one in findings}


def _not_ok(findings: dict[str, Finding]) -> dict[str, Result]:
    """All but the ones that are right, and revocation, which nobody can know yet."""
    return {code: one.result for code, one in findings.items() if one.result is not Result.OK and code != CODES[-1]}


async def test_the_right_certificate_passes_everything() -> None:
    findings = await _check(LEAF)
    assert _not_ok(findings) == {}
    assert findings["certificate_revoked"].result is Result.UNKNOWN
    assert findings["certificate_key_mismatch"].found == digest(spki(LEAF.key))
    assert findings["certificate_subject_mismatch"].found == "C=JP, CN=高島市長"
    assert findings["certificate_expired"].found == "2027-09-20T03:00:00Z"
    assert findings["certificate_path"].found == ["C=JP, CN=練習ルート", "C=JP, CN=練習中間", "C=JP, CN=高島市長"]


async def test_without_expectation_and_anchors_nothing_is_claimed() -> None:
    assert _not_ok(await _check(LEAF, None, Trust())) == {
        "certificate_key_mismatch": Result.UNKNOWN,
        "certificate_subject_mismatch": Result.UNKNOWN,
        "certificate_untrusted": Result.UNKNOWN,
        "certificate_path": Result.UNKNOWN,
    }
    # Intermediates alone are nothing to trust.
    assert (await _check(LEAF, None, Trust((), (MIDDLE.read,))))["certificate_untrusted"].result is Result.UNKNOWN


async def test_another_key_and_another_subject_fail_each_for_itself() -> None:
    assert _not_ok(await _check(make("高島市長", MIDDLE))) == {"certificate_key_mismatch": Result.FAIL}
    findings = await _check(make("髙島市長", MIDDLE, key=LEAF.key))
    assert _not_ok(findings) == {"certificate_subject_mismatch": Result.FAIL}
    assert findings["certificate_subject_mismatch"].expected == "C=JP, CN=高島市長"
    assert findings["certificate_subject_mismatch"].found == "C=JP, CN=髙島市長"


async def test_a_subject_equal_only_by_rule_is_shown() -> None:
    expectation = replace(EXPECTED, subject=(("C", "JP"), ("CN", "Takashima 01")))
    findings = await _check(make("TAKASHIMA\u3000０１", MIDDLE, key=LEAF.key), expectation)
    assert _not_ok(findings) == {"certificate_subject_mismatch": Result.ATTENTION}


@pytest.mark.parametrize(
    ("now", "failed"),
    [
        (LEAF.read.not_before, {}),
        (LEAF.read.not_before - timedelta(seconds=1), {"certificate_not_yet_valid": Result.FAIL}),
        (LEAF.read.not_after, {}),
        (LEAF.read.not_after + timedelta(microseconds=999_999), {}),
        (LEAF.read.not_after + timedelta(seconds=1), {"certificate_expired": Result.FAIL}),
        (LEAF.read.not_after + 5000 * DAY, {"certificate_expired": Result.FAIL}),
    ],
    ids=["first", "before", "last", "within the last second", "after", "long after"],
)
async def test_its_time_is_told_once_and_not_as_a_broken_path(now: datetime, failed: dict[str, Result]) -> None:
    assert _not_ok(await _check(LEAF, now=now)) == failed


async def test_weak_keys_and_curves_fail_once() -> None:
    for key in (rsa_key(1024), ec.generate_private_key(ec.SECP192R1())):
        weak = make("高島市長", MIDDLE, key=key)
        findings = await _check(weak, Expectation(digest(spki(key)), EXPECTED.subject))
        assert _not_ok(findings) == {"certificate_weak": Result.FAIL}
        assert findings["certificate_weak"].facts == {"reasons": ["key"]}
    strong = make("高島市長", MIDDLE, key=ec.generate_private_key(ec.SECP384R1()))
    assert (await _check(strong, None))["certificate_weak"].result is Result.OK


async def test_no_path_and_a_broken_path_are_two_things() -> None:
    stranger = make("よそ", ca=True)
    findings = await _check(LEAF, trust=Trust((stranger.read,), (MIDDLE.read,)))
    assert _not_ok(findings) == {"certificate_untrusted": Result.FAIL, "certificate_path": Result.UNKNOWN}
    assert findings["certificate_untrusted"].expected == ["C=JP, CN=よそ"]
    assert findings["certificate_untrusted"].found == "C=JP, CN=練習中間"

    middle = make("練習中間", ROOT, ca=True, ends=NOW - DAY)
    findings = await _check(make("高島市長", middle, key=LEAF.key), trust=Trust((ROOT.read,), (middle.read,)))
    assert _not_ok(findings) == {"certificate_path": Result.FAIL}
    assert findings["certificate_path"].facts == {"reason": "expired"}


async def test_the_chain_and_the_file_help_but_are_never_trusted() -> None:
    anchors = Trust((ROOT.read,))
    assert _not_ok(await _check(LEAF, trust=anchors)) == {
        "certificate_untrusted": Result.FAIL,
        "certificate_path": Result.UNKNOWN,
    }
    assert _not_ok(await _check(LEAF.pem + MIDDLE.pem, trust=anchors)) == {}
    with_chain = replace(read_certificate(LEAF.der), chain=(MIDDLE.read,))
    assert _not_ok(await _check(with_chain, trust=anchors)) == {}

    other: Certificate = make("よそ", ca=True).read
    everything = replace(read_certificate(LEAF.pem + MIDDLE.pem + ROOT.pem), chain=(ROOT.read,))
    findings = await _check(everything, trust=Trust((other,)))
    assert findings["certificate_untrusted"].result is Result.FAIL
    broken = replace(read_certificate(LEAF.der), chain_problem="certificate_damaged")
    findings = await _check(broken, trust=anchors)
    assert findings["certificate_untrusted"].facts == {"chain_problem": "certificate_damaged"}


def test_a_whole_check_loads_neither_network_nor_system_roots_nor_card(tmp_path: Path) -> None:
    for stem, made in (("root", ROOT), ("middle", MIDDLE), ("leaf", LEAF)):
        (tmp_path / stem).write_bytes(made.pem)
    code = """
import asyncio, sys
from datetime import datetime
from pathlib import Path
from lgpki_tui.pki.checks import check_certificate
from lgpki_tui.pki.files import read_certificate_file, read_certificates
from lgpki_tui.pki.path import Trust
root, middle, leaf, now = sys.argv[1:]
trust = Trust(read_certificates([Path(root)]), read_certificates([Path(middle)]))
now = datetime.fromisoformat(now)
findings = asyncio.run(check_certificate(read_certificate_file(Path(leaf)), None, trust, now))
print([finding.result.value for finding in findings])
unwanted = {"oscrypto", "aiohttp", "requests", "textual", "pkcs11", "smartcard"}
print({name.split(".")[0] for name in sys.modules} & unwanted)
"""
    args = [sys.executable, "-W", "error", "-c", code, *(str(tmp_path / stem) for stem in ("root", "middle", "leaf"))]
    ran = subprocess.run([*args, NOW.isoformat()], capture_output=True, check=True, timeout=60)
    results, modules = ran.stdout.decode().splitlines()
    assert results == str(["unknown", "unknown", *["ok"] * 5, "unknown"])
    assert modules == "set()"


async def test_a_name_that_was_asked_for_and_not_granted_is_pointed_out() -> None:
    asked = ("joho@city.takashima.lg.jp",)
    expected = Expectation(EXPECTED.public_key_sha256, EXPECTED.subject, asked)
    finding = (await _check(LEAF, expected))[Code.CERTIFICATE_SUBJECT_MISMATCH]
    assert (finding.code, finding.result) == (Code.CERTIFICATE_SUBJECT_MISMATCH, Result.ATTENTION)
    assert asked[0] in str(finding.expected)
    assert asked[0] not in str(finding.found)
    assert (await _check(LEAF, EXPECTED))[Code.CERTIFICATE_SUBJECT_MISMATCH].result is Result.OK
