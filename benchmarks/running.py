"""What a running program costs on top of the card and the disk."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from benchmarks.place import SOFTHSM, environ, make_bench, number
from benchmarks.rows import CannotRun, Goal, Row, Side, measure, timed
from lgpki_tui.card.choice import choose
from lgpki_tui.ground.secret import Secret
from lgpki_tui.ledger.codec import Entry, encode
from lgpki_tui.ledger.ledger import Ledger
from lgpki_tui.pki.request import build_request
from lgpki_tui.procedure.events import Begun
from lgpki_tui.procedure.identity import Login, LoginSource, Machine
from lgpki_tui.subject.algorithm import Algorithm
from lgpki_tui.workplace import Workplace

SUBJECT = (("C", "JP"), ("O", "高島市"), ("OU", "総務部情報政策課"), ("CN", "高島市長"))
# Few, for the card is asked for its keys again and again, and a real one holds few.
PAIRS = 15

# The token by itself: one key pair and one signature for each line that comes in, logged in throughout.
TOKEN = """
import hashlib, os, pkcs11, sys, time
from pkcs11.util.ec import encode_named_curve_parameters
(slot,) = [slot for slot in pkcs11.lib(sys.argv[1]).get_slots(token_present=True)
           if slot.get_token().flags & pkcs11.TokenFlag.TOKEN_INITIALIZED]
with slot.get_token().open(rw=True, user_pin=os.environ["BENCH_PIN"]) as session:
    curve = {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
    digest = hashlib.sha256(b"bench").digest()
    for number, _ in enumerate(sys.stdin):
        begun = time.perf_counter_ns()
        domain = session.create_domain_parameters(pkcs11.KeyType.EC, curve, local=True)
        key = domain.generate_keypair(id=number.to_bytes(8, "big"), label="bench", store=True)[1]
        key.sign(digest, mechanism=pkcs11.Mechanism.ECDSA)
        print(time.perf_counter_ns() - begun, flush=True)
"""


def key_and_csr(work: Path) -> Row:
    """Key pair and CSR as the conductor asks for them, in a process that runs and is logged in."""
    ours, peer = make_bench(work / "running"), make_bench(work / "token")
    workplace = Workplace(ours.folder)
    command = [sys.executable, "-c", TOKEN, SOFTHSM]
    token = subprocess.Popen(
        command,
        env=environ() | peer.softhsm | {"BENCH_PIN": peer.pin},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with asyncio.Runner() as runner, token:
        try:
            runner.run(_log_in(workplace, ours.pin))
            side = _token_side(token)
            return measure(
                "key pair + CSR, running, EC",
                lambda: timed(lambda: runner.run(_make(workplace))),
                "the token alone",
                side,
                Goal(1.25, 5),
                PAIRS,
            )
        finally:
            runner.run(workplace.close())
            if token.stdin is not None:
                token.stdin.close()


async def _log_in(workplace: Workplace, pin: str) -> None:
    await workplace.card.open(choose(await workplace.card.look(), None), Secret(pin))


async def _make(workplace: Workplace) -> None:
    card, cka_id = workplace.card, workplace.entropy(8)

    async def sign(message: bytes) -> bytes:
        return await card.sign(cka_id, message)

    public_key = await card.make_key(cka_id, Algorithm.EC_P256, "bench")
    await build_request(SUBJECT, public_key, sign)


def _token_side(token: subprocess.Popen[str]) -> Side:
    def side() -> float:
        if token.stdin is None or token.stdout is None:
            raise ValueError("no pipes")
        token.stdin.write("\n")
        token.stdin.flush()
        answer = token.stdout.readline()
        if not answer:
            raise CannotRun(f"python-pkcs11 script: exit {token.wait()}")
        return int(answer) / 1e6

    return side


def ledger_append(work: Path) -> Row:
    """One event recorded durably, against as many bytes appended to a file and synced."""
    ledger = Ledger(work / "ledger" / "ledger.sqlite3")
    first = _begun(0)
    line = encode(Entry(first.enrolment, first)).encode()
    file = os.open(work / "plain", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    begun = map(_begun, count())

    def ours() -> float:
        event = next(begun)
        return timed(lambda: ledger.append(event.enrolment, event))

    def write() -> None:
        os.write(file, line)
        os.fsync(file)

    try:
        return measure("ledger append, durable", ours, "write + fsync", lambda: timed(write), Goal(2), 300)
    finally:
        os.close(file)
        ledger.close()


def _begun(nth: int) -> Begun:
    at = datetime(2026, 11, 24, tzinfo=UTC)
    return Begun(
        at=at,
        enrolment=number(at, nth),
        certificate_kind="shokuseki",
        pattern="own_pc",
        municipality_code="252123",
        organization="総務部情報政策課",
        name="高島市長",
        purpose="一般公文書用",
        subject=SUBJECT,
        algorithm="ec-p256",
        output_folder="out",
        file_stem=f"PRACTICE-{nth}",
        machine=Machine("0" * 64, "office-01"),
        login=Login(1000, "j-seisaku", LoginSource.REAL_UID),
    )
