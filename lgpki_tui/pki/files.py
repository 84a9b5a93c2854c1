"""Files from outside, opened so that nothing in their place (a folder, a FIFO, ten megabytes) can harm or hold us."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.pki.certificate import MOST_BYTES, Certificate, ReadCertificate, find_certificates, read_certificate

CHAIN_SUFFIX = ".chain.pem"
# A bundle of anchors may hold hundreds of certificates.
MOST_BUNDLE_BYTES = 16 * 1024 * 1024
# What files of certificates are called; one of another name that holds none is a note for people.
_SUFFIXES = frozenset({".pem", ".der", ".crt", ".cer", ".p7b", ".p7c"})
_REASONS = {
    errno.ENOENT: "absent",
    errno.ENOTDIR: "absent",
    errno.EACCES: "no_permission",
    errno.EPERM: "no_permission",
    errno.ENAMETOOLONG: "absent",
    errno.ELOOP: "link_loop",
    errno.ENXIO: "not_regular",
}


def read_bounded(path: Path, code: Code = Code.CERTIFICATE_FILE, limit: int = MOST_BYTES) -> bytes:
    """The bytes of a regular file (or of one behind a symbolic link) of at most `limit` bytes.

    Never waits for a FIFO or a device. Raises Refusal(code) with `file` and `reason`: absent, folder, not_regular,
    too_large (with `size`, `limit`), no_permission, link_loop, unreadable.
    """
    try:
        # O_NONBLOCK: opening a FIFO without a writer would wait for ever (open(2)).
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        raise _refusal(code, path, error) from None
    try:
        return _read(handle, path, code, limit)
    except OSError as error:
        raise _refusal(code, path, error) from None
    finally:
        os.close(handle)


def read_certificate_file(path: Path) -> ReadCertificate:
    """A certificate file with what stands in FILE.chain.pem beside it. Raises Refusal like `read_bounded` and
    `read_certificate`, with `file`; a chain that cannot be used refuses nothing and is told in `chain_problem`."""
    data = read_bounded(path)
    try:
        found = read_certificate(data)
    except Refusal as refusal:
        raise Refusal(refusal.code, file=str(path.absolute()), **refusal.facts) from None
    try:
        chain = read_certificate(read_bounded(path.with_name(path.name + CHAIN_SUFFIX))).certificates
    except Refusal as refusal:
        reason = str(refusal.facts.get("reason", refusal.code.value))
        return found if reason == "absent" else replace(found, chain_problem=reason)
    return replace(found, chain=chain)


def read_certificates(paths: Sequence[Path], *, anchors: bool = False) -> tuple[Certificate, ...]:
    """The certificates of configured files and folders (`[trust] anchors`, `intermediates`), each once.

    A folder stands for every regular file in it, hidden ones left out, and notes of other names than certificates
    have. Raises Refusal(settings_value) with `file` and `reason` (those of `read_bounded`, or the code of
    `read_certificate`), so that no anchor is lost silently. A folder that gives none is refused among `anchors`.
    """
    found: dict[str, Certificate] = {}
    for path in paths:
        here = [certificate for file in _files(path) for certificate in _configured(file, alone=file == path)]
        if anchors and not here:  # without any, nothing would be checked, and storing would go on
            raise Refusal(Code.SETTINGS_VALUE, file=str(path.absolute()), reason=Code.NOT_A_CERTIFICATE.value)
        found |= {certificate.sha256: certificate for certificate in here}
    return tuple(found.values())


def _read(handle: int, path: Path, code: Code, limit: int) -> bytes:
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode):
        reason = "folder" if stat.S_ISDIR(status.st_mode) else "not_regular"
        raise Refusal(code, file=str(path.absolute()), reason=reason)
    size, data = status.st_size, b""
    if size <= limit:
        with os.fdopen(handle, "rb", closefd=False) as file:
            data = file.read(limit + 1)  # a file in /proc calls itself empty, and any file may grow
        size = len(data)
    if size > limit:
        raise Refusal(code, file=str(path.absolute()), reason="too_large", size=size, limit=limit)
    return data


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    try:
        return sorted(one for one in path.iterdir() if not one.name.startswith(".") and one.is_file())
    except OSError as error:
        raise _refusal(Code.SETTINGS_VALUE, path, error) from None


def _configured(file: Path, *, alone: bool) -> tuple[Certificate, ...]:
    """What a file holds; nothing, where it is a note beside certificates. One that was named `alone` is none."""
    data = read_bounded(file, Code.SETTINGS_VALUE, MOST_BUNDLE_BYTES)
    try:
        return find_certificates(data)
    except Refusal as refusal:
        if refusal.code is Code.NOT_A_CERTIFICATE and not alone and file.suffix.lower() not in _SUFFIXES:
            return ()
        raise Refusal(Code.SETTINGS_VALUE, file=str(file.absolute()), reason=refusal.code.value) from None


def _refusal(code: Code, path: Path, error: OSError | ValueError) -> Refusal:
    number = error.errno if isinstance(error, OSError) else errno.ENOENT  # ValueError: a NUL in the path
    return Refusal(code, file=str(path.absolute()), reason=_REASONS.get(number or 0, "unreadable"))
