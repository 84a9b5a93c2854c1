"""What the tests of the card run against: a module with a token of its own, and outside judges of that token."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from lgpki_tui.card.client import Deadlines, HostedCard
from lgpki_tui.card.models import load_models
from lgpki_tui.ground.points import Watch, unwatched
from lgpki_tui.ground.secret import Secret
from lgpki_tui.procedure.identity import Token
from tests.card.shim import SOFTHSM

LABEL = "高島市 LGPKI"
ID = bytes.fromhex("0badc0de00112233")
ALL_SECONDS = Deadlines(*[20.0] * 10)


@dataclass(frozen=True)
class Backend:
    """A module, the environment of its process, and the PINs that its card gets."""

    module: Path
    environment: Mapping[str, str]
    lock: Path
    so_pin: str = "so-canary-7391"
    pin: str = "pin-canary-2846"
    cards: list[HostedCard] = field(default_factory=list)

    def card(self, deadlines: Deadlines = ALL_SECONDS, watch: Watch = unwatched) -> HostedCard:
        """A hosted card on this back end; the fixture closes it."""
        made = HostedCard(
            self.module,
            environment=self.environment,
            models=load_models(),
            deadlines=deadlines,
            watch=watch,
            lock=self.lock,
        )
        self.cards.append(made)
        return made

    def through(self, module: Path) -> Backend:
        """The same token through another module, such as a shim."""
        return replace(self, module=module)

    async def formatted(self, card: HostedCard, label: str = LABEL) -> Token:
        """Format the one blank card there is."""
        blank = [seen.token for seen in await card.look() if not seen.initialised]
        return await card.format(blank[0], label, Secret(self.so_pin), Secret(self.pin))

    async def opened(self, card: HostedCard) -> Token:
        """Format the one blank card there is, and log in."""
        token = await self.formatted(card)
        await card.open(token, Secret(self.pin))
        return token

    def pkcs11_tool(self, *arguments: str) -> str:
        """What OpenSC's pkcs11-tool says of the token."""
        environment = {**self.environment, "TEST_PIN": self.pin, "TEST_SO_PIN": self.so_pin}
        command = ["pkcs11-tool", "--module", str(SOFTHSM), *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, check=True, timeout=60)
        return done.stdout.decode()

    def objects(self) -> str:
        """Every object on the token, as pkcs11-tool sees it with the PIN."""
        return self.pkcs11_tool("--login", "--pin", "env:TEST_PIN", "--list-objects")

    def p11tool(self, *arguments: str) -> str:
        """What GnuTLS's p11tool says of the token."""
        environment = {**self.environment, "GNUTLS_PIN": self.pin}
        command = ["p11tool", "--provider", str(SOFTHSM), "--batch", "--login", *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, check=True, timeout=60)
        return done.stdout.decode()


def soft_backend(folder: Path) -> Backend:
    """SoftHSM with its tokens in this folder."""
    tokens = folder / "tokens"
    tokens.mkdir()
    config = folder / "softhsm2.conf"
    text = f"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n"
    config.write_text(text, encoding="utf-8")
    environment = {"PATH": os.environ["PATH"], "SOFTHSM2_CONF": str(config), "LC_ALL": "C.UTF-8"}
    return Backend(SOFTHSM, environment, folder / "card.lock")


def certificate_for(public_key: bytes, common: str = "高島市長") -> bytes:
    """DER of a certificate that a throw-away CA issues for this SubjectPublicKeyInfo."""
    key = serialization.load_der_public_key(public_key)
    assert isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey)
    now = datetime(2026, 11, 24, tzinfo=UTC)
    names = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "高島市"),
        x509.NameAttribute(NameOID.COMMON_NAME, common),
    ]
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name(names))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test CA")]))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1095))
        .sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.DER)


def openssl_verifies(folder: Path, public_key: bytes, message: bytes, signature: bytes) -> bool:
    """What `openssl dgst -verify` says of a signature over SHA-256."""
    for name, content in (("key.der", public_key), ("message", message), ("signature", signature)):
        (folder / name).write_bytes(content)
    subprocess.run(
        ["openssl", "pkey", "-pubin", "-inform", "DER", "-in", "key.der", "-out", "key.pem"], cwd=folder, check=True
    )
    command = ["openssl", "dgst", "-sha256", "-verify", "key.pem", "-signature", "signature", "message"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=30).returncode == 0
