"""Host names: what stands in a certificate, and what is said of everything else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgpki_tui.subject.host_name import HostProblem, host_problem, usual_host_name


@pytest.mark.parametrize("text", [
    "www.city.takashima.lg.jp", "a.b", "WWW.City.Takashima.LG.JP", "1.jp", "xn--wgv71a.jp", "3com.example",
    f"{'a' * 63}.jp", "a-b--c.jp", ".".join(["a" * 49] * 5) + ".jp",
])  # fmt: skip
def test_these_are_host_names(text: str) -> None:
    assert host_problem(text) is None


@pytest.mark.parametrize(("text", "problem", "about"), [
    ("高島市.jp", HostProblem.NOT_ASCII, "高島市"),
    ("ｗｗｗ.jp", HostProblem.NOT_ASCII, "ｗ"),
    ("*.city.takashima.lg.jp", HostProblem.CHARACTERS, "*"),
    ("a_b.jp", HostProblem.CHARACTERS, "_"),
    (" a.jp", HostProblem.CHARACTERS, " "),
    ("a.jp\n", HostProblem.CHARACTERS, "\n"),
    ("https://a.jp/", HostProblem.CHARACTERS, ":/"),
    ("a.jp:443", HostProblem.CHARACTERS, ":"),
    ("a.jp.", HostProblem.EMPTY_LABEL, ""),
    (".a.jp", HostProblem.EMPTY_LABEL, ""),
    ("a..jp", HostProblem.EMPTY_LABEL, ""),
    (f"{'a' * 64}.jp", HostProblem.LONG_LABEL, ""),
    ("-a.jp", HostProblem.HYPHEN, ""),
    ("a-.jp", HostProblem.HYPHEN, ""),
    ("ab--c.jp", HostProblem.A_LABEL, ""),
    ("xn--.jp", HostProblem.HYPHEN, ""),
    ("xn--abc-.jp", HostProblem.HYPHEN, ""),
    ("xn--99999999999.jp", HostProblem.A_LABEL, ""),
    ("localhost", HostProblem.ONE_LABEL, ""),
    ("192.168.0.1", HostProblem.NUMBERS, ""),
    (".".join(["a" * 49] * 5) + ".jpjp", HostProblem.TOO_LONG, ""),
])  # fmt: skip
def test_these_are_none(text: str, problem: HostProblem, about: str) -> None:
    wrong = host_problem(text)
    assert wrong is not None
    assert (wrong.problem, "".join(wrong.characters)) == (problem, about)


@pytest.mark.parametrize(("text", "usual"), [
    ("ｗｗｗ．ｃｉｔｙ．ｊｐ", "www.city.jp"), ("www。city。jp", "www.city.jp"), ("wwwー1.jp", "www-1.jp"),
    (" a.jp ", "a.jp"),
    ("a.jp　", "a.jp"), ("a.jp", None), ("高島市.jp", None), ("a_b.jp", None), ("a.jp.", None),
])  # fmt: skip
def test_what_was_meant_is_offered(text: str, usual: str | None) -> None:
    assert usual_host_name(text) == usual


label = st.from_regex(r"[a-z0-9]([a-z0-9]{0,20}[a-z0-9])?", fullmatch=True)


@given(st.lists(label, min_size=1, max_size=5))
def test_names_of_letters_and_digits_are_good(labels: list[str]) -> None:
    assert host_problem(".".join([*labels, "jp"])) is None


@given(st.text(max_size=300))
def test_whatever_passes_is_printable_ascii_and_short(text: str) -> None:
    if host_problem(text) is None:
        assert text.isascii()
        assert text.isprintable()
        assert " " not in text
        assert "." in text
        assert len(text) <= 253
