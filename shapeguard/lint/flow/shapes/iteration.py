"""Iteration: what the members of a value are, how many there are, and what holds while one is taken."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.conditions import present
from shapeguard.lint.flow.domain.members import any_member
from shapeguard.lint.flow.domain.numbers import BOUNDS, LEAST
from shapeguard.lint.flow.domain.predicates import any_of, at_most, every, less
from shapeguard.lint.flow.domain.propositions import AtMostZero, EveryMember, IsZero, Opaque
from shapeguard.lint.flow.domain.sequences import keys_of, size_of, stepped
from shapeguard.lint.flow.domain.sizes import MEMBER
from shapeguard.lint.flow.domain.tensors import Slice, Tensor
from shapeguard.lint.flow.domain.terms import (
    ONE,
    ZERO,
    Operation,
    Sizes,
    Symbol,
    Term,
    operations,
    symbol,
)
from shapeguard.lint.flow.domain.values import (
    Choice,
    Dictionary,
    Int,
    Record,
    Sequence,
    Shape,
    Unknown,
    as_term,
)
from shapeguard.lint.flow.shapes.axes import dropped
from shapeguard.lint.flow.syntax.texts import primary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import libcst as cst

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.run import Run

UNROLLED = 4


@dataclass(frozen=True, slots=True)
class Iteration:
    """A walk over a value.

    ``known`` are its members where they are few and all known, ``element`` is any of them, ``times``
    is their number, and ``where`` holds while one of them is taken. ``ways`` are the numbers of the
    alternatives of the value, each with its condition.
    """

    known: tuple[Value, ...] | None
    element: Value
    times: Term
    where: Predicate
    ways: tuple[tuple[Predicate, Term], ...]


def walk(run: Run, node: cst.CSTNode, value: Value) -> Iteration:
    """Return how a value is walked over at a node."""
    value = present(value)
    known, element = _of_any(run, node, value)
    element = _another(element, run.walked)
    leaves = merge.alternatives(value)
    ways = tuple((condition, count(run, node, leaf)) for condition, leaf in leaves)
    times = ways[0][1] if len({number for _, number in ways}) == 1 else count(run, node, value)
    where = any_of(
        every((condition, _while_taken(run, node, leaf, number)))
        for (condition, leaf), (_, number) in zip(leaves, ways, strict=True)
    )
    where = every((where, *_of_sizes(run, element)))
    return Iteration(known, element, times, where, ways)


def _of_any(run: Run, node: cst.CSTNode, value: Value) -> tuple[tuple[Value, ...] | None, Value]:
    """Return the members of a value, and what any is; of an empty alternative none is taken."""
    if not isinstance(value, Choice):
        return members(run, node, value)
    options: list[tuple[Predicate, Value]] = []
    for condition, leaf in value.alternatives:
        known, element = members(run, node, leaf)
        member = merge.member_of(Sequence(known), run.identity(node)) if known else element
        if known != () and member is not None:
            options.append((condition, member))
    return None, merge.select(options, run.identity(node))


def _while_taken(run: Run, node: cst.CSTNode, value: Value, times: Term) -> Predicate:
    """Return what holds while one of so many members is taken."""
    where = [less(ZERO, times)]
    if isinstance(value, Sequence):
        where.append(any_member(value, run.identity(node))[1])
    elif isinstance(value, Slice):
        where.append(less(_index(run, node), times))
    return every(where)


def _of_sizes(run: Run, element: Value) -> Iterator[Predicate]:
    """Yield what the facts about all numbers of a list say of the one that is taken."""
    taken = {term for leaf in merge.leaves_of(element) if (term := as_term(leaf)) is not None}
    for fact in run.here.facts if taken else ():
        match fact:
            case EveryMember(member=member, condition=condition, holds=True):
                if Term(0, ((member, 1),)) in taken:
                    yield condition
            case AtMostZero(term) | IsZero(term):
                for atom in operations(term):
                    if isinstance(atom, Operation) and atom.name in BOUNDS:
                        yield from _bounded(atom, taken)
            case _:
                continue


def _bounded(bound: Operation, taken: Iterable[Term]) -> Iterator[Predicate]:
    """Yield that what is taken of a list is no less than its least number, or no more than its largest."""
    of = Term(0, ((bound, 1),))
    for sizes, term in product(bound.operands, taken):
        if isinstance(sizes, Sizes) and term == symbol(f"{sizes.key}{MEMBER}", low=None):
            yield at_most(of, term) if bound.name == LEAST else at_most(term, of)


def _another(member: Value, walked: Iterable[Value]) -> Value:
    """Return any member of a list: not the one that a walk around this one has taken of it."""
    for each in walked:
        if member == each:
            member = _renamed(member)
    return member


def _renamed(member: Value) -> Value:
    match member:
        case Unknown(origin):
            return replace(member, origin=f"{origin}'")
        case Int(Term(constant, ((Symbol(key) as atom, factor),))):
            return Int(Term(constant, ((replace(atom, key=f"{key}'"), factor),)))
        case Sequence(items=items) if items:
            return replace(member, items=tuple(_renamed(item) for item in items))
        case _:
            return member


def _index(run: Run, node: cst.CSTNode) -> Term:
    return symbol(f"{run.identity(node)}.i", "i")


def members(run: Run, node: cst.CSTNode, value: Value) -> tuple[tuple[Value, ...] | None, Value]:
    """Return the members of an iterable if they are few and known, and what any member is."""
    match value:
        case Sequence(items=items) if items is not None and len(items) <= UNROLLED:
            return items, run.unknown(node, "member")
        case Sequence(items=items) if items:
            return None, merge.select(
                ((Opaque(f"{run.identity(node)}?{i}"), item) for i, item in enumerate(items)),
                run.identity(node),
            )
        case Sequence():
            element = merge.member_of(value, run.identity(node))
            return None, run.unknown(node, "member") if element is None else element
        case Slice(start, _):
            return None, Int(_index(run, node) + (start or ZERO))
        case Dictionary():
            return members(run, node, keys_of(value, run.identity(node)))
        case Shape(tensor) if tensor.rank is not None and tensor.rank <= UNROLLED:
            return tuple(Int(tensor.extent(axis)) for axis in range(tensor.rank)), Int(ZERO)
        case Tensor() if _says_of_members(value):
            return None, dropped(value, 0, run.identity(node))
        case Unknown(origin, name) | Tensor(origin, name):
            return None, Unknown(f"{origin}{MEMBER}", f"{primary(name)}[i]")
        case Choice(alternatives=alternatives):
            return None, _any_member(run, node, [leaf for _, leaf in alternatives])
        case _:
            return None, run.unknown(node, "member")


def _any_member(run: Run, node: cst.CSTNode, leaves: list[Value]) -> Value:
    """Return what a member of any of several values is; a list without members has none."""
    found: set[Value] = set()
    for leaf in leaves:
        known, element = members(run, node, leaf)
        found |= merge.leaves_of(*((element,) if known is None else known))
    return merge.any_one(found, run.identity(node)) or run.unknown(node, "member")


def _says_of_members(tensor: Tensor) -> bool:
    """Say whether the members of a tensor are tensors of which something is known."""
    if tensor.rank is None:
        return any(axis != 0 for axis, _ in tensor.extents)
    return bool(tensor.extents) or tensor.rank > 1


def count(run: Run, node: cst.CSTNode, value: Value) -> Term:
    """Return how often a loop over a value runs."""
    match value:
        case Sequence():
            return merge.length(value, run.identity(node))
        case Slice(start, stop) if stop is not None:
            return stepped(start or ZERO, stop, ONE)
        case Dictionary():
            return size_of(value, run.identity(node))
        case Tensor():
            return value.extent(0)
        case Unknown(origin, name) | Record(origin=origin, name=name):
            return symbol(f"{origin}#0", f"len({name})")
        case _:
            return symbol(f"{run.identity(node)}.n", "n")
