"""What happens in the analysed code that a rule may care about.

Rules see events, never syntax: an event carries its operands as abstract values, the facts that hold
on the path, and the way that led here.
``evidence/emptiness.py`` answers whether an operand can be empty there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.tensors import Tensor
    from shapeguard.lint.flow.domain.terms import Term
    from shapeguard.lint.flow.domain.values import Block, Value
    from shapeguard.lint.flow.program import Class, Function
    from shapeguard.lint.flow.trace import Site, Trail


class Identity(StrEnum):
    """What a reduction gives for no element."""

    NONE = "raises"
    NAN = "is NaN"
    VALUE = "has a value"


@dataclass(frozen=True, slots=True)
class Twin:
    """The same kind of operation on the same kind of operand, guarded by the tests of ``trail``.

    They exclude that ``axis`` is empty, or any axis where there is None. ``near`` says that it stands
    in the same function or in the same family of classes. ``keys`` are the origins of the key that it
    looks up, if it looks one up.
    """

    function: Function
    site: Site
    trail: Trail
    near: bool
    axis: int | None
    keys: frozenset[str] = frozenset()


class FindsTwins(Protocol):
    """What knows the rest of the package; see ``lint/twins.py``."""

    def find(self, event: Event, name: str) -> Iterator[Twin]:
        """Yield guarded twins of an operation on what the source calls ``name``, the nearest first."""
        ...

    def narrowed(self, function: Function, name: str) -> Iterator[Twin]:
        """Yield where what is called ``name`` is narrowed together with something else."""
        ...


@dataclass(frozen=True, slots=True)
class Moment:
    """Where and when something happens.

    ``facts`` hold on the path; ``path`` are the calls that led here. ``tests`` maps a literal to the
    branches of the function that test it, for traces and as evidence; ``twins`` looks beyond it.
    ``origins`` maps the key of a symbol and its reason to where it got that reason.
    """

    site: Site
    facts: tuple[Predicate, ...]
    path: Trail
    tests: Mapping[Predicate, Trail]
    twins: FindsTwins | None = field(default=None, compare=False)
    origins: Mapping[tuple[str, str], Trail] = field(
        default_factory=dict[tuple[str, str], "Trail"], compare=False
    )


@dataclass(frozen=True)
class Event:
    """Something that happens at a moment of the abstract execution."""

    moment: Moment

    @property
    def site(self) -> Site:
        """The node at which it happens."""
        return self.moment.site


@dataclass(frozen=True)
class Join(Event):
    """Tensors meet: concatenated, stacked, or combined elementwise.

    ``axis`` is the axis along which their extents may differ (None: all must agree), ``broadcast``
    says that an extent of 1 agrees with any. ``members`` is the list that is joined, ``operands``
    are its members where all of them are known, ``listed`` is what the source calls it. ``inserts``
    is the position of the axis that a stack makes.
    """

    operation: str
    operands: tuple[Value, ...]
    names: tuple[str, ...]
    axis: int | None
    broadcast: bool = False
    members: Value | None = None
    listed: str = ""
    inserts: int | None = None


@dataclass(frozen=True)
class Represent(Event):
    """One member of a list speaks for all of them, whose ``operation`` joins what they hold.

    ``name`` is the field of that member as the source reads it, ``value`` what it is before anybody
    asks, ``listed`` what the source calls the list. It ``decides`` whether all are joined, or else is
    taken beside the join. ``believed`` says that the function asks each member for the field, and
    ``gathered`` that it filled the list itself.
    """

    operation: str
    name: str
    listed: str
    value: Value
    decides: bool
    believed: bool
    gathered: bool
    trail: Trail


@dataclass(frozen=True)
class Reduce(Event):
    """A tensor or a list is reduced, along ``axis`` or, without one, to a single value.

    ``least`` is the smallest number of elements that it takes: 2 for the deviation of a sample.
    ``result`` tells a result that may be NaN apart from others.
    """

    operation: str
    operand: Value
    name: str
    axis: int | None
    identity: Identity
    least: int = 1
    result: str = ""


@dataclass(frozen=True)
class Reshape(Event):
    """A tensor is viewed with other extents; None is the one that is inferred from the others."""

    operation: str
    operand: Value
    name: str
    extents: tuple[Term | None, ...]


@dataclass(frozen=True)
class Divide(Event):
    """Something is divided by ``divisor``, an integer or a tensor, which the source calls ``name``.

    A tensor divided by 0 becomes infinite or NaN, anything else raises ZeroDivisionError; so does a
    tensor of integers in a division without a fraction, as a RuntimeError. It happens where a tensor
    that is divided has entries. ``whole`` is what is divided.
    """

    divisor: Value
    name: str
    of_tensor: bool
    raises: bool = True
    whole: Value | None = None


@dataclass(frozen=True)
class Index(Event):
    """One axis of a tensor is narrowed by a slice, a mask or an index."""

    holder: Value
    name: str
    axis: int
    index: Value


@dataclass(frozen=True)
class Lookup(Event):
    """One member is read by its ``position``, or by iteration if there is None: ``xs[0]``, ``next``."""

    holder: Value
    name: str
    position: Term | None
    axis: int = 0


@dataclass(frozen=True)
class KeyLookup(Event):
    """The value of a key is read of a mapping that is an attribute of an object.

    ``name`` and ``key_name`` are as the source has them. ``guards`` are the tests on the path that the
    key is in a mapping, ``known`` says that the key is in one by them, and ``aware`` that the function
    asks somewhere what is in the mapping, or walks over it. ``chosen`` is where the key was taken of
    several, as the first or last of them; None says that it was not.
    """

    holder: Value
    name: str
    key: Value
    key_name: str
    guards: Trail = ()
    known: bool = False
    aware: bool = False
    chosen: Trail | None = None


@dataclass(frozen=True)
class Split(Event):
    """An axis is cut into ``pieces``; ``consumed`` counts the names or indices that take them.

    ``sizes`` are the sizes as written, where they are; ``at_most`` says that there may be fewer
    pieces than asked for, as ``chunk`` does it.
    """

    operation: str
    operand: Value
    name: str
    axis: int
    pieces: Term | None
    consumed: Term | None = None
    sizes: Value | None = None
    at_most: bool = False


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


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a callee needs: ``condition`` must hold, or it refuses; ``text`` says so to people."""

    condition: Predicate
    text: str


@dataclass(frozen=True)
class Call(Event):
    """A function is called. ``target`` is the function of the project, if it is one.

    ``requirements`` are what its op model declares, in terms of these arguments.
    """

    name: str
    arguments: tuple[Value, ...]
    keywords: Mapping[str, Value]
    target: Function | None = None
    requirements: tuple[Requirement, ...] = ()


@dataclass(frozen=True)
class Demand(Call):
    """A call of something that refuses arguments which do not meet its ``requirements``."""


@dataclass(frozen=True)
class Condition(Event):
    """Something is asked: whether ``value`` is true, or how it compares with ``other``.

    ``operator`` is as it is written, and empty where truth is asked. ``uncalled`` is the method of a
    tensor that stands there without a call, and ``listed`` says that ``other`` is written as a list.
    """

    value: Value
    name: str
    operator: str = ""
    other: Value | None = None
    uncalled: str = ""
    listed: bool = False


@dataclass(frozen=True)
class Compose(Event):
    """A composition block of adapters is made.

    ``versions`` are those of adapters that the project admits, as its metadata say: ``<1.1.1``.
    """

    block: Block
    versions: str = ""


@dataclass(frozen=True)
class Handover(Event):
    """Arguments, a part of something among them, are handed to what no op model describes.

    ``arguments`` are at least two, each with what the source calls it, or with its keyword.
    """

    name: str
    arguments: tuple[tuple[str, Value], ...]


@dataclass(frozen=True)
class Mutate(Event):
    """An object is changed in place by ``operation``: ``append``, ``=`` of a field or of a part."""

    operation: str
    holder: Value
    name: str
    value: Value | None


@dataclass(frozen=True)
class Resize(Event):
    """An argument of the function gets another shape in place, by ``operation`` with ``given``.

    ``name`` is what the source calls it, ``trail`` leads to the parameter.
    """

    operation: str
    holder: Tensor
    name: str
    given: tuple[Value, ...]
    trail: Trail


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
