"""What is to be done in the world after a transition. Data only; the conductor carries it out."""

from __future__ import annotations

from lgpki_tui.ground.frozen import dataclass


@dataclass(frozen=True, slots=True)
class MakeKey:
    """Make the key pair that was just recorded as intended."""

    cka_id: str
    algorithm: str


@dataclass(frozen=True, slots=True)
class LookForKey:
    """Look at the card for the key pair of an act that never ended."""

    cka_id: str


@dataclass(frozen=True, slots=True)
class SignRequest:
    """Have the card sign the CSR and the binding receipt."""

    cka_id: str


@dataclass(frozen=True, slots=True)
class WriteRequest:
    """Write the signed request to the output folder; equal files that are already there are fine."""


@dataclass(frozen=True, slots=True)
class StoreCertificate:
    """Store the certificate that was just recorded as intended."""

    cka_id: str


@dataclass(frozen=True, slots=True)
class LookForCertificate:
    """Look at the card for the certificate of an act that never ended."""

    cka_id: str


Command = MakeKey | LookForKey | SignRequest | WriteRequest | StoreCertificate | LookForCertificate
