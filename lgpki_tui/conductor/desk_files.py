"""What lies on a medium that came to the desk: which files belong to one request, and whether they agree."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Fact, Finding, Refusal, Result
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.pki.armour import Kind, blocks, looks_like, pem, plain
from lgpki_tui.pki.files import read_bounded
from lgpki_tui.pki.receipt import MOST_BYTES as MOST_RECEIPT_BYTES
from lgpki_tui.pki.receipt import is_canonical, read_receipt
from lgpki_tui.pki.request import LABEL, MOST_BYTES, request_der

# Of one folder: more names than on any medium that a person fills, and more requests than a desk gets at once.
MOST_NAMES, MOST_REQUESTS, MOST_PEEKED = 20_000, 50, 200
# A list of sums has a line for each of a few files; a sheet has some tens of kilobytes.
MOST_LIST_BYTES, MOST_LISTED_BYTES = 64 * 1024, 4 * 1024 * 1024
DER, PEM, RECEIPT, SUMS, SHEET = ".csr", ".csr.pem", ".binding.json", ".sha256", ".sheet"
RECEIPT_CHECKS = (Code.RECEIPT_UNREADABLE, Code.RECEIPT_FORGED, Code.RECEIPT_OTHER)
# What other programs call a request; such a file is one if it looks like it.
_FOREIGN = (".pem", ".p10", ".req", ".der")
_LABELS = (LABEL, f"NEW {LABEL}")
# As sha256sum(1) writes a text file: so written that no byte of it can change unseen.
_LINE = re.compile(r"([0-9a-f]{64})  ([^/\n]+)")


@dataclass(frozen=True, slots=True)
class Bundle:
    """The files of one request in a folder, by their names: the request (DER first), its receipt, lists of sums."""

    name: str
    folder: Path
    requests: tuple[str, ...]
    receipt: str | None = None
    lists: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.requests, *([self.receipt] if self.receipt else []), *self.lists)


def bundles(place: Path) -> tuple[tuple[Bundle, ...], int]:
    """The requests at a place, in the order of their names, and how many other files stand in the folder.

    Of a folder: regular files at its top only, hidden ones never. Of one file: that one, whatever its name, with what
    belongs to it beside it. Raises Refusal: desk_nothing (`file`, `reason`: absent, no_permission, link_loop,
    unreadable, none), desk_too_many (`file`, `most`).
    """
    if not place.is_dir():
        read = _is_there(place)
        if read is not None:
            raise read
        names = _names(place.parent)
        return (_bundle(_stem(place.name), place.parent, names, place.name),), 0
    names = _names(place)
    found = _stems(place, names)
    if not found:
        raise Refusal(Code.DESK_NOTHING, file=str(place.absolute()), reason="none")
    if len(found) > MOST_REQUESTS:
        raise Refusal(Code.DESK_TOO_MANY, file=str(place.absolute()), most=MOST_REQUESTS)
    made = tuple(_bundle(stem, place, names, file) for stem, file in sorted(found.items()))
    known = {name for each in made for name in (*each.files, *_sheets(each.name, names))}
    return made, len(names - known)


def content(bundle: Bundle) -> bytes:
    """The bytes of the request: of the DER file where there is one. Raises Refusal(request_unreadable)."""
    return read_bounded(bundle.folder / bundle.requests[0], Code.REQUEST_UNREADABLE, MOST_BYTES)


def check_pair(bundle: Bundle) -> Finding:
    """desk_files_differ: whether DER and PEM hold the same request, and the PEM nothing that a reader passes over."""
    reasons: list[str] = []
    ders: dict[str, bytes | None] = {name: _der(bundle.folder / name) for name in bundle.requests}
    if len(set(ders.values())) > 1 or None in ders.values():
        reasons.append("differ")
    plainly = all(_is_plain_pem(bundle.folder / name) for name in bundle.requests if name.lower().endswith(PEM))
    if not reasons and not plainly:
        reasons.append("armour")
    # Alone it is only pointed out: there are other ways to write a PEM file than ours.
    result = Result.OK if not reasons else Result.FAIL if len(bundle.requests) > 1 else Result.ATTENTION
    unreadable = len(bundle.requests) == 1 and None in ders.values()  # which is told by request_unreadable
    if unreadable:
        return Finding(Code.DESK_FILES_DIFFER, Result.UNKNOWN)
    return Finding(Code.DESK_FILES_DIFFER, result, None, list(bundle.requests), {"reasons": reasons})


def check_receipt(bundle: Bundle, csr_sha256: str | None, public_key_sha256: str | None) -> tuple[Finding, ...]:
    """receipt_unreadable, receipt_forged, receipt_other: whether the receipt beside a request is whole, and of it.
    Unknown where there is none, or no request to hold it against (None)."""
    if bundle.receipt is None:
        return tuple(Finding(code, Result.UNKNOWN, facts={"reasons": ["no_receipt"]}) for code in RECEIPT_CHECKS)
    found: dict[Code, Finding] = {code: Finding(code, Result.UNKNOWN) for code in RECEIPT_CHECKS}
    try:
        data = read_bounded(bundle.folder / bundle.receipt, Code.RECEIPT_UNREADABLE, MOST_RECEIPT_BYTES)
        binding = read_receipt(data).binding
        if not is_canonical(data):
            raise Refusal(Code.RECEIPT_UNREADABLE, reason="not_as_written")
    except Refusal as refusal:
        reasons: Fact = [str(refusal.facts.get("reason", ""))]
        found[refusal.code] = Finding(refusal.code, Result.FAIL, None, bundle.receipt, {"reasons": reasons})
        return tuple(found.values())
    for code in (Code.RECEIPT_UNREADABLE, Code.RECEIPT_FORGED):
        found[code] = Finding(code, Result.OK)
    if csr_sha256 is not None:
        told, there = (binding.csr_sha256, binding.public_key_sha256), (csr_sha256, public_key_sha256)
        result = Result.OK if told == there else Result.FAIL
        found[Code.RECEIPT_OTHER] = Finding(Code.RECEIPT_OTHER, result, csr_sha256, binding.csr_sha256)
    return tuple(found.values())


def made_at(bundle: Bundle, csr_sha256: str | None) -> datetime:
    """When a request was made: as its own receipt says, which its key has signed; else when its file was written."""
    if bundle.receipt is not None and csr_sha256 is not None:
        try:
            data = read_bounded(bundle.folder / bundle.receipt, Code.RECEIPT_UNREADABLE, MOST_RECEIPT_BYTES)
            binding = read_receipt(data).binding
        except Refusal:  # told by its check
            pass
        else:
            if binding.csr_sha256 == csr_sha256:
                return binding.time
    try:
        return datetime.fromtimestamp((bundle.folder / bundle.requests[0]).stat().st_mtime, UTC)
    except (OSError, OverflowError, ValueError):  # pulled out; a clock beyond all years
        return datetime.min.replace(tzinfo=UTC)


def holds_requests(folder: Path) -> bool:
    """Whether there is a request in a folder, or so many that it is another question."""
    try:
        bundles(folder)
    except Refusal as refusal:
        return refusal.code is Code.DESK_TOO_MANY
    return True


def check_lists(bundle: Bundle) -> Finding:
    """desk_digest: whether every file is what the lists of sums beside the request say. Unknown without a list."""
    if not bundle.lists:
        return Finding(Code.DESK_DIGEST, Result.UNKNOWN, facts={"reasons": ["no_list"]})
    reasons: dict[str, None] = {}
    wrong: list[str] = []
    for name in bundle.lists:
        listed = _listed(bundle.folder / name)
        if listed is None:
            reasons["list_unreadable"] = None
            wrong.append(name)
            continue
        differing = [file for file, told in listed.items() if _sha256(bundle.folder / file) != told]
        reasons |= dict.fromkeys(["differ"] * bool(differing))
        wrong += differing
        own = {*bundle.requests, *([bundle.receipt] if bundle.receipt else [])}
        unlisted = sorted(own - set(listed)) if name == bundle.name + SUMS else []
        reasons |= dict.fromkeys(["unlisted"] * bool(unlisted))
        wrong += unlisted
    result = Result.FAIL if reasons else Result.OK
    return Finding(Code.DESK_DIGEST, result, None, list(dict.fromkeys(wrong)) or None, {"reasons": list(reasons)})


def _is_there(file: Path) -> Refusal | None:
    try:
        file.stat()
    except FileNotFoundError:
        reason = "absent"
    except PermissionError:
        reason = "no_permission"
    except (OSError, ValueError):  # a loop of links; a NUL in the path
        reason = "absent"
    else:
        return None
    return Refusal(Code.DESK_NOTHING, file=str(file.absolute()), reason=reason)


def _names(folder: Path) -> frozenset[str]:
    """The regular files of a folder that are not hidden; a link is none, for it may lead anywhere."""
    names = set()
    try:
        with os.scandir(folder) as entries:
            for count, entry in enumerate(entries):
                if count >= MOST_NAMES:
                    raise Refusal(Code.DESK_TOO_MANY, file=str(folder.absolute()), most=MOST_NAMES)
                if not entry.name.startswith(".") and entry.is_file(follow_symlinks=False):
                    names.add(entry.name)
    except OSError as error:
        reason = "no_permission" if isinstance(error, PermissionError) else "unreadable"
        raise Refusal(Code.DESK_NOTHING, file=str(folder.absolute()), reason=reason) from None
    return frozenset(names)


def _stems(folder: Path, names: frozenset[str]) -> dict[str, str]:
    """What the requests of a folder are called, and a file of each."""
    found: dict[str, str] = {}
    peeked = 0
    for name in sorted(names):
        low = name.lower()
        if low.endswith((DER, PEM)):
            found.setdefault(_stem(name), name)
        elif low.endswith(_FOREIGN) and peeked < MOST_PEEKED:
            peeked += 1
            if _looks_like_request(folder / name):
                found.setdefault(name, name)
    return found


def _stem(name: str) -> str:
    """NAME of NAME.csr and NAME.csr.pem; other files are called as they are."""
    return next((name[: -len(end)] for end in (PEM, DER) if name.lower().endswith(end)), name)


def _bundle(stem: str, folder: Path, names: frozenset[str], file: str) -> Bundle:
    pair = [name for end in (DER, PEM) for name in sorted(names) if name.lower() == (stem + end).lower()]
    pair = [name for name in pair if name.startswith(stem)]
    requests = tuple(pair) if file in pair else (file,)
    lists = [stem + SUMS, *(name for name in _sheets(stem, names) if name.endswith(SUMS))]
    receipt = stem + RECEIPT
    return Bundle(
        stem,
        folder,
        requests,
        receipt if receipt in names else None,
        tuple(name for name in lists if name in names),
    )


def _sheets(stem: str, names: frozenset[str]) -> list[str]:
    return sorted(name for name in names if name.startswith(stem + SHEET))


def _looks_like_request(file: Path) -> bool:
    try:
        data = plain(read_bounded(file, Code.REQUEST_UNREADABLE, MOST_BYTES))
    except Refusal:
        return False
    there = blocks(data)
    return any(one.kind is Kind.REQUEST for one in there) or (not there and looks_like(data) is Kind.REQUEST)


def _der(file: Path) -> bytes | None:
    try:
        return request_der(read_bounded(file, Code.REQUEST_UNREADABLE, MOST_BYTES))
    except Refusal:
        return None


def _is_plain_pem(file: Path) -> bool:
    """Whether a request stands in a PEM file as RFC 7468 has it written, to the letter (lines may end as in DOS)."""
    try:
        data = read_bounded(file, Code.REQUEST_UNREADABLE, MOST_BYTES).replace(b"\r\n", b"\n")
        der = request_der(data)
    except Refusal:
        return False
    ended = data if data.endswith(b"\n") else data + b"\n"
    return any(pem(label, der) in ended for label in _LABELS)


def _listed(file: Path) -> dict[str, str] | None:
    """SHA-256 by name, of a list as sha256sum(1) writes it; None when it is none, or empty."""
    try:
        text = read_bounded(file, Code.DESK_DIGEST, MOST_LIST_BYTES).decode()
    except (Refusal, UnicodeDecodeError):
        return None
    *lines, rest = text.split("\n")
    found = [_LINE.fullmatch(line) for line in lines]
    if rest or not lines or len({each and each[2] for each in found}) < len(lines):
        return None
    listed = {each[2]: each[1] for each in found if each is not None}
    return listed if len(listed) == len(lines) else None


def _sha256(file: Path) -> str | None:
    try:
        return sha256(read_bounded(file, Code.DESK_DIGEST, MOST_LISTED_BYTES)).hexdigest()
    except Refusal:
        return None
