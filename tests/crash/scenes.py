"""The acts that are cut short, how a person goes on after each, and what must be true then."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.card.shim import Order, build_shim
from tests.crash.judge import judge, settled
from tests.practice import PROGRAM, Answer, Practice, new_practice, run

KILL = (sys.executable, "-m", "tests.crash.kill")
KILLED = -9


@dataclass(frozen=True, slots=True)
class Scene:
    """One act: the workplace before it, the command, and how a person goes on when it was cut short."""

    name: str
    prepare: Callable[[Practice], None]
    command: Callable[[Practice], list[str | Path]]
    go_on: Callable[[Practice], None]
    final: Callable[[Practice], None]


def marks_of(scene: Scene, before: Practice, folder: Path) -> list[str]:
    """Run the act once, uncut, in a copy; return the marks it passed."""
    practice = before.copy(folder / f"uncut-{scene.name}")
    answer, marks = cut(scene, practice, -1)
    assert answer.status == 0, answer
    return marks


def cut(scene: Scene, practice: Practice, index: int) -> tuple[Answer, list[str]]:
    """Run the act and kill it at a mark."""
    file = practice.folder.with_name(f"{practice.folder.name}.marks")
    command = [*KILL, file, str(index), "--sandbox", practice.folder, *scene.command(practice), "--json"]
    answer = run(command, practice.environ)
    return answer, file.read_text().splitlines()


def cut_in_module(scene: Scene, practice: Practice, function: str, when: str) -> Answer:
    """Run the act and kill program and card process from inside the module, just before or after it really acts."""
    shim = build_shim(practice.folder.with_name(f"{practice.folder.name}.shim"))
    shim.order(Order(function, when, "kill-parent"))
    options: list[str | Path] = ["--module", shim.module, "--sandbox", practice.folder]
    return run([*PROGRAM, *options, *scene.command(practice), "--json"], practice.environ)


def walk_on(scene: Scene, practice: Practice) -> None:
    """After the cut: look, go on as the program says, and judge by what card, folder and ledger hold."""
    judge(practice)
    scene.go_on(practice)
    judge(practice)
    settled(practice)
    scene.final(practice)


def _nothing(practice: Practice) -> None:
    """The workplace as it is."""


def _format(practice: Practice) -> list[str | Path]:
    return ["card", "format", "--label", "PRACTICE", *practice.so_pin, *practice.pin]


def _format_again(practice: Practice) -> None:
    cards = practice.done("card", "list")["cards"]
    if not any(card["initialised"] and card["pin"] == "ok" for card in cards):
        practice.format()
    if practice.done("status")["format_open"]:
        # The card is ready, only the record is not: the next act of any kind that looks at it closes it.
        serial = cards[0]["serial"]
        practice.done("card", "format", "--label", "PRACTICE", "--erase", serial, *practice.so_pin, *practice.pin)


def _formatted(practice: Practice) -> None:
    (card,) = practice.done("card", "list")["cards"]
    assert (card["label"], card["initialised"], card["pin"]) == ("PRACTICE", True, "ok")
    practice.token()  # pkcs11-tool logs in with the PIN


def _erase(practice: Practice) -> list[str | Path]:
    (card,) = practice.done("card", "list")["cards"]
    (stored,) = practice.enrolments()
    why = ["--destroys", stored["enrolment"], "--reason", "カードの再利用"]
    return [*_format(practice), "--erase", card["serial"], *why]


def _erase_again(practice: Practice) -> None:
    if practice.token_is_ready() and not practice.token():
        # Wiped and ready; whatever is recorded of it, one more format with nothing to lose settles it.
        (card,) = practice.done("card", "list")["cards"]
        practice.done(*_format(practice), "--erase", card["serial"])
    else:
        (card,) = practice.done("card", "list")["cards"]
        enrolments = [each["enrolment"] for each in practice.enrolments() if not each["key_destroyed"]]
        why = [word for number in enrolments for word in ("--destroys", number, "--reason", "カードの再利用")]
        erase = ["--erase", card["serial"]] if card["serial"] else []
        practice.done(*_format(practice), *erase, *why)


def _erased(practice: Practice) -> None:
    _formatted(practice)
    assert practice.token() == []
    (enrolment,) = practice.enrolments()
    assert enrolment["key_destroyed"]
    assert enrolment["state"] == "abandoned"


def _request(practice: Practice) -> list[str | Path]:
    return ["request", "--answers", practice.answers, *practice.pin]


def _resume_or_request(practice: Practice) -> None:
    """What `status` says: go on with what is open, begin anew where nothing was begun."""
    open_ones = [each["enrolment"] for each in practice.enrolments() if each["waits_for"] == "applicant"]
    if open_ones:
        again = practice.run(*_request(practice))
        assert again.status == 0 or again.code == "enrolment_open", again
        for number in open_ones:
            practice.done("resume", number, *practice.pin)
    elif not practice.enrolments():
        practice.request()


def _waiting(practice: Practice) -> None:
    enrolments = practice.enrolments()
    assert {each["state"] for each in enrolments} == {"awaiting_certificate"}
    assert len([each for each in practice.token() if each["kind"] == "private"]) == len(enrolments)


def _half_a_pair(practice: Practice) -> None:
    """A crash between the two halves of a pair, as a card may leave it: the public key is there, the private is not."""
    _cut_after(practice, "key.make after")
    (private,) = [each for each in practice.token() if each["kind"] == "private"]
    practice.tool("--delete-object", "--type", "privkey", "--id", private["ID"])


def _key_without_record(practice: Practice) -> None:
    _cut_after(practice, "key.make after")


def _cut_after(practice: Practice, mark: str) -> None:
    copy = practice.copy(practice.folder.with_name(f"{practice.folder.name}-uncut"))
    _, marks = cut(REQUEST, copy, -1)
    shutil.rmtree(copy.folder)
    answer, _ = cut(REQUEST, practice, marks.index(mark))
    assert answer.status == KILLED, answer


def _resume(practice: Practice) -> list[str | Path]:
    (enrolment,) = practice.enrolments()
    return ["resume", enrolment["enrolment"], *practice.pin]


def _resume_again(practice: Practice) -> None:
    (enrolment,) = practice.enrolments()
    practice.done("resume", enrolment["enrolment"], *practice.pin)


def _requested(practice: Practice) -> None:
    practice.issue(practice.request())


def _store(practice: Practice) -> list[str | Path]:
    (enrolment,) = practice.enrolments()
    return ["store", enrolment["enrolment"], practice.folder / "out" / "cert.pem", *practice.pin]


def _store_again(practice: Practice) -> None:
    (enrolment,) = practice.enrolments()
    if enrolment["open"]:
        practice.done("resume", enrolment["enrolment"], *practice.pin)
    answer = practice.done(*_store(practice))
    assert answer["state"] == "stored"


def _stored(practice: Practice) -> None:
    (enrolment,) = practice.enrolments()
    assert enrolment["state"] == "stored"
    assert len([each for each in practice.token() if each["kind"] == "certificate"]) == 1


def _has_stored(practice: Practice) -> None:
    _requested(practice)
    practice.done(*_store(practice))


def _set_pin(practice: Practice) -> list[str | Path]:
    new = practice.folder / "secrets" / "new-pin"
    new.touch(mode=0o600)
    new.write_text("87654321\n")
    return ["card", "set-pin", *practice.pin, "--new-pin-file", new]


def _set_pin_again(practice: Practice) -> None:
    """One of the two PINs is right; the card tells which, and a wrong try on it costs nothing here."""
    answer = practice.run(*_set_pin(practice))
    assert answer.status == 0 or answer.code == "pin_wrong", answer
    shutil.copy(practice.folder / "secrets" / "new-pin", practice.folder / "secrets" / "pin")


def _unblock(practice: Practice) -> list[str | Path]:
    return ["card", "unblock", *practice.so_pin, *_set_pin(practice)[-2:]]


def _unblock_again(practice: Practice) -> None:
    practice.done(*_unblock(practice))
    shutil.copy(practice.folder / "secrets" / "new-pin", practice.folder / "secrets" / "pin")


def _import(practice: Practice) -> list[str | Path]:
    registry = practice.folder / "registry"
    table = registry / "organizations.csv"
    return ["registry", "import", "--organizations", table, "--accounts", registry / "accounts.csv"]


def _import_again(practice: Practice) -> None:
    practice.done(*_import(practice))


def _imported(practice: Practice) -> None:
    registries = practice.done("registry", "status")["registries"]
    assert {each["registry"]: each["rows"] for each in registries} == {"organizations": 11, "accounts": 7}


REQUEST = Scene("request", _nothing, _request, _resume_or_request, _waiting)
SCENES = (
    Scene("format", _nothing, _format, _format_again, _formatted),
    Scene("erase", _has_stored, _erase, _erase_again, _erased),
    REQUEST,
    Scene("resume", _key_without_record, _resume, _resume_again, _waiting),
    Scene("leftover", _half_a_pair, _resume, _resume_again, _waiting),
    Scene("store", _requested, _store, _store_again, _stored),
    Scene("set-pin", _nothing, _set_pin, _set_pin_again, _formatted),
    Scene("unblock", _nothing, _unblock, _unblock_again, _formatted),
    Scene("import", _nothing, _import, _import_again, _imported),
)


# Where the card itself is changed: PKCS#11 functions, killed before and after the module has done them.
MODULE_CUTS = {
    "format": ("C_InitToken", "C_InitPIN"),
    "erase": ("C_InitToken", "C_InitPIN"),
    "request": ("C_GenerateKeyPair", "C_Sign", "C_CreateObject"),
    "leftover": ("C_DestroyObject", "C_GenerateKeyPair"),
    "store": ("C_CreateObject", "C_Sign"),
    "set-pin": ("C_SetPIN",),
    "unblock": ("C_InitPIN",),
}


def stage(scene: Scene, folder: Path) -> Practice:
    """The workplace in which an act begins."""
    practice = new_practice(folder / scene.name)
    practice.use_fast_keys()
    if scene.name != "format":
        practice.format()
    scene.prepare(practice)
    return practice
