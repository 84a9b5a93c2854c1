"""Strict tables name the file, the key, and the nearest known key."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.tables import ANSWERS, MOST_BYTES, SETTINGS, Codes, Table, read_table


def table(folder: Path, text: str | bytes, codes: Codes = SETTINGS) -> Table:
    file = folder / "some.toml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_table(file, codes)


def refused(act: Callable[[], object], code: Code, folder: Path) -> dict[str, object]:
    with pytest.raises(Refusal) as caught:
        act()
    assert caught.value.code is code
    facts: dict[str, object] = dict(caught.value.facts)
    assert facts.pop("file") == str(folder / "some.toml")
    return facts


def test_each_kind_is_read_and_nothing_is_left_over(tmp_path: Path) -> None:
    read = table(tmp_path, 'a = "x"\nb = 1\nc = true\nd = ["x", "y"]\n[e]\nf = "z"\n[[g]]\nh = 1\n[[g]]\nh = 2\n')
    assert (read.text("a"), read.integer("b"), read.boolean("c"), read.texts("d")) == ("x", 1, True, ("x", "y"))
    assert read.table("e").text("f") == "z"
    assert [one.integer("h") for one in read.tables("g")] == [1, 2]
    read.done()
    assert read.keys() == ("a", "b", "c", "d", "e", "g")


def test_what_is_absent_has_its_default_or_is_refused(tmp_path: Path) -> None:
    read = table(tmp_path, "")
    assert (read.text("a", "x"), read.integer("b", 1), read.boolean("c", True)) == ("x", 1, True)
    assert (read.texts("d", ("y",)), read.optional_text("e"), read.tables("f")) == (("y",), None, ())
    assert read.table("g", optional=True).keys() == ()
    read.done()
    for act in (read.text, read.integer, read.boolean, read.texts, read.table):
        assert refused(partial(act, "here"), Code.SETTINGS_KEY_MISSING, tmp_path) == {"key": "here"}
    nested = table(tmp_path, "[a.b]\n").table("a").table("b")
    assert refused(lambda: nested.text("c"), Code.SETTINGS_KEY_MISSING, tmp_path) == {"key": "a.b.c"}


@pytest.mark.parametrize(
    ("value", "act"),
    [
        ("1", Table.text),
        ("true", Table.text),
        ('"1"', Table.integer),
        ("1.0", Table.integer),
        ("true", Table.integer),
        ("1", Table.boolean),
        ('"x"', Table.texts),
        ('["x", 1]', Table.texts),
        ("[]", Table.table),
        ('"x"', Table.table),
        ("{}", Table.tables),
        ('[{}, "x"]', Table.tables),
        ("2026-11-24", Table.text),
    ],
)
def test_another_type_is_refused(tmp_path: Path, value: str, act: Callable[[Table, str], object]) -> None:
    read = table(tmp_path, f"[in]\nkey = {value}\n").table("in")
    assert refused(lambda: act(read, "key"), Code.SETTINGS_VALUE, tmp_path)["key"] == "in.key"


def test_an_unknown_key_is_refused_with_the_nearest_known_one(tmp_path: Path) -> None:
    read = table(tmp_path, 'oranization = "x"\n', ANSWERS)
    for known in ("organization", "name", "purpose"):
        read.optional_text(known)
    assert refused(read.done, Code.ANSWERS_KEY_UNKNOWN, tmp_path) == {
        "key": "oranization",
        "nearest": "organization",
    }
    far = table(tmp_path, "[[rows]]\nqqqqqqq = 1\n").tables("rows")[0]
    assert refused(far.done, Code.SETTINGS_KEY_UNKNOWN, tmp_path) == {"key": "rows[0].qqqqqqq", "nearest": None}


def test_a_choice_names_what_there_is(tmp_path: Path) -> None:
    read = table(tmp_path, 'kind = "shokuskei"\n', ANSWERS)
    known = ("shokuseki", "riyosha")
    assert refused(lambda: read.choice("kind", known), Code.ANSWERS_VALUE, tmp_path) == {
        "key": "kind",
        "found": "shokuskei",
        "known": list(known),
        "nearest": "shokuseki",
    }
    assert read.choice("other", known, "riyosha") == "riyosha"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a = ", "not_toml"),
        ("a = 1\na = 2", "not_toml"),
        ("\x00", "not_toml"),
        (b'a = "\xff"', "not_utf8"),
        ("a = 1".encode("utf-16"), "not_utf8"),
        (b"#" * (MOST_BYTES + 1), "too_large"),
    ],
)
def test_what_is_no_toml_is_refused(tmp_path: Path, text: str | bytes, reason: str) -> None:
    for codes in (SETTINGS, ANSWERS):
        facts = refused(partial(table, tmp_path, text, codes), codes.unreadable, tmp_path)
        assert facts["reason"] == reason


def test_where_a_file_breaks_is_told(tmp_path: Path) -> None:
    facts = refused(lambda: table(tmp_path, "a = 1\nb = \n"), Code.SETTINGS_UNREADABLE, tmp_path)
    assert "line 2" in str(facts["detail"])


def test_what_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    (tmp_path / "some.toml").mkdir()
    facts = refused(lambda: read_table(tmp_path / "some.toml"), Code.SETTINGS_UNREADABLE, tmp_path)
    assert facts == {"reason": "not_a_file"}
