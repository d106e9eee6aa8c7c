"""Joins of tensors: the events that the first rules listen to, and the shape of the result."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.conditions import truth_of
from shapeguard.lint.flow.domain.counts import selected
from shapeguard.lint.flow.domain.predicates import any_of, equal, every, less, negate
from shapeguard.lint.flow.domain.propositions import TRUE
from shapeguard.lint.flow.domain.tensors import Kind, Tensor, Trait
from shapeguard.lint.flow.domain.terms import ONE, ZERO
from shapeguard.lint.flow.domain.values import Bool, Int, Missing, Unknown
from shapeguard.lint.flow.events import Join
from shapeguard.lint.flow.shapes.axes import derived, settled
from shapeguard.lint.flow.shapes.broadcasting import broadcast
from shapeguard.lint.flow.shapes.counting import combined, operator_of
from shapeguard.lint.flow.shapes.masks import identity_of, is_mask, tensor_of
from shapeguard.lint.flow.shapes.matching import matched
from shapeguard.lint.flow.shapes.weighing import weighed
from shapeguard.lint.flow.syntax.trees import source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.terms import Term
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.run import Run

_LOGICAL = (cst.BitAnd, cst.BitOr, cst.BitXor, cst.BitAndAssign, cst.BitOrAssign)
_KEPT = frozenset({Kind.SQUEEZED, Kind.UNTYPED, Kind.PRESENT_COUNTS, Kind.QUOTIENT})
"""What is known of an operand is known of the result: it is of its rank and of its length."""


def elementwise(
    run: Run,
    node: cst.BaseExpression | cst.AugAssign,
    sides: tuple[cst.BaseExpression, ...],
    values: tuple[Value, ...],
    gives: Kind | None = None,
) -> Value:
    """Join tensors elementwise, with broadcasting; ``gives`` is what is known of the result."""
    tensors = [
        (side, value)
        for side, value in zip(sides, values, strict=False)
        if not isinstance(value, Int | Bool | Missing) and not isinstance(side, cst.BaseNumber)
    ]
    operands: tuple[Value, ...] = (*(value for _, value in tensors),)
    if len(tensors) > 1:
        names = tuple(source(side) for side, _ in tensors)
        moment = run.moment(node)
        run.emit(Join(moment, "elementwise operation", operands, names, None, broadcast=True))
    masks = _masks(sides, values) if gives in (None, Kind.MASK) else []
    operands = operands or (*masks,)
    if not operands:
        return run.unknown(node, "result")
    traits = (*_given(node, values, operands, gives), *weighed(run, node, sides, values))
    made = _combined(run, node, operands, traits)
    tell_counts(run, node, made, values)
    return made


def tell_counts(run: Run, node: cst.CSTNode, made: Value, operands: Sequence[Value]) -> None:
    """Let the path know what a mask that is made of masks says of them, and they of it.

    What all of them select each of them selects; where one selects something, so does any of them.
    """
    relation = _RELATIONS.get(_operation(node))
    masks = [mask for value in operands if (mask := tensor_of(value)) is not None and is_mask(mask)]
    whole = tensor_of(made)
    if relation is None or whole is None or not is_mask(whole) or len(masks) < len(operands):
        return
    told = relation(_count(whole), [_count(mask) for mask in masks])
    run.state = run.here.assume(told) or run.here


def tell_of_sum(run: Run, node: cst.CSTNode, tensor: Tensor, whole: Tensor) -> None:
    """Let the path know that there are entries where their sum, ``whole``, is not 0."""
    tell_of_some(run, tensor, truth_of(whole, run.identity(node)))


def tell_of_some(run: Run, tensor: Tensor, some: Predicate) -> None:
    """Let the path know that a tensor has entries where ``some`` are true."""
    there = every(less(ZERO, extent) for _, extent in tensor.extents)
    if there != TRUE:
        run.state = run.here.assume(any_of((negate(some), there))) or run.here


def _count(mask: Tensor) -> Term:
    return selected(mask.origin, mask.name)


def _of_all(whole: Term, parts: Sequence[Term]) -> Predicate:
    return any_of((equal(whole, ZERO), every(less(ZERO, each) for each in parts)))


def _of_any(whole: Term, parts: Sequence[Term]) -> Predicate:
    return any_of((less(ZERO, whole), every(equal(each, ZERO) for each in parts)))


_RELATIONS: Mapping[str, Callable[[Term, Sequence[Term]], Predicate]] = {
    **dict.fromkeys(("BitAnd", "BitAndAssign", "logical_and", "bitwise_and"), _of_all),
    **dict.fromkeys(("BitOr", "BitOrAssign", "logical_or", "bitwise_or"), _of_any),
}


def _masks(sides: tuple[cst.BaseExpression, ...], values: tuple[Value, ...]) -> list[Value]:
    """Return conditions as the masks that they may be."""
    pairs = zip(sides, values, strict=False)
    return [mask for side, value in pairs if (mask := tensor_of(value, source(side))) is not None]


def _given(
    node: cst.BaseExpression | cst.AugAssign,
    values: tuple[Value, ...],
    operands: Iterable[Value],
    gives: Kind | None,
) -> tuple[Trait, ...]:
    """Return what is known of the result beside its shape."""
    if gives is not None:
        return (Trait(gives), *matched(operator_of(node), values))
    operator = getattr(node, "operator", None)
    leaves = [leaf for value in operands for _, leaf in merge.alternatives(value)]
    tensors = [leaf for leaf in leaves if isinstance(leaf, Tensor)]
    traits = {trait.kind: trait for tensor in tensors for trait in tensor.traits}
    wanted = {*_KEPT, Kind.MASK} if isinstance(operator, _LOGICAL) else set(_KEPT)
    if any(each.trait(Kind.SQUEEZED) is None and each.rank != 0 for each in tensors):
        wanted.remove(Kind.SQUEEZED)  # broadcasting with the other gives the axis back
    kept = {kind: trait for kind, trait in traits.items() if kind in wanted}
    made = {trait.kind: trait for trait in combined(operator_of(node), values)}
    return (*{**kept, **made}.values(),)


def _combined(
    run: Run, node: cst.CSTNode, operands: tuple[Value, ...], traits: tuple[Trait, ...]
) -> Value:
    """Combine every alternative of the operands; if there are too many, take the narrowed one."""
    known: list[Value] = [each for each in operands if not isinstance(each, Unknown)]
    known = known or [*operands]
    forks = [each for each in known if len(merge.alternatives(each)) > 1]
    number = 1
    for each in forks:
        number *= len(merge.alternatives(each))
    if number > merge.MAX_ALTERNATIVES:
        return next((each for each in known if _cut(each)), known[0])
    label = derived(_operation(node), *(identity_of(each) for each in operands))
    name = source(node)

    def over(position: int, leaves: tuple[Tensor, ...]) -> Value:
        if position == len(known):
            if not leaves:
                return run.unknown(node, "result")
            made = _result(leaves, label, name, traits)
            if len(known) < len(operands) or not _are_alike(leaves):
                run.analysis.guessed.add(made.origin)
            return made
        return merge.each(
            known[position],
            lambda leaf: over(position + 1, (*leaves, *_tensors(run, leaf))),
            run.identity(node),
        )

    return over(0, ())


def _are_alike(tensors: tuple[Tensor, ...]) -> bool:
    """Say whether the shape of tensors together is that of each, extents of 1 and scalars apart."""
    shapes = {
        (each.rank, each.extents) for each in tensors if each.rank != 0 and ONE not in _terms(each)
    }
    return len(shapes) <= 1


def _terms(tensor: Tensor) -> list[Term]:
    return [term for _, term in tensor.extents]


def _tensors(run: Run, leaf: Value) -> tuple[Tensor, ...]:
    tensor = tensor_of(leaf)
    return () if tensor is None else (settled(run, tensor),)


def _result(leaves: tuple[Tensor, ...], label: str, name: str, traits: tuple[Trait, ...]) -> Tensor:
    shaped = broadcast(leaves)
    return replace(shaped.turned(label, *traits), name=shaped.name if shaped.cuts else name)


def _operation(node: cst.CSTNode) -> str:
    """Name an operation by its operator or its function, however it is written."""
    match node:
        case cst.BinaryOperation(operator=operator) | cst.AugAssign(operator=operator):
            return type(operator).__name__
        case cst.Call(func=cst.Attribute(attr=attr)):
            return attr.value
        case _:
            return source(node)


def _cut(value: Value) -> bool:
    return any(isinstance(leaf, Tensor) and leaf.cuts for _, leaf in merge.alternatives(value))
