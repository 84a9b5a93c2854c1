"""The PC/SC probe: no service, no permission, no answer and no library never share one message."""

from __future__ import annotations

import ast
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lgpki_tui.card.errors import ROWS, ReturnValue, refusal_of
from lgpki_tui.card.readers import _refused
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Finding, Result

OK, FAIL, UNKNOWN = Result.OK, Result.FAIL, Result.UNKNOWN
NOBODY = 65534


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the service's socket is looked for: a short path that every user can reach."""
    with tempfile.TemporaryDirectory(prefix="lgpki-pcsc-") as folder:
        Path(folder).chmod(0o755)
        monkeypatch.setenv("PCSCLITE_CSOCK_NAME", f"{folder}/pcscd.comm")
        yield Path(folder) / "pcscd.comm"


def results(findings: tuple[Finding, ...]) -> list[tuple[str, Result]]:
    return [(str(finding.code), finding.result) for finding in findings]


def test_without_a_service(place: Path) -> None:
    assert probe() == [("pcsc_service", "fail", "SCARD_E_NO_SERVICE"), *unknown("pcsc_permission", "reader_missing")]


def test_a_service_that_never_answers(place: Path) -> None:
    with listening(place):
        place.chmod(0o777)
        begun = time.monotonic()
        told = probe(0.3)
        assert time.monotonic() - begun < 3
    assert told == [("pcsc_service", "fail", "no_answer"), *unknown("pcsc_permission", "reader_missing")]


def test_a_socket_that_is_closed_to_this_user(place: Path) -> None:
    """libpcsclite itself says "no service" here."""
    with listening(place):
        place.chmod(0o000)
        told = probe()
    assert told == [
        ("pcsc_service", "ok", None),
        ("pcsc_permission", "fail", "SCARD_E_NO_SERVICE"),
        *unknown("reader_missing"),
    ]


def test_without_the_library_of_the_service(place: Path) -> None:
    assert probe(before="sys.modules['smartcard'] = None")[0] == ("pcsc_service", "fail", "no_library")


def unknown(*codes: str) -> list[tuple[str, str, None]]:
    return [(code, "unknown", None) for code in codes]


@contextmanager
def listening(place: Path) -> Iterator[None]:
    """A socket that takes connections and says nothing."""
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(place))
        silent.listen()
        yield


def probe(seconds: float = 5.0, before: str = "from smartcard import scard") -> list[tuple[str, str, str | None]]:
    """What an unprivileged user is told, in a process of its own: libpcsclite reads its variable only once."""
    script = (
        "import asyncio, os, sys\n"
        f"{before}\n"
        "from lgpki_tui.card.readers import reader_findings\n"
        f"if os.geteuid() == 0: os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY})\n"
        f"found = asyncio.run(reader_findings({seconds}))\n"
        "print([(one.code.value, one.result.value, one.found) for one in found])\n"
    )
    command = [sys.executable, "-c", script]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, cwd=root, env=dict(os.environ), capture_output=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr.decode()
    told = ast.literal_eval(done.stdout.decode())
    assert isinstance(told, list)
    return told


@pytest.mark.parametrize(
    ("number", "failed"),
    [
        (0x8010001D, "pcsc_service"),
        (0x8010001E, "pcsc_service"),
        (0x8010002F, "pcsc_service"),
        (-0x7FEFFFE3, "pcsc_service"),
        (0x8010006A, "pcsc_permission"),
        (0x80100027, "pcsc_permission"),
        (0x8010002E, "reader_missing"),
    ],
)
def test_what_the_return_codes_mean(number: int, failed: str) -> None:
    told = results(_refused(number))
    assert [code for code, result in told if result is FAIL] == [failed]
    place = [code for code, _ in told].index(failed)
    assert [result for _, result in told] == [OK] * place + [FAIL] + [UNKNOWN] * (2 - place)


def test_the_table_of_return_values_fits_the_library() -> None:
    """Every exception named there exists, and no number, name or exception stands twice."""
    import pkcs11.exceptions

    for row in ROWS:
        error = getattr(pkcs11.exceptions, row.exception, None)
        assert error is not None, row.exception
        assert refusal_of(error()).code is row.code
        assert refusal_of(ReturnValue("C_Login", row.number)).facts["ckr"] == row.name
    for column in ("number", "name", "exception"):
        assert len({getattr(row, column) for row in ROWS}) == len(ROWS)


def test_what_is_not_in_the_table_is_told_by_number() -> None:
    refusal = refusal_of(ReturnValue("C_InitToken", 0x80000001), act="format")
    assert (refusal.code, refusal.facts) == (Code.CARD_ERROR, {"ckr": "0x80000001 C_InitToken", "act": "format"})
