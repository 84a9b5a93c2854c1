"""CSRs made by openssl, and sheets of them."""

from __future__ import annotations

import re
import subprocess
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from lgpki_tui.ground.shipped import shipped
from lgpki_tui.paper.reading import sheet_of
from lgpki_tui.paper.sheet import About, Action, Pattern, Sheet
from lgpki_tui.paper.words import Words, load_words
from tests.samples import LOGIN, MACHINE, NUMBER, TOKEN

FONT = Path("/usr/share/fonts/opentype/ipaexfont-gothic/ipaexg.ttf")
TEMPLATE = shipped("config", "forms", "issue.typ")
NAME = (("C", "JP"), ("O", "高島市"), ("OU", "総務部情報政策課"), ("CN", "高島市長"))
EC = ("ec", "-pkeyopt", "ec_paramgen_curve:P-256")

Name = tuple[tuple[str, str], ...]


def words() -> Words:
    """The shipped words."""
    return load_words(shipped("config", "forms", "sheet.toml"))


def make_csr(folder: Path, name: Name = NAME, key: tuple[str, ...] = EC) -> Path:
    """A CSR in DER, made by openssl; its key is left nowhere."""
    path = folder / f"{NUMBER}.csr"
    escaped = ((kind, re.sub(r'([/+,="\\])', r"\\\1", text)) for kind, text in name)
    subject = "".join(f"/{kind}={text}" for kind, text in escaped)
    command = ["openssl", "req", "-new", "-newkey", *key, "-noenc", "-keyout", "/dev/null", "-utf8", "-subj", subject]
    subprocess.run([*command, "-outform", "DER", "-out", str(path)], check=True, capture_output=True)
    return path


def about(csr: bytes, **changed: Any) -> About:
    """What the enrolment of a CSR (DER) says."""
    facts: dict[str, Any] = {
        "action": Action.ISSUE,
        "number": NUMBER,
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


def openssl_name(path: Path) -> list[tuple[str, str]]:
    """The subject of a CSR as openssl reads it."""
    options = ["-noout", "-subject", "-nameopt", "utf8,sep_multiline,sname"]
    out = _openssl("req", "-inform", "DER", "-in", str(path), *options).decode()
    return [(kind, text) for kind, _, text in (line.strip().partition("=") for line in out.splitlines()[1:])]


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


def compact(text: str) -> str:
    """A text without white space: a value may be broken into lines anywhere."""
    return re.sub(r"\s", "", text)


def pdf_text(pdf: bytes, *options: str) -> str:
    """What pdftotext reads."""
    return _poppler("pdftotext", pdf, *options, "-", "-").decode()


def _openssl(*args: str) -> bytes:
    return subprocess.run(["openssl", *args], check=True, capture_output=True).stdout


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
