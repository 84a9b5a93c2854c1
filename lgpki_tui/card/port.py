"""What the program asks of a card, whatever card and driver it is.

Every method may raise Refusal with a code of the card: module_missing, module_broken, module_crashed, module_hung,
card_absent, card_removed, card_in_use, card_full, card_unsupported, card_scheme, card_error, card_lied, pin_wrong,
pin_locked, pin_not_set, pin_already_refused. Nothing is cached: each answer is what the card says now (MISSION rule 5).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.ground.secret import Secret
from lgpki_tui.procedure.identity import Token
from lgpki_tui.subject.algorithm import Algorithm, Scheme


class PinState(StrEnum):
    """What the token's flags tell of the user PIN. PKCS#11 gives no number of tries (PKCS#11 v2.40, 4.3)."""

    OK = "ok"
    COUNT_LOW = "count_low"
    FINAL_TRY = "final_try"
    LOCKED = "locked"
    NOT_SET = "not_set"


@dataclass(frozen=True, slots=True)
class KeySeen:
    """A public key object on a card, as anyone may read it. `cka_id` is hex, perhaps empty; the digest is of the
    DER SubjectPublicKeyInfo, empty when the kind of key is unknown to us."""

    cka_id: str
    label: str
    public_key_sha256: str


@dataclass(frozen=True, slots=True)
class CertificateSeen:
    """A certificate object on a card, as anyone may read it. `der` as stored, perhaps damaged or empty."""

    cka_id: str
    label: str
    der: bytes


@dataclass(frozen=True, slots=True)
class CardSeen:
    """One card in one reader. Texts are as the driver gave them, stripped of padding (not yet inert).

    `fault`: what the driver said when it could not read the card (CKR_*); nothing else is known of that one then.
    `atr`: the Answer To Reset in upper-case hex (ISO/IEC 7816-3, 8.2), empty where there is no reader. `pin_pad`: the
    PIN is typed at the reader (CKF_PROTECTED_AUTHENTICATION_PATH). `unfinished`: the card's files are not in operation
    yet, so that any PIN would be right; its PIN counts as not set.
    """

    token: Token
    manufacturer: str
    reader: str
    initialised: bool
    pin: PinState
    keys: tuple[KeySeen, ...] = ()
    certificates: tuple[CertificateSeen, ...] = ()
    fault: str = ""
    atr: str = ""
    pin_pad: bool = False
    unfinished: bool = False


@dataclass(frozen=True, slots=True)
class KeyFound:
    """What is on the card under one CKA_ID, seen with the PIN. `public_key` is DER SubjectPublicKeyInfo."""

    private_keys: int
    public_key: bytes | None
    certificates: tuple[bytes, ...]
    # In what a private key there is not one that was made inside and stays inside (names of attributes).
    reasons: tuple[str, ...] = ()


class Card(Protocol):
    """A card, or none. One act at a time; `open` gives the PIN once and keeps the session until `close`."""

    async def look(self) -> tuple[CardSeen, ...]:
        """Every card that can be reached now, without a PIN."""
        ...

    async def claim(self) -> None:
        """Wait until no earlier process of this login is at work on a card, and keep the next one waiting until
        `close`. Raises Refusal(card_in_use, reason another_process) when the earlier one does not come to an end."""
        ...

    async def format(self, card: CardSeen, label: str, so_pin: Secret, pin: Secret) -> Token:
        """Wipe this card (or the blank one), set label, SO PIN and PIN; tell what the card is called afterwards."""
        ...

    async def set_pin(self, card: CardSeen, old: Secret, new: Secret) -> None:
        """Change the user PIN."""
        ...

    async def unblock(self, card: CardSeen, so_pin: Secret, new: Secret) -> None:
        """Give a new user PIN to a card whose PIN is locked. `so_pin`: the PUK, on a card that has one."""
        ...

    async def open(self, card: CardSeen, pin: Secret | None) -> None:
        """Log in; without a PIN it is asked for at the reader's pad. A PIN that this card has refused before is not
        sent again."""
        ...

    async def close(self) -> None:
        """End the session and the process behind it. Safe to call at any time, also twice."""
        ...

    async def make_key(self, cka_id: bytes, algorithm: Algorithm, label: str) -> bytes:
        """Make a key pair that cannot leave the card (sensitive, non-extractable, both checked by reading them
        back); return its public half as DER SubjectPublicKeyInfo, read back from the card."""
        ...

    async def find(self, cka_id: bytes) -> KeyFound:
        """What is on the card under this CKA_ID."""
        ...

    async def check_scheme(self, algorithm: Algorithm, scheme: Scheme) -> None:
        """Ask the card that is logged in to whether a key of this kind can sign by this scheme, before it is made. No
        scheme is asked of kinds that have but one way to sign.

        Raises Refusal: card_scheme (`scheme`, `mechanisms`: those of RSA that it offers)."""
        ...

    async def sign(self, cka_id: bytes, message: bytes, scheme: Scheme = Scheme.PKCS1_V15) -> bytes:
        """Sign a message with SHA-256: by this scheme for RSA (RFC 8017, 8; PSS: MGF1 with SHA-256, a salt of 32
        bytes), ECDSA as DER ECDSA-Sig-Value for EC (RFC 3279, 2.2.3). The signature is not verified here."""
        ...

    async def store_certificate(self, cka_id: bytes, der: bytes, label: str) -> None:
        """Store a certificate with every attribute that other programs look for; after a failure the leftovers
        are found and removed before the refusal is raised."""
        ...

    async def leave_receipt(self, label: str, data: bytes) -> None:
        """Write a binding receipt to the card, in place of the earlier one of this label. Public, and no secret."""
        ...

    async def receipts(self) -> tuple[bytes, ...]:
        """The binding receipts on all cards that can be read, without a PIN. Whose they are is not known yet."""
        ...

    async def destroy_leftover(self, cka_id: bytes) -> None:
        """Remove a half-made key pair (a public key alone, or a private key alone) under this CKA_ID. Refuses
        card_error when the pair is whole: nothing usable is ever destroyed here."""
        ...
