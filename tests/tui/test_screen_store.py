"""The certificate goes to its key: the card is looked at, the PIN is typed, and the token is read by pkcs11-tool."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from lgpki_tui.faces.tui.widgets.pin_field import PinField
from lgpki_tui.pages.language import LANGUAGES, Language
from tests.card.shim import Order, Shim, build_shim
from tests.practice import Practice
from tests.road.outside import MACHINE_ID, pretend
from tests.tui.pages import complete, open_first, stand_at, text_of, words
from tests.tui.walking import PIN, Walker, walking


@pytest.fixture
def issued(waiting: Practice) -> Practice:
    """The right certificate has come, and the person stands at the choice of the file."""
    number = stand_at(waiting, "receive")
    csr = str(waiting.folder / "out" / f"PRACTICE-{number}.csr.pem")
    waiting.issue({"csr_path": csr}, name="届いた.cer")
    return waiting


async def to_store(walker: Walker) -> None:
    await open_first(walker, "receive")
    await walker.see("届いた.cer")
    await walker.press("enter")
    await walker.until(lambda: walker.focus == "store", "checked")
    await walker.press("enter")
    await walker.reach("store")
    await walker.until(lambda: walker.focus == "pin", "focus")


def card(walker: Walker) -> str:
    """What is said of the card."""
    return text_of(walker, "card")


def typed(walker: Walker) -> int:
    return walker.app.screen.query_one("#pin", PinField).count


def happened(walker: Walker, code: str) -> str:
    """The beginning of what is said of a refusal."""
    return walker.app.context.lexicon.messages.message(code, {}).happened[:20]


def certificate_on(practice: Practice) -> str:
    """The digest that openssl finds of the certificate that pkcs11-tool reads from the token."""
    (found,) = [each for each in practice.token() if each["kind"] == "certificate"]
    der = practice.tool("--read-object", "--type", "cert", "--id", found["ID"])
    command = ["openssl", "x509", "-inform", "DER", "-noout", "-fingerprint", "-sha256"]
    return subprocess.run(command, input=der, capture_output=True, check=True).stdout.decode()


def fingerprint(file: Path) -> str:
    command = ["openssl", "x509", "-in", str(file), "-noout", "-fingerprint", "-sha256"]
    return subprocess.run(command, capture_output=True, check=True).stdout.decode()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_the_right_card_the_right_pin(issued: Practice, language: Language, size: tuple[int, int]) -> None:
    page = words("store", language)
    async with walking(issued, language, size) as walker:
        await to_store(walker)
        await walker.until(lambda: card(walker).startswith("[O" if language == "ja" else "[o"), "card seen")
        complete(walker, "#pin", "#store", "#card")
        for key in ("enter", "f10"):
            await walker.press(key)
            assert page.word("pin_missing") in walker.text()
        await walker.type("２０２６")
        assert typed(walker) == 0
        await walker.type(PIN)
        assert PIN not in walker.text()
        await walker.press("enter")
        await walker.reach("done")
        assert words("done", language).word("stored_now")[:20] in walker.text()
        complete(walker, "#close")
        await walker.press("enter")
        await walker.reach("home")
    assert issued.events()[-2:] == ["store_intended", "stored"]
    assert certificate_on(issued) == fingerprint(issued.folder / "out" / "届いた.cer")


async def test_esc_goes_back_with_nothing_done(issued: Practice) -> None:
    before = issued.ledger()
    async with walking(issued) as walker:
        await to_store(walker)
        await walker.type(PIN)
        await walker.press("escape")
        await walker.reach("receive")
    assert issued.ledger() == before
    assert "certificate" not in [each["kind"] for each in issued.token()]


async def test_a_refused_pin_is_typed_anew_and_never_sent_again(issued: Practice, shim: Shim) -> None:
    async with walking(issued, "ja", module=str(shim.module)) as walker:
        await to_store(walker)
        await walker.until(lambda: "[OK]" in card(walker), "card seen")
        shim.forget()
        await walker.type("00000000")
        await walker.press("enter")
        await walker.reach("verdict")
        assert happened(walker, "pin_wrong") in walker.text()
        assert shim.calls()["C_Login"] == 1
        await walker.press("enter")
        await walker.reach("store")
        await walker.until(lambda: walker.focus == "pin", "focus")
        assert typed(walker) == 0
        await walker.press("enter", "f5")
        await walker.until(lambda: "[OK]" in card(walker), "looked again")
        assert shim.calls()["C_Login"] == 1
        assert "store_intended" not in issued.events()
        await walker.type(PIN)
        await walker.press("enter")
        await walker.reach("done")
        assert shim.calls()["C_Login"] == 2
    assert certificate_on(issued) == fingerprint(issued.folder / "out" / "届いた.cer")


async def test_a_card_that_is_missing_is_put_back_and_found_by_f5(issued: Practice, shim: Shim) -> None:
    """The reader answers that no token is there; then it is."""
    async with walking(issued, "ja", module=str(shim.module)) as walker:
        shim.order(Order("C_GetSlotList", "after", "lie", "empty"))
        await to_store(walker)
        await walker.until(lambda: card(walker) == walker.app.context.lexicon.word("card.none_there"), "no card")
        complete(walker, "#pin", "#store")
        await walker.type(PIN)
        await walker.press("enter")  # all the same: the act looks for itself
        await walker.reach("verdict")
        assert happened(walker, "card_absent") in walker.text()
        shim.clear()
        await walker.press("enter")
        await walker.reach("store")
        await walker.until(lambda: "[OK]" in card(walker), "there again")
        shim.order(Order("C_GetSlotList", "after", "lie", "empty"))
        await walker.type(PIN)
        await walker.press("f5")
        await walker.until(lambda: card(walker) == walker.app.context.lexicon.word("card.none_there"), "taken out")
        shim.clear()
        await walker.press("f5")
        await walker.until(lambda: "[OK]" in card(walker), "put back")
        assert (typed(walker), walker.focus) == (len(PIN), "pin")
        await walker.press("enter")
        await walker.reach("done")
    assert issued.events()[-1] == "stored"


async def test_a_reader_that_fails_is_told_on_the_page(issued: Practice, shim: Shim) -> None:
    async with walking(issued, "ja", module=str(shim.module)) as walker:
        shim.order(Order("C_GetSlotList", "before", "ckr", "5"))  # CKR_GENERAL_ERROR
        await to_store(walker)
        await walker.until(lambda: "[NG]" in card(walker), "told")
        assert walker.page == "store"
        complete(walker, "#pin", "#store")
        shim.clear()
        await walker.press("f5")
        await walker.until(lambda: "[OK]" in card(walker), "mended")


async def test_another_card_is_not_the_card(issued: Practice, tmp_path: Path) -> None:
    mine, tokens = tmp_path / "mine", issued.folder / "tokens"
    other = _another_card(issued.copy(tmp_path / "elsewhere"))
    tokens.rename(mine)
    shutil.copytree(other, tokens)
    async with walking(issued, "ja") as walker:
        await to_store(walker)
        await walker.until(lambda: "この手続のカードではありません" in card(walker), "wrong")
        complete(walker, "#pin", "#store")
        await walker.type(PIN)
        await walker.press("enter")
        await walker.reach("verdict")
        assert happened(walker, "wrong_card") in walker.text()
        assert "store_intended" not in issued.events()
        shutil.rmtree(tokens)
        mine.rename(tokens)
        await walker.press("enter")
        await walker.reach("store")
        await walker.until(lambda: "[OK]" in card(walker), "the right one")
        await walker.type(PIN)
        await walker.press("enter")
        await walker.reach("done")
    assert issued.events()[-1] == "stored"


def _another_card(practice: Practice) -> Path:
    """Tokens of another card, made as a fresh one is."""
    shutil.rmtree(practice.folder / "tokens")
    (practice.folder / "tokens").mkdir()
    practice.done("card", "format", "--label", "KEIRI-02", *practice.so_pin, *practice.pin)
    return practice.folder / "tokens"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"machine_id": MACHINE_ID, "host_name": "office-02"}, "wrong_machine"),
        ({"login_name": "j-soumu", "login_uid": 1002}, "wrong_login"),
    ],
)
async def test_another_pc_or_login_meanwhile_stores_nothing(
    issued: Practice, values: dict[str, str | int], code: str
) -> None:
    """The check is the conductor's and made again: what the page before has seen is no permission."""
    async with walking(issued) as walker:
        await to_store(walker)
        pretend(issued, **values)
    async with walking(issued) as walker:  # the place is known for one run
        await open_first(walker, "receive")
        await walker.see("届いた.cer")
        await walker.press("enter")
        await walker.see(happened(walker, code))
        await walker.press("f10")
        assert walker.page == "receive"
    assert "store_intended" not in issued.events()


@pytest.fixture(scope="module")
def _shim(tmp_path_factory: pytest.TempPathFactory) -> Shim:
    return build_shim(tmp_path_factory.mktemp("shim"))


@pytest.fixture
def shim(_shim: Shim) -> Shim:
    """SoftHSM that misbehaves on order, and counts its calls."""
    _shim.clear()
    _shim.forget()
    return _shim
