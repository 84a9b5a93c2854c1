"""A copy of the request for the medium that goes to the 登録分局, with the form if there is one, and SHA-256 sums."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lgpki_tui.conductor.applying import last_written
from lgpki_tui.conductor.drive import request_files
from lgpki_tui.conductor.ports import Ports, Progress
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.media.sums import SUFFIX, refuse_unfit, sums
from lgpki_tui.procedure.enrolment import Enrolment

if TYPE_CHECKING:
    from lgpki_tui.media.mounted import Medium

# A sheet takes some tens of kilobytes: whatever larger has its name is not ours to carry around.
MOST_SHEET_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Exported:
    """What was copied: the files to hand over, and the lists of their SHA-256 (`sha256sum -c`). Absolute paths."""

    files: tuple[Path, ...]
    sums: tuple[Path, ...]


def export(ports: Ports, number: str, folder: Path) -> Exported:
    """Copy the files of the request to a folder (absolute), and the form that was written last, where there is one: its
    PDF and its text twin.

    `NAME.sha256` of the request, and one of each file of the form (which may be written later, and nothing is ever
    overwritten), get their names when the files have theirs, are on the medium and were read back. Equal files that
    are there already are fine. The record keeps naming the folder where the request was first written. Raises Refusal:
    enrolment_unknown, enrolment_state (there is no request), file_name_unfit, folder_*, file_exists, file_differs.
    """
    enrolment = _with_request(ports, number)
    ports.narrate(Progress.WRITING_REQUEST, folder=str(folder))
    files, lists = _copies(ports, enrolment)
    refuse_unfit((*files, *lists))
    target = ports.folder(folder)
    target.refuse_full({**files, **lists})
    target.write_all(files, lists)
    return Exported(tuple(folder / name for name in files), tuple(folder / name for name in lists))


def export_again(ports: Ports, number: str, folder: Path, was: Medium | None, now: Medium | None) -> Exported:
    """Copy to a folder that has a copy already, for the form that was made since.

    `was`: the medium that the folder was on then, `now`: the one that it is on now; None for no medium. Raises Refusal:
    medium_absent (the folder of a medium that was pulled out may be there all the same), and as `export` does.
    """
    if was is not None and (now is None or not now.is_like(was)):
        raise Refusal(Code.MEDIUM_ABSENT, medium=was.name, media=[] if now is None else [now.name])
    return export(ports, number, folder)


def wanted(ports: Ports, number: str) -> dict[str, int]:
    """What a medium must have room for: sizes by name. Raises Refusal: enrolment_unknown, enrolment_state."""
    files, lists = _copies(ports, _with_request(ports, number))
    return {name: len(content) for name, content in (files | lists).items()}


def _with_request(ports: Ports, number: str) -> Enrolment:
    ports.ledger.load()
    enrolment = ports.ledger.enrolment(number)
    if enrolment is None:
        raise Refusal(Code.ENROLMENT_UNKNOWN, enrolment=number)
    if enrolment.request is None:
        raise Refusal(Code.ENROLMENT_STATE, enrolment=number, state=enrolment.state.value)
    return enrolment


def _copies(ports: Ports, enrolment: Enrolment) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The files, and the lists of their SHA-256."""
    assert enrolment.request is not None  # noqa: S101  # asked before
    request = request_files(enrolment, enrolment.request)
    fit = [file for file in last_written(ports, enrolment) if file.stat().st_size <= MOST_SHEET_BYTES]
    sheets = {file.name: file.read_bytes() for file in fit}
    lists = {f"{enrolment.file_stem}{SUFFIX}": sums(request)}
    lists |= {f"{name}{SUFFIX}": sums({name: content}) for name, content in sheets.items()}
    return request | sheets, lists
