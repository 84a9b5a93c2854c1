"""After the road: what programs that nobody here wrote make of the token, the CSR, the certificate and the receipt."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.practice import EC, SOFTHSM, Practice, new_practice
from tests.road.outside import out, text

ENGINE = Path("/usr/lib/x86_64-linux-gnu/engines-3/pkcs11.so")


@dataclass(frozen=True, slots=True)
class Held:
    """A workplace whose certificate is on the card. The tests only read it."""

    practice: Practice
    request: dict[str, Any]
    certificate: Path
    stored: dict[str, Any]
    scratch: Path

    @property
    def environ(self) -> dict[str, str]:
        """What the tools need to find the token, and the PIN for those that take it so."""
        pin = (self.practice.folder / "secrets" / "pin").read_text().strip()
        return {"SOFTHSM2_CONF": str(self.practice.folder / "softhsm2.conf"), "GNUTLS_PIN": pin, "PIN": pin}

    @property
    def elliptic(self) -> bool:
        """Whether the key is an EC key."""
        return bool(self.practice.enrolments()[0]["key_algorithm"] == EC)

    @property
    def cka_id(self) -> str:
        """The one CKA_ID, in hex."""
        return str(self.practice.enrolments()[0]["cka_id"])

    def tool(self, *args: str | Path, stdin: bytes = b"") -> str:
        """Run a tool on this token."""
        return text(*args, stdin=stdin, environ=self.environ)


@pytest.fixture(scope="module", params=["rsa-2048", EC])
def held(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Held:
    """The road walked once with each kind of key."""
    folder = tmp_path_factory.mktemp("held")
    practice = new_practice(folder / "workplace")
    if request.param == EC:
        practice.use_fast_keys()
    practice.format()
    made = practice.request()
    certificate = practice.issue(made)
    stored = practice.store(made, certificate)
    assert stored.status == 0, stored
    return Held(practice, made, certificate, stored.json, folder)


def _der(pem: Path) -> bytes:
    return out("openssl", "x509", "-in", pem, "-outform", "DER")


def _public_pem(held: Held) -> Path:
    file = held.scratch / "public.pem"
    file.write_bytes(out("openssl", "x509", "-in", held.certificate, "-noout", "-pubkey"))
    return file


# --- PKCS#11 -------------------------------------------------------------------------------------------------------


def test_pkcs11_tool_sees_one_triple(held: Held) -> None:
    listed = held.tool("pkcs11-tool", "--module", SOFTHSM, "--login", "--pin", "env:PIN", "-O")
    kinds = re.findall(r"^(\w+ Key|Certificate) Object", listed, re.MULTILINE)
    assert sorted(kinds) == ["Certificate", "Private Key", "Public Key"]
    assert re.findall(r"^\s+ID:\s+(\w+)$", listed, re.MULTILINE) == [held.cka_id] * 3
    labels = re.findall(r"^\s+label:\s+'?([\w-]+)'?$", listed, re.MULTILINE)
    assert labels == [held.request["enrolment"]] * 4  # the fourth is the binding receipt's
    assert len(re.findall(r"^Data object", listed, re.MULTILINE)) == 1
    read = ("pkcs11-tool", "--module", SOFTHSM, "--read-object", "--type", "cert", "--id", held.cka_id)
    assert out(*read, environ=held.environ) == _der(held.certificate)


def test_the_private_key_was_made_there_and_cannot_leave(held: Held) -> None:
    listed = held.tool("pkcs11-tool", "--module", SOFTHSM, "--login", "--pin", "env:PIN", "-O", "--type", "privkey")
    (access,) = re.findall(r"^\s+Access:\s+(.*)$", listed, re.MULTILINE)
    assert {word.strip() for word in access.split(",")} >= {
        "sensitive", "always sensitive", "never extractable", "local",
    }  # fmt: skip
    (usage,) = re.findall(r"^\s+Usage:\s+(.*)$", listed, re.MULTILINE)
    uses = {word.strip() for word in usage.split(",")}
    assert "sign" in uses
    assert uses.isdisjoint({"unwrap", "derive"})


def test_without_a_pin_no_private_key_is_seen(held: Held) -> None:
    listed = held.tool("pkcs11-tool", "--module", SOFTHSM, "-O")
    assert "Private Key Object" not in listed
    assert listed.count("Certificate Object") == 1


def test_p11tool_sees_the_triple_and_signs(held: Held) -> None:
    listed = held.tool("p11tool", "--provider", SOFTHSM, "--batch", "--login", "--list-all", "pkcs11:token=PRACTICE")
    urls = re.findall(r"URL: (pkcs11:\S+)", listed)
    assert sorted(re.findall(r";type=(\w+)", " ".join(urls))) == ["cert", "data", "private", "public"]
    urls = [url for url in urls if "type=data" not in url]  # the binding receipt, which has no id
    ids = {bytes.fromhex(match.replace("%", "")) for match in re.findall(r";id=([%0-9A-Fa-f]+)", " ".join(urls))}
    assert ids == {bytes.fromhex(held.cka_id)}
    (private,) = [url for url in urls if "type=private" in url]
    done = subprocess.run(
        ["p11tool", "--provider", SOFTHSM, "--batch", "--login", "--test-sign", private],
        env={"PATH": "/usr/bin:/bin", **held.environ},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done
    assert "ok" in done.stdout + done.stderr


def test_ssh_keygen_lists_the_key(held: Held) -> None:
    listed = held.tool("ssh-keygen", "-D", SOFTHSM)
    wanted = text("ssh-keygen", "-i", "-m", "PKCS8", "-f", _public_pem(held)).split()[:2]
    assert [line.split()[:2] for line in listed.splitlines() if line.strip()] == [wanted]


def test_nss_takes_it_for_a_certificate_of_the_user(held: Held) -> None:
    database = held.scratch / "nss"
    database.mkdir()
    pin = held.scratch / "nss-pin"
    pin.write_text(f"PRACTICE:{held.environ['PIN']}\n")
    held.tool("certutil", "-N", "-d", f"sql:{database}", "--empty-password")
    held.tool("modutil", "-dbdir", f"sql:{database}", "-add", "card", "-libfile", SOFTHSM, "-force")
    listed = held.tool("certutil", "-L", "-d", f"sql:{database}", "-h", "PRACTICE", "-f", pin)
    (line,) = [line for line in listed.splitlines() if held.request["enrolment"] in line]
    assert line.startswith(f"PRACTICE:{held.request['enrolment']} ")
    assert line.split()[-1] == "u,u,u"
    keys = held.tool("certutil", "-K", "-d", f"sql:{database}", "-h", "PRACTICE", "-f", pin)
    assert held.request["enrolment"] in keys


# --- signing with it -----------------------------------------------------------------------------------------------


@pytest.mark.skipif(not ENGINE.exists(), reason="libengine-pkcs11-openssl is not installed")
def test_a_cms_signature_by_the_token_verifies_up_to_the_root(held: Held) -> None:
    """RFC 5652. The PIN reaches openssl by a file, as the PKCS#11 URI has it (RFC 7512, pin-source)."""
    where = held.scratch
    (where / "text").write_bytes("申請書\n".encode())
    identity = "".join(f"%{held.cka_id[index : index + 2]}" for index in range(0, len(held.cka_id), 2))
    pin = held.practice.folder / "secrets" / "pin"
    (where / "pin").write_text(pin.read_text().strip())
    key = f"pkcs11:token=PRACTICE;id={identity};type=private?pin-source={where / 'pin'}"
    environ = {**held.environ, "PKCS11_MODULE_PATH": SOFTHSM}
    sign = ("openssl", "cms", "-sign", "-engine", "pkcs11", "-keyform", "engine", "-inkey", key)
    files = ("-signer", held.certificate, "-in", where / "text", "-binary", "-nodetach", "-outform", "DER")
    chain = held.certificate.with_name(held.certificate.name + ".chain.pem")
    out(*sign, *files, "-certfile", chain, "-out", where / "signed", environ=environ)
    out(*sign, *files, "-out", where / "bare", environ=environ)

    root = held.practice.folder / "ca" / "root.pem"
    verify = ("openssl", "cms", "-verify", "-inform", "DER", "-CAfile", root, "-purpose", "any", "-binary", "-in")
    assert out(*verify, where / "signed") == "申請書\n".encode()
    without_chain = subprocess.run([*map(str, verify), where / "bare"], capture_output=True, check=False)
    assert b"unable to get local issuer certificate" in without_chain.stderr, "the chain was of no use"


def test_the_certificate_verifies_by_openssl_and_certtool(held: Held) -> None:
    root = held.practice.folder / "ca" / "root.pem"
    chain = held.certificate.with_name(held.certificate.name + ".chain.pem")
    assert (
        text("openssl", "verify", "-x509_strict", "-CAfile", root, "-untrusted", chain, held.certificate)
        .strip()
        .endswith("OK")
    )
    both = held.certificate.read_bytes() + chain.read_bytes()
    told = text("certtool", "--verify", "--load-ca-certificate", root, stdin=both)
    assert "Chain verification output: Verified." in told
    assert hashlib.sha256(_der(held.certificate)).hexdigest() == held.stored["certificate_sha256"]


# --- CSR and receipt -----------------------------------------------------------------------------------------------


def test_the_csr_is_good_to_openssl_and_certtool(held: Held) -> None:
    pem, der = Path(held.request["csr_path"]), Path(held.request["csr_der_path"])
    told = subprocess.run(
        ["openssl", "req", "-in", str(pem), "-verify", "-noout", "-subject", "-nameopt", "utf8,sep_comma_plus"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "verify OK" in told.stdout + told.stderr
    assert "subject=C=JP,O=高島市,OU=総務部情報政策課,CN=高島市長" in told.stdout
    assert out("openssl", "req", "-in", pem, "-outform", "DER") == der.read_bytes()
    judged = text("certtool", "--crq-info", "--infile", pem)
    assert "Self signature: verified" in judged
    assert ("EC/ECDSA" if held.elliptic else "RSA") in judged
    assert "SHA256" in judged
    types = text("openssl", "asn1parse", "-inform", "DER", "-in", der)
    assert re.findall(r"(PRINTABLESTRING|UTF8STRING)", types) == ["PRINTABLESTRING", *["UTF8STRING"] * 3]


def test_the_key_is_one_and_the_same_everywhere(held: Held) -> None:
    csr = out("openssl", "req", "-in", held.request["csr_path"], "-noout", "-pubkey")
    certificate = _public_pem(held).read_bytes()
    assert csr == certificate
    der = out("openssl", "pkey", "-pubin", "-outform", "DER", stdin=csr)
    digest = hashlib.sha256(der).hexdigest()
    assert digest == held.request["public_key_sha256"] == held.practice.public_key_sha256(held.cka_id)


def test_the_receipt_is_signed_by_the_key(held: Held) -> None:
    """`openssl dgst -verify`, over the line and the canonical JSON written anew here (RFC 8785: ASCII keys only)."""
    raw = Path(held.request["receipt_path"]).read_bytes()
    receipt = json.loads(raw)
    assert raw == _canonical(receipt) + b"\n"
    assert set(receipt) == {"binding", "public_key", "signature", "signature_algorithm"}
    algorithm = "ecdsa-with-SHA256" if held.elliptic else "sha256WithRSAEncryption"
    assert receipt["signature_algorithm"] == algorithm
    signature = held.scratch / "signature"
    signature.write_bytes(base64.b64decode(receipt["signature"]))
    message = b"LGPKI-TUI BINDING v1\n" + _canonical(receipt["binding"])
    verify = ("openssl", "dgst", "-sha256", "-verify", _public_pem(held), "-signature", signature)
    assert text(*verify, stdin=message).strip() == "Verified OK"
    forged = subprocess.run([*map(str, verify)], input=message.replace(b'"', b"'", 1), capture_output=True, check=False)
    assert forged.returncode != 0
    public = out("openssl", "pkey", "-pubin", "-in", _public_pem(held), "-outform", "DER")
    assert base64.b64decode(receipt["public_key"]) == public
    assert receipt["binding"]["public_key_sha256"] == hashlib.sha256(public).hexdigest()
    assert (
        receipt["binding"]["csr_sha256"] == hashlib.sha256(Path(held.request["csr_der_path"]).read_bytes()).hexdigest()
    )
    assert receipt["binding"]["cka_id"] == held.cka_id
    assert receipt["binding"]["enrolment"] == held.request["enrolment"]


def _canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
