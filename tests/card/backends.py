"""What the tests of the card run against: a module with a token of its own, and outside judges of that token."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from itertools import chain, islice, repeat
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from lgpki_tui.card.client import Deadlines, HostedCard
from lgpki_tui.card.models import CardModels, load_models
from lgpki_tui.card.port import CardSeen, PinState
from lgpki_tui.card.process import host_command
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.points import Watch, unwatched
from lgpki_tui.ground.secret import Secret
from lgpki_tui.subject.algorithm import Algorithm
from tests.card.shim import SOFTHSM

LABEL = "高島市 LGPKI"
ID = bytes.fromhex("0badc0de00112233")
ALL_SECONDS = Deadlines(*[20.0] * len(fields(Deadlines)))


class Cannot(Exception):
    """What this token cannot do, or what cannot be done to it here."""


def _cannot_be_pulled() -> None:
    raise Cannot("pull")


def _cannot_be_filled() -> None:
    raise Cannot("fill")


@dataclass(frozen=True)
class Apart:
    """In what a token is apart from others, so that no test need ask which one it is.

    `cheapest`: the kind of key that it makes soonest. `wrong_pins`: how each wrong PIN in a row is answered and what
    the flags tell after it, the last one again and again from then on. `pull` and `insert`: take the token away and put
    it back. `fill`: leave no room on it for a certificate more. `access`: what pkcs11-tool tells of a private key that
    was made inside.
    """

    cheapest: Algorithm = Algorithm.EC_P256
    wrong_pins: tuple[tuple[Code, PinState], ...] = ((Code.PIN_WRONG, PinState.COUNT_LOW),)
    pull: Callable[[], None] = _cannot_be_pulled
    insert: Callable[[], None] = _cannot_be_pulled
    fill: Callable[[], None] = _cannot_be_filled
    access: str = "sensitive, always sensitive, never extractable, local"

    @property
    def locks(self) -> bool:
        """Whether wrong PINs in a row lock it."""
        return Code.PIN_LOCKED in dict(self.wrong_pins)

    def answers(self, count: int) -> Iterator[tuple[Code, PinState]]:
        """How so many wrong PINs in a row are answered, and what the flags tell after each."""
        return islice(chain(self.wrong_pins, repeat(self.wrong_pins[-1])), count)


@dataclass(frozen=True)
class Backend:
    """A module, the environment of its process, and the PINs that its card gets.

    `judged` is the module that the judges load. `enter` begins the command of every process that loads either, for a
    token that lives in a room of its own (tokens/room.py).
    """

    module: Path
    environment: Mapping[str, str]
    lock: Path
    so_pin: str = "so-canary-7391"
    pin: str = "pin-canary-2846"
    judged: Path = SOFTHSM
    enter: tuple[str, ...] = ()
    apart: Apart = Apart()
    cards: list[HostedCard] = field(default_factory=list)

    def card(
        self, deadlines: Deadlines = ALL_SECONDS, watch: Watch = unwatched, models: CardModels | None = None
    ) -> HostedCard:
        """A hosted card on this back end; the fixture closes it."""
        made = HostedCard(
            self.module,
            environment=self.environment,
            models=models or load_models(),
            deadlines=deadlines,
            watch=watch,
            lock=self.lock,
            command=(*self.enter, *host_command()),
        )
        self.cards.append(made)
        return made

    def through(self, module: Path) -> Backend:
        """The same token through another module, such as a shim."""
        return replace(self, module=module)

    async def formatted(self, card: HostedCard, label: str = LABEL) -> CardSeen:
        """Format the one blank card there is; as a look then shows it."""
        blank = next(seen for seen in await card.look() if not seen.initialised)
        return await self.format(card, blank, label)

    async def format(self, card: HostedCard, seen: CardSeen, label: str = LABEL, pin: str | None = None) -> CardSeen:
        """Format this card; as a look then shows it."""
        token = await card.format(seen, label, Secret(self.so_pin), Secret(self.pin if pin is None else pin))
        (after,) = [one for one in await card.look() if one.token == token]
        return after

    async def opened(self, card: HostedCard) -> CardSeen:
        """Format the one blank card there is, and log in."""
        seen = await self.formatted(card)
        await card.open(seen, Secret(self.pin))
        return seen

    def pkcs11_tool(self, *arguments: str | Path) -> str:
        """What OpenSC's pkcs11-tool says of the token."""
        secrets = {"TEST_PIN": self.pin, "TEST_SO_PIN": self.so_pin}
        return self._judge("pkcs11-tool", "--module", self.judged, *arguments, secrets=secrets)

    def as_user(self, *arguments: str | Path) -> str:
        """What pkcs11-tool says, logged in with the PIN."""
        return self.pkcs11_tool("--login", "--pin", "env:TEST_PIN", *arguments)

    def objects(self) -> str:
        """Every object on the token, as pkcs11-tool sees it with the PIN."""
        return self.as_user("--list-objects")

    def p11tool(self, *arguments: str) -> str:
        """What GnuTLS's p11tool says of the token."""
        words = ("--provider", str(self.judged), "--batch", "--login", *arguments)
        return self._judge("p11tool", *words, secrets={"GNUTLS_PIN": self.pin})

    def ssh_keygen(self) -> str:
        """The public keys that OpenSSH finds on the token, without a PIN."""
        return self._judge("ssh-keygen", "-D", self.judged)

    def _judge(self, *command: str | Path, secrets: Mapping[str, str] | None = None) -> str:
        environment = {**self.environment, **(secrets or {})}
        words = [*self.enter, *map(str, command)]
        done = subprocess.run(words, env=environment, capture_output=True, check=False, timeout=60)
        assert done.returncode == 0, (command, done.stdout.decode(), done.stderr.decode())
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


PSS = ("-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32", "-sigopt", "rsa_mgf1_md:sha256")


def openssl_verifies(
    folder: Path, public_key: bytes, message: bytes, signature: bytes, options: tuple[str, ...] = ()
) -> bool:
    """What `openssl dgst -verify` says of a signature over SHA-256. `options`: such as PSS."""
    for name, content in (("key.der", public_key), ("message", message), ("signature", signature)):
        (folder / name).write_bytes(content)
    subprocess.run(
        ["openssl", "pkey", "-pubin", "-inform", "DER", "-in", "key.der", "-out", "key.pem"], cwd=folder, check=True
    )
    command = ["openssl", "dgst", "-sha256", "-verify", "key.pem", *options, "-signature", "signature", "message"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=30).returncode == 0
