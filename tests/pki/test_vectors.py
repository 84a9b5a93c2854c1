"""docs/csr-vectors.md is what is seen of the CSRs of cryptography_vectors, and every difference has a reason."""

from __future__ import annotations

import pytest

from tests.pki.vector_notes import NOTES
from tests.pki.vector_table import TABLE, VECTORS, Row, render, rows

SEEN = rows()


def test_the_document_is_what_is_seen() -> None:
    assert len(SEEN) == 26
    assert TABLE.read_text(encoding="utf-8") == render(SEEN), "make csr-table"


def test_every_difference_from_openssl_has_a_note_and_no_other_line() -> None:
    assert {row.name for row in SEEN if row.differs} == NOTES.keys()
    assert all(row.why for row in SEEN if row.ours != "ok")


@pytest.mark.parametrize("row", SEEN, ids=[row.name for row in SEEN])
def test_of_the_signature_alone_all_three_say_the_same(row: Row) -> None:
    """But for MD4, which nothing here computes: it is weak, so that the request fails all the same."""
    if row.name.startswith("rsa_md4"):
        assert (row.signature, row.ours) == ("unknown", "fail")
        return
    held = row.signature == "ok"
    assert (row.openssl == "ok") is (row.gnutls != "fail") is held


def test_the_same_request_is_judged_the_same_in_both_forms() -> None:
    by_name = {row.name: row for row in SEEN}
    pairs = [file.stem for file in VECTORS.glob("*.der") if file.with_suffix(".pem").exists()]
    assert len(pairs) == 6
    for stem in pairs:
        one, two = by_name[f"{stem}.der"], by_name[f"{stem}.pem"]
        assert (one.ours, one.why, one.openssl, one.gnutls) == (two.ours, two.why, two.openssl, two.gnutls)
