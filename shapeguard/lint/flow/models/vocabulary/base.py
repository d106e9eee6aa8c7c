"""What every word has: a name, and the events that its meaning may emit."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import ClassVar, TypeVar, cast

REDUCE = frozenset({"Reduce"})
RESHAPE = frozenset({"Reshape"})
SPLIT = frozenset({"Split"})
INDEX = frozenset({"Index"})
JOIN = frozenset({"Join", "Represent"})
CALL = frozenset({"Call", "Demand"})
COMPOSE = frozenset({"Compose"})


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an operation: its keyword, its position, and its default.

    The positions of a method do not count the tensor itself.
    """

    keyword: str
    position: int
    default: int | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """What a name does to shapes: ``torch.cat``, or ``.repeat`` for a method.

    ``emits`` are the kinds of events that may happen where it is called, so that functions in which
    none can happen are not executed.
    """

    name: str
    emits: ClassVar[frozenset[str]] = frozenset()


Declared = TypeVar("Declared")


def as_function(word: Declared, library: str) -> Declared:
    """Return the model of a method as that of a function, which takes the tensor first."""
    if isinstance(word, Parameter):
        return dataclasses.replace(word, position=word.position + 1)
    if isinstance(word, tuple):
        members = cast("tuple[object, ...]", word)
        return cast("Declared", tuple(as_function(each, library) for each in members))
    if not dataclasses.is_dataclass(word) or isinstance(word, type):
        return word
    values = {each.name: getattr(word, each.name) for each in dataclasses.fields(word)}
    moved = {name: as_function(value, library) for name, value in values.items()}
    if isinstance(word, Word):
        moved["name"] = f"{library}{word.name}"
    return dataclasses.replace(word, **moved)
