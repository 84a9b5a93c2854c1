"""The certificate that came: every check that needs no card, on real files that are wrong in every way we know."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from lgpki_tui.pages.language import LANGUAGES, Language
from tests.practice import Practice
from tests.road.outside import MACHINE_ID, pretend
from tests.tui.pages import complete, open_first, stand_at, text_of, usable, words
from tests.tui.walking import Walker, walking

# What `rehearse issue --fault` makes, and what is said of it.
FAULTS = {
    "wrong-key": "certificate_key_mismatch",
    "wrong-subject": "certificate_subject_mismatch",
    "expired": "certificate_expired",
    "not-yet-valid": "certificate_not_yet_valid",
    "other-issuer": "certificate_untrusted",
    "sha1": "certificate_weak",
}


def request(practice: Practice) -> dict[str, str]:
    number = str(practice.enrolments()[0]["enrolment"])
    return {"enrolment": number, "csr_path": str(practice.folder / "out" / f"PRACTICE-{number}.csr.pem")}


async def name_file(walker: Walker, path: str) -> None:
    """Name a file elsewhere."""
    await walker.until(lambda: walker.focus == "file", "list")
    await walker.press("end", "enter")
    await walker.until(lambda: walker.focus == "path", "field")
    await walker.type(path)
    await walker.press("enter")


def told(walker: Walker, code: str) -> bool:
    """Whether the page says what happened under this code."""
    message = walker.app.context.lexicon.messages.message(code, {"enrolment": "?"}).happened
    return message[:24] in text_of(walker, "verdict")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_the_right_one_is_looked_at_by_enter(
    waiting: Practice, language: Language, size: tuple[int, int]
) -> None:
    waiting.issue(request(waiting), name="届いた証明書.cer")
    stand_at(waiting, "receive")
    async with walking(waiting, language, size) as walker:
        await open_first(walker, "receive")
        await walker.until(lambda: walker.focus == "file", "focus")
        await walker.see("届いた証明書.cer")
        assert words("receive", language).fields["file"].help in walker.text()
        await walker.press("f10")
        await walker.see(words("receive", language).word("not_passed"))
        await walker.press("enter")
        await walker.until(lambda: walker.focus == "store", "checked")
        assert words("receive", language).word("fits") in walker.text()
        usable(walker, "#store", "#verdict")
        await walker.press("enter")
        await walker.reach("store")
    assert "store_intended" not in waiting.events()


@pytest.mark.parametrize(
    ("fault", "language"),
    # All in Japanese; in English those that say most.
    [*((fault, "ja") for fault in FAULTS), ("wrong-subject", "en"), ("other-issuer", "en")],
)
async def test_what_is_wrong_with_it_is_said_whole(waiting: Practice, fault: str, language: Language) -> None:
    waiting.issue(request(waiting), fault, name="cert.pem")
    stand_at(waiting, "receive")
    before = waiting.ledger()
    async with walking(waiting, language) as walker:
        await open_first(walker, "receive")
        await walker.see("cert.pem")
        await walker.press("enter")
        await walker.until(lambda: told(walker, FAULTS[fault]), FAULTS[fault])
        complete(walker, "#verdict")
        message = walker.app.context.lexicon.messages.message(FAULTS[fault], {})
        said = text_of(walker, "verdict")
        assert message.ask in said
        assert message.here[:20] in said
        await walker.press("f10")
        assert walker.page == "receive"
        assert walker.app.screen.query_one("#store").disabled
        await walker.press("escape")
        await walker.reach("waiting")
    assert waiting.ledger() == before


async def test_expected_and_found_are_named(waiting: Practice) -> None:
    waiting.issue(request(waiting), "wrong-subject", name="cert.pem")
    stand_at(waiting, "receive")
    async with walking(waiting, "ja") as walker:
        await open_first(walker, "receive")
        await walker.see("cert.pem")
        await walker.press("enter")
        await walker.see("求めるもの: C=JP, O=高島市")
        await walker.see("実際のもの: C=JP")


async def test_pkcs7_is_no_fault(waiting: Practice) -> None:
    waiting.issue(request(waiting), "pkcs7", name="cert.p7b")
    stand_at(waiting, "receive")
    async with walking(waiting) as walker:
        await open_first(walker, "receive")
        await walker.see("cert.p7b")
        await walker.press("enter")
        await walker.until(lambda: walker.focus == "store", "checked")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("csr", "not_a_certificate"),
        ("text", "not_a_certificate"),
        ("damaged", "certificate_damaged"),
        ("empty", "not_a_certificate"),
        ("folder", "certificate_file"),
        ("fifo", "certificate_file"),
        ("huge", "certificate_file"),
        ("absent", "certificate_file"),
    ],
)
async def test_what_is_no_certificate_is_said_so(waiting: Practice, tmp_path: Path, name: str, code: str) -> None:
    file = _odd(waiting, tmp_path, name)
    stand_at(waiting, "receive")
    async with walking(waiting, "ja") as walker:
        await open_first(walker, "receive")
        await name_file(walker, str(file))
        await walker.until(lambda: told(walker, code), code)
        assert walker.page == "receive"
        usable(walker)
        assert walker.app.screen.query_one("#store").disabled


def _odd(practice: Practice, tmp_path: Path, name: str) -> Path:
    if name == "csr":
        return Path(request(practice)["csr_path"])
    file = tmp_path / name
    if name == "text":
        file.write_text("発行通知\n")
    elif name == "empty":
        file.touch()
    elif name == "folder":
        file.mkdir()
    elif name == "fifo":
        os.mkfifo(file)
    elif name == "huge":
        file.touch()
        os.truncate(file, 1 << 33)
    elif name == "damaged":
        good = practice.issue(request(practice), name="good.pem")
        command = ["openssl", "x509", "-in", str(good), "-outform", "DER"]
        file.write_bytes(subprocess.run(command, capture_output=True, check=True).stdout[:-30])
    return file


async def test_only_from_the_root_and_nothing_is_shown_of_a_name_that_acts(waiting: Practice, tmp_path: Path) -> None:
    evil = tmp_path / "a\x1b[2Jb\u202ec.cer"
    evil.write_text("x")
    stand_at(waiting, "receive")
    async with walking(waiting) as walker:
        await open_first(walker, "receive")
        await name_file(walker, "cert.pem")
        await walker.see("Begin the file with /.")
        await walker.press("ctrl+u")
        await walker.paste(str(evil))
        await walker.press("enter")
        await walker.pilot.pause(0.3)
        assert "\x1b" not in walker.text()
        assert "\u202e" not in walker.text()
        assert walker.page == "receive"


async def test_f5_finds_what_has_come_meanwhile_and_keeps_the_mark(waiting: Practice) -> None:
    stand_at(waiting, "receive")
    async with walking(waiting, "ja") as walker:
        await open_first(walker, "receive")
        await walker.see(words("receive", "ja").word("none").split("\n")[0])
        complete(walker)
        waiting.issue(request(waiting), name="come.cer")
        await walker.press("f5")
        await walker.see("come.cer")
        assert walker.focus == "file"
        await walker.press("home", "enter")
        await walker.until(lambda: walker.focus == "store", "checked")
        (waiting.folder / "out" / "come.cer").unlink()
        await walker.press("f5")
        await walker.until(lambda: told(walker, "certificate_file"), "gone")
        assert walker.app.screen.query_one("#store").disabled
        assert walker.focus != "store"


async def test_a_file_chosen_in_an_earlier_run_is_asked_again(waiting: Practice) -> None:
    waiting.issue(request(waiting), name="cert.cer")
    number = stand_at(waiting, "receive")
    async with walking(waiting) as walker:
        await open_first(walker, "receive")
        await walker.see("cert.cer")
        await walker.press("enter", "enter")
        await walker.reach("store")
    async with walking(waiting) as walker:
        await open_first(walker, "receive")
        await walker.until(lambda: walker.focus == "file", "asked")
        assert walker.app.screen.query_one("#store").disabled
        assert number in walker.text()


@pytest.mark.slow
async def test_coming_back_from_the_card_the_same_file_is_looked_at_again(waiting: Practice) -> None:
    waiting.issue(request(waiting), name="one.cer")
    waiting.issue(request(waiting), "wrong-key", name="two.cer")
    stand_at(waiting, "receive")
    async with walking(waiting) as walker:
        await open_first(walker, "receive")
        await walker.see("one.cer")
        marked = next(line for line in walker.lines() if line.startswith("> "))
        await walker.press(*(["down"] if "two" in marked else []), "enter")
        await walker.until(lambda: walker.focus == "store", "checked")
        await walker.press("enter")
        await walker.reach("store")
        await walker.press("escape")
        await walker.reach("receive")
        await walker.until(lambda: walker.focus == "store", "again")
        assert "> one.cer" in walker.text()


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"machine_id": MACHINE_ID, "host_name": "office-02"}, "wrong_machine"),
        ({"login_name": "j-soumu", "login_uid": 1002}, "wrong_login"),
    ],
)
async def test_another_pc_or_login_is_told_where_to_go(
    waiting: Practice, values: dict[str, str | int], code: str
) -> None:
    waiting.issue(request(waiting), name="cert.cer")
    stand_at(waiting, "receive")
    pretend(waiting, **values)
    async with walking(waiting, "ja") as walker:
        await open_first(walker, "receive")
        await walker.see("cert.cer")
        await walker.press("enter")
        await walker.until(lambda: "求めるもの" in walker.text(), code)
        usable(walker, "#verdict")
        shown = text_of(walker, "verdict")
        assert str(next(value for key, value in values.items() if key.endswith("name"))) in shown
        assert "uid" not in shown
        assert walker.app.screen.query_one("#store").disabled
    assert "store_intended" not in waiting.events()
