"""More positions than before: axes expanded to a shape, tiled by factors, positions repeated."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.algebra import times
from shapeguard.lint.flow.domain.ranks import elements
from shapeguard.lint.flow.domain.terms import ONE, symbol
from shapeguard.lint.flow.domain.values import Int, Sequence, Shape, as_tensor, as_term, describe
from shapeguard.lint.flow.events import Join
from shapeguard.lint.flow.operations.reshaping import shaped_like, written
from shapeguard.lint.flow.shapes.axes import derived, reshaped
from shapeguard.lint.flow.shapes.masks import entries
from shapeguard.lint.flow.syntax.trees import source

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.tensors import Tensor
    from shapeguard.lint.flow.domain.terms import (
        Term,
    )
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.models import vocabulary as words
    from shapeguard.lint.flow.operations.application import Application


def expands(call: Application, model: words.Expands) -> Value:
    """Repeat axes of extent 1; -1 leaves an axis, which counts from the back."""
    like = call.get(model.extents)
    shapes = () if like is None else merge.alternatives(like)
    if like is not None and all(isinstance(leaf, Shape) for _, leaf in shapes):
        others = merge.each(like, _of_shape, call.identity)
        _meets(call, others, model.extents)
        return call.run.each(others, lambda leaf: shaped_like(call, leaf), call.identity)
    given = call.rest(model.extents)
    extents = None if given is None else written(call, given)
    if extents is None:
        return call.unknown("expanded")

    def change(tensor: Tensor) -> Value:
        rank = len(extents)
        aligned = {
            axis: tensor.extent(axis - rank if tensor.rank is None else axis - rank + tensor.rank)
            for axis, term in enumerate(extents)
            if term is None and (tensor.rank is None or axis - rank + tensor.rank >= 0)
        }
        if tensor.rank is None:
            aligned.update(
                {a: t for a, t in tensor.extents if 0 <= a < rank and extents[a] is None}
            )
        new = {axis: term for axis, term in enumerate(extents) if term is not None}
        made = reshaped(tensor, call.identity, {**aligned, **new}, rank)
        return made.turned(derived("expanded", entries(tensor)), *tensor.traits)

    return call.each(change)


def _of_shape(value: Value) -> Value:
    return value.tensor if isinstance(value, Shape) else value


def _meets(call: Application, other: Value, parameter: words.Parameter) -> None:
    """Report that the tensor itself is expanded to the shape of another one."""
    if call.operand is None:
        return
    place = call.placed(parameter).position
    name = source(call.given.nodes[place]) if place < len(call.given.nodes) else describe(other)
    operands, names = (call.operand, other), (call.name, name)
    moment = call.run.moment(call.node)
    call.run.emit(Join(moment, call.operation, operands, names, None, broadcast=True))


def follows(call: Application, model: words.Follows) -> Value:
    """Return a tensor of the shape of another one."""
    value = call.get(model.other)
    if value is None or as_tensor(value) is None:
        return call.unknown("expanded")
    if model.joins:
        _meets(call, value, model.other)
    return shaped_like(call, value)


def repeats(call: Application, _: words.Repeats) -> Value:
    """Tile the axes by factors, as many as the result has axes."""
    factors = _factors(call)
    if factors is None:
        return call.unknown("repeated")
    return call.each(lambda tensor: _tiled(call, tensor, factors))


def _factors(call: Application) -> tuple[Term, ...] | None:
    """Return the factors; behind a star, the first of a list whose other members are 1."""
    star = call.given.star
    if isinstance(star, Sequence) and len(call.given.positional) == 1:
        rest = as_term(star.element) if star.element is not None else None
        first = as_term(star.first) if star.first is not None else rest
        return None if rest != ONE or first is None else (first,)
    values = call.given.positional[1:]
    if len(values) == 1 and isinstance(values[0], Sequence):
        values = values[0].items or ()
    terms = [as_term(value) for value in values]
    known = tuple(term for term in terms if term is not None)
    return known if known and len(known) == len(terms) and star is None else None


def _tiled(call: Application, tensor: Tensor, factors: tuple[Term, ...]) -> Tensor:
    from_back = isinstance(call.given.star, Sequence)
    if from_back or (tensor.rank is None and any(a >= 0 for a, _ in tensor.extents)):
        result = tensor
        for axis, factor in enumerate(factors):
            if factor != ONE:
                result = result.resized(axis, times(tensor.extent(axis), factor))
        return result.turned(derived("repeat", entries(tensor), factors), *tensor.traits)
    rank = len(factors)
    missing = 0 if tensor.rank is None else rank - tensor.rank
    extents = {
        axis: factor if axis < missing else times(tensor.extent(axis - rank), factor)
        for axis, factor in enumerate(factors)
    }
    made = reshaped(tensor, call.identity, extents, rank)
    cuts = tuple(replace(cut, axis=cut.axis + missing) for cut in tensor.cuts)
    return replace(
        made.turned(derived("repeat", entries(tensor), factors), *tensor.traits), cuts=cuts
    )


def interleaves(call: Application, model: words.Interleaves) -> Value:
    """Repeat every position of an axis, or of all elements in one axis."""
    axis, factor = call.number(model.axis), call.term(model.repeats)
    plain = isinstance(call.get(model.repeats), Int)

    def change(tensor: Tensor) -> Value:
        flat = (
            tensor
            if axis is not None
            else reshaped(tensor, call.identity, {0: elements(tensor)}, 1)
        )
        place = 0 if axis is None else axis
        many = symbol(f"{call.identity}#repeated", "repeated")
        extent = times(flat.extent(place), factor) if plain and factor is not None else many
        return flat.resized(place, extent).turned(
            derived("interleaved", entries(tensor), repr(factor)), *tensor.traits
        )

    return call.each(change)
