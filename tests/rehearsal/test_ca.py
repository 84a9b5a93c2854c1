"""The practice CA, judged by openssl: right certificates verify, each fault is the fault it says and no other."""

from __future__ import annotations

import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal, Result
from lgpki_tui.pki.certificate import Certificate
from lgpki_tui.pki.checks import Expectation, check_certificate
from lgpki_tui.pki.files import read_certificate_file, read_certificates
from lgpki_tui.pki.path import Trust
from lgpki_tui.pki.request import LABEL, build_request, pem
from lgpki_tui.pki.signatures import digest
from lgpki_tui.rehearsal.ca import Fault, add_years, create, issue
from tests.pki.makers import DAY, NOW, SUBJECT, Key, ec_key, openssl, rsa_key, signer, spki

_DER = Encoding.DER
LONG = (("C", "JP"), ("O", "高島市"), ("OU", "部" * 64), ("CN", "鿀𪚲" * 32))


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("practice") / "ca"
    create(folder, NOW)
    return folder


@pytest.fixture(scope="module", params=["ec", "rsa"])
def key(request: pytest.FixtureRequest) -> Key:
    return ec_key() if request.param == "ec" else rsa_key()


async def _request(key: Key, subject: tuple[tuple[str, str], ...] = SUBJECT) -> bytes:
    return await build_request(subject, spki(key), signer(key))


async def _issue(ca: Path, folder: Path, key: Key, *faults: Fault, now: datetime = NOW) -> Path:
    issued = issue(ca, await _request(key), faults, now)
    file = folder / "certificate.pem"
    file.write_bytes(issued.pem)
    (folder / "certificate.pem.chain.pem").write_bytes(issued.chain_pem)
    return file


def _verify(ca: Path, file: Path, *more: str) -> bool:
    chain = file.with_name(file.name + ".chain.pem")
    moment = ("-attime", str(int(NOW.timestamp())))
    anchors = ("-no-CApath", "-no-CAstore", "-x509_strict", "-CAfile", ca / "root.pem", "-untrusted", chain)
    return openssl("verify", *moment, *anchors, *more, file).returncode == 0


async def _failed(ca: Path, file: Path, key: Key) -> list[str]:
    expectation = Expectation(digest(spki(key)), SUBJECT)
    trust = Trust(read_certificates([ca / "root.pem"]))
    findings = await check_certificate(read_certificate_file(file), expectation, trust, NOW)
    return [one.code for one in findings if one.result is Result.FAIL]


def test_the_ca_lies_in_its_folder_and_its_keys_are_private(ca: Path) -> None:
    names = {"root.pem", "root.key.pem", "intermediate.pem", "intermediate.key.pem"}
    assert {file.name for file in ca.iterdir()} == names
    assert stat.S_IMODE(ca.stat().st_mode) == 0o700
    for stem in ("root", "intermediate"):
        assert stat.S_IMODE((ca / f"{stem}.key.pem").stat().st_mode) == 0o600
        public = openssl("x509", "-in", ca / f"{stem}.pem", "-noout", "-pubkey").stdout
        assert openssl("pkey", "-in", ca / f"{stem}.key.pem", "-pubout").stdout == public
        subject = openssl("x509", "-in", ca / f"{stem}.pem", "-noout", "-subject", "-nameopt", "utf8").stdout.decode()
        assert "PRACTICE" in subject
        assert "練習用" in subject
    assert openssl("verify", "-CAfile", ca / "root.pem", ca / "intermediate.pem").returncode == 0


def test_a_ca_is_never_made_over_another(ca: Path) -> None:
    before = (ca / "root.pem").read_bytes()
    with pytest.raises(FileExistsError):
        create(ca, NOW)
    assert (ca / "root.pem").read_bytes() == before


async def test_openssl_verifies_what_is_issued(ca: Path, tmp_path: Path, key: Key) -> None:
    file = await _issue(ca, tmp_path, key)
    assert _verify(ca, file)
    text = openssl("x509", "-in", file, "-noout", "-text").stdout.decode()
    assert "Digital Signature, Non Repudiation" in text
    assert "X509v3 Subject Key Identifier" in text
    assert "X509v3 Authority Key Identifier" in text
    assert "sha256WithRSAEncryption" in text
    assert "Not Before: Nov 24 03:00:00 2026 GMT" in text
    assert "Not After : Nov 24 03:00:00 2029 GMT" in text
    assert await _failed(ca, file, key) == []


async def test_chain_is_intermediate_then_root(ca: Path, tmp_path: Path) -> None:
    file = await _issue(ca, tmp_path, ec_key())
    chain = x509.load_pem_x509_certificates(file.with_name("certificate.pem.chain.pem").read_bytes())
    assert chain == [
        x509.load_pem_x509_certificate((ca / f"{stem}.pem").read_bytes()) for stem in ("intermediate", "root")
    ]


async def test_the_subject_is_copied_byte_for_byte(ca: Path) -> None:
    key = ec_key()
    request = await _request(key, LONG)
    issued = asn1.Certificate.load(x509.load_pem_x509_certificate(issue(ca, request, (), NOW).pem).public_bytes(_DER))
    subject = issued["tbs_certificate"]["subject"].dump()
    assert subject in request
    assert issued["tbs_certificate"]["subject_public_key_info"].dump() == spki(key)
    assert len(LONG[3][1]) == 64


async def test_a_subject_of_openssl_keeps_its_string_types(ca: Path, tmp_path: Path) -> None:
    subject = ("-subj", "/C=JP/O=PRACTICE/OU=01+CN=x/serialNumber=7", "-multivalue-rdn")
    made = openssl(
        "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", tmp_path / "k", "-outform", "DER", *subject
    )
    issued = x509.load_pem_x509_certificate(issue(ca, made.stdout, (), NOW).pem)
    assert asn1.Certificate.load(issued.public_bytes(_DER)).subject.dump() in made.stdout


async def test_serials_are_positive_short_and_never_the_same(ca: Path) -> None:
    request = await _request(ec_key())
    serials = {x509.load_pem_x509_certificate(issue(ca, request, (), NOW).pem).serial_number for _ in range(20)}
    assert len(serials) == 20
    assert all(0 < serial < 2**159 for serial in serials)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault.WRONG_KEY, "certificate_key_mismatch"),
        (Fault.WRONG_SUBJECT, "certificate_subject_mismatch"),
        (Fault.EXPIRED, "certificate_expired"),
        (Fault.NOT_YET_VALID, "certificate_not_yet_valid"),
        (Fault.OTHER_ISSUER, "certificate_untrusted"),
        (Fault.SHA1, "certificate_weak"),
    ],
)
async def test_each_fault_is_the_fault_it_says(ca: Path, tmp_path: Path, key: Key, fault: Fault, code: str) -> None:
    file = await _issue(ca, tmp_path, key, fault)
    assert await _failed(ca, file, key) == [code]
    # openssl cannot know key and subject; the others it refuses too, SHA-1 from security level 1 on.
    knows = fault not in (Fault.WRONG_KEY, Fault.WRONG_SUBJECT)
    assert _verify(ca, file, "-auth_level", "2") is not knows


async def test_a_wrong_key_is_of_the_same_kind(ca: Path, tmp_path: Path, key: Key) -> None:
    file = await _issue(ca, tmp_path, key, Fault.WRONG_KEY)
    issued = x509.load_pem_x509_certificate(file.read_bytes()).public_key()
    assert type(issued) is type(key.public_key())
    assert issued != key.public_key()


async def test_faults_add_up(ca: Path, tmp_path: Path, key: Key) -> None:
    file = await _issue(ca, tmp_path, key, Fault.WRONG_KEY, Fault.EXPIRED)
    assert await _failed(ca, file, key) == ["certificate_key_mismatch", "certificate_expired"]


async def test_pkcs7_is_the_same_certificate_in_another_wrapping(ca: Path, tmp_path: Path, key: Key) -> None:
    file = await _issue(ca, tmp_path, key, Fault.PKCS7)
    assert file.read_bytes().startswith(b"-----BEGIN PKCS7-----")
    printed = openssl("pkcs7", "-in", file, "-print_certs").stdout
    one: Certificate = read_certificate_file(file).leaf()
    assert x509.load_pem_x509_certificate(printed).public_bytes(_DER) == one.der
    assert await _failed(ca, file, key) == []


@pytest.mark.parametrize(
    ("now", "ends"),
    [
        (datetime(2028, 2, 29, 12, 0, tzinfo=UTC), datetime(2031, 2, 28, 12, 0, tzinfo=UTC)),
        (datetime(2027, 2, 28, 12, 0, tzinfo=UTC), datetime(2030, 2, 28, 12, 0, tzinfo=UTC)),
        (datetime(2048, 6, 1, 0, 0, 0, 999, tzinfo=UTC), datetime(2051, 6, 1, tzinfo=UTC)),
    ],
)
async def test_three_calendar_years(ca: Path, now: datetime, ends: datetime) -> None:
    data = issue(ca, await _request(ec_key()), (), now).pem
    assert x509.load_pem_x509_certificate(data).not_valid_after_utc == ends
    # RFC 5280, 4.1.2.5: UTCTime until 2049, GeneralizedTime from 2050 on
    parsed = openssl("asn1parse", stdin=data).stdout
    assert (b"GENERALIZEDTIME" in parsed) == (ends.year >= 2050)


async def test_the_ca_is_there_on_every_pretended_day(ca: Path, tmp_path: Path) -> None:
    key = ec_key()
    for now in (add_years(NOW, -5), add_years(NOW, 20)):
        file = await _issue(ca, tmp_path, key, now=now)
        trust = Trust(read_certificates([ca / "root.pem"]))
        findings = await check_certificate(read_certificate_file(file), None, trust, now + DAY)
        assert [one.code for one in findings if one.result is Result.FAIL] == []


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda der: der[:-1] + bytes([der[-1] ^ 1]), Code.REQUEST_SIGNATURE),
        (lambda der: der.replace("高島市長".encode(), "高島町長".encode()), Code.REQUEST_SIGNATURE),
        (lambda der: pem(LABEL, der)[:-30], Code.REQUEST_UNREADABLE),
        (lambda der: b"", Code.REQUEST_UNREADABLE),
    ],
    ids=["signature", "subject", "cut", "empty"],
)
async def test_a_broken_request_gets_nothing(ca: Path, spoil: Callable[[bytes], bytes], code: Code) -> None:
    key = rsa_key()
    with pytest.raises(Refusal) as refused:
        issue(ca, spoil(await _request(key)), (), NOW)
    assert refused.value.code is code


async def test_without_its_ca_a_sandbox_says_so(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refused:
        issue(tmp_path, await _request(ec_key()), (), NOW)
    assert refused.value.code is Code.SANDBOX_MISSING
    assert refused.value.facts == {"file": str(tmp_path / "intermediate.pem"), "reason": "ca"}
