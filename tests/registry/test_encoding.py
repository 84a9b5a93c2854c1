"""How a table is written is found out from its bytes, told, and never guessed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.registry.columns import read_headers
from lgpki_tui.registry.encoding import By, Encoding
from lgpki_tui.registry.report import Report
from lgpki_tui.registry.table import Delimiter, open_table
from lgpki_tui.subject.draft import Entry
from tests.registry.conftest import NOW, ORGANIZATIONS, Office

TEXT = "団体コード,組織,組織よみ\r\n252123,総務部情報政策課,そうむぶ\r\n252123,髙島支所～①㈱,ﾀｶｼﾏ\r\n"
ROWS = (
    Entry("252123", "総務部情報政策課", "そうむぶ"),
    Entry("252123", "髙島支所～①㈱", "ﾀｶｼﾏ"),
)
KNOWN = read_headers().known


def opened(file: Path, encoding: Encoding | None = None) -> tuple[Encoding, By, Delimiter, list[list[str]]]:
    with open_table(file, KNOWN, encoding) as table:
        return table.encoding, table.encoding_by, table.delimiter, [fields for _, _, fields in table.rows()]


@pytest.mark.parametrize(("content", "encoding", "by"), [
    (TEXT.encode(), Encoding.UTF_8, By.CONTENT),
    (TEXT.encode("utf-8-sig"), Encoding.UTF_8, By.MARK),
    (TEXT.encode("cp932"), Encoding.CP932, By.CONTENT),
    (b"\xff\xfe" + TEXT.encode("utf-16-le"), Encoding.UTF_16_LE, By.MARK),
    (b"\xfe\xff" + TEXT.encode("utf-16-be"), Encoding.UTF_16_BE, By.MARK),
    (TEXT.encode("utf-16-le"), Encoding.UTF_16_LE, By.CONTENT),
    (TEXT.encode("utf-16-be"), Encoding.UTF_16_BE, By.CONTENT),
])  # fmt: skip
@pytest.mark.parametrize("delimiter", Delimiter)
def test_every_encoding_and_delimiter(
    office: Office, content: bytes, encoding: Encoding, by: By, delimiter: Delimiter
) -> None:
    """The same rows, whatever they were written in; what it was is told and kept."""
    codec = encoding.value
    content = content.decode(codec).replace(",", delimiter.char).encode(codec)
    file = office.file("table", content)
    (done,) = office.importer().run({ORGANIZATIONS: file}, NOW, Report())
    assert (done.snapshot.encoding, done.encoding_by, done.snapshot.delimiter) == (encoding.value, by, delimiter.value)
    assert office.registry.search("", ORGANIZATIONS) == ROWS
    assert office.registry.status() == (done.snapshot,)


@pytest.mark.parametrize(
    "text", ["municipality_code,organization\n252123,総務課\n", "municipality_code,organization\n"]
)
def test_what_is_valid_in_both_is_utf_8(tmp_path: Path, text: str) -> None:
    """ASCII is the same in both; and UTF-8 bytes that CP932 would read as other kanji are UTF-8."""
    file = tmp_path / "table"
    file.write_bytes(text.encode())
    assert opened(file)[0] is Encoding.UTF_8
    file.write_bytes("municipality_code,organization\n252123,ﾂﾂ｡\n".encode("cp932"))  # C2 C2 A1: no UTF-8
    assert opened(file)[:2] == (Encoding.CP932, By.CONTENT)
    file.write_bytes(
        b"municipality_code,organization\n252123,\xc2\xa1\n"
    )  # CP932: two half-width kana; UTF-8: one sign
    assert opened(file)[3][1] == ["252123", "¡"]
    assert opened(file, Encoding.CP932)[3][1] == ["252123", "ﾂ｡"]


@given(st.text(st.characters(codec="cp932", exclude_characters='",\r\n\t\0¢£¬‖−〜'), min_size=1, max_size=20))
def test_whatever_cp932_can_write_is_read_as_cp932_or_utf_8(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    """With Japanese headers, which no UTF-8 decoder takes, nothing is left to chance."""
    file = tmp_path_factory.getbasetemp() / "any-cp932"
    content = f"団体コード,組織\n252123,{text}\n".encode("cp932")
    file.write_bytes(content)
    encoding, _, _, rows = opened(file)
    assert (encoding, rows[1][1]) == (Encoding.CP932, content.decode("cp932").split(",")[-1].rstrip("\n"))


def test_utf_8_with_a_damaged_place_is_never_cp932(tmp_path: Path) -> None:
    file = tmp_path / "table"
    file.write_bytes("団体コード,組織\n252123,総務課\n".encode() + b"252123,\xed\xa0\x80\n")
    with pytest.raises(Refusal) as refused:
        opened(file)
    assert (refused.value.code, refused.value.facts["reason"]) == (Code.REGISTRY_ENCODING, "damaged")
    assert (refused.value.facts["line"], refused.value.facts["expected"]) == (3, "UTF-8")


@pytest.mark.parametrize("content", [b"\0" * 64, b"a\0b\0,\0\n\0", TEXT.encode("utf-32")])
def test_zero_bytes_alone_prove_nothing(office: Office, content: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        office.take(ORGANIZATIONS, content)
    assert refused.value.code in (Code.REGISTRY_COLUMNS, Code.REGISTRY_FILE)
    assert not office.index.exists()


def test_an_encoding_that_was_named_is_taken_at_its_word(tmp_path: Path) -> None:
    file = tmp_path / "table"
    file.write_bytes(TEXT.encode("cp932"))
    assert opened(file, Encoding.CP932)[:2] == (Encoding.CP932, By.OPTION)
    with pytest.raises(Refusal) as refused:
        opened(file, Encoding.UTF_8)
    assert (refused.value.facts["reason"], refused.value.facts["line"]) == ("option", 1)


def test_the_delimiter_is_that_of_known_headers(tmp_path: Path) -> None:
    file = tmp_path / "table"
    for header, delimiter in (
        ("団体コード\t組織\t備考, 注", Delimiter.TAB),
        ("団体コード,組織,備考\t注", Delimiter.COMMA),
        ("組織", Delimiter.COMMA),
        ("x\ty", Delimiter.TAB),
    ):
        file.write_text(f"{header}\n", encoding="utf-8")
        assert opened(file)[2] is delimiter


def test_gaiji_and_lost_characters_are_reported(office: Office) -> None:
    content = "団体コード,組織,組織よみ\n252123,課,か\n".encode("cp932") + b"252123,\xf0\x40\x89\xdb,\n"
    (done,) = office.importer().run({ORGANIZATIONS: office.file("gaiji.csv", content)}, NOW, Report())
    assert (done.unreadable.count, done.unreadable.lines) == (1, [3])
    assert office.registry.search("\ue000", ORGANIZATIONS)[0].organization == "\ue000課"
    text = "団体コード,組織,組織よみ\n252123,課,\ufffd\n252123,\U000f0000課,\n252123,髙課,\n"
    (done,) = office.importer().run({ORGANIZATIONS: office.file("lost.csv", text)}, NOW, Report())
    assert (done.snapshot.unreadable_rows, done.unreadable.lines) == (2, [2, 3])
    assert office.registry.status()[0].unreadable_rows == 2
