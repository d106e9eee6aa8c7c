"""What a name can stand for during the abstract execution.

Values are immutable. A value knows shapes, never numbers: a :class:`Tensor` is the extents of its
axes as far as they are known, and the cuts that narrowed them. :class:`Choice` is a join that
remembers the condition of every alternative, so that a later branch on the same condition, or a
join with an operand that was cut under it, sees only what can meet.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.callables import (
    Callee,
    Closure,
    Constructor,
    External,
    Method,
    Partial,
)
from shapeguard.lint.flow.domain.propositions import TRUE
from shapeguard.lint.flow.domain.tensors import Slice, Tensor
from shapeguard.lint.flow.domain.terms import Symbol, Term

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.tensors import Trait
    from shapeguard.lint.flow.domain.terms import Sizes
    from shapeguard.lint.flow.program import Class
    from shapeguard.lint.flow.trace import Trail


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value of which only the identity is known: ``origin`` is unique, ``name`` is for people.

    ``shape`` is the origin of its shape where that is shared: the members of one unpacking, such
    as the keys and values of a layer, have the same extents. ``real`` says that, as a number, it
    need not be an integer. ``number`` is what it is if it is one: the sum or the difference of two
    unknown values is a number, a tensor or, added, a list.
    """

    origin: str
    name: str = field(compare=False)
    shape: str = ""
    real: bool = field(default=False, compare=False, repr=False)
    number: Term | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Missing:
    """``None``."""


@dataclass(frozen=True, slots=True)
class Int:
    """An integer."""

    term: Term
    trail: Trail = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Bool:
    """A condition used as a value."""

    predicate: Predicate


@dataclass(frozen=True, slots=True)
class Text:
    """A known string."""

    text: str


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list, tuple or other iterable.

    ``items`` are its members where all are known; otherwise ``element`` stands for any member and
    ``length`` counts them. ``sizes`` names the list of numbers that it is, if it is one. ``first``
    is the first member where it was set apart from the others, ``where`` holds of every member.
    ``traits`` is what was known of the tensor whose entries it lists.
    """

    items: tuple[Value, ...] | None
    element: Value | None = None
    length: Term | None = None
    sizes: Sizes | None = None
    first: Value | None = None
    where: Predicate = TRUE
    traits: tuple[Trait, ...] = ()


@dataclass(frozen=True, slots=True)
class Dictionary:
    """A dictionary: ``entries`` are its constant keys, in the order in which they came, with values.

    It is ``exact`` if it has no other keys. Otherwise ``element`` stands for the value of any other
    key and ``key`` for the key, and ``length`` counts all of them where it is known. ``made`` is what
    a key that is not there gets when it is asked for, as ``defaultdict`` does it. ``traits`` are those
    of the list of its values.
    """

    entries: tuple[tuple[Value, Value], ...] = ()
    exact: bool = True
    element: Value | None = None
    key: Value | None = None
    length: Term | None = None
    made: Value | None = None
    traits: tuple[Trait, ...] = ()

    def get(self, key: Value) -> Value | None:
        """Return the value of a constant key, or None if it is not known."""
        return next((value for known, value in self.entries if known == key), None)

    def having(self, key: Value, value: Value) -> Dictionary:
        """Return the dictionary with another value of a constant key."""
        if self.get(key) is None:
            return replace(self, entries=(*self.entries, (key, value)))
        changed = tuple((known, value if known == key else old) for known, old in self.entries)
        return replace(self, entries=changed)


@dataclass(frozen=True, slots=True)
class Record:
    """An object with named fields: a NamedTuple, a dataclass, ``self``."""

    owner: Class | None
    origin: str
    name: str = field(compare=False)
    fields: tuple[tuple[str, Value], ...] = ()

    def field(self, name: str) -> Value | None:
        """Return the value of a field, if it is known."""
        for known, value in self.fields:
            if known == name:
                return value
        return None

    def having(self, name: str, value: Value) -> Record:
        """Return the object with another value in one field; the order of fields is kept."""
        if self.field(name) is None:
            return replace(self, fields=(*self.fields, (name, value)))
        changed = tuple((known, value if known == name else old) for known, old in self.fields)
        return replace(self, fields=changed)


@dataclass(frozen=True, slots=True)
class Block:
    """A composition of adapters: ``kind`` is the class of the block, ``children`` what it holds.

    ``sizes`` is what the keyword ``keyword`` gives it, a number for each child or one for all.
    ``children`` is None where their number is not known.
    """

    origin: str
    kind: str
    children: tuple[Value, ...] | None
    keyword: str = ""
    sizes: Value | None = None
    made: Trail = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Shape:
    """The ``shape`` of a tensor."""

    tensor: Tensor


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that depends on the path: one alternative for each condition, all of them disjoint."""

    alternatives: tuple[tuple[Predicate, Value], ...]


Value = (
    Unknown
    | Missing
    | Int
    | Bool
    | Text
    | Slice
    | Tensor
    | Sequence
    | Dictionary
    | Record
    | Block
    | Callee
    | Closure
    | Partial
    | Constructor
    | External
    | Method
    | Shape
    | Choice
)


def describe(value: Value) -> str:
    """Name a value as the source does, as far as that is known."""
    match value:
        case Unknown(name=name) | Tensor(name=name) | Record(name=name) | External(name=name):
            return name
        case Choice(alternatives):
            return describe(alternatives[0][1])
        case _:
            return type(value).__name__.lower()


def written(key: Value) -> str:
    """Return the subscript by which the source reads the value of a constant key."""
    match key:
        case Text(text):
            quoted = text.replace("\\", "\\\\").replace('"', '\\"')
            return f'["{quoted}"]'
        case Int(term) if term.known is not None:
            return f"[{term.known}]"
        case _:
            return f"[{describe(key)}]"


def terms_of(value: Value) -> Iterator[Term]:
    """Yield the numbers that a value consists of: itself, its length, its extents as far as known."""
    match value:
        case Int(term):
            yield term
        case Tensor(extents=extents):
            yield from (extent for _, extent in extents)
        case Sequence(length=length) if length is not None:
            yield length
        case _:
            return


def as_tensor(value: Value) -> Tensor | None:
    """Read a value as a tensor; what is unknown may be one."""
    if isinstance(value, Tensor):
        return value
    if isinstance(value, Unknown):
        return Tensor(value.origin, value.name, shape=value.shape)
    return None


def as_term(value: Value) -> Term | None:
    """Read a value as an integer; what is unknown may be one."""
    match value:
        case Int(term):
            return term
        case Unknown(number=Term() as number):
            return number
        case Unknown(origin, name, real=real):
            return Term(0, ((Symbol(origin, name, None, real=real), 1),))
        case _:
            return None
