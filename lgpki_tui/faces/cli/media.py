"""Removable media: the list of them, and the copy of a request."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from lgpki_tui.conductor.exporting import export
from lgpki_tui.faces.cli.run import Call, Handler
from lgpki_tui.faces.sizes import size_text
from lgpki_tui.ground.codes import Code, Exit
from lgpki_tui.ground.findings import Fact, Refusal
from lgpki_tui.media.eject import command_for, mount_command, unmount
from lgpki_tui.media.kernel import Kernel
from lgpki_tui.media.mounted import Medium, Place, Unmounted, named, on_disks, unmounted
from lgpki_tui.procedure.number import typed_number


def _export(call: Call) -> Exit:
    place = call.workplace
    folder = _target(call, call.args.to)
    copied = export(place, typed_number(call.args.enrolment), folder)
    kind, medium = place.place_of(folder)
    facts: dict[str, Fact] = {
        "enrolment": typed_number(call.args.enrolment),
        "host_name": _host_name(call),
        "folder": str(folder),
        "files": [str(file) for file in copied.files],
        "sums": [str(file) for file in copied.sums],
        "place": kind.value,
        "medium": None if medium is None else _facts(medium),
        "unmounted": False,
    }
    if call.args.unmount and medium is not None:
        try:
            unmount(Kernel(), medium)
        except Refusal as refusal:  # the copy is done all the same
            call.out.refuse(refusal, facts)
            return refusal.code.exit
        facts["unmounted"] = True
    call.out.answer(facts, _export_lines(call, facts, kind, medium))
    return Exit.DONE


def _target(call: Call, to: str) -> Path:
    """A folder has a slash in it, and is no device; anything else is the name of a medium."""
    if not to or "\0" in to:
        raise Refusal(Code.USAGE, message="--to DIR|MEDIUM", usage="lgpki-tui export")
    if "/" in to and not Path(to).is_block_device():
        return Path(os.path.abspath(to))  # noqa: PTH100  # pathlib's follows links, whose names people know
    return named(call.workplace.media(), to).folder


def _export_lines(call: Call, facts: dict[str, Fact], kind: Place, medium: Medium | None) -> Iterator[str]:
    word, names = call.out.words.word, [*cast(list[str], facts["files"]), *cast(list[str], facts["sums"])]
    yield word("export.done", folder=facts["folder"], count=len(names), host_name=facts["host_name"])
    yield from (f"  {Path(name).name}" for name in names)
    if facts["unmounted"] and medium is not None:
        yield word("export.unmounted", name=medium.name)
    elif medium is not None:
        kernel = Kernel()
        commands = [command_for(kernel, mount) for mount in on_disks(kernel, medium.disks)]
        yield word("export.medium", command=" && ".join(commands))
    else:
        yield word(f"export.{kind.value}")


def _list(call: Call) -> Exit:
    media, absent = call.workplace.media(), unmounted(Kernel())
    facts: dict[str, Fact] = {
        "host_name": _host_name(call),
        "media": [_facts(each) for each in media],
        "not_mounted": [_absent_facts(each) for each in absent],
    }
    call.out.answer(facts, _list_lines(call, media, absent))
    return Exit.DONE


def _list_lines(call: Call, media: tuple[Medium, ...], absent: tuple[Unmounted, ...]) -> Iterator[str]:
    word = call.out.words.word
    if not media and not absent:
        yield word("media.none")
        return
    yield word("media.of_ssh" if "SSH_CONNECTION" in os.environ else "media.of", host_name=_host_name(call))
    for each in media:
        sizes = {"free": size_text(each.free), "size": size_text(each.size)}
        yield "  " + word("media.one", **{**_facts(each), **sizes})
        if each.obstacle is not None:
            yield "    " + word(f"media.{each.obstacle.value}")
    for one in absent:
        facts = {**_absent_facts(one), "name": one.label or one.device, "size": size_text(one.size)}
        yield "  " + word("media.unmounted", **facts)


def _facts(medium: Medium) -> dict[str, Fact]:
    return {
        "name": medium.name,
        "label": medium.label,
        "folder": str(medium.folder),
        "device": medium.device,
        "filesystem": medium.filesystem,
        "size": medium.size,
        "free": medium.free,
        "obstacle": medium.obstacle.value if medium.obstacle is not None else None,
    }


def _absent_facts(absent: Unmounted) -> dict[str, Fact]:
    return {
        "device": absent.device,
        "label": absent.label,
        "size": absent.size,
        "command": mount_command(absent.device),
    }


def _host_name(call: Call) -> str | None:
    """The PC whose media these are; its missing machine id is no reason not to copy."""
    try:
        return call.workplace.machine().host_name
    except Refusal:
        return None


HANDLERS: dict[str, Handler] = {"export": _export, "media.list": _list}
