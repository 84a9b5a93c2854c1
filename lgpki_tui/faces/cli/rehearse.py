"""Rehearsal: make a practice workplace, let the practice CA issue, walk the whole road and tell each step."""

from __future__ import annotations

import errno
import os
import shlex
import shutil
import sys
import tempfile
from base64 import b64decode
from collections.abc import Awaitable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lgpki_tui.card.module_choice import shipped_module
from lgpki_tui.faces.cli.run import Call, Handler, practice_readers
from lgpki_tui.faces.cli.wizard import open_wizard
from lgpki_tui.faces.tui.start import can_open
from lgpki_tui.ground.codes import Code, Exit
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.pki.files import CHAIN_SUFFIX, read_bounded
from lgpki_tui.rehearsal.ca import Fault, issue
from lgpki_tui.rehearsal.sandbox import init
from lgpki_tui.workplace import Workplace

if TYPE_CHECKING:
    from lgpki_tui.procedure.enrolment import Enrolment


def _init(call: Call) -> Exit:
    call.out.practice = True
    card = call.args.practice_card
    if card == "virtual":
        _try_readers()
    folder = init(call.args.folder, shipped_module(card), call.workplace.entropy, card)
    call.out.answer({"sandbox": str(folder)}, [call.out.words.word("rehearse.made", folder=str(folder))])
    return Exit.DONE


def _try_readers() -> None:
    """Raise Refusal(practice_readers) where the virtual card cannot be had, before a folder is made for it."""
    with tempfile.TemporaryDirectory(prefix="lgpki-tui-readers-") as folder:
        practice_readers(Path(folder)).close()


def _issue(call: Call) -> Exit:
    place, out = call.workplace, Path(os.path.realpath(call.args.out))
    if place.sandbox is None:
        raise Refusal(
            Code.USAGE, message="--sandbox DIR", usage="lgpki-tui --sandbox DIR rehearse issue CSR --out CERT"
        )
    if out.is_dir() or out.name.startswith("."):
        raise Refusal(Code.USAGE, message=f"--out {call.args.out}", usage="lgpki-tui rehearse issue")
    issued = issue(
        place.sandbox / "ca",
        read_bounded(call.args.request, Code.REQUEST_UNREADABLE),
        _faults(call.args.fault),
        place.clock.now(),
    )
    chain = out.with_name(out.name + CHAIN_SUFFIX)
    place.folder(out.parent).write_all({out.name: issued.pem, chain.name: issued.chain_pem})
    facts = {"certificate": str(out), "chain": str(chain), "faults": list(call.args.fault)}
    call.out.answer(facts, [call.out.words.word("rehearse.issued", file=str(out))])
    return Exit.DONE


def issue_beside(place: Workplace, enrolment: Enrolment) -> Path:
    """What the practice branch does with a request: the CA issues, and the certificate comes back into out/. One that
    was issued before is handed out again. Raises Refusal: request_*, folder_*, file_exists."""
    if place.sandbox is None or enrolment.request is None:
        raise ValueError("no practice, or no request")
    out = place.sandbox / "out" / f"{enrolment.file_stem}.cer.pem"
    if not out.exists():
        issued = issue(place.sandbox / "ca", b64decode(enrolment.request.csr), (), place.clock.now())
        chain = out.with_name(out.name + CHAIN_SUFFIX)
        place.folder(out.parent).write_all({out.name: issued.pem, chain.name: issued.chain_pem})
    return out


def _faults(names: list[str]) -> tuple[Fault, ...]:
    known = {fault.value: fault for fault in Fault}
    for name in names:
        if name not in known:
            raise Refusal(Code.USAGE, message=f"--fault {name}", known=list(known))
    return tuple(known[name] for name in names)


def _practice(call: Call) -> Exit | Awaitable[Exit]:
    """`rehearse` alone: the practice workplace of this login, made if missing, and the wizard in it; where there is no
    terminal, the walk."""
    folder = call.workplace.places.practice
    if folder is None:
        raise Refusal(Code.USAGE, message="--sandbox", usage="lgpki-tui rehearse")
    if not folder.exists():
        _make_whole(call, folder)
    if call.out.as_json or can_open() is not None:
        return _walk_in(call, folder)
    return open_wizard(call, Workplace(folder, start_readers=practice_readers))


def _make_whole(call: Call, folder: Path) -> None:
    """The folder gets its name when all is in it: one that was cut off in the making is made anew next time."""
    try:
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        making = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))
    except OSError as error:
        raise Refusal(Code.FOLDER_UNWRITABLE, folder=str(folder.parent), reason=error.strerror or "") from error
    try:
        init(making, shipped_module("soft"), call.workplace.entropy)
        making.rename(folder)
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):  # else another program was first
            raise
    finally:
        shutil.rmtree(making, ignore_errors=True)


async def _walk(call: Call) -> Exit:
    """`rehearse walk [DIR]`: in a fresh folder, so that it can be done as often as one likes."""
    named = call.args.folder or tempfile.mkdtemp(prefix="lgpki-tui-practice-")
    return await _walk_in(call, init(Path(named), shipped_module("soft"), call.workplace.entropy))


async def _walk_in(call: Call, folder: Path) -> Exit:
    from lgpki_tui.rehearsal.walk import Walk, WalkStopped

    call.out.practice = True
    try:
        walk = Walk(folder, call.out.words.language, call.out.say, _echo, as_json=call.out.as_json)
        facts = await walk.run()
    except WalkStopped as stopped:
        if call.out.as_json:
            print(stopped.answer.decode(), end="")
        return Exit(stopped.status)
    word = call.out.words.word("rehearse.walked", folder=str(folder), enrolment=facts["enrolment"])
    call.out.answer({"sandbox": str(folder), **facts}, [word])
    return Exit.DONE


def _echo(command: Sequence[str]) -> None:
    print(f"$ {shlex.join(['lgpki-tui', *command])}", file=sys.stderr, flush=True)


HANDLERS: dict[str, Handler] = {
    "rehearse": _practice,
    "rehearse.init": _init,
    "rehearse.issue": _issue,
    "rehearse.walk": _walk,
}
