"""What is told beside the verdict: what is not judged, an old registry, and which of several requests is the newest."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lgpki_tui.conductor.desk import DESK_CHECKS, Verdict, examine
from lgpki_tui.conductor.desk_registry import REGISTRY_CHECKS
from lgpki_tui.ground.clock import PretendClock
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Result
from lgpki_tui.pki.profile_checks import PROFILE_CHECKS
from lgpki_tui.workplace import Workplace
from tests.conductor.desk import NAME, SUBJECT, changed, failed, made, of_key, one, put, reasons, results
from tests.pki.makers import ec_key


def test_two_requests_of_one_key_are_pointed_out(place: Workplace, tmp_path: Path) -> None:
    """The old CSR with its old form is whole: only the newer one beside it tells (差戻し)."""
    key = ec_key()
    put(tmp_path, "NUMBER", of_key(key, SUBJECT))
    put(tmp_path, "NUMBER-2", of_key(key, (*SUBJECT[:3], ("CN", "高島市会計管理者"))))
    put(tmp_path, "OTHER", made())
    for asked in (tmp_path, tmp_path / "NUMBER.csr"):  # also where one file is asked about
        found = {each.name: each for each in examine(place, asked).requests}
        finding = next(each for each in found["NUMBER"].findings if each.code is Code.DESK_OTHER_REQUEST)
        assert (finding.result, finding.found) == (Result.ATTENTION, ["NUMBER-2"])
    alone = examine(place, tmp_path / "OTHER.csr").requests[0]
    assert results(alone.findings)[Code.DESK_OTHER_REQUEST] == "ok"


RESTING = (
    *PROFILE_CHECKS,
    Code.REQUEST_KEY,
    Code.REQUEST_SUBJECT,
    Code.REQUEST_EXTENSIONS,
    Code.RECEIPT_OTHER,
    *REGISTRY_CHECKS,
    Code.REGISTRY_OLD,
    Code.DESK_OTHER_REQUEST,
)
# In the signature, which is at the end; in the outermost length, so that nothing is read.
DAMAGE = {"signature": (-5, Code.REQUEST_SIGNATURE), "length": (3, Code.REQUEST_UNREADABLE)}


@pytest.mark.parametrize("where", DAMAGE)
@pytest.mark.parametrize("kind", [None, "shokuseki"])
def test_nothing_of_a_csr_that_cannot_be_trusted_is_called_right(
    place: Workplace, tmp_path: Path, where: str, kind: str | None
) -> None:
    at, code = DAMAGE[where]
    folder = put(tmp_path / "medium", NAME, made(), sums=True)
    file = folder / f"{NAME}.csr"
    file.write_bytes(changed(made().der, at % len(made().der), 1))
    examined = one(examine(place, folder, kind))
    assert results(examined.findings)[code] == "fail"
    assert examined.is_broken
    assert {results(examined.findings)[each] for each in RESTING} == {"unknown"}
    assert [reasons(examined, each) for each in RESTING] == [["not_judged"]] * len(RESTING)
    # What was judged stays: the receipt and the list are files of their own.
    assert results(examined.findings)[Code.RECEIPT_FORGED] == "ok"
    assert [each.code for each in examined.findings] == list(DESK_CHECKS)


def test_of_a_whole_csr_everything_is_judged(place: Workplace, tmp_path: Path) -> None:
    examined = one(examine(place, put(tmp_path / "medium", NAME, made(), sums=True), "riyosha", made().sha256))
    assert not [each.code for each in examined.findings if "not_judged" in str(each.facts)]
    assert not examined.is_broken


@pytest.mark.parametrize(("days", "result"), [(30, "ok"), (31, "attention")])
def test_a_registry_that_is_old_is_pointed_out_and_fails_nothing(
    place: Workplace, tmp_path: Path, days: int, result: str
) -> None:
    imported = {each.kind.value: each for each in place.registry.status()}
    late = max(each.imported_at for each in imported.values()) + timedelta(days=days)
    vars(place)["clock"] = PretendClock(late)
    folder = put(tmp_path / "medium", NAME, made())
    for kind, named in (("shokuseki", ["organizations"]), ("riyosha", ["organizations", "accounts"]), (None, None)):
        examined = one(examine(place, folder, kind, made().sha256))
        finding = next(each for each in examined.findings if each.code is Code.REGISTRY_OLD)
        assert (finding.result.value, finding.expected, finding.found) == (result, 30, days), kind
        told = finding.facts.get("registries", [])
        assert isinstance(told, list)
        if result == "ok":
            assert told == []
            continue
        assert [each["registry"] for each in told] == (named or ["organizations"])
        for each in told:
            snapshot = imported[each["registry"]]
            assert (each["sha256"], each["source"], each["days"]) == (snapshot.sha256, snapshot.file_name, days)
        assert examined.verdict in (Verdict.SAME, Verdict.FAILED)
        assert Code.REGISTRY_OLD not in failed(examined.findings)
    server = one(examine(place, folder, "web-server"))  # whose names no registry has
    assert results(server.findings)[Code.REGISTRY_OLD] == "unknown"
    assert reasons(server, Code.REGISTRY_OLD) == ["not_asked"]


def test_the_newest_stands_first_by_receipt_by_file_and_by_number(place: Workplace, tmp_path: Path) -> None:
    def order(folder: Path) -> list[str]:
        return [each.name for each in examine(place, folder).newest_first]

    def at(folder: Path, name: str, year: int) -> None:
        for file in folder.glob(f"{name}.*"):
            os.utime(file, (datetime(year, 1, 1, tzinfo=UTC).timestamp(),) * 2)

    key = ec_key()
    first, second = of_key(key, SUBJECT), of_key(key, (*SUBJECT[:3], ("CN", "副市長")))
    # Of one second, as their receipts say: the number decides, whatever the copying did to the files.
    numbered = put(put(tmp_path / "numbered", NAME, first), f"{NAME}-2", second)
    at(numbered, NAME, 2030)
    at(numbered, f"{NAME}-2", 2020)
    assert order(numbered) == [f"{NAME}-2", NAME]
    # Without receipts: when the files were written.
    for file in numbered.glob("*.json"):
        file.unlink()
    assert order(numbered) == [NAME, f"{NAME}-2"]
    # The receipt of another request says nothing of this one.
    (numbered / f"{NAME}-2.binding.json").write_bytes(first.receipt)
    assert order(numbered) == [NAME, f"{NAME}-2"]
    # The receipt is of 2026.
    (numbered / f"{NAME}-2.binding.json").write_bytes(second.receipt)
    at(numbered, NAME, 2025)
    assert order(numbered) == [f"{NAME}-2", NAME]
    by_name = [each.name for each in examine(place, numbered).requests]
    assert by_name == sorted(by_name)
