"""Comparisons: conditions about numbers and values, masks of tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.conditions import compare
from shapeguard.lint.flow.domain.counts import counted
from shapeguard.lint.flow.domain.deduction import given
from shapeguard.lint.flow.domain.fractions import asks_of_float, is_positive
from shapeguard.lint.flow.domain.predicates import every, less
from shapeguard.lint.flow.domain.propositions import TRUE, Opaque
from shapeguard.lint.flow.domain.tensors import Kind, Tensor
from shapeguard.lint.flow.domain.terms import ONE, ZERO
from shapeguard.lint.flow.domain.values import Bool, Int, as_tensor
from shapeguard.lint.flow.evidence.keys import looked_for
from shapeguard.lint.flow.evidence.remembering import entries_tested, repaired
from shapeguard.lint.flow.expressions.asking import compared_with
from shapeguard.lint.flow.shapes.axes import settled
from shapeguard.lint.flow.shapes.broadcasting import broadcast
from shapeguard.lint.flow.shapes.masks import beyond, compared, number_of_unique, occurring
from shapeguard.lint.flow.shapes.matching import matched
from shapeguard.lint.flow.syntax.trees import source

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.run import Run

_BOUNDS = {"0": 0, "0.0": 0, "1": 1, "1.0": 1}


def comparison(run: Run, node: cst.Comparison) -> Value:
    """Evaluate a comparison: a mask where a tensor is compared, else a condition."""
    left, written = counted(run.evaluate(node.left)), node.left
    parts: list[Predicate] = []
    for position, each in enumerate(node.comparisons):
        following = counted(run.evaluate(each.comparator))
        left, right = _counts(left, following, written, each.comparator)
        if position == 0:
            compared_with(run, node, left, right, written)
        if _elementwise(left, right, each.operator):
            return _mask(run, node, left, right)
        at = f"{run.identity(node)}.{position}"
        floats = asks_of_float(left, each.comparator) or asks_of_float(right, written)
        known = None if floats else compare(run, left, each.operator, right, at)
        parts.append(Opaque(f"compare({at})") if known is None else known)
        if isinstance(each.operator, cst.In | cst.NotIn):
            looked_for(run, left, parts[-1], at)
        left, written = following, each.comparator
    return Bool(every(parts))


def _counts(
    left: Value, right: Value, mine: cst.BaseExpression, theirs: cst.BaseExpression
) -> tuple[Value, Value]:
    """Compare counts where the mean of a mask is compared with 0 or with 1."""
    for value, node in ((left, theirs), (right, mine)):
        bound = _BOUNDS.get(source(node))
        count = None if bound is None else beyond(value, bound)
        if count is not None:
            return (count, Int(ZERO)) if value is left else (Int(ZERO), count)
    return left, right


def _elementwise(left: Value, right: Value, operator: cst.BaseCompOp) -> bool:
    """Say whether the entries are compared; one that is looked for elsewhere is no tensor of them."""
    if isinstance(operator, cst.Is | cst.IsNot):
        return False
    values = (right,) if isinstance(operator, cst.In | cst.NotIn) else (left, right)
    leaves = (leaf for value in values for _, leaf in merge.alternatives(value))
    return any(isinstance(leaf, Tensor) for leaf in leaves)


def _mask(run: Run, node: cst.Comparison, left: Value, right: Value) -> Value:
    """Compare tensors, each alternative with each: a mask, the same for the same operands."""
    identity = run.identity(node)

    def over(mine: Value) -> Value:
        return run.each(right, lambda theirs: _mask_of(run, node, mine, theirs), identity)

    return run.each(left, over, identity)


def _mask_of(run: Run, node: cst.Comparison, left: Value, right: Value) -> Value:
    sure = [value for value in (left, right) if isinstance(value, Tensor)]
    tensors = sure or [t for value in (left, right) if (t := as_tensor(value)) is not None]
    if not tensors:
        return run.unknown(node, "mask")
    other = right if tensors[0] is left else left
    if other in (Int(ZERO), Int(ONE)) or is_positive(other):
        entries_tested(run, node, tensors[0].origin)
    elif left == right:  # only NaN differs from itself
        repaired(run, node, left)
    shape = broadcast([settled(run, tensor) for tensor in sure]) if len(sure) > 1 else tensors[0]
    operator = source(node.comparisons[0].operator)
    mask = compared(shape, operator, left, right, source(node))
    mask = mask.having(*matched(operator, (left, right)))
    names_class = _names_class(run, left, right) or _names_class(run, right, left)
    return occurring(mask) if operator == "==" and names_class else mask


def _names_class(run: Run, positions: Value, number: Value) -> bool:
    """Say whether a number is one of the positions that point at unique values: each occurs."""
    if not isinstance(positions, Tensor) or not isinstance(number, Int):
        return False
    trait, term = positions.trait(Kind.INDEX), number.term
    length = None if trait is None else number_of_unique(trait)
    if length is None or term.floor is None or term.floor < 0:
        return False
    return given(less(term, length), run.here.known) == TRUE
