"""What a function, or a class, declares in the words of jaxtyping, and who checks it.

A :class:`Hint` is an event like any other; what all hints of one signature share is a
:class:`Signature`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from shapeguard.lint.flow.events.moments import Event

if TYPE_CHECKING:
    from shapeguard.lint.flow.program import Class


KIND_AND_AXES = 2
"""How many things stand in the brackets of an array annotation."""


class Role(StrEnum):
    """What is annotated."""

    PARAMETER = "parameter"
    RESULT = "result"
    FIELD = "field"


class Enforcement(StrEnum):
    """Who compares what is annotated with what is there.

    - ``NONE``: no decorator that is known, so nobody unless an import hook does it;
    - ``UNKNOWN``: a decorator of which nothing is known;
    - ``OPEN``: jaxtyping opens a scope for axis names, and no checker fills it;
    - ``LOOSE``: a checker looks at each argument on its own, without a scope for axis names;
    - ``FULL``: a checker within a scope;
    - ``WALKED``: a contract, which looks into every list and every record.
    """

    NONE = "none"
    UNKNOWN = "unknown"
    OPEN = "open"
    LOOSE = "loose"
    FULL = "full"
    WALKED = "walked"


@dataclass(frozen=True, slots=True)
class Checking:
    """How strictly something is checked, and ``by`` which checker, as a full dotted name."""

    how: Enforcement
    by: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """What the hints of one function or class share.

    ``arguments`` are the names that may stand in braces, ``strings`` all axis strings in the order in
    which they are compared, ``attributes`` those that ``self`` can have, or None where that is not known.
    ``hooked`` says that the project installs an import hook, which may check anything. ``asks`` says
    that the body asks with ``isinstance``, which needs no checker.
    """

    checking: Checking
    arguments: tuple[str, ...] = ()
    strings: tuple[str, ...] = ()
    attributes: frozenset[str] | None = None
    hooked: bool = False
    asks: bool = False


@dataclass(frozen=True)
class Hint(Event):
    """An array annotation is written: ``Float[Tensor, "batch seq"]``; or a record with some is taken.

    ``kind`` is the full name of what is subscripted, ``given`` is what stands in the brackets as
    written, and ``text`` the axis string, if there is one; ``before`` counts the axis strings of the
    signature that are compared earlier. ``around`` are the generics around it, the outermost first.
    ``record`` is a class with annotated fields whose name is the annotation, and ``unchecked`` says what
    it is, if nothing compares its fields. ``deferred`` are names in
    the annotation that only static checkers import.
    """

    name: str
    role: Role
    kind: str
    signature: Signature
    given: tuple[str, ...] = ()
    text: str | None = None
    before: int = 0
    around: tuple[str, ...] = ()
    record: Class | None = None
    deferred: tuple[str, ...] = ()
    unchecked: str = ""


@dataclass(frozen=True)
class Decoration(Event):
    """A function or class with array annotations is decorated by ``jaxtyped``, as ``text`` says.

    ``owner`` is the class, if it is one; ``is_dataclass`` says that it was one when the decorator
    got it.
    """

    text: str
    signature: Signature
    owner: Class | None = None
    is_dataclass: bool = False
