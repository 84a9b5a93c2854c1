"""Paths: what holds by `openssl verify` holds here, what does not is refused with its reason, and no maze traps us."""

from __future__ import annotations

import itertools
import socket
import time
from pathlib import Path

import pytest
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import AuthorityInformationAccessOID, ObjectIdentifier

from lgpki_tui.pki.certificate import parse
from lgpki_tui.pki.path import PathFound, PathState, Trust, find_path
from tests.pki.makers import DAY, NOW, Made, ec_key, make, name, openssl_verifies, rsa_key

ROOT = make("練習ルート", ca=True)
MIDDLE = make("練習中間", ROOT, ca=True, path_length=0)
LEAF = make("高島市長", MIDDLE)

Path_ = tuple[Made, tuple[Made, ...], Made]


async def _find(anchor: Made, between: tuple[Made, ...], leaf: Made, **more: bool) -> PathFound:
    return await find_path(leaf.read, tuple(one.read for one in between), Trust((anchor.read,)), NOW, **more)


def _constrained() -> Path_:
    permitted = x509.NameConstraints([x509.DirectoryName(name("ほかの市"))], None)
    middle = make("練習中間", ROOT, ca=True, extensions=((permitted, True),))
    return ROOT, (middle,), make("高島市長", middle)


def _excluded() -> Path_:
    excluded = x509.NameConstraints(None, [x509.DirectoryName(name("高島市長"))])
    middle = make("練習中間", ROOT, ca=True, extensions=((excluded, True),))
    return ROOT, (middle,), make("高島市長", middle)


def _middle(**how: object) -> Path_:
    middle = make("練習中間", ROOT, **{"ca": True, **how})  # type: ignore[arg-type]  # of several types
    return ROOT, (middle,), make("高島市長", middle)


def _too_long() -> Path_:
    lower = make("練習下位", MIDDLE, ca=True)
    return ROOT, (MIDDLE, lower), make("高島市長", lower)


def _no_signing() -> Path_:
    usage = x509.KeyUsage(True, False, False, False, False, False, True, False, False)
    return _middle(extensions=((usage, True),))


def _critical() -> Path_:
    unknown = x509.UnrecognizedExtension(ObjectIdentifier("1.2.392.200110.10.8.99"), b"\x05\x00")
    return ROOT, (MIDDLE,), make("高島市長", MIDDLE, extensions=((unknown, True),))


def _old_anchor() -> Path_:
    root = make("練習ルート", ca=True, begins=NOW - 30 * DAY, ends=NOW - DAY)
    return root, (), make("高島市長", root)


def _young_anchor() -> Path_:
    root = make("練習ルート", ca=True, begins=NOW + DAY)
    return root, (), make("高島市長", root)


BROKEN = {
    "expired": _middle(ends=NOW - DAY),
    "not_yet_valid": _middle(begins=NOW + DAY),
    "not_a_ca": _middle(ca=False),
    "ca_key_usage": _no_signing(),
    "path_length": _too_long(),
    "name_constraints": _constrained(),
    "name_constraints ": _excluded(),
    "critical_extension": _critical(),
    "anchor_expired": _old_anchor(),
    "anchor_not_yet_valid": _young_anchor(),
}


async def test_a_right_path_holds_as_openssl_says(tmp_path: Path) -> None:
    found = await _find(ROOT, (MIDDLE,), LEAF)
    assert found.state is PathState.VALID
    assert [one.der for one in found.certificates] == [ROOT.der, MIDDLE.der, LEAF.der]
    assert openssl_verifies(tmp_path, ROOT, (MIDDLE,), LEAF)


@pytest.mark.parametrize("reason", BROKEN)
async def test_a_broken_path_is_told_with_its_reason(tmp_path: Path, reason: str) -> None:
    found = await _find(*BROKEN[reason])
    assert (found.state, found.reason) == (PathState.INVALID, reason.strip())
    assert not openssl_verifies(tmp_path, *BROKEN[reason])


async def test_a_weak_intermediate_breaks_the_path_unless_the_leaf_was_judged_already() -> None:
    root = make("練習ルート", ca=True, key=rsa_key())
    middle = make("練習中間", root, ca=True, key=rsa_key(1024))
    leaf = make("高島市長", middle)
    assert (await _find(root, (middle,), leaf)).reason == "weak"
    assert (await _find(root, (middle,), leaf, weak_allowed=True)).state is PathState.VALID


async def test_intermediates_never_become_anchors() -> None:
    found = await find_path(LEAF.read, (MIDDLE.read, ROOT.read), Trust((), (MIDDLE.read, ROOT.read)), NOW)
    assert found.state is PathState.NOT_FOUND
    other = make("よそ", ca=True)
    found = await find_path(LEAF.read, (MIDDLE.read, ROOT.read), Trust((other.read,)), NOW)
    assert found.state is PathState.NOT_FOUND


async def test_a_namesake_of_the_anchor_is_no_anchor(tmp_path: Path) -> None:
    namesake = make("練習ルート", ca=True)
    leaf = make("高島市長", namesake)
    assert (await _find(ROOT, (namesake,), leaf)).state is PathState.NOT_FOUND
    assert not openssl_verifies(tmp_path, ROOT, (namesake,), leaf)


async def test_a_changed_certificate_has_no_path() -> None:
    changed = bytearray(LEAF.der)
    changed[changed.index("高島市長".encode()) + 2] ^= 1
    found = await find_path(parse(bytes(changed)), (MIDDLE.read,), Trust((ROOT.read,)), NOW)
    assert found.state is PathState.NOT_FOUND


async def test_the_way_around_an_expired_cross_certificate_is_found() -> None:
    renewed = make("練習中間", ROOT, ca=True, key=MIDDLE.key, ends=NOW - DAY)
    for between in ((renewed, MIDDLE), (MIDDLE, renewed)):
        assert (await _find(ROOT, between, LEAF)).state is PathState.VALID


async def test_an_intermediate_may_be_the_anchor_and_a_leaf_its_own() -> None:
    assert (await _find(MIDDLE, (), LEAF)).state is PathState.VALID
    assert (await _find(LEAF, (), LEAF)).state is PathState.VALID


async def test_names_newer_than_unicode_3_2_and_private_use_do_not_break_the_path() -> None:
    # asn1crypto compares names by the tables of Unicode 3.2 and raises for these.
    for common in ("鿀", "𫝆", "\ue000"):
        leaf = make(common, MIDDLE)
        with pytest.raises(ValueError, match="may not contain"):
            _ = asn1.Certificate.load(leaf.der).subject.hashable
        assert (await _find(ROOT, (MIDDLE,), leaf)).state is PathState.VALID


async def test_a_maze_of_cross_certificates_ends() -> None:
    """Ten CAs that all certify one another: without a bound there are millions of ways, none to the anchor."""
    cas = [make(f"練習{number}", ca=True) for number in range(10)]
    crossed = [make(f"練習{b}", cas[a], ca=True, key=cas[b].key) for a, b in itertools.permutations(range(10), 2)]
    began = time.monotonic()
    found = await _find(ROOT, tuple(crossed), make("高島市長", cas[0]))
    assert found.state is PathState.NOT_FOUND
    assert time.monotonic() - began < 3


async def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*args: object, **kwargs: object) -> object:
        raise AssertionError("network")

    monkeypatch.setattr(socket.socket, "connect", never)
    monkeypatch.setattr(socket, "getaddrinfo", never)
    address = x509.UniformResourceIdentifier("http://crl.example.invalid/ca.crl")
    access = [
        x509.AccessDescription(method, address)
        for method in (AuthorityInformationAccessOID.CA_ISSUERS, AuthorityInformationAccessOID.OCSP)
    ]
    extensions = (
        (x509.AuthorityInformationAccess(access), False),
        (x509.CRLDistributionPoints([x509.DistributionPoint([address], None, None, None)]), False),
    )
    leaf = make("高島市長", MIDDLE, extensions=extensions)
    assert (await _find(ROOT, (MIDDLE,), leaf)).state is PathState.VALID
    assert (await _find(ROOT, (), leaf)).state is PathState.NOT_FOUND


async def test_ec_over_p384_and_sha512_holds() -> None:
    root = make("練習ルート", ca=True, key=ec.generate_private_key(ec.SECP384R1()), digest=hashes.SHA512())
    leaf = make("高島市長", root, key=ec_key(), digest=hashes.SHA384())
    assert (await _find(root, (), leaf)).state is PathState.VALID


async def test_many_namesakes_end_soon() -> None:
    cas = [make("練習", ca=True) for _ in range(15)]
    crossed = [make("練習", cas[a], ca=True, key=cas[b].key).read for a, b in itertools.product(range(15), repeat=2)]
    began = time.monotonic()
    found = await find_path(make("高島市長", cas[0]).read, tuple(crossed), Trust((ROOT.read,)), NOW)
    assert found.state is PathState.NOT_FOUND
    assert time.monotonic() - began < 3
