"""The driver's pure model, judged by pyte: after any frames the writing of the changes shows what the frames drew."""

from __future__ import annotations

import re
from typing import Any, TypeVar
from unicodedata import normalize

import pyte
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lgpki_tui.faces.tui.cells import Picture, is_frame
from lgpki_tui.faces.tui.changes import Shown
from lgpki_tui.faces.tui.sgr import PLAIN, Style, between, on_space, parse
from lgpki_tui.faces.tui.widths import graphemes, is_certain
from tests.tui.terminal import Screen, looks_of

WIDTH, HEIGHT = 12, 4
NO_WRAP = "\x1b[?7l"

AnyScreen = TypeVar("AnyScreen", bound=pyte.Screen)

colours = st.sampled_from(["", "31", "97", "38;5;208", "38;2;1;2;3"])
styles = st.builds(
    Style,
    st.integers(0, 2047),
    colours,
    colours.map(lambda c: c.replace("38", "48").replace("31", "41").replace("97", "107")),
)
# Attributes that pyte knows.
sgrs = st.sampled_from(["0", "1", "4;31", "7", "1;7;42", "38;5;208;48;2;1;2;3", "9;34", "3;44", "1;4;97;100"])


def _feed(screen: AnyScreen, *writings: str) -> AnyScreen:
    stream = pyte.Stream(screen)
    for writing in (NO_WRAP, *writings):
        stream.feed(writing)
    return screen


@st.composite
def frames(
    draw: st.DrawFn, alphabet: str = "ab- 漢字ｱ─①é", joined: tuple[str, ...] = ("か\u3099", "e\u0301", "🙂")
) -> str:
    """One frame as Textual writes it: strips at positions, wide characters cut anywhere, the cursor's place last."""
    parts = []
    for _ in range(draw(st.integers(1, 6))):
        x, y = draw(st.integers(0, WIDTH - 1)), draw(st.integers(0, HEIGHT - 1))
        parts.append(f"\x1b[{y + 1};{x + 1}H")
        for _ in range(draw(st.integers(1, 3))):
            text = ""
            for grapheme in draw(st.lists(st.sampled_from([*alphabet, *joined]), max_size=8)):
                width = sum(width for _, width in graphemes(grapheme))
                if x + width > WIDTH:
                    break
                text, x = text + grapheme, x + width
            if text:
                parts.append(f"\x1b[{draw(sgrs)}m{text}\x1b[0m")
        parts.append(draw(st.sampled_from(["", "\n"] if y < HEIGHT - 1 else [""])))
    return "".join(parts) + f"\x1b[{draw(st.integers(1, HEIGHT))};{draw(st.integers(1, WIDTH))}H"


def _drawn(batches: list[list[str]], shown: Shown | None = None) -> tuple[Picture, list[str]]:
    """The picture, and one writing for each batch of frames merged."""
    picture, shown, writings = Picture(), shown or Shown(), []
    picture.fit(WIDTH, HEIGHT)
    for batch in batches:
        for frame in batch:
            picture.draw(frame)
        writings.append(shown.changes(picture))
    return picture, writings


@settings(deadline=None, max_examples=120)
@given(st.lists(st.lists(frames(), min_size=1, max_size=3), min_size=1, max_size=6))
def test_changes_show_what_the_frames_drew(batches: list[list[str]]) -> None:
    """Halves of wide characters overwritten, marks, emoji, all colours: cell by cell, in two kinds of terminal."""
    _, writings = _drawn(batches)
    expected = _feed(Screen(WIDTH, HEIGHT), *(frame for batch in batches for frame in batch))
    # Plain pyte puts the mark of a wide character into a cell of its own.
    plain = [] if "\u3099" in str(batches) else [pyte.Screen(WIDTH, HEIGHT)]
    for screen in (Screen(WIDTH, HEIGHT), *plain):
        _feed(screen, *writings)
        assert looks_of(screen) == looks_of(expected)
        assert (screen.cursor.x, screen.cursor.y) == (min(expected.cursor.x, WIDTH - 1), expected.cursor.y)


@settings(deadline=None, max_examples=100)
@given(st.lists(frames(), min_size=1, max_size=4), st.lists(frames(), min_size=1, max_size=3))
def test_after_forgetting_the_terminal_is_healed(before: list[str], after: list[str]) -> None:
    """Whatever was written in between, the whole picture stands again."""
    shown = Shown()
    picture, (writing,) = _drawn([before], shown)
    shown.forget()
    for frame in after:
        picture.draw(frame)
    screen = _feed(Screen(WIDTH, HEIGHT), writing, "\x1b[2;3H\x1b[1;7;31mGARBAGE\x1b[45m漢\r\n", shown.changes(picture))
    assert looks_of(screen) == looks_of(_feed(Screen(WIDTH, HEIGHT), *before, *after))


class OddScreen(Screen):
    """A terminal that draws ambiguous characters in two cells and emoji in one: not what Textual believes."""

    def draw(self, data: str) -> None:
        """Draw character by character, the odd ones in their other width."""
        for character in data:
            if character in "─①é":
                super().draw("全")
            elif character == "🙂":
                super().draw("?")
            else:
                super().draw(character)


@settings(deadline=None, max_examples=150)
@given(st.lists(frames(joined=("🙂", "か\u3099", "👩\u200d💻", "☀\ufe0f")), min_size=1, max_size=6))
def test_nothing_drifts_where_widths_are_doubtful(drawn: list[str]) -> None:
    """What every terminal draws alike stands in its place, beside whatever the terminal draws otherwise."""
    picture, writings = _drawn([[frame] for frame in drawn])
    screen = _feed(OddScreen(WIDTH, HEIGHT), *writings)
    for y, row in enumerate(picture.rows):
        for x, (text, _) in enumerate(row):
            if is_certain(text):
                assert screen.buffer[y][x].data == text, (x, y, screen.display, writings)


def test_ambiguous_characters_cost_no_moves_once_they_were_measured() -> None:
    """A rule of box characters is one text when the terminal is known to draw them in one cell."""
    frame = "\x1b[1;1H" + "─" * WIDTH + "\x1b[1;1H"
    (doubtful,) = _drawn([[frame]])[1]
    (certain,) = _drawn([[frame]], Shown(ambiguous_narrow=True))[1]
    assert "─" * WIDTH in certain
    assert len(doubtful) > 3 * len(certain)
    assert doubtful.count("─") == WIDTH


@given(frames())
def test_a_frame_drawn_twice_writes_nothing(frame: str) -> None:
    """No change, no byte."""
    assert _drawn([[frame], [frame, frame], []])[1][1:] == ["", ""]


@given(
    st.text(st.characters(min_codepoint=1, max_codepoint=0x2FF)),
    st.sampled_from(["\x1b[2J", "\x9b2J", "\x1b]8;;http://x\x1b\\", "\x1bc", "\x07"]),
)
def test_no_control_of_a_frame_reaches_the_terminal(text: str, control: str) -> None:
    """Only our own sequences are sent: positions, erasures, SGR and moves."""
    _, (writing,) = _drawn([[f"\x1b[1;1H{text}{control}{text}\x1b[1;1H"]])
    assert re.fullmatch(r"(?:\x1b\[[\d;]*[HJKGCm]|[\r\x08]|[^\x00-\x1f\x7f-\x9f])*", writing)
    assert writing.count("\x1b[2J") == 1
    assert "http" not in writing


@pytest.mark.parametrize(
    ("frame", "shown"),
    [
        ("\x1b[1;11Habcdef", "          ab"),
        ("\x1b[1;11Ha漢", "          a "),
        ("\x1b[9;1Hlost\x1b[1;40Hlost", "            "),
        ("\x1b[1;1Hab\x1b[1;3H\u0301c", "ab\u0301c         "),
    ],
)
def test_what_lies_outside_is_cut(frame: str, shown: str) -> None:
    """Nothing is written past the last column or row; a mark that stands first joins the character before it."""
    picture, _ = _drawn([[frame + "\x1b[99;99H"]])
    assert "".join(text for text, _ in picture.rows[0]) == shown
    assert (picture.x, picture.y) == (WIDTH - 1, HEIGHT - 1)


def test_a_mark_that_comes_again_and_again_does_not_pile_up() -> None:
    """A cell stays of bounded length."""
    picture, _ = _drawn([["\x1b[1;1Ha", *["\x1b[1;2H\u0301"] * 100]])
    assert len(picture.rows[0][0][0]) <= 16


@settings(deadline=None)
@given(frames(), st.tuples(st.integers(1, 14), st.integers(1, 6)), frames())
def test_resizing(before: str, size: tuple[int, int], after: str) -> None:
    """The picture keeps what is inside both sizes, breaks wide characters at the edge, and is written whole."""
    assume(size != (WIDTH, HEIGHT))  # nothing is lost then, and nothing written again
    shown = Shown()
    picture, _ = _drawn([[before]], shown)
    old = [[text for text, _ in row] for row in picture.rows]
    picture.fit(*size)
    assert [len(row) for row in picture.rows] == [size[0]] * size[1]
    for y, row in enumerate(picture.rows):
        inside = zip(row, old[y] if y < HEIGHT else [], strict=False)
        assert all(text == was or (text == " " and x == size[0] - 1) for x, ((text, _), was) in enumerate(inside))
    picture.draw(after)
    screen = _feed(Screen(*size), "\x1b[1;1Hremains", shown.changes(picture))
    rows = [normalize("NFC", "".join(text for text, _ in row)) for row in picture.rows]
    assert rows == screen.display_cells()


def test_erasing_keeps_to_the_terminals_own_background() -> None:
    """ESC [ K is used on plain blanks; on coloured ones only where the terminal was said to erase with the colour."""
    full = f"\x1b[1;1H\x1b[44m{'x' * WIDTH}\x1b[0m\x1b[1;1H"
    empty = f"\x1b[1;1H\x1b[44m{' ' * WIDTH}\x1b[0m\x1b[1;1H"
    assert "\x1b[K" not in _drawn([[full], [empty]])[1][1]
    assert "\x1b[K" in _drawn([[full], [empty]], Shown(background_erase=True))[1][1]
    assert _drawn([[full], [empty.replace("44", "0")]])[1][1] == "\x1b[m\x1b[K"


@pytest.mark.parametrize(
    ("data", "frame"),
    [
        ("\x1b[1;1Hx", True),
        ("\x1b[12;80H", True),
        ("\x07", False),
        ("\x1b[?25l", False),
        ("\x1b]2;x\x07", False),
        ("x", False),
    ],
)
def test_frames_are_told_from_other_writing(data: str, frame: bool) -> None:
    """A frame begins with a cursor position."""
    assert is_frame(data) is frame


# --- SGR


@settings(max_examples=500)
@given(styles, styles)
def test_the_way_between_two_styles(old: Style, new: Style) -> None:
    """It arrives, from wherever it starts, and is never longer than a reset with everything set anew."""
    way = between(old, new)
    assert (way == "") == (old == new)
    assert not way or parse(way[2:-1], old) == new
    assert len(way) <= len(between(PLAIN, new)) + 1 or new == PLAIN


@settings(max_examples=300)
@given(
    st.lists(
        st.builds(
            lambda style, bits: style._replace(attributes=bits), styles, st.sampled_from([0, 1, 4, 8, 64, 256, 77, 333])
        ),
        min_size=1,
        max_size=5,
    )
)
def test_pyte_reads_the_ways_as_we_do(road: list[Style]) -> None:
    """Attributes after a chain of ways are those that a reset and one sequence give."""
    known = [style._replace(attributes=style.attributes & (1 | 4 | 8 | 64 | 256)) for style in road]
    chain = "".join(between(old, new) for old, new in zip([PLAIN, *known], known, strict=False))
    one, other = pyte.Screen(2, 1), pyte.Screen(2, 1)
    _feed(one, chain + "x")
    _feed(other, "\x1b[0m" + between(PLAIN, known[-1]) + "x")
    assert one.buffer[0][0] == other.buffer[0][0]


@pytest.mark.parametrize(
    ("parameters", "style"),
    [
        ("", PLAIN),
        ("1;31", Style(1, "31", "")),
        ("38;5;208", Style(0, "38;5;208", "")),
        ("4;48;2;1;2;3;7", Style(8 | 64, "", "48;2;1;2;3")),
        ("31;39;41;49", PLAIN),
        ("1;0;;2", Style(2, "", "")),
        ("1;38", Style(1, "", "")),
        ("48;2;1;2", PLAIN),
        ("38;7;1", Style(1, "", "")),
        ("73", PLAIN),
    ],
)
def test_sgr_parameters(parameters: str, style: Style) -> None:
    """As ECMA-48 and ISO/IEC 8613-6 say; what is unknown or cut short raises nothing."""
    assert parse(parameters) == style


@pytest.mark.parametrize(
    ("old", "new", "way"),
    [
        (Style(64, "30", "47"), Style(0, "30", "47"), "\x1b[27m"),
        (Style(64, "", ""), PLAIN, "\x1b[m"),
        (PLAIN, Style(1, "31", ""), "\x1b[1;31m"),
        (Style(2, "", "44"), Style(8, "31", ""), "\x1b[;4;31m"),
        (Style(3, "31", "44"), Style(1, "31", "44"), "\x1b[22;1m"),
    ],
)
def test_shortest_ways(old: Style, new: Style, way: str) -> None:
    """Taking off one attribute, resetting, adding: whichever has fewest bytes."""
    assert between(old, new) == way


@given(styles)
def test_on_a_space_only_what_can_be_seen_counts(style: Style) -> None:
    """Asking twice changes nothing; the background always stays."""
    assert on_space(on_space(style)) == on_space(style)
    assert on_space(style).background == style.background


@pytest.mark.parametrize("certain", [*"a漢かア。ｱＡ", "﨑", "髙", "𠮷", " "])
def test_certain_widths(certain: str) -> None:
    """Latin, kana, ideographs of every plane, half- and full-width forms."""
    assert is_certain(certain)


@pytest.mark.parametrize(
    "doubtful", ["か\u3099", "e\u0301", "🙂", "👩\u200d💻", "☀\ufe0f", "葛\U000e0100", "①", "─", "→", "⌚", "ก"]
)
def test_doubtful_widths(doubtful: str) -> None:
    """Clusters, emoji, ambiguous characters, other scripts."""
    assert not is_certain(doubtful)


def test_ambiguous_is_certain_when_measured() -> None:
    """Only the ambiguous ones become certain."""
    assert is_certain("①", ambiguous_narrow=True)
    assert not is_certain("🙂", ambiguous_narrow=True)


def test_what_pyte_is_given_here() -> None:
    """The reference breaks wide characters as terminals do; plain pyte does not, so it alone would judge nothing."""
    halves = "\x1b[1;1H漢\x1b[1;2Hx"
    assert _feed(Screen(4, 1), halves).display == [" x  "]
    plain: Any = _feed(pyte.Screen(4, 1), halves)
    assert plain.buffer[0][0].data == "漢"
