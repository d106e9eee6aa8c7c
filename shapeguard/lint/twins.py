"""Twins: the same kind of operation on the same kind of operand, guarded elsewhere.

"Bugs as deviant behavior" (Engler et al. 2001): where one of two siblings is guarded against
emptiness, the author knew that it happens. A twin stands in the same function, in a method of the
same family of classes, in the same module, or in a function of the same name. Guards are evaluated,
not spotted: a twin counts if the facts on its path prove that its operand is not empty, and a test
in its function that speaks of this very extent is the reason.
"""

from __future__ import annotations

import ast
import contextlib
import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shapeguard.lint.companions import Companions, narrows
from shapeguard.lint.flow.events import Divide, Join, KeyLookup, Lookup, Reduce, Reshape, Twin
from shapeguard.lint.flow.evidence.keys import identities
from shapeguard.lint.flow.evidence.siblings import Guard, guards_of
from shapeguard.lint.flow.interpreter import NotAnalysedError, analyse_function
from shapeguard.lint.gate import marks_of
from shapeguard.lint.gating import shown_by
from shapeguard.lint.tracking import TWIN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.events import Event, Index
    from shapeguard.lint.flow.models.vocabulary import Model
    from shapeguard.lint.flow.program import Function
    from shapeguard.lint.flow.trace import Site
    from shapeguard.lint.project import Project

STEPS = 4_000
MAX_CANDIDATES = 12
_WORDS = (
    "len shape size numel self cls item int float max min sum abs data torch np list tuple dim math"
)
_PLUMBING = frozenset(_WORDS.split())
"""Words that say nothing about what an operand is."""
_EACH = "abs clone contiguous cpu cuda detach double exp float half log long neg pow sqrt square to type"
_ENTRYWISE = frozenset(_EACH.split())
"""Methods that leave a tensor as long as it is, and what it holds of the same kind."""


@dataclass(frozen=True, slots=True)
class _Guarded:
    """An operation whose operand is proved not to be empty by a test."""

    kind: type[Event]
    role: str
    site: Site
    guard: Guard
    keys: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Seen:
    """What an execution of a function shows to others."""

    guarded: tuple[_Guarded, ...] = ()
    narrowings: tuple[Index, ...] = ()


@dataclass
class Twins:
    """The search for guarded twins in one project; what was found in a function is kept."""

    project: Project
    models: Mapping[str, Model]
    _companions: Companions = field(init=False)
    _shown_by: dict[type[Event], frozenset[str]] = field(
        default_factory=dict["type[Event]", frozenset[str]]
    )

    def __post_init__(self) -> None:
        self._companions = Companions(self.project, self._narrowings, role_of)

    def find(self, event: Event, name: str) -> Iterator[Twin]:
        """Yield guarded twins of an operation on what the source calls ``name``, the nearest first."""
        role = role_of(name)
        if role is None:
            return
        for function, near in self._candidates(event.site.function, role, self._marks(type(event))):
            for each in self._seen(function).guarded:
                if each.kind is type(event) and each.role == role and each.site != event.site:
                    guard = each.guard
                    yield Twin(function, each.site, guard.trail, near, guard.axis, each.keys)

    def narrowed(self, function: Function, name: str) -> Iterator[Twin]:
        """Yield where what is called ``name`` is narrowed together with something else."""
        role = role_of(name)
        return iter(()) if role is None else self._companions.of(function, role)

    def _marks(self, kind: type[Event]) -> frozenset[str]:
        if kind not in self._shown_by:
            self._shown_by[kind] = shown_by(self.models, kind)
        return self._shown_by[kind]

    def _candidates(
        self, function: Function, role: str, marks: frozenset[str]
    ) -> Iterator[tuple[Function, bool]]:
        """Yield functions that test something of this name and show a mark; and whether they stand near."""
        seen: set[Function] = set()
        for near, functions in (
            (True, [function]),
            (True, self._family(function)),
            (False, self.project.owner(function).functions),
            (False, self.project.named(function.name)),
        ):
            for each in self.project.testing(role, functions):
                asks = marks & _shown_marks(each)
                if asks and each not in seen and len(seen) < MAX_CANDIDATES:
                    seen.add(each)
                    yield each, near

    def _family(self, function: Function) -> Iterator[Function]:
        """Yield the methods of the class and its bases."""
        if function.owner is not None:
            for base in self.project.bases(function.owner):
                yield from base.methods.values()

    def _narrowings(self, function: Function) -> tuple[Index, ...]:
        return self._seen(function).narrowings

    def _seen(self, function: Function) -> _Seen:
        return self.project.tracker.remembered((TWIN, function), lambda: self._looked(function))

    def _looked(self, function: Function) -> _Seen:
        self.project.owner(function)
        self.project.tracker.put((TWIN, function), _Seen())  # what asks for itself finds nothing
        guarded: list[_Guarded] = []
        narrowings: list[Index] = []

        def collect(event: Event) -> None:
            guarded.extend(_guards(event, function))
            narrowings.extend(narrows(function, event))

        with contextlib.suppress(NotAnalysedError):
            analyse_function(self.project, self.models, function, collect, function.owner, STEPS)
        return _Seen(tuple(guarded), tuple(narrowings))


def _shown_marks(function: Function) -> frozenset[str]:
    """Return the marks of a function, which rest on what makes the objects that it is a method of."""
    made = None if function.owner is None else function.owner.methods.get("__init__")
    if made is not None:
        made.notice(made)
    return marks_of(function)


def _guards(event: Event, function: Function) -> Iterator[_Guarded]:
    if event.site.function is not function:
        return
    if isinstance(event, KeyLookup):
        role = role_of(event.name)
        if role is not None and any(event.name in each.message for each in event.guards):
            keys = identities(event.key)
            yield _Guarded(KeyLookup, role, event.site, Guard(None, event.guards), keys)
        return
    for value, name, axis in operands_of(event):
        role = role_of(name)
        if role is not None:
            for guard in guards_of(value, event.moment, axis):
                yield _Guarded(type(event), role, event.site, guard)


def operands_of(event: Event) -> Iterator[tuple[Value, str, int | None]]:
    """Yield what an operation cannot do without: a value, what the source calls it, and the axis."""
    match event:
        case Join(members=members, names=names) if members is not None:
            yield members, names[0] if len(names) == 1 else event.listed, None
        case Reduce(operand=operand, name=name, axis=axis):
            yield operand, name, axis
        case Reshape(operand=operand, name=name):
            yield operand, name, None
        case Lookup(holder=holder, name=name, axis=axis):
            yield holder, name, axis
        case Divide(divisor=divisor, name=name):
            yield divisor, name, None
        case _:
            return


@functools.lru_cache(maxsize=4096)
def role_of(name: str) -> str | None:
    """Return the word that tells what an operand is: ``grads`` in ``len(grads)``, ``self.grads[0]``."""
    try:
        node: ast.expr = ast.parse(name.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return _role(node)


def _role(node: ast.expr) -> str | None:
    match node:
        case ast.Name(id=word):
            return word if len(word) > 1 and word not in _PLUMBING else None
        case ast.Attribute(value=value, attr=word):
            return _role(value) if word in _PLUMBING else word
        case ast.Call(func=ast.Attribute(value=value, attr=word)) if (
            word in _ENTRYWISE and (role := _role(value)) is not None
        ):
            return role
        case ast.Call(args=[first, *_]):
            return _role(first)
        case ast.Call(func=value) | ast.Subscript(value=value) | ast.Starred(value=value):
            return _role(value)
        case ast.UnaryOp(operand=value) | ast.BinOp(left=value):
            return _role(value)
        case ast.ListComp() | ast.GeneratorExp():
            return _role(node.generators[0].iter)
        case _:
            return None
