"""What statements and definitions do: loops, conditions, changes in place, values that are named and given."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shapeguard.lint.flow.events.moments import Event

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.terms import Term
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.events.operations import Index
    from shapeguard.lint.flow.program import Class, Function
    from shapeguard.lint.flow.trace import Trail


@dataclass(frozen=True)
class Loop(Event):
    """A loop over ``iterable`` runs ``times`` times.

    ``together`` are the lists that it walks side by side (``zip``, ``enumerate`` with indices), and
    ``bound`` the names that only its body binds and that are read behind it.
    """

    iterable: Value
    name: str
    times: Term
    together: tuple[Value, ...] = ()
    bound: tuple[str, ...] = ()


def _never(_: str) -> bool:
    return False


@dataclass(frozen=True)
class Walk(Event):
    """A ``for`` loop has come to its end.

    ``member`` is what it takes in a round, ``parts`` are those that its body took of tensors and lists.
    ``unchecked`` says of an attribute that a constructor in sight sets it and refuses nothing.
    """

    name: str
    member: Value
    parts: tuple[Index, ...]
    unchecked: Callable[[str], bool] = field(default=_never, compare=False, repr=False)


@dataclass(frozen=True)
class Condition(Event):
    """Something is asked: whether ``value`` is true, or how it compares with ``other``.

    ``operator`` is as it is written, and empty where truth is asked; it is ``or`` where ``other`` takes
    the place of what is not true, however that is written. ``uncalled`` is the method of a
    tensor that stands there without a call, and ``listed`` says that ``other`` is written as a list.
    """

    value: Value
    name: str
    operator: str = ""
    other: Value | None = None
    uncalled: str = ""
    listed: bool = False


@dataclass(frozen=True)
class Mutate(Event):
    """An object is changed in place by ``operation``: ``append``, ``=`` of a field or of a part."""

    operation: str
    holder: Value
    name: str
    value: Value | None


@dataclass(frozen=True)
class Annotation(Event):
    """A name, an argument or a result with a shape annotation gets a value.

    ``text`` is the axis string, ``extents`` are what axis names stand for already, ``checked`` says that
    a decorator compares, ``trail`` leads to what was declared; ``given_to`` is the function, if it is an
    argument.
    """

    name: str
    text: str
    value: Value
    extents: Mapping[str, Term] = field(default_factory=dict[str, "Term"], compare=False)
    checked: bool = False
    trail: Trail = ()
    given_to: str = ""


@dataclass(frozen=True)
class Return(Event):
    """A function gives ``value``; ``others`` are what it gives at all of its ends, this one included.

    The facts under which each is given stand beside it.
    """

    value: Value
    others: tuple[tuple[tuple[Predicate, ...], Value], ...] = ()


@dataclass(frozen=True)
class Definition(Event):
    """A function has been executed to its end.

    ``overrides`` is the method of a base class that it replaces, ``returns`` are its results with the
    facts under which each is returned. ``given`` are its parameters as it found them, ``family`` the
    owner and its bases in the project, in method resolution order.
    """

    function: Function
    owner: Class | None
    overrides: Function | None
    returns: tuple[tuple[tuple[Predicate, ...], Value], ...]
    given: Mapping[str, Value] = field(default_factory=dict[str, "Value"])
    family: tuple[Class, ...] = ()
