"""Why not: what happened, what to do, whom to ask; and every message of the program fits into the page."""

from __future__ import annotations

import tomllib
from functools import cache

import pytest

from lgpki_tui.faces.tui.screens.verdict import VerdictScreen
from lgpki_tui.ground.codes import Code, Exit
from lgpki_tui.ground.findings import Fact, Finding, Refusal, Result
from lgpki_tui.ground.shipped import shipped
from lgpki_tui.pages.fill import places
from lgpki_tui.pages.language import Language
from tests.practice import Practice
from tests.tui.seen import complete, read_through
from tests.tui.walking import Walker, walking

# Facts as long as they come.
FACTS: dict[str, Fact] = {
    "enrolment": "261124-7K3QH",
    "serial": "4d9c28bc97325a6b",
    "label": "SHICHO-01",
    "expected": "somubu-joho-pc-0017",
    "found": "somubu-joho-pc-0018",
    "file": "/home/j-seisaku/tokyo/2026/certificates/PRACTICE-261124-7K3QH.cer",
    "folder": "/home/j-seisaku/tokyo/2026/certificates",
    "key": "certificate_kind",
}


@cache
def messages() -> dict[str, dict[str, dict[str, str]]]:
    """screens/messages.toml as it stands."""
    with shipped("screens", "messages.toml").open("rb") as file:
        return tomllib.load(file)


def named(code: Code) -> set[str]:
    """The facts that the message of a code names."""
    return set().union(*map(places, messages()[code.value]["ja"].values())) & FACTS.keys()


def longest(language: Language) -> list[Code]:
    """The codes whose messages take the most room: where these fit, all do."""
    return sorted(Code, key=lambda code: -sum(map(len, messages()[code.value][language].values())))[:12]


async def put(walker: Walker, screen: VerdictScreen) -> None:
    """The page with this on it."""
    await walker.reach("home")
    await walker.app.push_screen(screen)
    await walker.pilot.pause()
    await walker.pilot.pause()


@pytest.mark.parametrize(("language", "size"), [("ja", (80, 24)), ("en", (60, 20))], ids=["ja-80x24", "en-60x20"])
async def test_the_longest_messages_can_be_read(blank: Practice, language: Language, size: tuple[int, int]) -> None:
    """At 80x24 without scrolling."""
    async with walking(blank, language, size) as walker:
        lexicon = walker.app.context.lexicon
        for code in longest(language):
            refusal = Refusal(code, **{name: FACTS[name] for name in named(code)})
            await put(walker, VerdictScreen(walker.app.context, refusal))
            assert walker.focus == "close"
            if size == (80, 24):
                complete(walker)
            text, message = await read_through(walker), lexicon.message(refusal)
            for part in (message.happened, message.here, message.ask, f"({code.value}"):
                assert part.replace(" ", "").replace("\n", "") in text, code
            begins = walker.app.context.page("verdict").word("fault") if code.exit is Exit.FAULT else "["
            assert begins.replace(" ", "") in text
            await walker.press("escape")
            await walker.reach("home")


@pytest.mark.parametrize("key", ["enter", "escape", "space", "f10"])
async def test_it_leads_back(blank: Practice, key: str) -> None:
    async with walking(blank) as walker:
        await put(walker, VerdictScreen(walker.app.context, Refusal(Code.CARD_ABSENT)))
        assert walker.app.context.lexicon.word("key.page") not in walker.lines()[-1]
        await walker.press(key)
        await walker.reach("home")


async def test_what_was_only_found_is_no_refusal(blank: Practice) -> None:
    async with walking(blank, "ja") as walker:
        word = walker.app.context.lexicon.word
        for result in (Result.ATTENTION, Result.UNKNOWN):
            screen = VerdictScreen(walker.app.context, Refusal(Code.READER_MISSING), result=result)
            await put(walker, screen)
            assert walker.lines()[3].startswith(f"[{word(f'result.{result.value}')}]")
            doubt = walker.app.context.page("verdict").word("unknown")
            assert (doubt in walker.text()) is (result is Result.UNKNOWN)
            await walker.press("enter")
            await walker.reach("home")


async def test_checks_and_what_dies_are_listed(blank: Practice) -> None:
    valid = [{"subject": "C=JP, O=高島市, CN=高島市長", "not_after": "2029-11-24T20:06:08Z"}]
    checks = (
        Finding(Code.CERTIFICATE_EXPIRED, Result.FAIL),
        Finding(Code.CERTIFICATE_REVOKED, Result.UNKNOWN),
        Finding(Code.CERTIFICATE_WEAK, Result.OK),
    )
    refusal = Refusal(Code.CARD_KEY_LIVE, enrolment="261124-7K3QH", serial="1", valid_certificates=valid)
    async with walking(blank, "ja") as walker:
        await put(walker, VerdictScreen(walker.app.context, refusal, checks))
        text = await read_through(walker)
        assert "高島市長" in text
        assert "2029-11-2505:06JST" in text
        word = walker.app.context.lexicon.word
        assert f"[{word('result.fail')}] {word('check.certificate_expired')}".replace(" ", "") in text
        assert word("check.certificate_revoked").replace(" ", "") not in text  # nobody looked
        assert walker.focus == "close"


@pytest.mark.parametrize(("language", "size"), [("ja", (80, 24)), ("en", (60, 20))], ids=["ja-80x24", "en-60x20"])
async def test_the_reason_comes_first_and_what_passed_last(
    blank: Practice, language: Language, size: tuple[int, int]
) -> None:
    begun, now = "j-seisaku (uid 1001, loginuid)", "j-soumu (uid 1002, real_uid)"
    names = {"login_begun": "j-seisaku", "login_now": "j-soumu"}
    facts: dict[str, Fact] = {"expected": begun, "found": now, **names}
    checks = (
        Finding(Code.WRONG_MACHINE, Result.OK),
        Finding(Code.WRONG_LOGIN, Result.FAIL, begun, now, facts),
        Finding(Code.CERTIFICATE_WEAK, Result.ATTENTION),
    )
    async with walking(blank, language, size) as walker:
        lexicon = walker.app.context.lexicon
        refusal = Refusal(Code.WRONG_LOGIN, **facts)
        await put(walker, VerdictScreen(walker.app.context, refusal, checks))
        text, message = await read_through(walker), lexicon.message(refusal)
        in_order = (
            message.happened,
            lexicon.word("reason.expected", expected="j-seisaku"),
            lexicon.word("reason.found", found="j-soumu"),
            message.here,
            message.ask,
            "(wrong_login",
            lexicon.word("check.wrong_login"),
            lexicon.word("check.certificate_weak"),
            lexicon.word("check.wrong_machine"),
        )
        places = [text.index(part.replace(" ", "")) for part in in_order]
        assert places == sorted(places)
        assert "uid" not in text[: places[5]]  # it is for the desk
        assert "j-seisaku" in message.happened + message.here


async def test_what_comes_from_outside_acts_on_nothing(blank: Practice) -> None:
    refusal = Refusal(Code.CARD_ERROR, ckr="0x30", reader="\x1b[2J\u202e[b]reader[/b]")
    async with walking(blank) as walker:
        await put(walker, VerdictScreen(walker.app.context, refusal))
        assert "\\u001b[2J\\u202e[b]reader[/b]" in walker.text().replace("\n ", "")
