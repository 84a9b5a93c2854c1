"""What other programs put on a card, and all that is on it, as pkcs11-tool sees and does it."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from lgpki_tui.subject.algorithm import Algorithm
from tests.card.backends import Backend, certificate_for

# As pkcs11-tool calls them.
_KEY_TYPES = {Algorithm.EC_P256: "EC:prime256v1", Algorithm.RSA_2048: "rsa:2048"}


def put_by_others(backend: Backend, folder: Path, *named: str) -> Counter[str]:
    """A key pair, a certificate and a data object that another program puts on the card."""
    (folder / "data").write_bytes(b"of somebody else")
    kind = _KEY_TYPES[backend.apart.cheapest]
    backend.as_user("--keypairgen", "--key-type", kind, "--label", "another", *named)
    (folder / "other.der").write_bytes(certificate_for(_own_key(), "another"))
    backend.as_user("--write-object", folder / "other.der", "--type", "cert", "--label", "another", *named)
    backend.as_user("--write-object", folder / "data", "--type", "data", "--label", "data", "--private")
    found = objects_of(backend)
    assert sum(found.values()) >= 4
    return found


def objects_of(backend: Backend) -> Counter[str]:
    """Every object on the token, as pkcs11-tool describes it with the PIN."""
    blocks: list[str] = []
    for line in backend.objects().splitlines():
        if line.startswith(" ") and blocks:
            blocks[-1] += f"\n{line}"
        else:
            blocks.append(line)
    # A data object has in its first line the handle that this one process knows it by.
    return Counter(re.sub(r"^(Data|Profile) object \d+", r"\1 object", block) for block in blocks)


def _own_key() -> bytes:
    """DER SubjectPublicKeyInfo of a key that is on no card."""
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    return public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
