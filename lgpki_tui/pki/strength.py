"""How strong keys and digests are, by one measure for certificates and requests."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa

# 112 bits of strength (NIST SP 800-57 part 1, table 2): RSA and DSA 2048, curves of 224.
LEAST_RSA_BITS = 2048
LEAST_CURVE_BITS = 224
# Below it attacks on careless padding were found again and again (FIPS 186-5, 5.4: at least 65537).
LEAST_EXPONENT = 65537
# Collisions can be made (RFC 6151, RFC 6194), so a signature over them proves nothing new.
WEAK_DIGESTS = frozenset({"md2", "md4", "md5", "sha1"})
# Of the fingerprint of CVE-2017-15361.
_ROCA_PRIMES = (3, 5, 7, 11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157)
_ROCA_GENERATOR = 65537


def strength(key: object) -> tuple[str, bool]:
    """What kind of key it is (`rsa-2048`, `ec-secp256r1`), and whether it is too weak."""
    if isinstance(key, rsa.RSAPublicKey):
        return f"rsa-{key.key_size}", key.key_size < LEAST_RSA_BITS
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"ec-{key.curve.name}", key.key_size < LEAST_CURVE_BITS
    if isinstance(key, dsa.DSAPublicKey):
        return f"dsa-{key.key_size}", key.key_size < LEAST_RSA_BITS
    return type(key).__name__, False


def is_roca(modulus: int) -> bool:
    """Whether an RSA modulus bears the mark of the key generation of some chip cards (CVE-2017-15361, ROCA), whose keys
    can be factored: modulo small primes it is always a power of 65537 (Nemec et al., CCS 2017, 3.1). Of other keys
    fewer than one in 10^8 do."""
    return all(modulus % prime in _powers(prime) for prime in _ROCA_PRIMES)


def _powers(prime: int) -> frozenset[int]:
    return frozenset(pow(_ROCA_GENERATOR, exponent, prime) for exponent in range(prime - 1))
