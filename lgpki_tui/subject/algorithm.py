"""The kinds of key pair that the program knows."""

from __future__ import annotations

from enum import StrEnum


class Algorithm(StrEnum):
    """A kind of key pair. The value is what answers, profiles and the ledger say."""

    RSA_2048 = "rsa-2048"
    RSA_3072 = "rsa-3072"
    EC_P256 = "ec-p256"
