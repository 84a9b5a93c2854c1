"""What the certificate shall say: looked up while it is typed, judged as it stands, kept when the line drops."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from textual import events

from lgpki_tui.faces.tui.lexicon import Lexicon
from lgpki_tui.ground.clock import rfc3339
from lgpki_tui.ledger.unfinished import Unfinished
from lgpki_tui.pages.language import LANGUAGES, Language
from tests.practice import Practice
from tests.tui.pages import begun, complete, is_seen, open_first, text_of, unfinished, usable, value_of, words
from tests.tui.walking import PIN, Walker, walking

ORGANIZATION, NAME = "総務部情報政策課", "高島市長"


async def judged(walker: Walker, text: str) -> None:
    """Wait until this is said of what stands there."""
    await walker.until(lambda: text in text_of(walker, "said"), text)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_first_field_has_the_focus_and_the_page_is_complete(formatted: Practice, language: Language) -> None:
    begun(formatted)
    page = words("subject", language)
    async with walking(formatted, language) as walker:
        await open_first(walker, "subject")
        await walker.until(lambda: walker.focus == "organization", "focus")
        await judged(walker, page.word("empty"))
        assert value_of(walker, "folder") == str(formatted.folder / "out")
        assert page.fields["organization"].help in walker.text()
        assert "organizations.csv" in walker.text()
        complete(walker, "#next", "#organization", "#name", "#purpose", "#folder")
        await walker.type("情報")
        await walker.see("> 総務部情報政策課")
        complete(walker, "#next")
        assert "滋賀県高島市 252123" in walker.text()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_an_old_registry_is_said_to_be_old(formatted: Practice, language: Language) -> None:
    begun(formatted)
    settings, old = formatted.folder / "sandbox.toml", words("subject", language).word("old").strip()
    async with walking(formatted, language) as walker:
        await open_first(walker, "subject")
        await walker.see("organizations.csv")
        assert old not in text_of(walker, "registry")
    text = settings.read_text(encoding="utf-8")
    settings.write_text(f"{text}\n[registry]\noldest_days = 1\n", encoding="utf-8")
    _age(formatted, days=2)
    async with walking(formatted, language) as walker:
        await open_first(walker, "subject")
        await walker.see("organizations.csv")
        assert text_of(walker, "registry").endswith(old)
        complete(walker, "#next")


def _age(practice: Practice, days: int) -> None:
    """As if it had been imported so many days ago."""
    moment = datetime.now(UTC) - timedelta(days=days, hours=1)
    base = sqlite3.connect(practice.folder / "state" / "registry.sqlite3")
    base.execute("UPDATE snapshots SET imported_at = ?", (rfc3339(moment),))
    base.commit()
    base.close()


async def test_enter_takes_the_entry_with_its_code_and_goes_on(formatted: Practice) -> None:
    begun(formatted)
    async with walking(formatted) as walker:
        await open_first(walker, "subject")
        await walker.type("じょうほうせいさく")  # the reading
        await walker.see("> 総務部情報政策課 ")
        await walker.press("down")
        await walker.see("> 総務部情報政策課システム係")
        await walker.press("up", "enter")
        await walker.until(lambda: walker.focus == "name", "taken")
        assert value_of(walker, "organization") == ORGANIZATION
        await walker.type(NAME)
        await judged(walker, "nothing against it")
        await walker.see(f"C=JP, O=高島市, OU={ORGANIZATION}, CN={NAME}  (滋賀県 252123)")
        await walker.press("enter")
        assert walker.focus == "purpose"
        await walker.press("enter", "enter")
        assert walker.focus == "next"
        complete(walker, "#next")
        await walker.press("enter")
        await walker.reach("review")
    assert unfinished(formatted).load() == Unfinished(
        "review", "shokuseki", "own_pc", "252123", ORGANIZATION, NAME, "", str(formatted.folder / "out")
    )
    assert formatted.events() == ["format_intended", "format_done"]


async def test_the_municipality_leads_to_its_organisations(formatted: Practice) -> None:
    begun(formatted)
    async with walking(formatted, "ja", (60, 20)) as walker:
        await open_first(walker, "subject")
        await walker.type("高島")
        await walker.see("> 総務部情報政策課 ")
        await walker.press("down", "down", "enter")
        await walker.until(lambda: walker.focus == "name", "taken")
        assert value_of(walker, "organization") == "総務部総務課"
        await judged(walker, "名義")
        assert "O=高島市" in walker.text()


async def test_what_is_typed_exactly_and_fast_is_recognised(formatted: Practice) -> None:
    """No list is waited for: every key of it comes at once, and none goes astray."""
    begun(formatted)
    async with walking(formatted) as walker:
        await open_first(walker, "subject")
        for text in ("総務部総務課", NAME, "一般公文書用"):
            await walker.type(text)
            await walker.pilot.press("enter")
        await walker.pilot.press("enter", "enter")
        await walker.reach("review")
        assert "OU=総務部総務課," in walker.text()
        assert "一般公文書用" in walker.text()
    kept = unfinished(formatted).load()
    assert (kept.organization, kept.name, kept.municipality_code) == ("総務部総務課", NAME, "252123")


async def test_a_pin_that_is_typed_ahead_comes_into_no_field(formatted: Practice) -> None:
    """Over a thin line all keys come at once; the page that the PIN is for does not come, for something is wrong."""
    begun(formatted, organization="存在しない部", name=NAME, purpose="x")
    async with walking(formatted) as walker:
        await open_first(walker, "subject")
        await judged(walker, "not in the register")
        for key in ("f10", *PIN, "enter"):
            walker.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await walker.see(words("subject", "en").word("not_yet"))
        await walker.pilot.pause(1.2)
        assert (walker.page, value_of(walker, "organization"), value_of(walker, "name")) == (
            "subject",
            "存在しない部",
            NAME,
        )
        assert PIN not in walker.text()
        await walker.type("署")  # the next key is a key again
        assert value_of(walker, "organization") == "存在しない部署"
    assert PIN not in unfinished(formatted).path.read_text()


async def test_enter_before_the_list_shows_it_first_when_there_is_a_choice(formatted: Practice) -> None:
    begun(formatted)
    async with walking(formatted) as walker:
        await open_first(walker, "subject")
        await walker.type("情報政策")
        await walker.pilot.press("enter")
        await walker.see("> 総務部情報政策課")
        assert (walker.focus, value_of(walker, "organization")) == ("organization", "情報政策")
        await walker.press("enter")
        assert (walker.focus, value_of(walker, "organization")) == ("name", ORGANIZATION)


async def test_an_organisation_under_two_codes_is_settled_by_choosing(formatted: Practice) -> None:
    begun(formatted)
    async with walking(formatted) as walker:
        await open_first(walker, "subject")
        await walker.type("会計課")
        await walker.press("tab")  # on without choosing
        await walker.type("会計管理者")
        await judged(walker, "141305, 252123")
        await walker.press("f10")
        await walker.until(lambda: walker.focus == "organization", "pointed at")
        assert walker.page == "subject"
        await walker.see("> 会計課")
        await walker.press("down")
        await walker.see("川崎町 141305" if "川崎町 141305" in walker.text() else "141305")
        marked = next(line for line in walker.lines() if line.startswith("  > "))
        await walker.press("enter")
        code = "141305" if "141305" in marked else "252123"
        await walker.see({"141305": "(神奈川県 141305)", "252123": "(滋賀県 252123)"}[code])
        await walker.press("f10")
        await walker.reach("review")
    assert unfinished(formatted).load().municipality_code == code


async def test_a_code_goes_with_its_organisation(formatted: Practice) -> None:
    """The code of an entry that was taken is not kept for another text."""
    begun(formatted, organization=ORGANIZATION, name=NAME, municipality_code="252123")
    async with walking(formatted) as walker:
        await open_first(walker, "subject")
        await walker.until(lambda: walker.focus == "purpose", "focus")
        await walker.press("up", "up", "ctrl+u")
        await walker.type("会計課")
        await walker.press("tab")
        await judged(walker, "141305, 252123")


async def test_a_look_alike_becomes_the_registered_one_by_f4(formatted: Practice) -> None:
    begun(formatted)
    async with walking(formatted, "ja") as walker:
        await open_first(walker, "subject")
        await walker.type("健康福祉部長寿介護課".replace("寿", "壽"))
        await walker.press("tab")
        await judged(walker, "登録簿（組織管理システム）にありません")
        assert "壽 (U+58FD)" in walker.text()
        assert "寿 (U+5BFF)" in walker.text()
        assert "F4 で「健康福祉部長寿介護課」（滋賀県高島市 252123）にします。" in walker.text()
        complete(walker, "#next")
        await walker.press("f4")
        assert value_of(walker, "organization") == "健康福祉部長寿介護課"
        await walker.type("髙島市長")
        await judged(walker, "取り違えやすい文字")
        assert "髙 (U+9AD9)" in walker.text()
        await walker.press("f4")
        assert value_of(walker, "name") == NAME
        await judged(walker, "問題はありません")
        await walker.press("f4")
        assert Lexicon("ja").word("draft.nothing_to_take") in walker.text()


@pytest.mark.parametrize(
    ("organization", "name", "told", "field"),
    [
        ("存在しない部", NAME, "not in the register (組織管理システム)", "organization"),
        (ORGANIZATION, "市" * 65, "65 characters; a certificate holds 64", "name"),
        (ORGANIZATION, "高島\ue000市長", "not put into certificates", "name"),
        (ORGANIZATION, "高島市長\u3000", "U+3000", "name"),
        (ORGANIZATION, "", "still empty: Name", "name"),
        ("", NAME, "still empty: Organisation", "organization"),
    ],
)
async def test_what_speaks_against_it_is_said_and_nothing_goes_on(
    formatted: Practice, organization: str, name: str, told: str, field: str
) -> None:
    begun(formatted, organization=organization, name=name, purpose="x")
    async with walking(formatted) as walker:
        await open_first(walker, "subject")
        await judged(walker, told)
        complete(walker, "#next")
        await walker.press("f10")
        await walker.see(words("subject", "en").word("not_yet"))
        assert (walker.page, walker.focus) == ("subject", field)
    assert unfinished(formatted).load().step == "subject"


async def test_a_space_at_the_end_goes_by_f4(formatted: Practice) -> None:
    begun(formatted)
    async with walking(formatted) as walker:
        await open_first(walker, "subject")
        await walker.press("tab")
        await walker.paste("\u3000高島市長 \n")
        await walker.until(lambda: value_of(walker, "name") == "\u3000高島市長 ", "pasted as it is")
        await judged(walker, "not put into certificates")
        await walker.press("f4")
        assert value_of(walker, "name") == NAME


async def test_full_width_and_ideographic_space_stay_as_typed(formatted: Practice) -> None:
    """総務部　総務課 is registered with a full-width space, ＤＸ推進課 in full-width letters."""
    begun(formatted)
    async with walking(formatted, "ja") as walker:
        await open_first(walker, "subject")
        await walker.type("総務部\u3000総務課")
        await walker.press("tab")
        await walker.type("ＤＸ推進\u3000課長")
        await walker.see("OU=総務部\u3000総務課, CN=ＤＸ推進\u3000課長")
        await judged(walker, "問題はありません")
        assert "131016" in walker.text()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_users_certificate_asks_both_registers(formatted: Practice, language: Language) -> None:
    begun(formatted, certificate_kind="riyosha")
    async with walking(formatted, language) as walker:
        await open_first(walker, "subject")
        await walker.see("accounts.csv")
        assert "organizations.csv" in walker.text()
        await walker.type("総務部情報政策課")
        await walker.see("> 総務部情報政策課")
        complete(walker, "#next")
        await walker.press("enter")
        await walker.type("情報政策課")
        await walker.see("> 情報政策課01")
        complete(walker, "#next")
        await walker.press("down")
        await walker.see("> 情報政策課02")
        await walker.press("enter")
        await walker.see("CN=情報政策課02")
        assert value_of(walker, "name") == "情報政策課02"
        await walker.press("f10")
        await walker.reach("review")


async def test_an_account_of_another_organisation_is_taken_with_it(formatted: Practice) -> None:
    begun(formatted, certificate_kind="riyosha", organization="総務部総務課")
    async with walking(formatted) as walker:
        await open_first(walker, "subject")
        await walker.until(lambda: walker.focus == "name", "focus")
        await walker.type("情報政策課01")
        await walker.see("> 情報政策課01")
        await walker.press("enter")
        await walker.see(Lexicon("en").word("draft.organization_taken", organization=ORGANIZATION))
        assert value_of(walker, "organization") == ORGANIZATION
        await judged(walker, "nothing against it")


async def test_an_account_of_nobody_is_refused(formatted: Practice) -> None:
    begun(formatted, certificate_kind="riyosha", organization=ORGANIZATION, name="総務課文書01", purpose="x")
    async with walking(formatted, "ja") as walker:
        await open_first(walker, "subject")
        await judged(walker, "この組織の名義としてありません")
        assert "登録されているところ: 総務部総務課" in walker.text()
        complete(walker, "#next")
        await walker.press("f10")
        await walker.until(lambda: walker.focus == "name", "pointed at")


async def test_a_small_window_shows_what_has_the_focus(formatted: Practice) -> None:
    begun(formatted)
    async with walking(formatted, "ja", (60, 20)) as walker:
        await open_first(walker, "subject")
        usable(walker, "#organization")
        await walker.type("情報")
        await walker.see("> 総務部情報政策課")
        usable(walker, "#organization", "#lookup-organization")
        await walker.press("enter")
        await walker.type("髙島市長")
        await judged(walker, "F4")
        for field in ("purpose", "folder", "next"):
            await walker.press("tab")
            await walker.until(lambda: is_seen(walker, f"#{field}"), field)  # noqa: B023  # of this turn
            assert walker.focus == field
        await walker.press("enter")
        await walker.reach("review")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_what_is_not_registered_is_asked_for_on_a_sheet(
    formatted: Practice, language: Language, size: tuple[int, int]
) -> None:
    begun(formatted, organization="総務部情報政策課DX係", name=NAME, purpose="x")
    page, out = words("subject", language), formatted.folder / "out"
    async with walking(formatted, language, size) as walker:
        await open_first(walker, "subject")
        await judged(walker, page.word("can_ask"))
        assert "F7" in walker.lines()[-1]
        await walker.press("f7")
        await walker.see(page.word("asked_short"))
        (sheet,) = out.glob("PRACTICE-registration-new-*.txt")
        assert sheet.with_suffix(".pdf").read_bytes().startswith(b"%PDF")
        assert sheet.with_suffix(".pdf").name in text_of(walker, "said")
        assert "総務部情報政策課DX係" in sheet.read_text(encoding="utf-8")
        await walker.press("f4")  # the registered spelling is taken: nothing is missing any more
        await walker.until(lambda: "F7" not in walker.lines()[-1], "foot")
        await walker.press("f7")
        await walker.see(page.word("nothing_to_ask"))
    assert len(list(out.iterdir())) == 2
