"""What opens the wizard is read without argparse, and never otherwise than argparse would."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgpki_tui.faces.cli.arguments import parse
from lgpki_tui.faces.cli.opening import opening

_NAMES = ("--sandbox", "--lang", "--look", "--wire", "--card", "--version", "--sand", "--", "-h", "status")
_VALUES = ("ja", "en", "fr", "/a b", "練習", "", "-x", "mono", "a=b")
_WORDS = st.one_of(
    st.sampled_from((*_NAMES, *_VALUES)),
    st.builds(lambda name, value: f"{name}={value}", st.sampled_from(_NAMES), st.sampled_from(_VALUES)),
)


def _read(argv: list[str]) -> dict[str, object]:
    return vars(parse(argv, lambda key: "", "1"))


@pytest.mark.parametrize(
    "line",
    ["", "--lang ja", "--sandbox /tmp/x", "--sandbox=x --lang=en", "--lang en --sandbox a=b", "--lang ja --lang en"],
)
def test_it_is_what_argparse_reads(line: str) -> None:
    argv = line.split()
    short = opening(argv)
    assert short is not None
    assert vars(short) == _read(argv)


@given(st.lists(_WORDS, max_size=5))
def test_whatever_it_reads_argparse_reads_too(argv: list[str]) -> None:
    short = opening(argv)
    if short is not None:
        assert vars(short) == _read(argv)


@pytest.mark.parametrize(
    "line", ["status", "--lang fr", "--lang", "--sandbox", "--sandbox=", "--look mono", "--", "-h"]
)
def test_the_rest_is_for_argparse(line: str) -> None:
    assert opening(line.split()) is None
