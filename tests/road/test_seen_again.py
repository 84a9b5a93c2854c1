"""What was seen once is looked at again before anything is concluded: a card was reset or relabelled."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.card.shim import Order
from tests.crash.scenes import KILLED, REQUEST, SCENES, cut_in_module
from tests.practice import Practice
from tests.road.refusing import assert_stored, erase, through

STORE = next(scene for scene in SCENES if scene.name == "store")
MOVED = "4242"


def privates(practice: Practice) -> list[str]:
    return [each["ID"] for each in practice.token() if each["kind"] == "private"]


def foreign_key(practice: Practice) -> None:
    practice.tool("--keypairgen", "--key-type", "EC:prime256v1", "--id", "77", "--label", "other")


def relabel(practice: Practice, *kinds: str) -> None:
    """Another program gives our objects another CKA_ID, as some drivers do by themselves."""
    (cka_id,) = privates(practice)
    for kind in kinds:
        practice.tool("--set-id", MOVED, "--type", kind, "--id", cka_id)


def test_a_key_whose_public_half_is_lost_is_guarded_beside_a_foreign_one(holding: Practice) -> None:
    (cka_id,) = privates(holding)
    foreign_key(holding)
    holding.tool("--delete-object", "--type", "pubkey", "--id", cka_id)
    told = holding.run(*erase(holding, "NEW", *holding.so_pin))
    assert (told.status, told.code) == (1, "card_key_live")
    assert cka_id in privates(holding)


@pytest.mark.parametrize("order", [("C_GenerateKeyPair", "30"), ("C_GenerateKeyPair", "0")], ids=["error", "silent"])
def test_a_card_that_was_reset_makes_no_second_key(practice: Practice, tmp_path: Path, order: tuple[str, str]) -> None:
    """Private objects are unseen then, without an error: that is no reason to call the key absent."""
    function, ckr = order
    orders = [Order(function, "after", "logout"), *([Order(function, "after", "ckr", ckr)] if ckr != "0" else [])]
    told = through(practice, tmp_path / "reset", *orders).run("request", "--answers", practice.answers, *practice.pin)
    assert (told.status, told.code) == (3, "card_removed")
    (enrolment,) = practice.enrolments()
    assert enrolment["open"]
    done = practice.done("resume", enrolment["enrolment"], *practice.pin)
    assert (done["state"], len(privates(practice))) == ("awaiting_certificate", 1)


def test_a_reset_while_resume_looks_makes_no_second_key(practice: Practice, tmp_path: Path) -> None:
    killed = cut_in_module(REQUEST, practice, "C_GenerateKeyPair", "after")
    assert killed.status == KILLED
    (enrolment,) = practice.enrolments()
    words = ("resume", enrolment["enrolment"], *practice.pin)
    for call in range(1, 8):
        reset = Order("C_FindObjectsInit", "before", "logout", call=call)
        told = through(practice, tmp_path / f"reset-{call}", reset).run(*words)
        assert told.status == 0 or told.code == "card_removed", (call, told)
        assert len(privates(practice)) == 1
        assert "key_absent" not in practice.events(enrolment["enrolment"])
    assert practice.done(*words)["state"] == "awaiting_certificate"


@pytest.mark.parametrize("kinds", [("privkey", "pubkey"), ("pubkey",)])
def test_the_private_key_is_followed_and_its_public_half_alone_is_not(
    practice: Practice, kinds: tuple[str, ...]
) -> None:
    made = practice.request()
    issued = practice.issue(made)
    (cka_id,) = privates(practice)
    relabel(practice, *kinds)
    assert practice.store(made, issued).status == 0
    assert practice.enrolments()[0]["cka_id"] == (MOVED if "privkey" in kinds else cka_id)
    assert_stored(practice)


def test_a_key_that_was_made_and_moved_is_not_made_again(practice: Practice) -> None:
    killed = cut_in_module(REQUEST, practice, "C_GenerateKeyPair", "after")
    assert killed.status == KILLED
    relabel(practice, "privkey", "pubkey")
    (enrolment,) = practice.enrolments()
    told = practice.run("resume", enrolment["enrolment"], *practice.pin)
    assert (told.status, told.code) == (3, "card_key_ambiguous")
    assert privates(practice) == [MOVED]
    assert practice.enrolments()[0]["open"]


@pytest.mark.parametrize(
    "order", [Order("C_CloseSession", "before", "logout"), Order("C_GetSessionInfo", "before", "ckr", "5")]
)
def test_a_card_that_ends_the_login_leaves_no_act_open(practice: Practice, tmp_path: Path, order: Order) -> None:
    told = through(practice, tmp_path / "shim", order).run("request", "--answers", practice.answers, *practice.pin)
    assert told.status == 3
    assert practice.enrolments() == []
    assert privates(practice) == []


def test_a_module_that_takes_a_second_initialisation_keeps_its_session(practice: Practice, tmp_path: Path) -> None:
    order = Order("C_Initialize", "before", "ckr", "0", call=3)
    told = through(practice, tmp_path / "shim", order).run("request", "--answers", practice.answers, *practice.pin)
    assert told.status == 0, told


def test_a_private_key_that_is_not_found_is_not_called_lost_while_its_public_half_is_seen(practice: Practice) -> None:
    made = practice.request()
    issued = practice.issue(made)
    relabel(practice, "privkey")
    told = practice.store(made, issued)
    assert (told.status, told.code) == (3, "possession_impossible")
    assert "abandon" not in told.err


def test_a_store_that_was_cut_off_goes_on_under_the_new_id(practice: Practice) -> None:
    STORE.prepare(practice)
    killed = cut_in_module(STORE, practice, "C_CreateObject", "after")
    assert killed.status == KILLED
    relabel(practice, "privkey", "pubkey", "cert")
    (enrolment,) = practice.enrolments()
    assert practice.done("resume", enrolment["enrolment"], *practice.pin)["state"] == "stored"
    assert_stored(practice)


@pytest.mark.parametrize(
    ("order", "destroyed"),
    [
        (Order("C_InitPIN", "before", "ckr", "54"), True),
        (Order("C_InitToken", "before", "ckr", "30"), False),
    ],
    ids=["after the wipe", "before it"],
)
def test_the_record_says_of_a_failed_format_what_became_of_the_key(
    holding: Practice, tmp_path: Path, order: Order, destroyed: bool
) -> None:
    (stored,) = holding.enrolments()
    named = ("--destroys", stored["enrolment"], "--reason", "カードの再利用")
    told = through(holding, tmp_path / "shim", order).run(*erase(holding, "PRACTICE", *holding.so_pin, *named))
    assert told.status == 3
    assert told.json["facts"].get("wiped", False) is destroyed
    assert holding.enrolments()[0]["key_destroyed"] is destroyed
    assert holding.events()[-1] == "format_undone"


def test_a_format_that_did_nothing_is_not_recorded_as_done(practice: Practice, tmp_path: Path) -> None:
    order = Order("C_InitToken", "before", "ckr", "30")
    told = through(practice, tmp_path / "shim", order).run(*erase(practice, "PRACTICE", *practice.so_pin))
    assert told.status == 3
    assert practice.events()[-1] == "format_undone"
