"""Reductions: an axis goes away, or all of them; what is reduced may have no element."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.counts import (
    finds_in_each_row,
    nothing_selected,
)
from shapeguard.lint.flow.domain.propositions import FALSE, TRUE, conjuncts
from shapeguard.lint.flow.domain.ranks import has_elements
from shapeguard.lint.flow.domain.tensors import Kind, Tensor, Trait
from shapeguard.lint.flow.domain.terms import ONE, ZERO, reason_of
from shapeguard.lint.flow.domain.values import Bool, Choice, Int, Missing, Sequence, Text, describe
from shapeguard.lint.flow.events import Identity, Join, Reduce
from shapeguard.lint.flow.evidence.remembering import repaired
from shapeguard.lint.flow.operations.pairs import pair
from shapeguard.lint.flow.shapes.axes import derived, dropped
from shapeguard.lint.flow.shapes.counting import quotient_of, selects, summed
from shapeguard.lint.flow.shapes.joining import tell_of_sum
from shapeguard.lint.flow.shapes.masks import (
    entries,
    is_sure,
    may_be_mask,
    mean,
    total,
)
from shapeguard.lint.flow.syntax.texts import primary
from shapeguard.lint.flow.syntax.trees import source

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.models import vocabulary as words
    from shapeguard.lint.flow.operations.application import Application

_RANKED = 0
_INFINITE = re.compile(r"""-?(float\(["']inf["']\)|(\w+\.)?inf)""")


def reduces(call: Application, model: words.Reduces) -> Value:
    """Reduce one axis, several, or all; axes that depend on the path are reduced on each."""
    asked = None if call.absent(model.axis) else call.get(model.axis)
    if not isinstance(asked, Choice):
        return _along(call, model, axes_of(call, model))
    return call.run.each(asked, lambda leaf: _along(call, model, _axes_in(leaf)), call.identity)


def _along(call: Application, model: words.Reduces, axes: tuple[int, ...] | None) -> Value:
    if axes is None:
        return call.unknown("reduced")
    if call.operation.startswith("nan"):
        repaired(call.run, call.node, call.operand)
    for axis in axes or (None,):
        _emit(call, model, axis)
    keep = _keeps_axes(call, model)
    if keep is None:
        return call.unknown("reduced")
    return call.each(lambda tensor: _reduced(call, model, tensor, axes, keep=keep))


def axes_of(call: Application, model: words.Reduces) -> tuple[int, ...] | None:
    """Return the axes to reduce, none for all of them; None where they are not known."""
    if call.absent(model.axis):
        return ()
    value = call.get(model.axis)
    if value is None:
        return None if model.axis.default is None else (model.axis.default,)
    return _axes_in(value)


def _axes_in(value: Value) -> tuple[int, ...] | None:
    match value:
        case Missing():
            return ()
        case Int(term):
            return None if term.known is None else (term.known,)
        case Sequence(items=items) if items is not None:
            known = [each.term.known for each in items if isinstance(each, Int)]
            numbers = tuple(each for each in known if each is not None)
            return numbers if len(numbers) == len(items) else None
        case _:
            return None


def _keeps_axes(call: Application, model: words.Reduces) -> bool | None:
    """Say whether reduced axes stay with extent 1; None if it is not known."""
    kept = call.get(model.keep)
    if kept is None or isinstance(kept, Missing):
        return False
    return kept.predicate == TRUE if isinstance(kept, Bool) else None


def _emit(call: Application, model: words.Reduces, axis: int | None) -> None:
    if call.operand is None or "initial" in call.given.keywords:
        return
    moment, least = call.run.moment(call.node), _least(call, model)
    given = _identity(call, model, axis)
    result = _result(call) if given is Identity.NAN else ""
    what = (call.operation, call.operand, call.name, axis, given)
    call.run.emit(Reduce(moment, *what, least=least, result=result))


def _identity(call: Application, model: words.Reduces, axis: int | None) -> Identity:
    """Return what nothing gives: a median along an axis, and a norm of infinite order, raise."""
    along = model.pair and axis is not None
    infinite = call.operation.endswith("norm") and _is_of_infinite_order(call)
    return Identity.NONE if along or infinite else model.identity


def _is_of_infinite_order(call: Application) -> bool:
    return any(_INFINITE.fullmatch(source(each.value)) for each in call.node.args)


def _result(call: Application) -> str:
    """Return the identity of a mean, by which the function may deal with its NaN."""
    return derived(call.operation, call.identity)


def _least(call: Application, model: words.Reduces) -> int:
    """Return how many elements are needed: one fewer without Bessel's correction."""
    unbiased, correction = call.given.named("unbiased"), call.given.named("correction")
    plain = unbiased == Bool(FALSE) or correction == Int(ZERO)
    return model.least - 1 if plain and model.least > 1 else model.least


def _reduced(
    call: Application, model: words.Reduces, tensor: Tensor, axes: tuple[int, ...], *, keep: bool
) -> Value:
    if not axes:
        counts = model.counts and may_be_mask(call.run, tensor)
        whole = total(tensor) if counts else _whole(call, tensor, model)
        if model.counts:
            tell_of_sum(call.run, call.node, tensor, whole)
        return whole
    left = tensor
    for axis in sorted((tensor.axis(each) for each in axes), reverse=True):
        left = left.resized(axis, ONE) if keep else dropped(left, axis, call.identity)
    origin = derived(call.operation, entries(tensor), axes)
    traits = (*_traits(model, tensor), *_nan(call, model.identity, tensor, axes))
    made = replace(left.turned(origin, *traits), name=left.name)
    if model.pair and "axis" not in call.given.keywords:
        return pair(call, made, replace(made, origin=f"{origin}.indices"))
    return made


def _whole(call: Application, tensor: Tensor, model: words.Reduces) -> Tensor:
    traits = () if model.gives is None else (Trait(model.gives),)
    counts = summed(tensor, along=False) if model.counts else ()
    shares = call.operation == "mean" and may_be_mask(call.run, tensor)
    origin = mean(tensor) if shares else derived(call.operation, entries(tensor))
    name = f"{primary(tensor.name)}.{call.operation}()"
    nan = (*_nan(call, model.identity, tensor), *quotient_of(tensor))
    return Tensor(origin, name, rank=_RANKED, traits=(*traits, *counts, *nan))


def _nan(
    call: Application, identity: Identity, tensor: Tensor, axes: tuple[int, ...] = ()
) -> tuple[Trait, ...]:
    """Return that a mean is a quotient by the number of what it is the mean of, which may be 0."""
    along = [tensor.extent(axis) for axis in axes] or [term for _, term in tensor.extents]
    if identity is not Identity.NAN or not any(map(reason_of, along)):
        return ()
    return (Trait(Kind.QUOTIENT, about=_result(call)),)


def _traits(model: words.Reduces, tensor: Tensor) -> tuple[Trait, ...]:
    if model.counts and selects(tensor) and not finds_in_each_row(tensor):
        why = f"a row of {nothing_selected(tensor.name, sure=is_sure(tensor))}"
        return (Trait(Kind.COUNT, why, tensor.origin),)
    given = () if model.gives is None else (Trait(model.gives),)
    counts = summed(tensor, along=True) if model.counts else ()
    return (*given, *counts, *quotient_of(tensor))


def ranges(call: Application, _: words.Ranges) -> Value:
    """Reduce to the smallest and the largest entry."""
    if call.operand is None:
        return call.unknown()
    moment, axis = call.run.moment(call.node), call.given.named("dim")
    number = axis.term.known if isinstance(axis, Int) else None
    call.run.emit(Reduce(moment, call.operation, call.operand, call.name, number, Identity.NONE))
    return Sequence((call.run.unknown(call.node, "min"), call.run.unknown(call.node, "max")))


def averages(call: Application, model: words.Averages) -> Value:
    """Compute a loss over all elements; its mean over none is NaN.

    What is compared with something that has elements has as many.
    """
    other = _compared(call, model)
    _weighed(call)
    reduction = call.get(model.reduction)
    by = reduction.text.strip("'\"") if isinstance(reduction, Text) else None
    if by is None:
        by = model.mean if reduction is None or isinstance(reduction, Missing) else ""
    if call.operand is None or by in ("", "none"):
        return call.unknown("loss")
    identity = Identity.NAN if by in ("mean", model.mean) else Identity.VALUE
    if not _is_something(call, other):
        what = (call.run.moment(call.node), call.operation, call.operand, call.name, None, identity)
        call.run.emit(Reduce(*what, result=_result(call) if identity is Identity.NAN else ""))
    nan = (Trait(Kind.QUOTIENT, about=_result(call)),) if identity is Identity.NAN else ()
    return Tensor(call.identity, call.operation, rank=_RANKED, traits=nan)


def _is_something(call: Application, value: Value | None) -> bool:
    """Say whether facts prove that a tensor has elements, whichever it is."""
    leaves = () if value is None else merge.alternatives(value)
    return bool(leaves) and all(
        has_elements(leaf, {*call.run.here.known, *conjuncts(condition)})
        for condition, leaf in leaves
    )


def _compared(call: Application, model: words.Averages) -> Value | None:
    """Let the operand meet what it is compared with, and return that.

    Both have one shape, without broadcasting.
    """
    other = None if model.beside is None else call.get(model.beside)
    if call.operand is None or other is None or model.beside is None:
        return other
    place = model.beside.position
    nodes = call.given.nodes
    name = source(nodes[place]) if place < len(nodes) else model.beside.keyword
    operands, names = (call.operand, other), (call.name, name)
    call.run.emit(Join(call.run.moment(call.node), call.operation, operands, names, None))
    return other


def _weighed(call: Application) -> None:
    """Let the weights of the classes, which must be as many, meet nothing but the loss itself."""
    weights = call.given.named("weight")
    if weights is not None and not isinstance(weights, Missing):
        here = call.run.moment(call.node)
        call.run.emit(Join(here, call.operation, (weights,), (describe(weights),), None))


def elementwise_or_reduces(call: Application) -> bool:
    """Say whether ``max`` and ``min`` compare two tensors here, which reduces neither."""
    second = call.given.positional[1] if len(call.given.positional) > 1 else None
    other = call.given.named("other") if second is None else second
    if other is None:
        return False
    return all(not isinstance(leaf, Int | Missing) for _, leaf in merge.alternatives(other))
