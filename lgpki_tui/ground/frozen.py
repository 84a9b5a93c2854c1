"""`@dataclass(frozen=True, slots=True)` in a ninth of the time: a start makes seventy such classes, and the standard
library compiles six functions for each (0.4 ms a class, measured).

Here one is compiled, `__init__`, and only when the first object is made: most of what a start brings along is not used
in it. The standard library still finds the fields, so its `fields`, `replace` and `is_dataclass` know these classes; a
type checker sees its decorator.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any

_Class = type[Any]
_Field = dataclasses.Field[Any]

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(*, frozen: bool, slots: bool, kw_only: bool = False) -> Callable[[_Class], _Class]:
        """Make a class whose objects hold its fields and never change (dataclasses.dataclass, its arguments).

        Raises TypeError for any other kind of class: the standard library makes those.
        """
        if not (frozen and slots):
            raise TypeError("only frozen classes with slots are made here")
        return lambda cls: _frozen(cls, kw_only)


def _frozen(plain: _Class, kw_only: bool) -> _Class:
    found = dataclasses.fields(dataclasses.dataclass(init=False, repr=False, eq=False, kw_only=kw_only)(plain))
    # Slots are given when a class is made: this one is made again, without the defaults that would be in their way.
    left_out = {"__dict__", "__weakref__", *(field.name for field in found)}
    body = {name: value for name, value in vars(plain).items() if name not in left_out}
    taken = {name for base in plain.__mro__[1:] for name in getattr(base, "__slots__", ())}
    body["__slots__"] = tuple(field.name for field in found if field.name not in taken)
    body["__match_args__"] = tuple(field.name for field in found if not field.kw_only)
    body |= _SHARED | {"__compared__": _getter([field.name for field in found if field.compare])}
    made: _Class = type(plain.__name__, plain.__bases__, body)
    made.__qualname__ = plain.__qualname__
    made.__init__ = _late_init(made, found)
    return made


def _getter(names: list[str]) -> Callable[[object], object]:
    return staticmethod(attrgetter(*names) if names else lambda _: ())


# --- __init__ ---


def _late_init(made: _Class, found: tuple[_Field, ...]) -> Callable[..., None]:
    def __init__(self: Any, *given: Any, **named: Any) -> None:
        init = made.__init__ = _compiled(found, hasattr(made, "__post_init__"))
        init(self, *given, **named)

    return __init__


def _compiled(found: tuple[_Field, ...], post_init: bool) -> Callable[..., None]:
    source = [
        f"def __init__(self, {', '.join(_parameters(found))}):",
        *(f"    put(self, {field.name!r}, {_value(field)})" for field in found),
        "    self.__post_init__()" if post_init else "    pass",
    ]
    around = {"put": object.__setattr__, "missing": dataclasses.MISSING}
    around |= {f"default_{field.name}": field.default for field in found}
    around |= {f"make_{field.name}": field.default_factory for field in found}
    methods: dict[str, Callable[..., None]] = {}
    exec("\n".join(source), around, methods)  # noqa: S102  # names of fields, which are Python's own identifiers
    return methods["__init__"]


def _parameters(found: tuple[_Field, ...]) -> Iterator[str]:
    yield from (_parameter(field) for field in found if not field.kw_only)
    named = [_parameter(field) for field in found if field.kw_only]
    yield from ("*", *named) if named else ()


def _parameter(field: _Field) -> str:
    if field.default is not dataclasses.MISSING:
        return f"{field.name}=default_{field.name}"
    return f"{field.name}=missing" if field.default_factory is not dataclasses.MISSING else field.name


def _value(field: _Field) -> str:
    if field.default_factory is dataclasses.MISSING:
        return field.name
    return f"make_{field.name}() if {field.name} is missing else {field.name}"


# --- What all of them share ---


@recursive_repr()
def _representation(self: Any) -> str:
    shown = [f"{field.name}={getattr(self, field.name)!r}" for field in dataclasses.fields(self) if field.repr]
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _equals(self: Any, other: Any) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    return self.__compared__(self) == self.__compared__(other)


def _hash(self: Any) -> int:
    return hash(self.__compared__(self))


def _refuse_change(self: object, name: str, value: object = None) -> None:
    raise dataclasses.FrozenInstanceError(f"{type(self).__qualname__}.{name} does not change")


def _take_over(self: object, state: tuple[None, dict[str, object]]) -> None:
    """For copies (object.__reduce_ex__, a class with slots): what is frozen cannot be set the usual way."""
    for name, value in state[1].items():
        object.__setattr__(self, name, value)


_SHARED: dict[str, Any] = {
    "__repr__": _representation,
    "__eq__": _equals,
    "__hash__": _hash,
    "__setattr__": _refuse_change,
    "__delattr__": _refuse_change,
    "__setstate__": _take_over,
}
