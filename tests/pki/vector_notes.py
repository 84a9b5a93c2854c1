"""Why `csr check` and openssl differ on a CSR of cryptography_vectors: one note for each that they differ on."""

from __future__ import annotations

_ONLY_SIGNATURE = "openssl only asks whether the signature holds, and it does."
_SHA1 = f"SHA-1: collisions can be made (RFC 6194). {_ONLY_SIGNATURE}"
_DSA = (
    f"SHA-1, and a DSA key of 1024 bits: below 112 bits of strength, and no kind that is used here. {_ONLY_SIGNATURE}"
)

# By file. A test holds this to the files on which the two differ, no more and no fewer.
NOTES = {
    "dsa_sha1.der": _DSA,
    "dsa_sha1.pem": _DSA,
    "freeipa-bad-critical.pem": f"`critical FALSE` is written, which DER leaves out (X.690, 11.5). {_ONLY_SIGNATURE}",
    "rsa_sha1.der": _SHA1,
    "rsa_sha1.pem": _SHA1,
    "san_rsa_sha1.der": _SHA1,
    "san_rsa_sha1.pem": _SHA1,
    "zero-element-attribute.pem": (
        "An extensionRequest without a value: RFC 2986, 4.1 asks for at least one, RFC 2985, 5.4.2 for exactly one. "
        f"GnuTLS cannot read it either. {_ONLY_SIGNATURE}"
    ),
}
