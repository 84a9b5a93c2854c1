"""The kinds beside 職責 and 利用者: requested by command on the card, refused before a key exists, corrected."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from lgpki_tui.conductor.filing import correct
from lgpki_tui.faces.answers import read_answers
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.secret import Secret
from lgpki_tui.procedure.enrolment import Enrolment
from lgpki_tui.rehearsal.answers import ANSWERS
from lgpki_tui.subject.draft import Draft
from lgpki_tui.subject.extensions import Extensions
from lgpki_tui.workplace import Workplace
from tests.conductor.test_filing import subject_of
from tests.paper.samples import compact, pdf_text
from tests.practice import Practice
from tests.road.refusing import answers, refused, untouched

SUBJECT = "subject=C=JP,O=高島市,OU=総務部情報政策課,CN="
ADDRESS, HOST = "practice-johoseisaku@city.takashima.lg.jp", "practice-www.city.takashima.lg.jp"
ASKED = {
    "mail": ("情報政策課", {"mail_addresses": [ADDRESS]}),
    "code-signing": ("情報政策課", {}),
    "web-server": (HOST, {"host_names": [HOST]}),
}
NOTHING: dict[str, object] = {"host_names": [], "mail_addresses": [], "key_usage": [], "extended_key_usage": []}


@pytest.mark.parametrize("kind", ASKED)
def test_the_shipped_answers_of_each_kind_work_as_they_are(practice: Practice, kind: str) -> None:
    name, extensions = ASKED[kind]
    request = practice.done("request", "--answers", practice.folder / "answers" / f"{kind}.toml", *practice.pin)
    assert request["state"] == "awaiting_certificate"
    assert subject_of(Path(request["csr_path"])) == SUBJECT + name
    (enrolment,) = practice.enrolments()
    assert (enrolment["certificate_kind"], enrolment["name"]) == (kind, name)
    assert enrolment["extensions"] == {**NOTHING, **extensions}
    assert enrolment["mail_address"] == (ADDRESS if kind == "mail" else None)
    assert enrolment["signature"] == "rsassa-pkcs1-v1_5"
    begun = next(entry for entry in practice.ledger() if entry["event"] == "begun")
    assert begun.get("extensions", NOTHING) == {**NOTHING, **extensions}
    assert ("extensions" in begun, "scheme" in begun) == (kind != "code-signing", False)
    assert sorted(each["kind"] for each in practice.token()) == ["private", "public"]


def test_a_server_is_requested_where_no_register_was_imported(practice: Practice) -> None:
    """And where it is damaged: nothing of it is asked."""
    (file,) = (practice.folder / "state").glob("registry*.sqlite3")
    file.write_bytes(b"damaged" * 100)
    command = ("request", "--answers", answers(practice, "web-server", name=HOST), *practice.pin)
    assert practice.done(*command)["state"] == "awaiting_certificate"


@pytest.mark.parametrize(("kind", "changes", "code", "facts"), [
    ("web-server", {"name": "*.city.takashima.lg.jp"}, "host_name_invalid",
     {"field": "name", "reason": "characters", "characters": ["U+002A"]}),
    ("web-server", {"name": "ｗｗｗ．ｃｉｔｙ．ｊｐ"}, "host_name_invalid",
     {"reason": "not_ascii", "nearest": ["www.city.jp"]}),
    ("web-server", {"name": f"{'a' * 60}.lg.jp"}, "name_too_long", {"most": 64}),
    ("web-server", {"name": HOST, "municipality_code": None}, "municipality_unknown", {"reason": "missing"}),
    ("web-server", {"name": HOST, "municipality_code": "252124"}, "municipality_unknown", {"reason": "not_a_code"}),
    ("web-server", {"name": HOST, "organization": " "}, "text_empty", {"field": "organization"}),
    ("mail", {"mail_address": "johoseisaku"}, "mail_address_invalid", {"field": "mail_address", "reason": "at"}),
    ("mail", {"mail_address": ""}, "text_empty", {"field": "mail_address"}),
    ("mail", {"mail_address": ADDRESS, "organization": "総務部情報政策室"}, "organization_not_registered", {}),
    ("code-signing", {"organization": "総務部情報政策室"}, "organization_not_registered", {}),
])  # fmt: skip
def test_a_rule_says_no_before_a_key_exists(
    practice: Practice, kind: str, changes: dict[str, object], code: str, facts: dict[str, object]
) -> None:
    command = ("request", "--answers", answers(practice, kind, changes), *practice.pin)
    with untouched(practice):
        refused(practice, *command, code=code, status=1, **facts)


@pytest.mark.parametrize(("kind", "changes", "code", "key"), [
    ("mail", {}, Code.ANSWERS_KEY_MISSING, "mail_address"),
    ("mail", {"mail_address": 1}, Code.ANSWERS_VALUE, "mail_address"),
    ("shokuseki", {"mail_address": ADDRESS}, Code.ANSWERS_VALUE, "mail_address"),
    ("web-server", {"mail_address": ""}, Code.ANSWERS_VALUE, "mail_address"),
    ("login", {}, Code.ANSWERS_VALUE, "certificate_kind"),
])  # fmt: skip
def test_an_address_is_there_exactly_when_it_is_asked_for(
    practice: Practice, kind: str, changes: dict[str, object], code: Code, key: str
) -> None:
    place = Workplace(practice.folder)
    kinds = tuple(each.kind for each in place.kinds if each.has_profile)
    with pytest.raises(Refusal) as refusal:
        read_answers(answers(practice, kind, changes), kinds, place.profile)
    assert (refusal.value.code, refusal.value.facts["key"]) == (code, key)


def test_practice_answers_are_there_for_every_kind_that_can_be_requested(practice: Practice) -> None:
    place = Workplace(practice.folder)
    assert list(ANSWERS) == [kind.kind for kind in place.kinds if kind.has_profile]
    assert {path.stem for path in (practice.folder / "answers").glob("*.toml")} >= set(ANSWERS)


async def _corrected(practice: Practice, address: str) -> Enrolment:
    """The address was wrong."""
    place = Workplace(practice.folder)

    async def given() -> Secret:
        return Secret((practice.folder / "secrets" / "pin").read_bytes().strip())

    try:
        place.ledger.load()
        (enrolment,) = place.ledger.enrolments
        draft = Draft("mail", enrolment.organization, enrolment.name, enrolment.municipality_code, address)
        return await correct(place, enrolment.number, draft, "", "アドレスの誤り", None, given)
    finally:
        await place.close()


def test_a_correction_changes_the_address(practice: Practice) -> None:
    practice.done(
        "request", "--answers", answers(practice, "mail", mail_address="wrong@city.takashima.lg.jp"), *practice.pin
    )
    number = practice.enrolments()[0]["enrolment"]
    for count in (2, 3):
        before = practice.enrolments()[0]["csr_sha256"]
        address = f"right-{count}@city.takashima.lg.jp"
        enrolment = asyncio.run(_corrected(practice, address))
        assert enrolment.extensions == Extensions(mail_addresses=(address,))
        assert (enrolment.mail_address, enrolment.file_stem) == (address, f"PRACTICE-{number}-{count}")
        sheet = practice.done("sheet", number)
        for text in (pdf_text(Path(sheet["sheet_path"]).read_bytes()), Path(sheet["text_path"]).read_text("utf-8")):
            told = compact(text)
            assert f"CSR{count}回目（鍵は同じ）" in told
            assert f"SHA-256{before[:16]}" in told
            assert before[16:24] not in told
    assert practice.events()[-3:] == ["corrected", "request_signed", "request_written"]
    (shown,) = practice.enrolments()
    assert shown["extensions"] == {**NOTHING, "mail_addresses": ["right-3@city.takashima.lg.jp"]}


def test_files_are_called_as_the_profile_says_and_corrections_count_on(practice: Practice) -> None:
    place = Workplace(practice.folder)
    profile = replace(place.profile("mail"), file_name="{number}_{municipality_code}-{kind}")
    number = ""

    async def road() -> Enrolment:
        nonlocal number
        from lgpki_tui.conductor.requesting import request

        async def given() -> Secret:
            return Secret((practice.folder / "secrets" / "pin").read_bytes().strip())

        file = answers(practice, "mail", mail_address="a@city.takashima.lg.jp")
        wish = read_answers(file, ("mail",), lambda kind: profile)
        enrolment = await request(place, wish, None, given)
        number = enrolment.number
        assert enrolment.file_stem == f"PRACTICE-{number}_252123-mail"
        for address in ("b@city.takashima.lg.jp", "c@city.takashima.lg.jp"):
            draft = replace(wish.draft, mail_address=address)
            enrolment = await correct(place, number, draft, "", "誤り", None, given)
        return enrolment

    vars(place)["profile"] = lambda kind: profile
    try:
        assert asyncio.run(road()).file_stem == f"PRACTICE-{number}_252123-mail-3"
    finally:
        asyncio.run(place.close())
    assert len(list((practice.folder / "out").glob(f"PRACTICE-{number}_252123-mail*.csr"))) == 3
