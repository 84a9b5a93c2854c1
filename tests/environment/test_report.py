"""The report holds what every probe says, whatever another one does."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from collections.abc import Awaitable, Sequence
from functools import partial
from pathlib import Path
from typing import NoReturn

import pytest

from lgpki_tui.environment.place import disk_finding, locale_finding, look, state_finding
from lgpki_tui.environment.report import Probe, collect, exit_status
from lgpki_tui.ground.codes import Code, Exit
from lgpki_tui.ground.findings import Finding, Refusal, Result
from tests.media.child import as_nobody, in_namespace, mount_small

FINE = Finding(Code.CARD_ABSENT, Result.OK)
SAD = Finding(Code.READER_MISSING, Result.FAIL)


def refusing() -> NoReturn:
    raise Refusal(Code.PCSC_SERVICE, reason="stopped")


def judged(folder: Path) -> str:
    finding = state_finding(folder)
    return f"{finding.result} {finding.facts['reason']}"


def broken() -> NoReturn:
    raise KeyError("PIN 1234")


async def later() -> Sequence[Finding]:
    return (SAD, FINE)


async def test_the_findings_come_in_the_order_of_the_probes() -> None:
    def slow() -> Sequence[Finding]:
        time.sleep(0.05)
        return (FINE,)

    assert await collect([Probe("a", slow), Probe("b", later), Probe("c", lambda: [])], 5) == (FINE, SAD, FINE)
    assert await collect([], 5) == ()


async def test_a_probe_that_fails_hangs_or_refuses_stops_no_other() -> None:
    release = threading.Event()

    def hanging() -> Sequence[Finding]:
        release.wait(30)
        return (SAD,)

    async def broken_later() -> Sequence[Finding]:
        return broken()

    began = time.monotonic()
    probes = [Probe("refusing", refusing), Probe("broken", broken), Probe("later", broken_later)]
    found = await collect([*probes, Probe("hanging", hanging), Probe("fine", lambda: (FINE,))], 0.2)
    release.set()
    assert time.monotonic() - began < 5
    assert found == (
        Finding(Code.PCSC_SERVICE, Result.FAIL, facts={"reason": "stopped"}),
        Finding(Code.INTERNAL_ERROR, Result.UNKNOWN, facts={"room": "broken", "reason": "KeyError"}),
        Finding(Code.INTERNAL_ERROR, Result.UNKNOWN, facts={"room": "later", "reason": "KeyError"}),
        Finding(Code.INTERNAL_ERROR, Result.UNKNOWN, facts={"room": "hanging", "reason": "deadline"}),
        FINE,
    )


@pytest.mark.parametrize("result", list(Result))
def test_only_a_failed_finding_makes_the_report_fail(result: Result) -> None:
    assert exit_status([FINE, Finding("x", result)]) is (Exit.PLACE if result is Result.FAIL else Exit.DONE)


@pytest.mark.parametrize(
    ("environ", "result"),
    [
        ({"LANG": "ja_JP.UTF-8"}, Result.OK),
        ({"LANG": "C.utf8"}, Result.OK),
        ({"LANG": "de_DE.UTF-8@euro"}, Result.OK),
        ({"LC_ALL": "", "LC_CTYPE": "C.UTF-8", "LANG": "C"}, Result.OK),
        ({"LC_ALL": "C", "LANG": "ja_JP.UTF-8"}, Result.ATTENTION),
        ({"LANG": "ja_JP.eucJP"}, Result.ATTENTION),
        ({"LANG": "ja_JP"}, Result.ATTENTION),
        ({}, Result.ATTENTION),
    ],
)
def test_the_character_set_of_the_locale(environ: dict[str, str], result: Result) -> None:
    finding = locale_finding(environ)
    assert (finding.code, finding.result) == (Code.LOCALE_NOT_UTF8, result)


def test_a_state_folder_that_can_be_written_or_made(tmp_path: Path) -> None:
    assert [finding.result for finding in look({"LANG": "C.UTF-8"}, tmp_path)][:2] == [Result.OK, Result.OK]
    assert state_finding(tmp_path / "not" / "yet").result is Result.OK
    assert list(tmp_path.iterdir()) == []


def test_a_state_folder_that_cannot(shared: Path) -> None:
    (shared / "file").write_bytes(b"")
    (shared / "dangling").symlink_to("nowhere")
    for name in ("file", "dangling", "file/below"):
        assert state_finding(shared / name).facts["reason"] == "not_a_folder"
    shared.chmod(0o500)
    for folder in (shared, shared / "below"):
        said = as_nobody(partial(judged, folder))
        assert said == "fail not_writable"
    shared.chmod(0o000)
    assert as_nobody(lambda: str(state_finding(shared / "below" / "below").facts["reason"])) == "not_writable"


def test_a_disk_that_is_nearly_full(tmp_path: Path) -> None:
    def act() -> str:
        results = []
        for size in ("4m", "32m", "128m"):
            (folder := tmp_path / size).mkdir()
            mount_small(folder, size)
            results.append(disk_finding(folder / "below").result.value)
        return " ".join(results)

    said = in_namespace(act)
    if said is None:
        pytest.skip("the kernel forbids this user a mount namespace (unshare(2))")
    assert said == "fail attention ok"


async def test_a_report_that_nobody_waits_for_leaves_nothing_unawaited(recwarn: pytest.WarningsRecorder) -> None:
    """A probe answers with something to await, when whoever asked has gone (the page was left)."""
    asked, go = threading.Event(), threading.Event()

    def look() -> Awaitable[Sequence[Finding]]:
        asked.set()
        go.wait(5)
        return later()

    report = asyncio.create_task(collect([Probe("slow", look)], 10))
    await asyncio.to_thread(asked.wait, 5)
    report.cancel()
    with pytest.raises(asyncio.CancelledError):
        await report
    go.set()
    await asyncio.sleep(0.05)
    gc.collect()
    assert [str(each.message) for each in recwarn] == []
