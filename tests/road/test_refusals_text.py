"""What text rules and registries say no to, before a key exists."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.practice import Practice
from tests.road.refusing import answers, refused, untouched

KANJI_64 = "髙島" * 32
REGISTERED = "総務部情報政策課"


def request(practice: Practice, base: str = "shokuseki", **changes: object) -> tuple[str | Path, ...]:
    return ("request", "--answers", answers(practice, base, changes), *practice.pin)


def import_organizations(practice: Practice, *rows: tuple[str, str]) -> None:
    table = practice.folder / "registry" / "mine.tsv.txt"
    table.write_text("団体コード,組織\n" + "".join(f"{code},{name}\n" for code, name in rows), encoding="utf-8")
    practice.done("registry", "import", "--organizations", table)


def test_an_unknown_organisation_names_the_nearest(practice: Practice) -> None:
    with untouched(practice):
        told = refused(
            practice,
            *request(practice, organization="総務部情報政策室"),
            code="organization_not_registered",
            status=1,
            field="organization",
        )
    assert told["facts"]["nearest"][0] == REGISTERED


@pytest.mark.parametrize("entered", ["総務部 情報政策課", "総務部情報政策課シスﾃﾑ係"])
def test_the_organisation_must_be_the_same_character_for_character(practice: Practice, entered: str) -> None:
    with untouched(practice):
        told = refused(practice, *request(practice, organization=entered), code="organization_not_registered", status=1)
    assert told["facts"]["nearest"]


def test_a_name_that_is_not_registered_is_refused_for_riyosha_and_free_for_shokuseki(practice: Practice) -> None:
    with untouched(practice):
        told = refused(
            practice,
            *request(practice, "riyosha", name="情報政策課99"),
            code="name_not_registered",
            status=1,
            field="name",
        )
    assert "情報政策課01" in told["facts"]["nearest"]
    made = practice.done(*request(practice, "shokuseki", name="情報政策課99"))
    assert made["state"] == "awaiting_certificate"


def test_a_name_of_another_organisation_is_not_registered(practice: Practice) -> None:
    with untouched(practice):
        told = refused(
            practice, *request(practice, "riyosha", name="総務課文書01"), code="name_not_registered", status=1
        )
    assert told["facts"]["registered_under"] == ["総務部総務課"]


def test_64_characters_of_kanji_pass_in_both_fields(practice: Practice) -> None:
    """Counted in characters: 192 bytes of UTF-8. openssl's own limit (ub-common-name) is the judge."""
    import_organizations(practice, ("252123", KANJI_64))
    made = practice.done(*request(practice, organization=KANJI_64, name=KANJI_64))
    command = ["openssl", "req", "-in", made["csr_path"], "-verify", "-noout", "-subject"]
    told = subprocess.run([*command, "-nameopt", "utf8,sep_multiline,sname"], capture_output=True, check=True)
    lines = [line.strip() for line in told.stdout.decode().splitlines()]
    assert f"CN={KANJI_64}" in lines
    assert f"OU={KANJI_64}" in lines
    parsed = subprocess.run(["openssl", "asn1parse", "-in", made["csr_path"]], capture_output=True, check=True)
    assert parsed.stdout.count(b"l= 192 prim: UTF8STRING") == 2


def test_65_characters_are_refused_in_each_field(practice: Practice) -> None:
    import_organizations(practice, ("252123", KANJI_64 + "室"))
    with untouched(practice):
        command = request(practice, organization=KANJI_64 + "室")
        refused(practice, *command, code="organization_too_long", status=1, length=65, most=64)
        command = request(practice, organization=KANJI_64 + "室", name=KANJI_64 + "長")
        refused(practice, *command, code="organization_too_long", status=1, field="organization")
        for base in ("shokuseki", "riyosha"):
            command = request(practice, base, name=KANJI_64 + "長")
            refused(practice, *command, code="name_too_long", status=1, field="name", length=65, most=64)


FORBIDDEN = {
    "bell": ("高島\x07市長", "U+0007"),
    "escape": ("高島\x1b[31m市長", "U+001B"),
    "c1": ("高島\x9b市長", "U+009B"),
    "bidi": ("高島\u202e市長", "U+202E"),
    "zwsp": ("高島\u200b市長", "U+200B"),
    "ivs": ("葛\U000e0100城市長", "U+E0100"),
    "pua": ("高島\ue000市長", "U+E000"),
    "not-a-character": ("高島\ufffe市長", "U+FFFE"),
    "edge-space": ("高島市長 ", "U+0020"),
    "nbsp": ("高島\xa0市長", "U+00A0"),
    "not-nfc": ("か\u3099島市長", "U+3099"),
    "compatibility": ("\ufa11\ufa10島市長", "U+FA10"),
}


@pytest.mark.parametrize("name", FORBIDDEN)
def test_a_forbidden_character_in_the_name(practice: Practice, name: str) -> None:
    entered, point = FORBIDDEN[name]
    with untouched(practice):
        told = refused(practice, *request(practice, name=entered), code="text_forbidden", status=1, field="name")
    assert point in told["facts"]["characters"]


@pytest.mark.parametrize("name", ["escape", "zwsp", "pua"])
def test_a_forbidden_character_in_the_organisation_even_when_it_is_registered(practice: Practice, name: str) -> None:
    entered, point = FORBIDDEN[name]
    import_organizations(practice, ("252123", entered))
    with untouched(practice):
        command = request(practice, organization=entered)
        told = refused(practice, *command, code="text_forbidden", status=1, field="organization")
    assert point in told["facts"]["characters"]
    assert (told["facts"]["as_registered"], told["facts"]["nearest"]) == (True, [entered])
    assert told["facts"]["suggested"] is None


@pytest.mark.parametrize(("field", "entered"), [("organization", ""), ("name", " "), ("name", "\u3000\u3000")])
def test_an_empty_text(practice: Practice, field: str, entered: str) -> None:
    with untouched(practice):
        refused(practice, *request(practice, **{field: entered}), code="text_empty", status=1, field=field)


def test_the_same_organisation_under_two_codes(practice: Practice) -> None:
    import_organizations(practice, ("252123", "総務課"), ("252018", "総務課"))
    with untouched(practice):
        told = refused(
            practice,
            *request(practice, organization="総務課", municipality_code=None),
            code="answers_value",
            status=2,
            key="municipality_code",
        )
    assert sorted(told["facts"]["known"]) == ["252018", "252123"]
    made = practice.done(*request(practice, organization="総務課", municipality_code="252018"))
    subject = subprocess.run(
        ["openssl", "req", "-in", made["csr_path"], "-noout", "-subject", "-nameopt", "utf8"],
        capture_output=True,
        check=True,
    ).stdout.decode()
    assert "O=大津市" in subject.replace(" = ", "=")


@pytest.mark.parametrize(
    ("code", "reason"),
    [("252124", "not_a_code"), ("25212", "not_a_code"), ("２５２１２３", "not_a_code"), ("990001", None), ("", None)],
)
def test_an_unknown_municipality_code(practice: Practice, code: str, reason: str | None) -> None:
    if code == "":
        # The same as none given: the registry has one 団体 for this 組織.
        assert practice.done(*request(practice, municipality_code=""))["state"] == "awaiting_certificate"
        return
    with untouched(practice):
        told = refused(practice, *request(practice, municipality_code=code), code="municipality_unknown", status=1)
    assert told["facts"]["municipality_code"] == code
    assert reason in (None, told["facts"]["reason"])


def test_an_organisation_of_another_municipality(practice: Practice) -> None:
    with untouched(practice):
        command = request(practice, municipality_code="252018")
        told = refused(practice, *command, code="organization_not_registered", status=1)
    assert told["facts"]["registered_under"] == ["252123"]


@pytest.mark.parametrize("base", ["shokuseki", "riyosha"])
def test_no_registry_imported(practice: Practice, base: str) -> None:
    for file in (practice.folder / "state").glob("registry.sqlite3*"):
        file.unlink()
    with untouched(practice):
        refused(practice, *request(practice, base), code="registry_missing", status=3)
