"""The corpus of names: each case is judged as it says; what is accepted stands in the CSR code point for code point.

Judge of the round trip is openssl alone: it reads the file that was written, as text and as bytes.
"""

from __future__ import annotations

import asyncio
import subprocess
import unicodedata
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from lgpki_tui.pki.request import LABEL, build_request, pem
from lgpki_tui.subject import lookalike
from lgpki_tui.subject.characters import CharacterClass
from lgpki_tui.subject.lookalike import look_alike
from lgpki_tui.subject.name import distinguished_name
from lgpki_tui.subject.placing import DASHES
from tests.subject.corpus import FILE, Case, corpus, judged, municipality
from tests.subject.name_table import TABLE, render
from tests.subject.profiles import shipped_profile

_ORGANIZATION = Case("", "252123", "shokuseki", "organization", "", (), "", (), (), "")
ACCEPTED = tuple(case for case in corpus() if case.is_accepted)
_UTF8 = "utf8,sep_multiline,sname"  # without any esc_: nothing is written otherwise than it stands
_BYTES = "dump_all,dump_der,sep_multiline,sname"


def told(case: Case) -> str:
    """A case as pytest names it."""
    return f"{case.profile}-{case.field}-{case.typed[:40]}".encode("unicode_escape").decode()


@pytest.mark.parametrize("case", corpus(), ids=told)
def test_each_name_gets_its_verdict(case: Case) -> None:
    found = judged(case)
    expected = (case.verdict, case.why, case.characters, case.offered)
    assert (found.verdict, found.why, found.characters, found.offered) == expected


def test_the_corpus_is_large_and_holds_every_class_that_the_profiles_name() -> None:
    assert len(corpus()) >= 200
    assert len(set(corpus())) == len(corpus())
    rules = shipped_profile("shokuseki").characters
    seen = {kind for case in corpus() for word in case.why for kind in word.partition(":")[2].split(",") if kind}
    assert seen == {kind.value for kind in rules.refused | rules.attention}


def test_the_file_holds_nothing_that_is_not_seen() -> None:
    """ASCII and JIS X 0208: what a reviewer sees is what is there."""
    text = FILE.read_text(encoding="utf-8")
    assert len(text.replace("\n", "").replace("\t", "").encode("euc_jp")) > 0
    assert {char for char in text if char < " "} == {"\t", "\n"}
    assert not {"\u3000", "\u212b", "\u2212", "\u2010", "\u2015"}.intersection(text)


@pytest.mark.parametrize("case", [case for case in corpus() if case.offered and case.registered], ids=told)
def test_one_key_takes_what_is_registered(case: Case) -> None:
    """F4 puts the registered spelling there, and then it is registered: only the characters themselves can be wrong."""
    assert case.offered in case.registered
    after = judged(replace(case, typed=case.offered))
    assert "not-registered" not in after.why
    assert not after.offered


@pytest.mark.parametrize("case", [case for case in corpus() if case.offered and not case.registered], ids=told)
def test_the_key_comes_to_an_end_and_makes_nothing_worse(case: Case) -> None:
    """Pressed again and again, F4 comes to a text of which nothing more is offered; each time less is said of it."""
    now = judged(case)
    for _ in range(3):
        if not now.offered:
            break
        case = replace(case, typed=now.offered)
        before, now = now, judged(case)
        assert _weight(now.why) < _weight(before.why)
    assert not now.offered
    assert now.verdict in ("accepted", "attention") or now.why == ("too-long",)


def test_nothing_that_looks_like_the_registered_text_passes_for_it() -> None:
    """0 silent changes: whatever is registered and not typed exactly so is said to be another text."""
    alike = [case for case in corpus() if case.registered and case.typed not in case.registered]
    assert len([case for case in alike if look_alike(case.typed, case.registered[0])]) >= 50
    assert not [case for case in alike if case.is_accepted]


@pytest.mark.parametrize("table", [lookalike._VARIANTS, lookalike._RADICALS, lookalike._JIS_SIGNS, lookalike._LATIN])
def test_every_family_of_look_alikes_is_told_beside_the_registered_character(table: dict[str, str]) -> None:
    """The corpus has some of each; here is every pair of the tables, both ways."""
    pairs = [(f"第{one}係", f"第{other}係") for one, other in table.items() if unicodedata.is_normalized("NFC", one)]
    assert len(pairs) >= len(table) - 1
    for typed, registered in (*pairs, *((other, one) for one, other in pairs)):
        case = replace(_ORGANIZATION, typed=typed, registered=(registered,))
        found = judged(case)
        assert "not-registered" in found.why, (typed, registered)
        assert found.offered == registered
        if found.why[0] == "not-registered":
            assert found.characters == (f"U+{ord(typed[1]):04X}",)


@pytest.mark.parametrize(
    "family",
    [
        *(lookalike._VARIANTS, lookalike._RADICALS, lookalike._JIS_SIGNS, lookalike._LATIN, lookalike._SHAPES, DASHES),
        *("〜\uff5e", "・\u00b7\u2022\uff65", "○\u25ef", "ヶケ"),
    ],
)
def test_the_corpus_has_some_of_each_family(family: Collection[str]) -> None:
    assert [case for case in corpus() if set(case.typed) & set(family) and case.verdict != "accepted"]


def test_openssl_reads_every_accepted_name_code_point_for_code_point(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    files = [_written(case, key, tmp_path / f"{number}.pem") for number, case in enumerate(ACCEPTED)]
    with ThreadPoolExecutor(2) as pool:
        as_text = list(pool.map(lambda file: _read(file, _UTF8), files))
        as_bytes = list(pool.map(lambda file: _read(file, _BYTES), files))
    for case, text, dumped in zip(ACCEPTED, as_text, as_bytes, strict=True):
        asked = _asked(case)
        assert text == asked, case
        assert tuple((kind, _decoded(value)) for kind, value in dumped) == asked, case
        assert all(unicodedata.is_normalized("NFC", value) for _, value in text), case


def test_the_committed_table_is_what_the_corpus_says() -> None:
    assert TABLE.read_text(encoding="utf-8") == render(), "make name-table"


def _weight(why: tuple[str, ...]) -> tuple[int, int]:
    """How much is said: the classes that are refused, then those pointed out."""
    classes = {word.partition(":")[0]: len(word.split(",")) for word in why}
    attention = classes.pop("attention", 0)
    return sum(classes.values()), attention


def _asked(case: Case) -> tuple[tuple[str, str], ...]:
    """The subject: the registered string where there is one."""
    draft = case.draft
    if case.registered:
        assert case.typed in case.registered
    return distinguished_name(draft, shipped_profile(case.profile), municipality(case))


def _written(case: Case, key: ec.EllipticCurvePrivateKey, file: Path) -> Path:
    async def sign(message: bytes) -> bytes:
        return key.sign(message, ec.ECDSA(SHA256()))

    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    file.write_bytes(pem(LABEL, asyncio.run(build_request(_asked(case), public, sign))))
    return file


def _read(file: Path, options: str) -> tuple[tuple[str, str], ...]:
    command = ["openssl", "req", "-in", str(file), "-noout", "-subject", "-nameopt", options]
    done = subprocess.run(command, capture_output=True, check=True)
    return tuple(_pairs(done.stdout.decode("utf-8")))


def _pairs(printed: str) -> Iterator[tuple[str, str]]:
    """Not splitlines(): that would also split at signs that can stand in a text."""
    for line in printed.removesuffix("\n").split("\n")[1:]:
        kind, _, value = line.removeprefix("    ").partition("=")
        yield kind, value


def _decoded(dumped: str) -> str:
    """#0C… is a UTF8String, #13… a PrintableString (X.690, 8.1.2); both are UTF-8, and short enough for this."""
    der = bytes.fromhex(dumped.removeprefix("#"))
    assert der[0] in (0x0C, 0x13)
    start = 2 if der[1] < 0x80 else 2 + (der[1] & 0x7F)
    return der[start:].decode("utf-8")


def test_each_class_of_the_list_is_in_the_table() -> None:
    table = TABLE.read_text(encoding="utf-8")
    assert all(f"`{kind.value}`" in table for kind in CharacterClass)
