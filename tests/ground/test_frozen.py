"""The quick decorator makes what the standard library's makes: both are asked the same (dataclasses.dataclass)."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Mapping
from dataclasses import field
from typing import Any, Generic, TypeVar

import pytest

from lgpki_tui.ground import frozen

T = TypeVar("T")
MAKERS = [pytest.param(frozen.dataclass, id="ours"), pytest.param(dataclasses.dataclass, id="theirs")]


@frozen.dataclass(frozen=True, slots=True)
class Pickled:
    """At module level, as pickle wants it."""

    number: int


def family(maker: Any) -> tuple[Any, Any, Any]:
    """Three classes that use everything this project uses."""

    @maker(frozen=True, slots=True)
    class Plain:
        """Text."""

        name: str
        count: int = 3
        facts: Mapping[str, int] = field(default_factory=dict, compare=False)
        secret: str = field(default="x", repr=False)

        @property
        def doubled(self) -> int:
            return self.count * 2

    @maker(frozen=True, slots=True, kw_only=True)
    class Child(Plain):
        at: int
        note: str = "-"

        def __post_init__(self) -> None:
            if self.at < 0:
                raise ValueError("before the beginning")

    @maker(frozen=True, slots=True)
    class Boxed(Generic[T]):
        value: T

    return Plain, Child, Boxed


@pytest.mark.parametrize("maker", MAKERS)
class TestFamily:
    def test_made_by_place_and_by_name(self, maker: Any) -> None:
        plain, child, boxed = family(maker)
        assert (plain("a").count, plain("a", 4).doubled, plain(count=1, name="b").name) == (3, 8, "b")
        assert (child("a", at=7).at, child("a", 9, at=7).count, boxed(3).value) == (7, 9, 3)

    @pytest.mark.parametrize("wrong", [(), ("a", 1, {}, "s", "one too many")])
    def test_wrong_arguments(self, maker: Any, wrong: tuple[object, ...]) -> None:
        with pytest.raises(TypeError):
            family(maker)[0](*wrong)

    def test_keywords_only(self, maker: Any) -> None:
        _, child, _ = family(maker)
        with pytest.raises(TypeError):
            child("a", 1, {}, "s", 7)
        with pytest.raises(TypeError, match="at"):
            child("a")

    def test_nothing_changes(self, maker: Any) -> None:
        made = family(maker)[0]("a")
        with pytest.raises(dataclasses.FrozenInstanceError):
            made.name = "b"
        with pytest.raises(dataclasses.FrozenInstanceError):
            del made.name
        assert made.name == "a"
        assert not hasattr(made, "__dict__")

    def test_equal_and_hashed_by_what_is_compared(self, maker: Any) -> None:
        plain, child, _ = family(maker)
        assert plain("a") == plain("a", facts={"x": 1})
        assert hash(plain("a")) == hash(plain("a", facts={"x": 1}))
        assert plain("a") != plain("b")
        assert plain("a") != child("a", at=1)
        assert plain("a") != ("a", 3, {}, "x")

    def test_each_has_its_own_default(self, maker: Any) -> None:
        plain, _, _ = family(maker)
        assert plain("a").facts is not plain("a").facts

    def test_shown_without_what_is_not_shown(self, maker: Any) -> None:
        plain, child, _ = family(maker)
        assert repr(plain("a")).endswith(".Plain(name='a', count=3, facts={})")
        assert repr(child("a", at=1)).endswith(".Child(name='a', count=3, facts={}, at=1, note='-')")

    def test_known_to_the_standard_library(self, maker: Any) -> None:
        plain, child, _ = family(maker)
        assert [one.name for one in dataclasses.fields(child)] == ["name", "count", "facts", "secret", "at", "note"]
        assert dataclasses.replace(plain("a"), count=5) == plain("a", 5)
        assert dataclasses.asdict(child("a", at=1))["at"] == 1
        assert dataclasses.is_dataclass(plain)

    def test_checked_after_it_is_made(self, maker: Any) -> None:
        with pytest.raises(ValueError, match="beginning"):
            family(maker)[1]("a", at=-1)

    def test_matched_by_place(self, maker: Any) -> None:
        plain, child, _ = family(maker)
        assert plain.__match_args__ == child.__match_args__ == ("name", "count", "facts", "secret")
        assert (plain.__doc__, plain.__module__) == ("Text.", __name__)


def test_no_new_name() -> None:
    """The standard library's raises TypeError here (Python 3.11)."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(Pickled(1), "other", 2)  # noqa: B010  # a checker would see it


def test_copied() -> None:
    assert pickle.loads(pickle.dumps(Pickled(3))) == copy.deepcopy(Pickled(3)) == Pickled(3)  # noqa: S301  # our own


@pytest.mark.parametrize("wanted", [{"frozen": True, "slots": False}, {"frozen": False, "slots": True}])
def test_other_kinds_are_not_made(wanted: dict[str, bool]) -> None:
    made: Any = frozen.dataclass
    with pytest.raises(TypeError):
        made(**wanted)
