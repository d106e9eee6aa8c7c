"""Axis names in annotations: ``Float[Tensor, "batch seq"]`` says which extents are the same.

The language is jaxtyping's. One name is one extent within a call of a function, and within an
object; so the symbols are kept in a mapping that lives as long as the call or the object.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.contracts.axes import AxisKind, parse_axes
from shapeguard.errors import ContractDefinitionError
from shapeguard.lint.flow.domain.operators import TERMS
from shapeguard.lint.flow.domain.predicates import equal
from shapeguard.lint.flow.domain.propositions import TRUE
from shapeguard.lint.flow.domain.tensors import Kind, Tensor, Trait
from shapeguard.lint.flow.domain.terms import Term, symbol
from shapeguard.lint.flow.syntax.texts import primary
from shapeguard.lint.flow.syntax.trees import parse_annotation, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.contracts.axes import Axis
    from shapeguard.lint.flow.domain.propositions import Predicate


@dataclass(slots=True)
class AxisScope:
    """What axis names stand for in one call or one object; ``key`` makes its symbols its own."""

    key: str = ""
    empty: frozenset[str] = frozenset()
    known: dict[str, Term] = field(default_factory=dict[str, Term])

    def extent(self, word: str) -> Term:
        """Return the extent that a name stands for."""
        if word not in self.known:
            may_be_empty = word in self.empty
            why = f"`empty-axes` says that `{word}` may be 0" if may_be_empty else ""
            # Symbols of one key are the same to every cache: what is known of them must be so too.
            key = f"{self.key}{'empty ' if may_be_empty else ''}axis {word}"
            self.known[word] = symbol(key, word, why=why)
        return self.known[word]


def annotated(kind: str, text: str, origin: str, name: str, scope: AxisScope) -> Tensor:
    """Return the tensor that an annotation of a kind in :data:`~shapeguard.lint.flow.syntax.words.ARRAYS` declares."""
    traits = (Trait(Kind.MASK, about=origin),) if kind == "Bool" else ()
    plain = Tensor(origin, name, traits=traits)
    axes = _read(text)
    if axes is None:
        return plain
    extents = tuple(
        (place, term)
        for place, axis in _placed(axes)
        if (term := _extent(axis, f"{origin}#{place}", name, scope)) is not None
    )
    rank = None if any(axis.variadic for axis in axes) else len(axes)
    return Tensor(origin, name, tuple(sorted(extents)), rank, traits=traits)


def relations(text: str, tensor: Tensor, scope: AxisScope) -> Iterator[Predicate]:
    """Yield what an axis string says about the extents of a tensor that is known already.

    A name that is met for the first time stands for the extent that the tensor has there.
    """
    for place, axis in _placed(_read(text) or ()):
        if axis.broadcast or axis.kind is AxisKind.ANONYMOUS:
            continue
        extent = tensor.extent(place)
        if axis.kind is AxisKind.NAMED and axis.name not in scope.known:
            scope.known[axis.name] = extent
            continue
        declared = _extent(axis, "", "", scope)
        if declared is not None and (same := equal(extent, declared)) != TRUE:
            yield same


@dataclass(frozen=True, slots=True)
class Declared:
    """What an axis string says: ``least`` axes, or ``more``, and the words of those with a place."""

    least: int
    more: bool
    words: tuple[tuple[int, Axis], ...]

    @staticmethod
    def extent(axis: Axis, actual: Term, scope: AxisScope) -> Term | None:
        """Return the extent that a word demands; a name that is met first takes the actual one."""
        if axis.broadcast or axis.kind is AxisKind.ANONYMOUS:
            return None
        if axis.kind is AxisKind.NAMED and axis.name not in scope.known:
            scope.known[axis.name] = actual
            return None
        if axis.kind is AxisKind.EXPRESSION and not _is_known(axis.name, scope):
            return None
        return _extent(axis, "", "", scope)


def declared_extents(text: str) -> Declared | None:
    """Return what an axis string says about ranks and extents, or None if it cannot be read."""
    axes = _read(text)
    if axes is None:
        return None
    several = sum(axis.variadic for axis in axes)
    return Declared(len(axes) - several, several > 0, tuple(_placed(axes)))


def _is_known(expression: str, scope: AxisScope) -> bool:
    """Say whether each name in an expression stands for an extent already."""
    node = None if "{" in expression else parse_annotation(expression)
    named = () if node is None else walk(node)
    return node is not None and all(
        each.value in scope.known for each in named if isinstance(each, cst.Name)
    )


def _read(text: str) -> tuple[Axis, ...] | None:
    try:
        return parse_axes(" ".join(word.lstrip("?") for word in text.split()))
    except ContractDefinitionError:
        return None


def _placed(axes: tuple[Axis, ...]) -> Iterator[tuple[int, Axis]]:
    """Yield each single axis with its place: behind a variadic one it counts from the end."""
    behind = False
    for place, axis in enumerate(axes):
        if axis.variadic:
            behind = True
        else:
            yield place - len(axes) if behind else place, axis


def _extent(axis: Axis, key: str, name: str, scope: AxisScope) -> Term | None:
    if axis.broadcast:
        return None
    match axis.kind:
        case AxisKind.NAMED:
            return scope.extent(axis.name)
        case AxisKind.FIXED:
            return Term(axis.size)
        case AxisKind.EXPRESSION:
            node = parse_annotation(axis.name)
            return None if node is None else _computed(node, scope)
        case AxisKind.ANONYMOUS:
            return symbol(key, f"{primary(name)}.shape[{key.rpartition('#')[2]}]") if key else None


def _computed(node: cst.BaseExpression, scope: AxisScope) -> Term | None:
    match node:
        case cst.Name(value=word):
            return scope.extent(word)
        case cst.Integer():
            return Term(int(node.evaluated_value))
        case cst.BinaryOperation(left=left, operator=operator, right=right):
            combine = TERMS.get(type(operator))
            one, other = _computed(left, scope), _computed(right, scope)
            if combine is None or one is None or other is None:
                return None
            return combine(one, other)
        case _:
            return None
