"""Whole commands that use a card, against the programs one would use without ours."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.place import LABEL, SOFTHSM, Bench, make_bench, run
from benchmarks.rows import Goal, Row, Side, measure

# What a script of one's own would do to list cards: the tokens, and what anyone may see on them.
LISTING = """
import json, pkcs11, sys
cards = []
for slot in pkcs11.lib(sys.argv[1]).get_slots(token_present=True):
    token = slot.get_token()
    if not token.flags & pkcs11.TokenFlag.TOKEN_INITIALIZED:
        continue
    with token.open() as session:
        found = {
            kind.name: [(each[pkcs11.Attribute.ID].hex(), each[pkcs11.Attribute.LABEL])
                        for each in session.get_objects({pkcs11.Attribute.CLASS: kind})]
            for kind in (pkcs11.ObjectClass.PUBLIC_KEY, pkcs11.ObjectClass.CERTIFICATE)
        }
    cards.append({"label": token.label, "serial": token.serial.decode(), "reader": slot.slot_description, **found})
print(json.dumps({"cards": cards}))
"""
KEY_TYPES = {"ec-p256": "EC:prime256v1", "rsa-2048": "rsa:2048"}
PKCS11_TOOL = ("pkcs11-tool", "--module", SOFTHSM, "--login", "--token-label", LABEL, "--pin", "env:BENCH_PIN")
SUBJECT = "/C=JP/O=高島市/OU=総務部情報政策課/CN=高島市長"


def card_list(work: Path) -> Row:
    """`card list --json` of a card with one key pair."""
    bench = make_bench(work / "card-list")
    bench.request("ec-p256")

    def peer() -> float:
        return run([sys.executable, "-c", LISTING, SOFTHSM], bench.softhsm)

    return measure("card list --json", bench.command("card", "list"), "python-pkcs11 script", peer, Goal(1.5), 25)


def request_ec(work: Path) -> Row:
    """`request` with an EC key."""
    return _request(work, "ec-p256", Goal(2.5), 20)


def request_rsa(work: Path) -> Row:
    """`request` with an RSA key: chance decides how long the primes are looked for, so this one is for orientation."""
    return _request(work, "rsa-2048", None, 12)


def _request(work: Path, algorithm: str, goal: Goal | None, pairs: int) -> Row:
    """Each side makes its key pair on a card that holds none."""
    bench = make_bench(work / algorithm)
    name, peer_name = f"request, {algorithm}, one command", "pkcs11-tool + openssl req"
    return measure(
        name, _from_start(bench, lambda: bench.request(algorithm)), peer_name, _peer(bench, algorithm), goal, pairs
    )


def _peer(bench: Bench, algorithm: str) -> Side:
    def both() -> float:
        pair = ("--keypairgen", "--key-type", KEY_TYPES[algorithm], "--id", "01", "--label", "bench")
        key = f"pkcs11:token={LABEL};id=%01;type=private;pin-value={bench.pin}"
        made = run([*PKCS11_TOOL, *pair], {**bench.softhsm, "BENCH_PIN": bench.pin})
        csr = ("openssl", "req", "-new", "-engine", "pkcs11", "-keyform", "engine", "-key", key)
        names = ("-utf8", "-subj", SUBJECT, "-out", bench.folder / "out" / "peer.csr")
        return made + run([*csr, *names], {**bench.softhsm, "PKCS11_MODULE_PATH": SOFTHSM})

    return _from_start(bench, both)


def _from_start(bench: Bench, side: Side) -> Side:
    def fresh() -> float:
        bench.restore()
        return side()

    return fresh
