"""Cards that are not the one, not ready, or must not be wiped: nothing is made and no key is lost."""

from __future__ import annotations

import pytest

from tests.practice import Practice, run
from tests.road.conftest import Waiting
from tests.road.refusing import assert_inert, put_card_in, refused, softhsm, take_card_out, untouched


def request(practice: Practice, *before: str) -> tuple[str, ...]:
    return (*before, "request", "--answers", str(practice.answers), *practice.pin)


def wipe(practice: Practice, *more: str, label: str = "NEW") -> tuple[str, ...]:
    return ("card", "format", "--label", label, *practice.so_pin, *practice.pin, *more)


def serial_of(practice: Practice, label: str = "PRACTICE") -> str:
    return next(str(card["serial"]) for card in practice.done("card", "list")["cards"] if card["label"] == label)


def held(practice: Practice) -> tuple[object, ...]:
    return (practice.ledger(), sorted(path.name for path in (practice.folder / "out").iterdir()))


@pytest.mark.parametrize("blank", [True, False], ids=["blank", "no-pin"])
def test_a_card_that_nobody_can_log_in_to(practice: Practice, blank: bool) -> None:
    take_card_out(practice)
    if not blank:
        _without_pin(practice)
    before = held(practice)
    code = "card_blank" if blank else "pin_not_set"
    refused(practice, *request(practice), code=code, status=3)
    refused(practice, *("card", "set-pin", *practice.pin, "--new-pin-file", practice.pin[1]), code=code, status=3)
    assert held(practice) == before
    (card,) = practice.done("card", "list")["cards"]
    assert (card["initialised"], card["pin"]) == (not blank, "not_set")


def _without_pin(practice: Practice) -> None:
    """C_InitToken and no C_InitPIN, by pkcs11-tool."""
    so_pin = (practice.folder / "secrets" / "so-pin").read_text().strip()
    practice._tried("--slot-index", "0", "--init-token", "--label", "HALF", "--so-pin", so_pin)


def test_store_without_the_card(waiting: Waiting) -> None:
    practice, serial = waiting.practice, serial_of(waiting.practice)
    tokens = practice.folder / "tokens"
    tokens.rename(practice.folder / "taken-out")
    tokens.mkdir(mode=0o700)
    before = held(practice)
    told = refused(practice, *waiting.command(), code="card_absent", status=3, serial=serial, label="PRACTICE")
    results = {check["code"]: check["result"] for check in told["checks"]}
    assert (results["certificate_untrusted"], results["card_absent"], results["wrong_card"]) == (
        "ok",
        "fail",
        "unknown",
    )
    assert held(practice) == before
    tokens.rmdir()
    (practice.folder / "taken-out").rename(tokens)
    assert waiting.store().status == 0


def test_store_with_another_card(waiting: Waiting) -> None:
    practice, serial = waiting.practice, serial_of(waiting.practice)
    take_card_out(practice)
    put_card_in(practice, "OTHER")
    other = serial_of(practice, "OTHER")
    with untouched(practice):
        told = refused(practice, *waiting.command(), code="wrong_card", status=1, serial=serial, label="PRACTICE")
    assert told["facts"]["found"] == [{"serial": other, "label": "OTHER"}]
    results = {check["code"]: check["result"] for check in told["checks"]}
    assert (results["card_absent"], results["wrong_card"], results["pin_wrong"]) == ("ok", "fail", "unknown")
    assert serial in told["facts"].values()


def test_the_right_one_of_two_cards_is_found_by_its_key(waiting: Waiting) -> None:
    put_card_in(waiting.practice, "OTHER")
    wrong = ("--card", "OTHER", *waiting.command())
    refused(waiting.practice, *wrong, code="wrong_card", status=1, label="PRACTICE")
    assert waiting.store().status == 0


@pytest.mark.parametrize("label", ["PRACTICE", "WIPED"])
def test_a_card_that_somebody_wiped_meanwhile(waiting: Waiting, label: str) -> None:
    """Wiping by another program keeps the serial (measured): the key decides."""
    practice, serial = waiting.practice, serial_of(waiting.practice)
    so_pin, pin = ((practice.folder / "secrets" / name).read_text().strip() for name in ("so-pin", "pin"))
    softhsm(practice, "--init-token", "--serial", serial, "--label", label, "--so-pin", so_pin, "--pin", pin)
    assert practice.token() == []
    with untouched(practice):
        told = refused(practice, *waiting.command(), code="wrong_card", status=1, reason="key_not_on_card")
        assert told["facts"]["serial"] == serial
    assert {check["code"]: check["result"] for check in told["checks"]}["wrong_card"] == "fail"
    assert waiting.enrolment()["state"] == "awaiting_certificate"
    practice.done("abandon", waiting.number, "--reason", "カードの初期化")
    assert practice.request()["state"] == "awaiting_certificate"


def test_several_cards_must_be_told_apart(practice: Practice) -> None:
    put_card_in(practice, "OTHER")
    cards = {card["label"]: card["serial"] for card in practice.done("card", "list")["cards"]}
    assert set(cards) == {"PRACTICE", "OTHER"}
    with untouched(practice):
        told = refused(practice, *request(practice), code="card_ambiguous", status=2)
        assert {card["label"]: card["serial"] for card in told["facts"]["cards"]} == cards
        for unknown in ("nothing", "pkcs11:serial=00;token=OTHER"):
            refused(practice, *request(practice, "--card", unknown), code="card_absent", status=3)
        for bad in ("pkcs11:colour=red", "pkcs11:token=OTHER?pin-value=12345678"):
            told = refused(practice, *request(practice, "--card", bad), code="usage", status=2)
            assert "12345678" not in str(told)
    for chosen in (cards["PRACTICE"], "PRACTICE", f"pkcs11:token=PRACTICE;serial={cards['PRACTICE']}"):
        made = practice.done(*request(practice, "--card", chosen))
        (mine,) = [each for each in practice.enrolments() if each["enrolment"] == made["enrolment"]]
        assert mine["card_serial"] == cards["PRACTICE"]


def test_an_initialised_card_is_not_formatted(practice: Practice) -> None:
    serial = serial_of(practice)
    with untouched(practice):
        told = refused(practice, *wipe(practice), code="card_not_blank", status=1, serial=serial, label="PRACTICE")
        assert (told["facts"]["keys"], told["facts"]["certificates"], told["facts"]["enrolments"]) == (0, 0, [])
        refused(practice, *wipe(practice, "--erase", "0000"), code="card_absent", status=3)
        command = ("--card", "PRACTICE", *wipe(practice, "--erase", "PRACTICE"))
        refused(practice, *command, code="card_not_blank", status=1)


def test_a_key_that_an_enrolment_waits_for_is_never_wiped(waiting: Waiting) -> None:
    """Whatever is typed; the way out is to abandon first."""
    practice, serial = waiting.practice, serial_of(waiting.practice)
    numbers = [waiting.number, waiting.other]
    named = [word for number in numbers for word in ("--destroys", number, "--reason", "カードの再利用")]
    with untouched(practice):
        told = refused(practice, *wipe(practice), code="card_not_blank", status=1)
        assert sorted(told["facts"]["enrolments"]) == sorted(numbers)
        for more in ((), named):
            command = wipe(practice, "--erase", serial, *more)
            told = refused(practice, *command, code="card_key_live", status=1, state="awaiting_certificate")
            assert told["facts"]["enrolment"] in numbers
            assert (told["facts"]["keys"], told["facts"]["serial"]) == (2, serial)
    assert waiting.store().status == 0


def test_a_stored_key_must_be_named_with_a_reason(waiting: Waiting) -> None:
    practice, serial = waiting.practice, serial_of(waiting.practice)
    practice.done("abandon", waiting.other, "--reason", "申請の取下げ")
    practice.done(*waiting.command())
    erase = ("--erase", serial)
    named = (*erase, "--destroys", waiting.number)
    unknown = (*erase, "--destroys", "261124-00000", "--reason", "試し")
    other = (*erase, "--destroys", waiting.other, "--reason", "試し")
    with untouched(practice):
        refused(practice, *wipe(practice, *erase), code="card_key_live", status=1, enrolment=waiting.number)
        refused(practice, *wipe(practice, *named), code="usage", status=2)
        for blank in ("", " ", "\u3000"):
            refused(practice, *wipe(practice, *named, "--reason", blank), code="reason_missing", status=1)
        refused(practice, *wipe(practice, *unknown), code="enrolment_unknown", status=1, enrolment="261124-00000")
        refused(practice, *wipe(practice, *other), code="card_key_live", status=1, enrolment=waiting.number)
    practice.done(*wipe(practice, *named, "--reason", "カードの返却"))
    assert practice.token() == []
    after = waiting.enrolment()
    assert (after["state"], after["key_destroyed"], after["reason"]) == ("abandoned", True, "カードの返却")


LABELS = {
    "empty": "",
    "edge": "CARD ",
    "long": "あ" * 11,
    "control": "A\x07B",
    "escape": "\x1b]0;x\x07",
    "bidi": "A\u202eB",
    "zwsp": "A\u200bB",
}


def test_a_label_that_no_token_can_have(practice: Practice) -> None:
    take_card_out(practice)
    before = held(practice)
    for name, label in LABELS.items():
        told = refused(practice, *wipe(practice, label=label), code="card_label", status=2)
        reason = {"empty": "empty", "edge": "edge_space", "long": "too_long"}.get(name, "characters")
        assert (told["facts"]["reason"], told["facts"]["max_bytes"]) == (reason, 32), name
    assert held(practice) == before
    assert not practice.token_is_ready()
    practice.done(*wipe(practice, label="あ" * 10 + "ab"))  # 32 bytes


def test_a_label_from_outside_does_not_act_on_the_terminal(practice: Practice) -> None:
    """Another program may call a token anything."""
    label = "\x1b[31mR\x07\u202e\u200b"
    put_card_in(practice, label)
    told = refused(practice, *request(practice), code="card_ambiguous", status=2)
    assert len(told["facts"]["cards"]) == 2
    listed = practice.run("card", "list")
    assert {card["label"] for card in listed.json["cards"]} == {"PRACTICE", label}
    assert_inert(listed)
    shown = run([*practice.program, "--sandbox", practice.folder, "card", "list"])
    assert_inert(shown)
    assert "\\u001b[31mR\\u0007\\u202e\\u200b" in shown.out
