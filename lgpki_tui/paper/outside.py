"""The commands by which an outsider checks the files of an enrolment, without this program: sh, openssl, certtool.

Each command ends with status 0 when what it checks holds. Together, in their order, they are a POSIX shell script.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from shlex import quote

from lgpki_tui.ground.frozen import dataclass


class Check(StrEnum):
    """What a command checks; the words for it are those of `verify-sheet.CHECK` in screens/commands.toml."""

    BEGIN = "begin"
    CSR_SHA256 = "csr_sha256"
    CSR_SIGNATURE = "csr_signature"
    CSR_SECOND = "csr_second"
    CSR_SAME = "csr_same"
    CSR_SUBJECT = "csr_subject"
    PUBLIC_KEY = "public_key"
    RECEIPT_KEY = "receipt_key"
    RECEIPT_SIGNATURE = "receipt_signature"
    RECEIPT_CSR = "receipt_csr"
    CERTIFICATE_KEY = "certificate_key"
    CERTIFICATE_SUBJECT = "certificate_subject"
    CERTIFICATE_DATES = "certificate_dates"
    CERTIFICATE_PATH = "certificate_path"


@dataclass(frozen=True, slots=True)
class Files:
    """What there is to check: absolute paths; digests in lower-case hex. `anchors` and `chain`: PEM or DER files."""

    csr_pem: Path
    csr_der: Path
    receipt: Path
    csr_sha256: str
    public_key_sha256: str
    certificate: Path | None = None
    anchors: Sequence[Path] = ()
    chain: Sequence[Path] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One command, and what it checks."""

    check: Check
    command: str


_BEGIN = """set -eu
t=$(mktemp -d)
trap 'rm -r "$t"' EXIT"""
# Names are written with their characters, not as \xx; one attribute a line, so that they can be compared.
_NAME = "-nameopt utf8,sep_multiline,-esc_msb"
# The receipt is one line of canonical JSON (RFC 8785): these take its parts as they stand, which is what was signed.
_BINDING = r"""s/^{"binding":\({.*}\),"public_key":"[^"]*","signature":"[^"]*","signature_algorithm":"[^"]*"}$/\1/p"""
_PUBLIC_KEY = r"""s/.*,"public_key":"\([^"]*\)","signature":.*/\1/p"""
_SIGNATURE = r"""s/.*,"signature":"\([^"]*\)","signature_algorithm":"[^"]*"}$/\1/p"""
_SIGNED_CSR = r"""s/.*"csr_sha256":"\([0-9a-f]*\)".*/\1/p"""


def steps(files: Files) -> tuple[Step, ...]:
    """All commands, in the order in which they are run, by a shell of their own: the first has it end where one fails.
    Measured with OpenSSL 3.0 and GnuTLS 3.7."""
    found = [Step(Check.BEGIN, _BEGIN), *_request(files), *_receipt(files)]
    if files.certificate is not None:
        found += _certificate(files, files.certificate)
    return tuple(found)


def _request(files: Files) -> Iterator[Step]:
    pem, der = _quoted(files.csr_pem), _quoted(files.csr_der)
    yield Step(Check.CSR_SHA256, _digest_is(f"sha256sum < {der}", files.csr_sha256))
    yield Step(Check.CSR_SIGNATURE, f"openssl req -in {pem} -verify -noout")
    yield Step(Check.CSR_SECOND, f"certtool --crq-info --infile {pem} | grep 'Self signature: verified'")
    yield Step(Check.CSR_SAME, f"openssl req -in {pem} -outform DER | cmp - {der}")
    yield Step(Check.CSR_SUBJECT, f'openssl req -in {pem} -noout -subject {_NAME} | tee "$t/subject"')
    key = f"""openssl req -in {pem} -noout -pubkey > "$t/key"
openssl pkey -pubin -in "$t/key" -outform DER > "$t/key.der"
"""
    yield Step(Check.PUBLIC_KEY, key + _digest_is('sha256sum < "$t/key.der"', files.public_key_sha256))


def _receipt(files: Files) -> Iterator[Step]:
    receipt = _quoted(files.receipt)
    yield Step(Check.RECEIPT_KEY, f"sed -n '{_PUBLIC_KEY}' {receipt} | base64 -d | cmp - \"$t/key.der\"")
    message = f"{{ echo 'LGPKI-TUI BINDING v1'; sed -n '{_BINDING}' {receipt} | tr -d '\\n'; }} > \"$t/signed\""
    signature = f"sed -n '{_SIGNATURE}' {receipt} | base64 -d > \"$t/signature\""
    verify = 'openssl dgst -sha256 -verify "$t/key" -signature "$t/signature" "$t/signed"'
    yield Step(Check.RECEIPT_SIGNATURE, f"{message}\n{signature}\n{verify}")
    yield Step(Check.RECEIPT_CSR, f'test "$(sed -n \'{_SIGNED_CSR}\' "$t/signed")" = {files.csr_sha256}')


def _certificate(files: Files, certificate: Path) -> Iterator[Step]:
    file = _quoted(certificate)
    yield Step(Check.CERTIFICATE_KEY, f'openssl x509 -in {file} -noout -pubkey | cmp - "$t/key"')
    yield Step(Check.CERTIFICATE_SUBJECT, f'openssl x509 -in {file} -noout -subject {_NAME} | cmp - "$t/subject"')
    yield Step(Check.CERTIFICATE_DATES, f"openssl x509 -in {file} -noout -dates -checkend 0")
    if files.anchors:
        # storeutl reads PEM and DER, and every certificate of a file.
        anchors, chain = (
            "".join(f'openssl storeutl -certs {_quoted(each)} >> "$t/{name}"\n' for each in each_of)
            for name, each_of in (("anchors", files.anchors), ("chain", files.chain))
        )
        untrusted = '-untrusted "$t/chain" ' if files.chain else ""
        yield Step(Check.CERTIFICATE_PATH, f'{anchors}{chain}openssl verify -CAfile "$t/anchors" {untrusted}{file}')


def _digest_is(command: str, digest: str) -> str:
    return f'test "$({command} | cut -c 1-64)" = {digest}'


def _quoted(path: Path) -> str:
    return quote(str(path))
