"""The desk: a medium and a paper that must say the same. One changed byte fails, and nothing on a medium harms us."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import pytest

from lgpki_tui.conductor.desk import DESK_CHECKS, Verdict, examine, fitting_kinds
from lgpki_tui.conductor.desk_files import (
    MOST_NAMES,
    MOST_REQUESTS,
    bundles,
    check_lists,
    check_pair,
    check_receipt,
)
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.pki.request import read_request
from lgpki_tui.subject.extensions import Extensions
from lgpki_tui.workplace import Workplace
from tests.conductor.desk import NAME, SUBJECT, changed, failed, made, one, put, reasons, results
from tests.pki.bad_requests import BAD
from tests.practice import new_practice


def test_a_whole_medium_is_the_same_as_its_paper(place: Workplace, tmp_path: Path) -> None:
    folder = put(tmp_path / "medium", NAME, made(), sums=True)
    (folder / "読んでください.txt").write_text("a note")
    (folder / ".hidden.csr").write_bytes(b"none")
    looked = examine(place, folder, "shokuseki", made().sha256)
    examined = one(looked)
    assert [each.code for each in examined.findings] == list(DESK_CHECKS)
    assert set(results(examined.findings).values()) - {"ok"} == {"unknown"}
    assert [code for code, result in results(examined.findings).items() if result == "unknown"] == [
        "name_not_registered"
    ]
    assert (examined.verdict, examined.name, looked.others) == (Verdict.SAME, NAME, 1)
    assert examined.files == (f"{NAME}.csr", f"{NAME}.csr.pem", f"{NAME}.binding.json", f"{NAME}.sha256")
    assert {each.kind.value for each in looked.registries} == {"organizations", "accounts"}


@pytest.mark.parametrize("name", [f"{NAME}.csr", f"{NAME}.csr.pem"])
def test_one_file_is_taken_with_what_belongs_to_it(place: Workplace, tmp_path: Path, name: str) -> None:
    folder = put(tmp_path / "medium", NAME, made(), sums=True)
    put(folder, "other", made((*SUBJECT[:-1], ("CN", "副市長"))))
    examined = one(examine(place, folder / name, None, made().sha256))
    assert (examined.name, len(examined.files), examined.verdict) == (NAME, 4, Verdict.SAME)


TYPED: dict[str, Callable[[str], str]] = {
    "QR": lambda digest: digest,
    "groups": lambda digest: " ".join(digest[at : at + 4] for at in range(0, 64, 4)),
    "capitals and hyphens": lambda digest: "-".join(digest[at : at + 4] for at in range(0, 64, 4)).upper(),
    "full width": lambda digest: "".join(chr(ord(char) + 0xFEE0) for char in digest),
    "full-width spaces": lambda digest: "\u3000".join(digest[at : at + 8] for at in range(0, 64, 8)) + "\u3000\n",
    "input method": lambda digest: "ー".join(digest[at : at + 4] for at in range(0, 64, 4)),
    "named": lambda digest: f"SHA256:{digest}",
    "address": lambda digest: f"https://example.lg.jp/?csr={digest}",
}


@pytest.mark.parametrize("typed", TYPED)
def test_what_a_scanner_or_a_person_types(place: Workplace, tmp_path: Path, typed: str) -> None:
    folder = put(tmp_path / "medium", NAME, made())
    assert one(examine(place, folder, None, TYPED[typed](made().sha256))).verdict is Verdict.SAME
    other = made().sha256[:-1] + ("0" if made().sha256[-1] != "0" else "1")
    examined = one(examine(place, folder, None, TYPED[typed](other)))
    assert (examined.verdict, examined.findings[-1].facts["group"]) == (Verdict.DIFFERENT, 16)


@pytest.mark.parametrize("digits", [16, 20, 63])
def test_some_groups_are_the_same_as_far_as_typed(place: Workplace, tmp_path: Path, digits: int) -> None:
    folder = put(tmp_path / "medium", NAME, made())
    examined = one(examine(place, folder, None, made().sha256[:digits]))
    assert (examined.verdict, examined.findings[-1].result.value) == (Verdict.SAME_AS_FAR, "attention")
    assert examined.findings[-1].facts["digits"] == digits
    wrong = made().sha256[: digits - 1] + ("0" if made().sha256[digits - 1] != "0" else "1")
    assert one(examine(place, folder, None, wrong)).verdict is Verdict.DIFFERENT


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("", "too_short"),
        ("1234 5678 9abc def", "too_short"),
        ("0" * 65, "too_long"),
        ("o" * 64, "not_hex"),
        ("組" * 20, "not_hex"),
    ],
)
def test_a_code_that_cannot_be_read_is_said_before_anything_is_compared(
    place: Workplace, tmp_path: Path, code: str, reason: str
) -> None:
    with pytest.raises(Refusal) as caught:
        examine(place, put(tmp_path / "medium", NAME, made()), None, code)
    assert (caught.value.code, caught.value.facts["reason"]) == (Code.DESK_CODE_UNREADABLE, reason)


def test_the_paper_of_one_of_several_requests(place: Workplace, tmp_path: Path) -> None:
    folder = put(tmp_path / "medium", "a", made())
    put(folder, "b", made((*SUBJECT[:-1], ("CN", "副市長"))))
    looked = examine(place, folder, None, made().sha256)
    assert [each.verdict for each in looked.requests] == [Verdict.SAME, Verdict.OTHER_PAPER]
    looked = examine(place, folder, None, "0" * 64)
    assert [each.verdict for each in looked.requests] == [Verdict.DIFFERENT] * 2


@pytest.mark.parametrize("end", ["csr", "csr.pem", "binding.json", "sha256"])
def test_one_changed_byte_of_any_file_fails(place: Workplace, tmp_path: Path, end: str) -> None:
    """Without a list of sums for the first three: they hold without it."""
    folder = put(tmp_path / "medium", NAME, made(), sums=end == "sha256")
    file = folder / f"{NAME}.{end}"
    data = file.read_bytes()
    places = sorted({*range(0, len(data), max(1, len(data) // 40)), *range(len(data) - 3, len(data))})
    for at in places:
        for bit in (0x01, 0x20):
            file.write_bytes(changed(data, at, bit))
            examined = one(examine(place, folder, "shokuseki"))
            assert examined.verdict is Verdict.FAILED, (at, bit, data[max(0, at - 5) : at + 5])
    file.write_bytes(data)
    assert one(examine(place, folder, "shokuseki")).verdict is Verdict.COMPARE


@pytest.mark.parametrize("end", ["csr", "csr.pem", "binding.json", "sha256"])
def test_every_byte_of_every_file_is_held_against_the_others(tmp_path: Path, end: str) -> None:
    folder = put(tmp_path / "medium", NAME, made(), sums=end == "sha256")
    file, request = folder / f"{NAME}.{end}", read_request(made().der)
    data = file.read_bytes()
    (bundle,), _ = bundles(folder)
    for at in range(len(data)):
        file.write_bytes(changed(data, at, (1, 2, 32)[at % 3]))
        receipt = check_receipt(bundle, request.sha256, request.public_key_sha256)
        assert failed((check_pair(bundle), *receipt, check_lists(bundle))), (at, data[max(0, at - 5) : at + 5])


def test_a_changed_byte_of_a_request_that_comes_alone_fails(place: Workplace, tmp_path: Path) -> None:
    folder = tmp_path / "medium"
    folder.mkdir()
    file = folder / f"{NAME}.csr"
    for at in range(0, len(made().der), 9):
        file.write_bytes(changed(made().der, at, 1))
        assert one(examine(place, folder, None, made().sha256)).verdict is Verdict.DIFFERENT
        assert one(examine(place, folder)).verdict is Verdict.FAILED, at


@pytest.mark.parametrize("end", ["csr", "csr.pem", "binding.json"])
def test_a_list_of_sums_tells_of_a_file_that_is_another_or_gone(place: Workplace, tmp_path: Path, end: str) -> None:
    folder = put(tmp_path / "medium", NAME, made(), sums=True)
    file = folder / f"{NAME}.{end}"
    file.write_bytes(file.read_bytes() + b"\n")
    assert "desk_digest" in failed(one(examine(place, folder)).findings)
    file.unlink()
    assert "desk_digest" in failed(one(examine(place, folder)).findings)


def test_a_sheet_has_a_list_of_its_own(place: Workplace, tmp_path: Path) -> None:
    folder = put(tmp_path / "medium", NAME, made(), sums=True)
    sheet = folder / f"{NAME}.sheet.pdf"
    sheet.write_bytes(b"%PDF-1.7")
    list_of = folder / f"{NAME}.sheet.pdf.sha256"
    list_of.write_text(f"{hashlib.sha256(b'%PDF-1.7').hexdigest()}  {sheet.name}\n")
    looked = examine(place, folder)
    assert (looked.others, results(one(looked).findings)["desk_digest"]) == (0, "ok")
    sheet.write_bytes(b"%PDF-1.8")
    assert failed(one(examine(place, folder)).findings) == {"desk_digest"}


def test_a_list_that_leaves_a_file_out_or_leads_elsewhere(place: Workplace, tmp_path: Path) -> None:
    folder = put(tmp_path / "medium", NAME, made(), sums=True)
    sums = folder / f"{NAME}.sha256"
    lines = sums.read_text().splitlines(keepends=True)
    for text, reason in (
        ("".join(lines[:-1]), "unlisted"),
        (f"{'0' * 64}  ../../etc/passwd\n", "list_unreadable"),
        (f"{'0' * 64}  /etc/passwd\n", "list_unreadable"),
        ("", "list_unreadable"),
        (lines[0] + lines[0] + "".join(lines[1:]), "list_unreadable"),
    ):
        sums.write_text(text)
        examined = one(examine(place, folder))
        assert reasons(examined, Code.DESK_DIGEST) == [reason], text


def test_files_of_two_requests_under_one_name(place: Workplace, tmp_path: Path) -> None:
    folder = put(tmp_path / "medium", NAME, made())
    other = made((*SUBJECT[:-1], ("CN", "副市長")))
    (folder / f"{NAME}.csr.pem").write_bytes(other.files("x")["x.csr.pem"])
    assert failed(one(examine(place, folder)).findings) == {"desk_files_differ"}
    put(folder, NAME, made())
    (folder / f"{NAME}.binding.json").write_bytes(other.receipt)
    assert failed(one(examine(place, folder)).findings) == {"receipt_other"}


def test_forms_exchanged_are_the_same_request(place: Workplace, tmp_path: Path) -> None:
    """DER under the name of the PEM, and the other way round: many programs call a PEM file .csr."""
    folder = tmp_path / "medium"
    folder.mkdir()
    files = made().files(NAME)
    (folder / f"{NAME}.csr").write_bytes(files[f"{NAME}.csr.pem"])
    assert one(examine(place, folder, None, made().sha256)).verdict is Verdict.SAME
    (folder / f"{NAME}.csr.pem").write_bytes(files[f"{NAME}.csr"])
    examined = one(examine(place, folder, None, made().sha256))
    assert (examined.verdict, reasons(examined, Code.DESK_FILES_DIFFER)) == (Verdict.FAILED, ["armour"])


def test_no_registry_is_unknown_and_said(tmp_path: Path) -> None:
    box = new_practice(tmp_path / "box").folder
    for file in (box / "state").glob("registry*"):
        file.unlink()
    workplace = Workplace(box)
    workplace.places.registry.unlink(missing_ok=True)
    examined = one(examine(workplace, put(tmp_path / "medium", NAME, made()), "shokuseki", made().sha256))
    assert examined.verdict is Verdict.SAME
    codes = (Code.MUNICIPALITY_UNKNOWN, Code.ORGANIZATION_NOT_REGISTERED, Code.NAME_NOT_REGISTERED)
    assert [results(examined.findings)[code] for code in codes] == ["unknown"] * 3
    assert [reasons(examined, code) for code in codes] == [["registry_missing"]] * 3


WRONG_NAMES = {
    "organization": (("OU", "総務部情報政策科"), "organization_not_registered", ["nearest"]),
    "municipality": (("O", "高嶋市"), "municipality_unknown", ["not_listed"]),
    "another municipality": (("O", "大津市"), "organization_not_registered", ["elsewhere"]),
}


@pytest.mark.parametrize("which", WRONG_NAMES)
def test_what_is_not_registered(place: Workplace, tmp_path: Path, which: str) -> None:
    (kind, text), code, why = WRONG_NAMES[which]
    subject = tuple((each, text if each == kind else was) for each, was in SUBJECT)
    folder = put(tmp_path / "medium", NAME, made(subject))
    examined = one(examine(place, folder, "shokuseki"))
    assert (failed(examined.findings), reasons(examined, Code(code))) == ({code}, why)
    # Some kinds need no registry: without a kind it is only pointed out.
    examined = one(examine(place, folder))
    assert (failed(examined.findings), results(examined.findings)[code]) == (set(), "attention")


def test_a_name_is_looked_up_where_the_kind_asks_for_it(place: Workplace, tmp_path: Path) -> None:
    folder = put(tmp_path / "medium", NAME, made((*SUBJECT[:-1], ("CN", "高島市長印"))))
    assert failed(one(examine(place, folder, "shokuseki")).findings) == set()
    assert failed(one(examine(place, folder, "riyosha")).findings) == {"name_not_registered"}


def test_another_kind_fails_and_the_right_one_is_found(place: Workplace, tmp_path: Path) -> None:
    extensions = Extensions(host_names=("www.city.takashima.lg.jp",))
    one_made = made((*SUBJECT[:-1], ("CN", "www.city.takashima.lg.jp")), extensions)
    folder = put(tmp_path / "medium", NAME, one_made)
    assert failed(one(examine(place, folder, "web-server")).findings) == set()
    assert failed(one(examine(place, folder, "shokuseki")).findings) == {"profile_extensions"}
    kinds = ("shokuseki", "riyosha", "mail", "code-signing", "web-server")
    assert fitting_kinds(place, read_request(one_made.der), kinds) == ("web-server",)
    assert "shokuseki" in fitting_kinds(place, read_request(made().der), kinds)


def test_requests_of_others_are_judged(place: Workplace, tmp_path: Path) -> None:
    folder = tmp_path / "medium"
    folder.mkdir()
    for code, cases in BAD.items():
        (folder / f"{code}.p10").write_bytes(next(iter(cases.values()))[0])
    looked = examine(place, folder)
    assert {each.name for each in looked.requests} == {f"{code}.p10" for code in BAD}
    for each in looked.requests:
        name = each.name.removesuffix(".p10")
        assert results(each.findings)[name] in ("fail", "attention"), name
        assert each.verdict in (Verdict.FAILED, Verdict.COMPARE)


def test_a_hostile_folder(place: Workplace, tmp_path: Path) -> None:
    folder = put(tmp_path / "medium", NAME, made())
    os.mkfifo(folder / "fifo.csr")
    (folder / "loop.csr").symlink_to(folder / "loop.csr")
    (folder / "link.csr").symlink_to("/etc/passwd")
    (folder / "folder.csr").mkdir()
    with (folder / "huge.csr").open("wb") as huge:
        huge.truncate(5_000_000_000)
    (folder / "\x1b[2Jname\u202e\n.csr").write_bytes(made().der)
    (folder / os.fsdecode(b"sjis-\x93\xfa.csr")).write_bytes(b"\x30\x80" * 1000)
    (folder / "empty.csr").write_bytes(b"")
    for number in range(10_000):
        (folder / f"{number}.txt").touch()
    began = monotonic()
    looked = examine(place, folder, "shokuseki", made().sha256)
    assert monotonic() - began < 5
    verdicts = {each.name: each.verdict for each in looked.requests}
    assert verdicts.pop(NAME) is verdicts.pop("\x1b[2Jname\u202e\n") is Verdict.SAME
    assert {name[:4] for name in verdicts} == {"huge", "sjis", "empt"}
    for each in looked.requests:
        if each.name in verdicts:
            assert each.verdict is Verdict.FAILED
            assert failed(each.findings) == {"request_unreadable"}
    assert looked.others == 10_000


@pytest.mark.parametrize("what", ["empty", "absent", "only notes", "file absent", "forbidden", "nul"])
def test_nothing_there(place: Workplace, tmp_path: Path, what: str) -> None:
    folder = tmp_path / "medium"
    if what not in ("absent", "nul"):
        folder.mkdir()
    if what == "only notes":
        (folder / "note.pem").write_bytes(b"-----BEGIN CERTIFICATE-----\n")
        put(folder / "below", NAME, made())
    at = {"file absent": folder / "a.csr", "nul": Path(f"{folder}\0")}.get(what, folder)
    if what == "forbidden":
        if os.geteuid() == 0:
            pytest.skip("root may read everything")
        folder.chmod(0)
    with pytest.raises(Refusal) as caught:
        examine(place, at)
    assert caught.value.code is Code.DESK_NOTHING


def test_too_many_are_not_looked_at_in_part(place: Workplace, tmp_path: Path) -> None:
    folder = tmp_path / "medium"
    folder.mkdir()
    for number in range(MOST_REQUESTS + 1):
        (folder / f"{number}.csr").write_bytes(made().der)
    with pytest.raises(Refusal) as caught:
        examine(place, folder)
    assert caught.value.code is Code.DESK_TOO_MANY
    assert one(examine(place, folder / "3.csr", None, made().sha256)).verdict is Verdict.SAME
    assert MOST_NAMES > 10_000


def test_the_medium_is_only_read(place: Workplace, tmp_path: Path) -> None:
    folder = put(tmp_path / "medium", NAME, made(), sums=True)
    before = {each.name: (each.read_bytes(), each.stat().st_mtime_ns) for each in folder.iterdir()}
    folder.chmod(0o555)
    examine(place, folder, "shokuseki", made().sha256)
    assert {each.name: (each.read_bytes(), each.stat().st_mtime_ns) for each in folder.iterdir()} == before
