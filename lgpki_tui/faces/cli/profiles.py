"""The kinds of certificate: what each holds, and on what every value of it rests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from lgpki_tui.faces.cli.run import Call, Handler
from lgpki_tui.ground.codes import Exit
from lgpki_tui.ground.findings import Fact
from lgpki_tui.pages.words import Words
from lgpki_tui.paper.columns import fill, width
from lgpki_tui.settings.explain import Explained
from lgpki_tui.settings.profile_facts import rows

_COLUMNS = 80
_PUBLIC = "public: "
_SOURCES = ("assumed", "seed", "public")


def _profiles(call: Call) -> Exit:
    profiles = call.workplace.profile_facts()
    call.out.answer({"profiles": cast(list[Fact], profiles)}, _lines(call.out.words, profiles))
    return Exit.DONE


def _lines(words: Words, profiles: Sequence[dict[str, Fact]]) -> Iterator[str]:
    for facts in profiles:
        title, english = (cast(Mapping[str, Fact], facts[key])["value"] for key in ("title", "english"))
        yield words.word("profiles.title", title=title, english=english)
        yield from _folded("  ", words.word(f"profiles.{_standing(facts)}"))
        for row in rows(facts):
            if row.key not in ("title", "english"):
                yield from _row(words, facts, row)
        yield ""
    for source in _SOURCES:
        yield from _folded("", words.word(f"profiles.legend_{source}"))


def _standing(facts: Mapping[str, Fact]) -> str:
    if facts["requestable"]:
        return f"registry_{facts['registry_rule']}".replace("+", "_and_")
    return "tracked" if facts["tracked_only"] else "not_handled"


def _row(words: Words, facts: Mapping[str, Fact], row: Explained) -> Iterator[str]:
    """The value in words of ours, and behind it what a published source is called."""
    source = row.source or ""
    mark = words.word(f"profiles.source_{source.partition(':')[0]}")
    text = f"{_label(words, facts, row.key)}: {_value(words, row)}"
    if source.startswith(_PUBLIC):
        text += f" ({source.removeprefix(_PUBLIC)})"
    yield from _folded(f"  {mark} ", text)


def _label(words: Words, facts: Mapping[str, Fact], key: str) -> str:
    """`field[2].rule` by the name of its field."""
    group, _, place = key.partition("[")
    if group == "subject":
        return words.word("profiles.subject")
    if group != "field":
        return words.word(f"profiles.{key}")
    index, _, name = place.partition("].")
    field = cast(Sequence[Mapping[str, Fact]], facts["field"])[int(index)]
    return words.word(f"profiles.field.{name}", field=words.word(f"profiles.name.{field['name']}"))


def _value(words: Words, row: Explained) -> str:
    if isinstance(row.value, Mapping):
        text = str(row.value.get("fixed", "")) or words.word(f"profiles.text.{row.value['text']}")
        return words.word("profiles.attribute", attribute=row.value["attribute"], text=text, string=row.value["string"])
    each = row.value if isinstance(row.value, list) else [row.value]
    return words.word("profiles.value", value=[_word(words, one) for one in each])


def _word(words: Words, value: Fact) -> Fact:
    key = f"profiles.word.{value}"
    return words.word(key) if isinstance(value, str) and words.known(key) else value


def _folded(before: str, text: str) -> Iterator[str]:
    """Lines of at most 80 columns; what does not fit stands below the beginning of the text."""
    indent = width(before)
    for index, line in enumerate(fill(text, _COLUMNS - indent)):
        yield (before if index == 0 else " " * indent) + line


HANDLERS: dict[str, Handler] = {"profiles": _profiles}
