"""Values that can be called: functions, classes, what is outside the project, methods of values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import libcst as cst

    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.program import Class, Function


@dataclass(frozen=True, slots=True)
class Callee:
    """A function of the project, bound to its receiver where it is a method."""

    function: Function
    receiver: Value | None = None


@dataclass(frozen=True, slots=True)
class Closure:
    """A function or lambda that is made inside another function.

    ``node`` is its definition in the tree of ``function``. It sees the names of the call ``home`` as
    they are when it is called, or ``names``, as they were when it was made, once that call is over.
    Neither tells it apart from another one, so neither is in its text.
    """

    node: cst.FunctionDef | cst.Lambda = field(compare=False, repr=False)
    function: Function
    origin: str
    home: str = ""
    names: tuple[tuple[str, Value], ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Partial:
    """``functools.partial``: something callable with some of its arguments."""

    function: Value
    positional: tuple[Value, ...] = ()
    keywords: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class Constructor:
    """A class of the project."""

    owner: Class


@dataclass(frozen=True, slots=True)
class External:
    """Something outside the project, known by its dotted name."""

    name: str


@dataclass(frozen=True, slots=True)
class Method:
    """A method of a value that is no object of the project: ``tensor.size``, ``items.append``."""

    receiver: Value
    name: str
