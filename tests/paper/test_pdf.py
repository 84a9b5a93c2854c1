"""The PDF, judged by openssl (what stands in the CSR) and poppler (what stands on the paper)."""

from __future__ import annotations

import re
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.paper.pdf import render_pdf
from lgpki_tui.paper.reading import revocation_of, sheet_of
from lgpki_tui.paper.sheet import Action, Correction, Pattern, digest_lines
from lgpki_tui.paper.text import render_text
from lgpki_tui.pki.certificate import parse
from lgpki_tui.procedure.identity import Token
from tests.paper.samples import (
    FONT,
    FORMS,
    KINDS,
    NAME,
    TEMPLATE,
    about,
    compact,
    make_certificate,
    make_csr,
    make_sheet,
    openssl_key,
    openssl_name,
    pdf_fonts,
    pdf_info,
    pdf_text,
    sheet_for,
    template,
    words,
)
from tests.samples import NUMBER

# What Typst's markup, shell and DN syntax would take for more than text.
HOSTILE = ", + \" \\ < > ; # $ * _ @ [ ] = ` ~ -- ... ' // /* */ #panic(1) $x$ <label> @ref \\u{41}"
NAMES = {
    "plain": NAME,
    "longest kanji": (("C", "JP"), ("O", "高" * 64), ("OU", "島" * 64), ("CN", "市" * 64)),
    "longest Latin": (("C", "JP"), ("O", "W" * 64), ("OU", "i" * 64), ("CN", "x." * 32)),
    "hostile": (("C", "JP"), ("O", HOSTILE[:42]), ("OU", HOSTILE[42:]), ("CN", "#高[島]_市_*長*")),
    "beyond JIS X 0208": (("C", "JP"), ("O", "髙﨑市"), ("OU", "鷗課Ⅱ"), ("CN", "①髙島市長")),
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
@pytest.mark.parametrize("practice", [False, True], ids=["real", "practice"])
def test_the_paper_says_what_openssl_reads_in_the_csr(
    tmp_path: Path, name: tuple[tuple[str, str], ...], practice: bool
) -> None:
    path = make_csr(tmp_path, name)
    csr = path.read_bytes()
    text = compact(pdf_text(render_pdf(sheet_of(csr, about(csr, practice=practice)), words(), TEMPLATE, [FONT])))
    read = openssl_name(path)
    assert tuple(read) == name
    assert all(compact(value) in text for _, value in read)
    bits, key = openssl_key(path)
    assert compact(f"EC P-256 {bits} ビット") in text
    for digest in (sha256(csr).hexdigest(), key):
        assert all(compact(line) in text for line in digest_lines(digest))


def test_an_rsa_key_has_its_size(tmp_path: Path) -> None:
    path = make_csr(tmp_path, key=("rsa:2048",))
    csr = path.read_bytes()
    text = compact(pdf_text(render_pdf(sheet_of(csr, about(csr)), words(), TEMPLATE, [FONT])))
    assert compact(f"RSA {openssl_key(path)[0]} ビット") in text


def test_what_does_not_stand_in_the_csr_is_the_enrolments(tmp_path: Path) -> None:
    sheet = make_sheet(tmp_path, pattern=Pattern.BRANCH_TERMINAL, purpose="電子入札用", host_name="branch-7")
    text = compact(pdf_text(render_pdf(sheet, words(), TEMPLATE, [FONT])))
    for value in (NUMBER, "職責証明書", "2026年11月24日", "252123", "電子入札用", "branch-7", "j-seisaku", "LGPKI"):
        assert value in text
    for value in ("41383759299ed3bf", f"{NUMBER}.csr.pem", "登録分局の専用端末", "登録分局受付欄", "申請承認者"):
        assert value in text


def test_no_sheet_passes_for_official(tmp_path: Path) -> None:
    text = pdf_text(render_pdf(make_sheet(tmp_path), words(), TEMPLATE, [FONT]))
    assert text.count("本ツールの様式（公式様式ではない）") == 2
    assert text.count("This tool's own form, not an official one") == 2


def test_only_a_practice_sheet_carries_the_mark_on_every_page(tmp_path: Path) -> None:
    sheet = make_sheet(tmp_path, practice=True, purpose="用途" * 800)
    pages = pdf_text(render_pdf(sheet, words(), TEMPLATE, [FONT])).rstrip("\f").split("\f")
    assert len(pages) > 1
    assert all("練習 PRACTICE" in page for page in pages)
    real = pdf_text(render_pdf(make_sheet(tmp_path), words(), TEMPLATE, [FONT]))
    assert "練習" not in real
    assert "PRACTICE" not in real


def test_a_usual_sheet_is_one_page_of_a4_with_its_font_embedded(tmp_path: Path) -> None:
    pdf = render_pdf(make_sheet(tmp_path, NAMES["longest kanji"]), words(), TEMPLATE, [FONT])
    assert re.search(r"^Pages: +1$", pdf_info(pdf), re.MULTILINE)
    assert "(A4)" in pdf_info(pdf)
    fonts = pdf_fonts(pdf)
    assert [row[0].partition("+")[2] for row in fonts] == ["IPAexGothic"]
    assert all(row[4:6] == ["yes", "yes"] for row in fonts)  # embedded, subset


def test_equal_input_gives_equal_bytes_without_time_place_or_machine(tmp_path: Path) -> None:
    sheet = make_sheet(tmp_path)
    one, other = (render_pdf(sheet, words(), TEMPLATE, [FONT]) for _ in range(2))
    assert one == other
    told = pdf_info(one)
    assert "Date" not in told
    assert not re.search(r"20\d\d-|/(tmp|usr|home|root)|\.typ", told)
    assert str(FORMS).encode() not in one


def test_a_character_without_a_glyph_is_told_by_its_code_point(tmp_path: Path) -> None:
    sheet = make_sheet(tmp_path, (("C", "JP"), ("CN", "吉𠮷髙𪛖市長")), card=Token("1", "𪛖", "m"))
    text = compact(pdf_text(render_pdf(sheet, words(), TEMPLATE, [FONT])))
    assert "吉〓髙〓市長" in text
    for note in ("〓=U+20BB7(2)", "髙=U+9AD9(3)", "〓=U+2A6D6(4)", "〓=U+2A6D6(1)", "〓はこの用紙の書体にない文字"):
        assert note in text
    plain = compact(pdf_text(render_pdf(make_sheet(tmp_path), words(), TEMPLATE, [FONT])))
    assert "U+" not in plain
    assert "〓" not in plain


def test_a_line_feed_or_an_escape_in_a_value_is_shown_and_does_nothing(tmp_path: Path) -> None:
    # Refused before a CSR is made; a card's label is whatever the card says.
    sheet = make_sheet(
        tmp_path, (("C", "JP"), ("CN", "市\n長")), purpose="用\n途\x1b[31m", card=Token("\0", "\u202e", "")
    )
    text = compact(pdf_text(render_pdf(sheet, words(), TEMPLATE, [FONT])))
    for shown in ("市\\u000a長", "用\\u000a途\\u001b[31m", "\\u0000", "\\u202e"):
        assert shown in text


def test_without_a_japanese_font_there_is_no_pdf(tmp_path: Path) -> None:
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(FONT.read_bytes()[:4000])
    candidates = [tmp_path / "absent.ttf", broken, TEMPLATE.path, tmp_path]
    with pytest.raises(Refusal) as refused:
        render_pdf(make_sheet(tmp_path), words(), TEMPLATE, candidates)
    assert refused.value.code is Code.FONT_MISSING
    assert refused.value.facts == {"searched": [str(path) for path in candidates]}


def test_typst_is_loaded_in_no_process_but_the_press(tmp_path: Path) -> None:
    render_pdf(make_sheet(tmp_path), words(), TEMPLATE, [tmp_path / "absent.ttf", FONT])
    assert "typst" not in sys.modules


def test_a_variation_is_drawn_where_the_font_has_it_and_always_told(tmp_path: Path) -> None:
    sheet = make_sheet(tmp_path, (("C", "JP"), ("O", "葛\U000e0100城市"), ("CN", "高\U000e0100か\u3099長")))
    text = compact(pdf_text(render_pdf(sheet, words(), TEMPLATE, [FONT])))
    assert "城市" in text
    assert "高〓か" in text  # no such form in the font
    for note in ("=U+845BU+E0100(1)", "高〓=U+9AD8U+E0100(1)", "=U+304BU+3099(3)", "〓はこの用紙の書体にない文字"):
        assert note in text


def test_hostile_text_of_extensions_and_old_certificates_stays_text(tmp_path: Path) -> None:
    mail = "*_[x]_~y@example.jp"
    name = (("C", "JP"), ("O", HOSTILE[:42]), ("CN", "#sys.inputs ] } \\"))
    old = parse(make_certificate(tmp_path, name, extensions=(f"subjectAltName=email:{mail}",)).read_bytes())
    csr = make_csr(tmp_path, name, extensions=(f"subjectAltName=email:{mail}",)).read_bytes()
    for action in (Action.RENEWAL, Action.REVOCATION):
        said = about(csr, action=action)
        sheet = sheet_of(csr, said, old) if action is Action.RENEWAL else revocation_of(old, said)
        text = compact(pdf_text(render_pdf(sheet, words(), template(action), [FONT])))
        assert mail in text
        assert compact(f"O={HOSTILE[:42]}, CN=#sys.inputs ] }} \\") in text


def test_a_renewal_of_an_unknown_certificate_leaves_room_for_a_pen(tmp_path: Path) -> None:
    sheet = make_sheet(tmp_path, action=Action.RENEWAL)
    text = compact(pdf_text(render_pdf(sheet, words(), template(Action.RENEWAL), [FONT])))
    assert text.count("（手書き）") == 3
    twin = render_text(sheet, words(), "ja")
    assert re.search(r"シリアル番号 +_{30}\n", twin)


@pytest.mark.parametrize("action", [Action.ISSUE, Action.RENEWAL])
def test_a_corrected_csr_says_so_and_which_one_it_stands_for_and_stays_on_its_page(
    tmp_path: Path, action: Action
) -> None:
    files = (f"PRACTICE-{NUMBER}-2.csr.pem", f"PRACTICE-{NUMBER}-2.csr")
    correction = Correction(2, "1f2e3d4c5b6a7988" + "0" * 48)
    sheet, _, _ = sheet_for(tmp_path, "web-server", action, practice=True, csr_files=files, correction=correction)
    pdf = render_pdf(sheet, words("web-server"), template(action), [FONT])
    assert "Pages:           1\n" in pdf_info(pdf)
    for text in (pdf_text(pdf), render_text(sheet, words("web-server"), "ja")):
        for told in (
            "差戻し・訂正",
            "再提出CSR2回目（鍵は同じ）",
            "SHA-2561f2e3d4c5b6a7988",
            "この用紙のCSRが代わりに",
        ):
            assert told in compact(text)
        assert "00000000" not in compact(text)
    assert "handed in again: CSR 2 of the same key" in render_text(sheet, words("web-server"), "en")
    assert pdf == render_pdf(sheet, words("web-server"), template(action), [FONT])


def test_a_second_page_says_whose_it_is_and_holds_something_whole(tmp_path: Path) -> None:
    name = NAMES["longest kanji"]
    old = parse(make_certificate(tmp_path, name, extensions=KINDS["web-server"].extensions).read_bytes())
    csr = make_csr(tmp_path, name, extensions=KINDS["web-server"].extensions).read_bytes()
    said = about(csr, action=Action.RENEWAL, kind="web-server", kind_title="Webサーバ証明書")
    pdf = render_pdf(sheet_of(csr, said, old), words("web-server"), template(Action.RENEWAL), [FONT])
    first, second = pdf_text(pdf, "-layout").rstrip("\f").split("\f")
    assert f"{NUMBER}1/2" in compact(first)
    head = compact(second.splitlines()[0])
    assert head == "証明書更新申請書（下書き）Webサーバ証明書2/2"
    assert f"{NUMBER}2/2" in compact(second)
    assert "証明書が届くまでの注意" in second
    assert "公式の様式と記入方法" in second
    assert "本ツールの様式（公式様式ではない）" in second


def test_the_longest_serial_number_is_broken_between_its_groups_only(tmp_path: Path) -> None:
    serial = "7FC0FFEE0123456789ABCDEF0123456789ABCDEF"  # 20 octets (RFC 5280, 4.1.2.2)
    old = parse(make_certificate(tmp_path, serial=f"0x{serial}").read_bytes())
    sheet = revocation_of(old, about(b"", action=Action.REVOCATION, csr_files=(), csr_sha256=""))
    hexadecimal, decimal = (
        " ".join(digits[at : at + 4] for at in range(0, len(digits), 4)) for digits in (serial, str(int(serial, 16)))
    )
    text = pdf_text(render_pdf(sheet, words(), template(Action.REVOCATION), [FONT]))
    assert hexadecimal in text
    assert decimal in text
    twin = render_text(sheet, words(), "ja")
    assert hexadecimal in twin
    assert decimal in re.sub(r"\n +", " ", twin)


@pytest.mark.parametrize("spaced", ["総務部　総務課長", "総務部 総務課長"])
def test_a_space_in_a_name_is_told_by_its_code_point(tmp_path: Path, spaced: str) -> None:
    sheet = make_sheet(tmp_path, (*NAME[:3], ("CN", spaced)))
    point = f"= U+{ord(spaced[3]):04X} (4)"
    assert point in pdf_text(render_pdf(sheet, words(), TEMPLATE, [FONT]))
    assert point in render_text(sheet, words(), "ja")


def test_characters_of_every_plane_are_drawn_or_told(tmp_path: Path) -> None:
    name = (("C", "JP"), ("O", "吉𠮷市"), ("OU", "外\ue000課😀"), ("CN", "葛\U000e0100長"))
    sheet = make_sheet(tmp_path, name)
    text = compact(pdf_text(render_pdf(sheet, words(), TEMPLATE, [FONT]), "-raw"))
    twin = compact(render_text(sheet, words(), "ja"))
    assert all(shown in text for shown in ("吉〓市", "外〓課〓"))
    for note in ("=U+20BB7(2)", "=U+E000(2)", "=U+1F600(4)", "=U+845BU+E0100(1)"):
        assert note in text
        assert note in twin
    assert "文字コードで確かめてください" in text
    assert all(value in twin for _, value in name)
