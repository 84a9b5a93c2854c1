"""The kinds of key pair that the program knows."""

from __future__ import annotations

from enum import StrEnum


class Algorithm(StrEnum):
    """A kind of key pair. The value is what answers, profiles and the ledger say."""

    RSA_2048 = "rsa-2048"
    RSA_3072 = "rsa-3072"
    RSA_4096 = "rsa-4096"
    EC_P256 = "ec-p256"

    @property
    def spoken(self) -> str:
        """How people write it: RSA-2048, EC P-256."""
        return "EC P-256" if self is Algorithm.EC_P256 else self.value.upper()

    @property
    def rsa_bits(self) -> int | None:
        """The length of the modulus; None for what is not RSA."""
        return {Algorithm.RSA_2048: 2048, Algorithm.RSA_3072: 3072, Algorithm.RSA_4096: 4096}.get(self)


class Scheme(StrEnum):
    """How an RSA key signs (RFC 8017, 8); ECDSA keys have one way only, and no scheme changes it."""

    PKCS1_V15 = "rsassa-pkcs1-v1_5"
    PSS = "rsassa-pss"
