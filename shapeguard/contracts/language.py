"""The words that declarations are written in.

``Float[Tensor, "batch keys"]`` reads as in jaxtyping. Three words are added, since states, lists
and results of third-party methods need them:

- ``list[Each[State, "batch keys"]]``: every member has its own ``batch`` and ``keys``; afterwards
  these names stand for the tuples of all members' extents, as in ``sum(batch)``;
- ``Where[State, "batch=rows keys=keys+1"]``: the state with other words for some of its axes;
- ``@declares("package.module:Class")``: which class of the library a declaration describes.

To a type checker these are ``typing.Annotated``; to the enforcers they are frozen values.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from shapeguard.contracts.relations import Condition, Expression

_Declared = TypeVar("_Declared", bound=type)
_Method = TypeVar("_Method", bound=Callable[..., Any])

DECLARES = "__shapeguard_declares__"
CONDITIONS = "__shapeguard_conditions__"


class Tensor:
    """Stands for ``torch.Tensor``, so that declarations can be read without torch."""


@dataclass(frozen=True, slots=True)
class Axes:
    """The array kind (a name that jaxtyping exports) and the axis string of an annotation."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class OwnAxes:
    """Axis names that every member of a collection binds for itself."""

    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class OtherWords:
    """Replacements for axis names: ``"batch=rows keys=keys+1"``."""

    text: str


if TYPE_CHECKING:
    from typing import Annotated as Each
    from typing import Annotated as Float
    from typing import Annotated as Shaped
    from typing import Annotated as Where

    from shapeguard.contracts.relations import Level, Relation
else:

    class _ArrayKind:
        def __class_getitem__(cls, item: tuple[object, str]) -> object:
            array, text = item
            return Annotated[array, Axes(cls.__name__, text)]

    class Float(_ArrayKind):
        """A floating-point array of any precision."""

    class Shaped(_ArrayKind):
        """An array of any dtype."""

    class Each:
        """A member of a collection with axes of its own."""

        def __class_getitem__(cls, item: tuple[object, str]) -> object:
            member, names = item
            return Annotated[member, OwnAxes(frozenset(names.split()))]

    class Where:
        """A value with other words for some of its axes."""

        def __class_getitem__(cls, item: tuple[object, str]) -> object:
            value, words = item
            return Annotated[value, OtherWords(words)]


def declares(target: str) -> Callable[[_Declared], _Declared]:
    """Say which class (``"package.module:Class"``) a declaration describes."""

    def mark(declaration: _Declared) -> _Declared:
        setattr(declaration, DECLARES, target)
        return declaration

    return mark


def declares_function(target: str) -> Callable[[_Method], _Method]:
    """Say which function (``"package.module:function"``) a declaration describes."""

    def mark(declaration: _Method) -> _Method:
        setattr(declaration, DECLARES, target)
        return declaration

    return mark


def requires(relation: Relation | str, *, level: Level = "shapes") -> Callable[[_Method], _Method]:
    """Declare what the caller of a method must guarantee."""
    return _condition(relation, level, on_result=False)


def ensures(relation: Relation | str, *, level: Level = "shapes") -> Callable[[_Method], _Method]:
    """Declare what a method guarantees when its caller kept the requirements."""
    return _condition(relation, level, on_result=True)


def _condition(
    relation: Relation | str, level: Level, *, on_result: bool
) -> Callable[[_Method], _Method]:
    value = Expression(relation) if isinstance(relation, str) else relation

    def mark(method: _Method) -> _Method:
        stated: tuple[Condition, ...] = getattr(method, CONDITIONS, ())
        setattr(method, CONDITIONS, (Condition(value, level, on_result), *stated))
        return method

    return mark


__all__ = [
    "Axes",
    "Each",
    "Float",
    "OtherWords",
    "OwnAxes",
    "Shaped",
    "Tensor",
    "Where",
    "declares",
    "declares_function",
    "ensures",
    "requires",
]
