"""`profiles`: every kind, every value with its source; for people within 80 columns, with what is assumed marked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from lgpki_tui.pages.language import LANGUAGES, Language
from lgpki_tui.pages.words import Words
from lgpki_tui.paper.columns import width
from tests.practice import PROGRAM, Practice, run

KINDS = ["shokuseki", "riyosha", "mail", "code-signing", "web-server", "login"]


def leaves(node: Any) -> Iterator[dict[str, Any]]:
    """Every { value, source } in it."""
    if isinstance(node, dict) and set(node) == {"value", "source"}:
        yield node
    elif isinstance(node, dict):
        for inner in node.values():
            yield from leaves(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from leaves(inner)


def test_json_holds_every_kind_and_every_value_with_its_source() -> None:
    answer = run([*PROGRAM, "profiles", "--json"])
    assert answer.status == 0, answer
    assert (answer.json["ok"], answer.json["practice"]) == (True, False)
    profiles = {each["kind"]: each for each in answer.json["profiles"]}
    assert list(profiles) == KINDS
    assert [kind for kind in KINDS if profiles[kind]["requestable"]] == KINDS[:5]
    assert [kind for kind in KINDS if profiles[kind]["tracked_only"]] == ["login"]
    assert [profiles[kind].get("registry_rule") for kind in KINDS] == [
        "organization", "organization+name", "organization", "organization", "none", None,
    ]  # fmt: skip
    for profile in profiles.values():
        sources = [leaf["source"] for leaf in leaves(profile)]
        assert all(source in ("seed", "assumed") or source.startswith("public: ") for source in sources)
        assert profile["english"]["source"] == "assumed"
        assert profile["file"].endswith(f"/profiles/{profile['kind']}.toml")
    assert len(list(leaves(profiles["mail"]))) == 27
    assert set(profiles["login"]) == {
        "kind", "requestable", "tracked_only", "title", "english", "period", "file",
    }  # fmt: skip


def test_what_the_kind_of_a_server_and_of_mail_say() -> None:
    profiles = {each["kind"]: each for each in run([*PROGRAM, "profiles", "--json"]).json["profiles"]}
    mail, server = profiles["mail"], profiles["web-server"]
    assert [field["name"] for field in mail["field"]] == ["organization", "name", "mail_address"]
    assert mail["field"][2]["most_characters"] == {"value": 254, "source": "public: RFC 5321, 4.5.3.1.3"}
    assert mail["extensions"]["alternative_names"] == {"value": ["mail_address"], "source": "assumed"}
    assert server["field"][1]["form"] == {"value": "host-name", "source": "assumed"}
    assert server["field"][0]["rule"] == {"value": "free", "source": "seed"}
    assert server["subject"][3] == {"value": {"attribute": "CN", "text": "name", "string": "utf8"}, "source": "assumed"}
    assert server["key"]["signature"]["value"] == "rsassa-pkcs1-v1_5"
    assert (server["files"]["name"]["value"], server["form"]["template"]["value"]) == ("{number}", "standard")
    assert server["period"]["validity_years"] == {"value": 3, "source": "seed"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_people_read_it_in_80_columns(language: Language) -> None:
    answer = run([*PROGRAM, "--lang", language, "profiles"])
    assert answer.status == 0, answer
    word = Words.load(language).word
    assert [line for line in answer.out.splitlines() if width(line) > 80] == []
    for title in ("職責証明書", "メール用証明書", "Webサーバ証明書", "ログイン用データ"):
        assert title in answer.out
    assert answer.out.count(word("profiles.source_assumed").strip()) > 80
    assert word("profiles.tracked")[:20] in answer.out
    assert word("profiles.legend_assumed") in answer.out
    assert not any(kind in answer.out for kind in ("web-server", "riyosha", "shokuseki"))  # ids are for programs


def test_practice_says_so(practice: Practice) -> None:
    assert practice.done("profiles")["practice"] is True
