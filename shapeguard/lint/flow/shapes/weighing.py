"""Weights: what sums to 1 along an axis, what stands one for each member, and products with them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.counts import SUM
from shapeguard.lint.flow.domain.tensors import Kind, Tensor, Trait
from shapeguard.lint.flow.domain.terms import ONE
from shapeguard.lint.flow.domain.values import Int, as_tensor
from shapeguard.lint.flow.shapes.axes import derived
from shapeguard.lint.flow.shapes.counting import DIVIDE, operator_of
from shapeguard.lint.flow.shapes.masks import entries
from shapeguard.lint.flow.syntax.trees import source, walk
from shapeguard.lint.flow.syntax.usage import called, dotted_name
from shapeguard.lint.flow.syntax.walks import assigned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.flow.domain.arguments import Arguments
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.run import Run

NORMALISING = frozenset({"softmax", "softmin"})
_AXES = (0, 1, 2, 3, -1, -2)
_OF_SAMPLES = ("sample", "example", "instance", "class")
_OF_MEAN_ONE = ("ones", "ones_like", "full")
_MAKING = frozenset({"tensor", "as_tensor", "Tensor", "FloatTensor"})
_WEIGHTS = re.compile(r"(\w*_)?(weights|coefficients|coeffs)")


def normalised(run: Run, node: cst.CSTNode, tensor: Tensor, given: Arguments) -> tuple[Trait, ...]:
    """Return that what a softmax gives sums to 1 along its axis."""
    asked = given.named("dim")
    if asked is None and len(given.positional) > 1:
        asked = given.positional[1]
    axis = asked.term.known if isinstance(asked, Int) else None
    if axis is None:
        return ()
    return _shares(run, node, tensor, axis)


def weighed(
    run: Run, node: cst.CSTNode, sides: tuple[cst.BaseExpression, ...], values: tuple[Value, ...]
) -> tuple[Trait, ...]:
    """Return what a quotient or a product is as weights, or by weights."""
    operator = operator_of(node)
    if len(values) != 2 or operator not in (DIVIDE, "multiply"):  # noqa: PLR2004 - both sides
        return ()
    if operator == DIVIDE:
        return _divided_by_its_sum(run, node, *values)
    left, right = zip(sides, values, strict=False)
    return (*_weighted(run, node, left, right), *_weighted(run, node, right, left))[:1]


def _shares(run: Run, node: cst.CSTNode, tensor: Tensor, axis: int) -> tuple[Trait, ...]:
    axis, extent = tensor.axis(axis), tensor.extent(axis)
    if extent == ONE:
        return ()
    trail = (run.station(node, "`{}` sums to 1"),)
    return (Trait(Kind.SHARES, source(node), trail=trail, of=extent, axis=axis),)


def _divided_by_its_sum(
    run: Run, node: cst.CSTNode, divided: Value, divisor: Value
) -> tuple[Trait, ...]:
    whole = as_tensor(divided)
    if whole is None or not isinstance(divisor, Tensor):
        return ()
    held = entries(whole)
    if divisor.origin in (derived("sum", held), f"{SUM}{whole.origin}"):
        return _shares(run, node, whole, 0) if whole.rank in (1, None) else ()
    for axis in _AXES:
        if divisor.origin == derived("sum", held, (axis,)):
            return _shares(run, node, whole, axis)
    return ()


def _weighted(
    run: Run,
    node: cst.CSTNode,
    weights: tuple[cst.BaseExpression, Value],
    other: tuple[cst.BaseExpression, Value],
) -> Iterator[Trait]:
    """Yield that a product holds weights along an axis: where they sum to 1, or one for each member."""
    side, value = weights
    for leaf in _tensors(value):
        shares = leaf.trait(Kind.SHARES)
        axis = None if shares is None else _place(leaf, shares, other[1])
        if shares is not None and axis is not None:
            step = run.station(node, f"weighted by what sums to 1: `{source(side)}`")
            made = replace(shares, kind=Kind.WEIGHTED, axis=axis, trail=(*shares.trail, step))
            yield made
    if not _are_weights(run, side):
        return
    for leaf in _tensors(other[1]):
        stacked = leaf.trait(Kind.STACKED)
        if stacked is not None:
            step = run.station(node, f"each member is weighted by its own of `{source(side)}`")
            yield replace(stacked, kind=Kind.WEIGHTED, trail=(*stacked.trail, step))


def _are_weights(run: Run, side: cst.BaseExpression) -> bool:
    """Say whether an expression is called weights, or is made of a list that is called so.

    Those of samples have a mean of 1, as ones have, and what is divided by their mean again is an
    average.
    """
    function, base = run.function.parse(), _base(side)
    name = dotted_name(base) or ""
    made = assigned(function, name)
    listed = name if made is None else dotted_name(_base(made)) or ""
    if not any(_WEIGHTS.fullmatch(each.rsplit(".", 1)[-1]) for each in (name, listed)):
        return False
    if name.rsplit(".", 1)[-1].startswith(_OF_SAMPLES):
        return False
    calls = [each for each in walk(function.body) if isinstance(each, cst.Call)]
    return not any(_brings_to_scale(each, {name, listed}) for each in calls) and not (
        made is not None
        and any(isinstance(each, cst.Call) and called(each) in _OF_MEAN_ONE for each in walk(made))
    )


def _brings_to_scale(call: cst.Call, names: set[str]) -> bool:
    """Say whether a call gives the mean, or the sum, of one of these names."""
    match call:
        case cst.Call(func=cst.Attribute(value=cst.Name("torch")), args=[cst.Arg(value=given), *_]):
            pass
        case cst.Call(func=cst.Attribute(value=given)):
            pass
        case _:
            return False
    return called(call) in {"mean", "sum"} and dotted_name(given) in names


def _base(node: cst.BaseExpression) -> cst.BaseExpression:
    """Return what a tensor was made of that is a list, or another tensor with other axes."""
    match node:
        case cst.Subscript(value=inner):
            return _base(inner)
        case cst.Call(args=[cst.Arg(value=given), *_]) if called(node) in _MAKING:
            return _base(given)
        case cst.Call(func=cst.Attribute(value=inner, attr=cst.Name("view" | "reshape" | "to"))):
            return _base(inner)
        case _:
            return node


def _place(weights: Tensor, shares: Trait, other: Value) -> int | None:
    """Return the axis along which weights are those of a product, from the back if that is known.

    Weights that somebody has aligned have as many axes as the other operand; the first axis of those
    that nobody has may be any axis of it.
    """
    axis, rank = shares.axis, weights.rank
    if axis is None or any(cut.axis == axis and cut.before == shares.of for cut in weights.cuts):
        return None
    if rank is not None and (rank == 1 or all(each.rank is not None for each in _tensors(other))):
        return axis - rank if axis >= 0 else axis
    unaligned = axis == 0 and rank is None and weights.lifted <= 0
    return None if unaligned else axis


def _tensors(value: Value) -> Iterator[Tensor]:
    yield from (leaf for _, leaf in merge.alternatives(value) if isinstance(leaf, Tensor))


def weighted_along(tensor: Tensor, axis: int | None) -> Trait | None:
    """Return by which weights a tensor is weighted along an axis; None is all of its axes."""
    trait = tensor.trait(Kind.WEIGHTED)
    if trait is None or trait.axis is None:
        return None
    if axis is None:
        return trait if tensor.rank == 1 else None
    return trait if tensor.axis(axis) == tensor.axis(trait.axis) else None
