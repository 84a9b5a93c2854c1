"""CSRs and certificates made by openssl, sheets of them, and what others read on the paper."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from lgpki_tui.ground.shipped import shipped
from lgpki_tui.paper.pdf import Template
from lgpki_tui.paper.reading import revocation_of, sheet_of
from lgpki_tui.paper.sheet import About, Action, Pattern, Sheet
from lgpki_tui.paper.words import Words, load_words
from lgpki_tui.pki.certificate import parse
from tests.samples import LOGIN, MACHINE, NUMBER, TOKEN

FONT = Path("/usr/share/fonts/opentype/ipaexfont-gothic/ipaexg.ttf")
FORMS = shipped("config", "forms")
TEMPLATE = Template(FORMS / "issue.typ")
NAME = (("C", "JP"), ("O", "高島市"), ("OU", "総務部情報政策課"), ("CN", "高島市長"))
EC = ("ec", "-pkeyopt", "ec_paramgen_curve:P-256")

Name = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Sample:
    """What a request of one kind of certificate may look like: name, and lines for `openssl req -addext`."""

    title: str
    name: Name
    extensions: tuple[str, ...] = ()


def _called(common: str) -> Name:
    return (*NAME[:3], ("CN", common))


KINDS = {
    "shokuseki": Sample("職責証明書", NAME),
    "riyosha": Sample("利用者証明書", _called("情報政策課01")),
    "mail": Sample(
        "メール用証明書",
        _called("情報政策課"),
        (
            "subjectAltName=email:seisaku@city.takashima.lg.jp",
            "keyUsage=critical,digitalSignature,keyEncipherment",
            "extendedKeyUsage=emailProtection",
        ),
    ),
    "code-signing": Sample("コードサイニング証明書", _called("高島市"), ("extendedKeyUsage=codeSigning",)),
    "web-server": Sample(
        "Webサーバ証明書",
        _called("www.city.takashima.lg.jp"),
        (
            "subjectAltName=DNS:www.city.takashima.lg.jp,DNS:city.takashima.lg.jp",
            "keyUsage=critical,digitalSignature,keyEncipherment",
            "extendedKeyUsage=serverAuth",
        ),
    ),
}


def words(kind: str = "shokuseki") -> Words:
    """The shipped words."""
    return load_words(FORMS / "sheet.toml", kind=kind)


def template(action: Action) -> Template:
    """The shipped template."""
    return Template(FORMS / f"{action}.typ")


def make_csr(folder: Path, name: Name = NAME, key: tuple[str, ...] = EC, extensions: Sequence[str] = ()) -> Path:
    """A CSR in DER, made by openssl; its key is left nowhere."""
    return _made(folder / f"{NUMBER}.csr", name, key, extensions)


def make_certificate(
    folder: Path, name: Name = NAME, serial: str = "0x00C0FFEE0123456789", extensions: Sequence[str] = ()
) -> Path:
    """A certificate in DER that openssl signed by itself, valid for three years from now."""
    return _made(folder / "certificate.cer", name, EC, extensions, "-x509", "-days", "1096", "-set_serial", serial)


def _made(path: Path, name: Name, key: tuple[str, ...], extensions: Sequence[str], *options: str) -> Path:
    escaped = ((kind, re.sub(r'([/+,="\\])', r"\\\1", text)) for kind, text in name)
    subject = "".join(f"/{kind}={text}" for kind, text in escaped)
    command = ["openssl", "req", "-new", "-newkey", *key, "-noenc", "-keyout", "/dev/null", "-utf8", "-subj", subject]
    command += [word for line in extensions for word in ("-addext", line)]
    subprocess.run([*command, *options, "-outform", "DER", "-out", str(path)], check=True, capture_output=True)
    return path


def about(csr: bytes, **changed: Any) -> About:
    """What the enrolment of a CSR (DER) says."""
    facts: dict[str, Any] = {
        "action": Action.ISSUE,
        "number": NUMBER,
        "kind": "shokuseki",
        "kind_title": "職責証明書",
        "day": date(2026, 11, 24),
        "municipality_code": "252123",
        "purpose": "一般公文書用",
        "pattern": Pattern.OWN_PC,
        "host_name": MACHINE.host_name,
        "login_name": LOGIN.name,
        "card": TOKEN,
        "csr_files": (f"{NUMBER}.csr.pem", f"{NUMBER}.csr"),
        "csr_sha256": sha256(csr).hexdigest(),
        "name_assumed": True,
        "practice": False,
    }
    return About(**(facts | changed))


def make_sheet(folder: Path, name: Name = NAME, key: tuple[str, ...] = EC, **changed: Any) -> Sheet:
    """The sheet of a fresh CSR."""
    csr = make_csr(folder, name, key).read_bytes()
    return sheet_of(csr, about(csr, **changed))


def sheet_for(folder: Path, kind: str, action: Action, **changed: Any) -> tuple[Sheet, Path | None, Path | None]:
    """The sheet for a kind and an action; the CSR and the certificate that it is of."""
    sample = KINDS[kind]
    facts = {"kind": kind, "kind_title": sample.title, "action": action, **changed}
    certificate = (
        None if action is Action.ISSUE else make_certificate(folder, sample.name, extensions=sample.extensions)
    )
    old = parse(certificate.read_bytes()) if certificate is not None else None
    if action is Action.REVOCATION and old is not None:
        said = about(b"", **{**facts, "csr_files": (), "csr_sha256": "", "name_assumed": False})
        return revocation_of(old, said), None, certificate
    request = make_csr(folder, sample.name, extensions=sample.extensions)
    csr = request.read_bytes()
    return sheet_of(csr, about(csr, **facts), old), request, certificate


# --- What openssl reads ---


def openssl_name(path: Path) -> list[tuple[str, str]]:
    """The subject of a CSR as openssl reads it."""
    return _name(path, "req")


def openssl_certificate_name(path: Path) -> list[tuple[str, str]]:
    """The subject of a certificate as openssl reads it."""
    return _name(path, "x509")


def _name(path: Path, program: str) -> list[tuple[str, str]]:
    options = ["-noout", "-subject", "-nameopt", "utf8,sep_multiline,sname"]
    out = _openssl(program, "-inform", "DER", "-in", str(path), *options).decode()
    return [(kind, text) for kind, _, text in (line.strip().partition("=") for line in out.splitlines()[1:])]


def openssl_alternative_names(path: Path, program: str) -> list[str]:
    """The host names and mail addresses of a CSR (`req`) or certificate (`x509`) as openssl reads them."""
    text = _openssl(program, "-inform", "DER", "-in", str(path), "-noout", "-text").decode()
    return re.findall(r"(?:DNS|email):([^\s,]+)", text)


def openssl_key(path: Path) -> tuple[str, str]:
    """The size in bits and the SHA-256 of the public key (DER) of a CSR as openssl reads them."""
    text = _openssl("req", "-inform", "DER", "-in", str(path), "-noout", "-text").decode()
    size = re.search(r"Public-Key: \((\d+) bit\)", text)
    assert size
    public = _openssl("req", "-inform", "DER", "-in", str(path), "-noout", "-pubkey")
    der = subprocess.run(
        ["openssl", "pkey", "-pubin", "-outform", "DER"], input=public, check=True, capture_output=True
    )
    return size.group(1), sha256(der.stdout).hexdigest()


def openssl_serial(path: Path) -> str:
    """The serial number of a certificate in hex as openssl reads it."""
    return _certificate_line(path, "serial")


def openssl_dates(path: Path) -> list[datetime]:
    """From when until when a certificate is valid as openssl reads it."""
    dates = (_certificate_line(path, name) for name in ("startdate", "enddate"))
    return [datetime.strptime(each, "%b %d %H:%M:%S %Y GMT").replace(tzinfo=UTC) for each in dates]


def _certificate_line(path: Path, name: str) -> str:
    return _openssl("x509", "-inform", "DER", "-in", str(path), "-noout", f"-{name}").decode().strip().partition("=")[2]


def _openssl(*args: str) -> bytes:
    return subprocess.run(["openssl", *args], check=True, capture_output=True).stdout


# --- What stands on the paper ---


def compact(text: str) -> str:
    """A text without white space: a value may be broken into lines anywhere."""
    return re.sub(r"\s", "", text)


def pdf_text(pdf: bytes, *options: str) -> str:
    """What pdftotext reads."""
    return _poppler("pdftotext", pdf, *options, "-", "-").decode()


def _poppler(program: str, pdf: bytes, *args: str) -> bytes:
    done = subprocess.run([program, *args], input=pdf, check=True, capture_output=True)
    assert done.stderr == b""
    return done.stdout


def pdf_fonts(pdf: bytes) -> list[list[str]]:
    """The rows of pdffonts."""
    return [line.split() for line in _poppler("pdffonts", pdf, "-").decode().splitlines()[2:]]


def pdf_info(pdf: bytes) -> str:
    """What pdfinfo tells, metadata included."""
    return (_poppler("pdfinfo", pdf, "-") + _poppler("pdfinfo", pdf, "-meta", "-")).decode()


def pdf_images(pdf: bytes) -> list[str]:
    """The rows of pdfimages: what is a picture on the paper, not drawn."""
    return _poppler("pdfimages", pdf, "-list", "-").decode().splitlines()[2:]


def qr_codes(pdf: bytes) -> list[str]:
    """What zxing reads in the QR codes of the first page, printed in black and white at 150 dots an inch."""
    import zxingcpp

    page = _poppler("pdftoppm", pdf, "-r", "150", "-gray", "-f", "1", "-l", "1", "-")
    head = re.match(rb"P5\s+(\d+)\s+(\d+)\s+255\s", page)
    assert head
    width, height = int(head[1]), int(head[2])
    pixels = memoryview(page[head.end() :]).cast("B", (height, width))
    return [each.text for each in zxingcpp.read_barcodes(pixels) if each.format == zxingcpp.BarcodeFormat.QRCode]
