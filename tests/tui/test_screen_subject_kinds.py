"""The entry of the other kinds: an address for mail, a municipality and a host name for a server."""

from __future__ import annotations

import pytest

from lgpki_tui.faces.tui.lexicon import Lexicon
from lgpki_tui.ledger.unfinished import Unfinished
from lgpki_tui.pages.language import LANGUAGES, Language
from tests.practice import Practice
from tests.tui.pages import begun, complete, is_seen, open_first, text_of, unfinished, usable, value_of, words
from tests.tui.walking import PIN, Walker, walking

ORGANIZATION, HOST, ADDRESS = "総務部情報政策課", "www.city.takashima.lg.jp", "joho@city.takashima.lg.jp"


async def judged(walker: Walker, text: str) -> None:
    """Wait until this is said of what stands there."""
    await walker.until(lambda: text in text_of(walker, "said"), text)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_mail_asks_for_an_address(formatted: Practice, language: Language) -> None:
    begun(formatted, certificate_kind="mail")
    page, word = words("subject", language), Lexicon(language).word
    async with walking(formatted, language) as walker:
        await open_first(walker, "subject")
        await walker.until(lambda: walker.focus == "organization", "focus")
        complete(walker, "#next", "#organization", "#name", "#mail_address", "#purpose", "#folder")
        assert page.fields["mail_address"].label in walker.text()
        await walker.type("情報政策")
        await walker.see("> 総務部情報政策課")
        complete(walker, "#next")
        await walker.press("enter")
        await walker.type("情報政策課")
        await walker.press("enter")
        assert walker.focus == "mail_address"
        assert page.fields["mail_address"].help in walker.text()
        await judged(walker, word("draft.short_mail_address"))  # still empty
        await walker.type("joho@localhost")
        await judged(walker, word("draft.says_mail_address_invalid_domain"))
        complete(walker, "#next")
        await walker.press("f10")
        await walker.see(page.word("not_yet"))
        assert (walker.page, walker.focus) == ("subject", "mail_address")
        await walker.press("ctrl+u")
        await walker.type("ｊｏｈｏ＠ｃｉｔｙ．ｔａｋａｓｈｉｍａ．ｌｇ．ｊｐ")
        await judged(walker, word("draft.nearest", spelling=ADDRESS))
        await walker.press("f4")
        await judged(walker, word("draft.nothing_against"))
        assert value_of(walker, "mail_address") == ADDRESS
        await walker.press("f10")
        await walker.reach("review")
        await walker.see(ADDRESS)
        complete(walker, "#pin", "#do")
    assert unfinished(formatted).load() == Unfinished(
        "review", "mail", "own_pc", "252123", ORGANIZATION, "情報政策課", "", str(formatted.folder / "out"), ADDRESS
    )


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_server_asks_for_municipality_and_host_name(formatted: Practice, language: Language) -> None:
    begun(formatted, certificate_kind="web-server")
    page, word = words("subject", language), Lexicon(language).word
    async with walking(formatted, language) as walker:
        await open_first(walker, "subject")
        await walker.until(lambda: walker.focus == "municipality", "focus")
        await judged(walker, page.word("empty_free"))
        complete(walker, "#next", "#municipality", "#organization", "#name", "#purpose", "#folder")
        assert page.word("no_check")[:20] in walker.text()
        for field in ("municipality", "organization_free", "host_name"):
            assert page.fields[field].label in walker.text()
        await walker.type("高島")
        await walker.see("> 高島市")
        assert "滋賀県 252123" in walker.text()
        complete(walker, "#next")
        await walker.press("enter")
        await walker.until(lambda: walker.focus == "organization", "taken")
        assert (value_of(walker, "municipality"), value_of(walker, "organization")) == ("高島市", "")
        await walker.type("存在しない部")  # nobody looks it up
        await walker.press("enter")
        assert walker.focus == "name"
        assert page.fields["host_name"].help in walker.text()
        await walker.type("*.city.takashima.lg.jp")
        await judged(walker, word("draft.says_host_name_invalid_characters"))
        await judged(walker, "* (U+002A)")
        complete(walker, "#next")
        await walker.press("ctrl+u")
        await walker.type("ｗｗｗ．ｃｉｔｙ．ｔａｋａｓｈｉｍａ．ｌｇ．ｊｐ")
        await judged(walker, word("draft.nearest", spelling=HOST))
        await walker.press("f4")
        await judged(walker, word("draft.nothing_against"))
        name = f"C=JP, O=高島市, OU=存在しない部, CN={HOST}"
        assert name in text_of(walker, "result")
        await walker.press("f10")
        await walker.reach("review")
        assert HOST in walker.text()
        assert word("review.server_key", algorithm="RSA-2048") in walker.text()
        complete(walker, "#pin", "#do")
        await walker.press("escape")
        await walker.reach("subject")
        await walker.until(lambda: value_of(walker, "municipality") == "高島市", "named again")
        assert (walker.focus, value_of(walker, "name")) == ("purpose", HOST)
        await judged(walker, word("draft.nothing_against"))
    assert unfinished(formatted).load().municipality_code == "252123"


async def test_several_of_one_name_are_told_apart(formatted: Practice) -> None:
    begun(formatted, certificate_kind="web-server", organization="総務課", name=HOST, purpose="x")
    async with walking(formatted, "ja") as walker:
        await open_first(walker, "subject")
        await walker.until(lambda: walker.focus == "municipality", "focus")
        await walker.type("伊達市")
        await walker.see("> 伊達市")
        assert "北海道 012335" in walker.text()
        assert "福島県 072133" in walker.text()
        await walker.press("tab")  # on without choosing
        await judged(walker, "都道府県とコードで見分けます")
        await walker.press("f10")
        await walker.until(lambda: walker.focus == "municipality", "pointed at")
        assert walker.page == "subject"
        await walker.see("> 伊達市")
        await walker.press("down")
        await walker.until(lambda: any("> 伊達市" in line and "福島県" in line for line in walker.lines()), "福島県")
        await walker.press("enter")
        await walker.until(lambda: "（福島県 072133）" in text_of(walker, "result"), "taken")
        await walker.press("f10")
        await walker.reach("review")
    assert unfinished(formatted).load().municipality_code == "072133"


@pytest.mark.parametrize("typed", ["高島市", "252123"])
async def test_what_is_typed_out_needs_no_choosing(formatted: Practice, typed: str) -> None:
    begun(formatted, certificate_kind="web-server")
    async with walking(formatted) as walker:
        await open_first(walker, "subject")
        for text in (typed, "総務部情報政策課", HOST, "案内"):
            await walker.type(text)
            await walker.press("tab")
        await judged(walker, "nothing against it")
        assert "O=高島市" in text_of(walker, "result")
        await walker.press("f10")
        await walker.reach("review")


async def test_another_text_drops_the_code(formatted: Practice) -> None:
    begun(formatted, certificate_kind="web-server", organization="総務課", name=HOST, municipality_code="252123")
    async with walking(formatted) as walker:
        await open_first(walker, "subject")
        await walker.until(lambda: value_of(walker, "municipality") == "高島市", "named")
        assert walker.focus == "purpose"
        await walker.press("up", "up", "up", "ctrl+u")
        await walker.type("高島")
        await walker.press("tab")
        await judged(walker, "choose from the list")
        assert "O=" not in text_of(walker, "result")
        await walker.press("escape")
        await walker.reach("card")
    kept = unfinished(formatted).load()
    assert (kept.municipality_code, kept.name) == ("", HOST)


@pytest.mark.parametrize(("kind", "field"), [("mail", "mail_address"), ("web-server", "municipality")])
async def test_a_small_window_shows_what_has_the_focus(formatted: Practice, kind: str, field: str) -> None:
    begun(formatted, certificate_kind=kind)
    async with walking(formatted, "ja", (60, 20)) as walker:
        await open_first(walker, "subject")
        first = "organization" if kind == "mail" else "municipality"
        usable(walker, f"#{first}")
        await walker.type("高島")
        await walker.see("> ")
        usable(walker, f"#{first}", f"#lookup-{first}")
        await walker.press("enter")
        for each in ("name", *(["mail_address"] if kind == "mail" else []), "purpose", "folder", "next"):
            while walker.focus != each:
                await walker.press("tab")
            await walker.until(lambda: is_seen(walker, f"#{each}"), each)  # noqa: B023  # of this turn
        assert walker.app.screen.query(f"#{field}")


async def test_an_address_does_not_go_over_to_another_kind(formatted: Practice) -> None:
    begun(formatted, organization=ORGANIZATION, name="高島市長", municipality_code="252123", mail_address=ADDRESS)
    async with walking(formatted) as walker:
        await open_first(walker, "subject")
        await judged(walker, "nothing against it")
        await walker.press("f10")
        await walker.reach("review")
        assert ADDRESS not in walker.text()
    assert unfinished(formatted).load().mail_address == ""


async def test_a_register_that_is_damaged_stops_no_server(formatted: Practice) -> None:
    (file,) = (formatted.folder / "state").glob("registry*.sqlite3")
    file.write_bytes(b"damaged" * 100)
    begun(formatted, certificate_kind="web-server", organization="総務課", name=HOST, municipality_code="252123")
    async with walking(formatted) as walker:
        await open_first(walker, "subject")
        await judged(walker, "nothing against it")


@pytest.mark.slow
async def test_mail_comes_back_and_its_address_is_corrected(formatted: Practice) -> None:
    begun(formatted, certificate_kind="mail")
    async with walking(formatted, "ja") as walker:
        await open_first(walker, "subject")
        for text in (ORGANIZATION, "情報政策課", "wrong@city.takashima.lg.jp", ""):
            await walker.type(text)
            await walker.press("tab")
        await judged(walker, "問題はありません")
        await walker.press("f10")
        await walker.reach("review")
        await walker.make_key()
        await walker.file()
        await walker.press("f8")
        await walker.reach("end")
        await walker.until(lambda: walker.focus == "way", "ways")
        await walker.press("enter")
        await walker.reach("subject")
        assert value_of(walker, "mail_address") == "wrong@city.takashima.lg.jp"
        await walker.press("f10")
        await walker.see(words("subject", "ja").word("nothing_changed"))
        await walker.until(lambda: walker.focus == "next", "no field that shows a PIN")
        await walker.press("up", "up", "ctrl+u")
        await walker.type(ADDRESS)
        await walker.press("f10")
        await walker.reach("review")
        assert "wrong@city.takashima.lg.jp" in walker.text()
        assert ADDRESS in walker.text()
        complete(walker, "#reason", "#pin", "#do")
        await walker.type("アドレスの誤り")
        await walker.press("enter")
        await walker.type(PIN)
        await walker.press("enter")
        await walker.reach("export")
    (enrolment,) = formatted.enrolments()
    assert enrolment["extensions"]["mail_addresses"] == [ADDRESS]
    assert formatted.events().count("corrected") == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_a_host_name_is_offered_while_it_is_typed_and_the_foot_says_so(
    formatted: Practice, language: Language, size: tuple[int, int]
) -> None:
    begun(formatted, certificate_kind="web-server", organization="総務課", municipality_code="252123", purpose="x")
    word = Lexicon(language).word
    offer = word("draft.candidate", name=HOST)
    async with walking(formatted, language, size) as walker:
        await open_first(walker, "subject")
        await walker.until(lambda: walker.focus == "name", "focus")
        await judged(walker, offer)
        for typed in ("w", "ww.city", ".taka"):  # a beginning; refused by itself; good as it stands
            await walker.type(typed)
            await walker.pilot.pause(0.3)
            await judged(walker, offer)
            assert word("key.offer") in walker.lines()[-1]
        assert value_of(walker, "name") == "www.city.taka"  # never put there by itself
        await walker.press("f4")
        assert value_of(walker, "name") == HOST
        await judged(walker, word("draft.nothing_against"))
        await walker.until(lambda: "F4" not in walker.lines()[-1], "nothing to take")


async def test_with_something_to_ask_for_the_foot_still_says_what_f4_does(formatted: Practice) -> None:
    begun(formatted, certificate_kind="mail", organization=ORGANIZATION, municipality_code="252123", name="情報政策課")
    async with walking(formatted, "ja", (60, 20)) as walker:
        await open_first(walker, "subject")
        await walker.until(lambda: walker.focus == "mail_address", "focus")
        await walker.type("joho")
        await judged(walker, ADDRESS)
        assert "F4 候補を入れる" in walker.lines()[-1]
        await walker.press("f4")
        assert value_of(walker, "mail_address") == ADDRESS
