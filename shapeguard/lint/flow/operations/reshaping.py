"""The same elements with other extents: viewed, flattened, expanded, tiled."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shapeguard.lint.flow.axes import derived, reshaped
from shapeguard.lint.flow.cutting import as_size
from shapeguard.lint.flow.events import Reshape
from shapeguard.lint.flow.masks import entries
from shapeguard.lint.flow.operations.measures import elements
from shapeguard.lint.flow.terms import (
    ONE,
    factors_of,
    product_of,
    quotient,
    symbol,
    times,
)
from shapeguard.lint.flow.values import Int, Sequence, Unknown, as_tensor, as_term

if TYPE_CHECKING:
    from collections.abc import Sequence as Elements

    from shapeguard.lint.flow.models import vocabulary as words
    from shapeguard.lint.flow.operations.application import Application
    from shapeguard.lint.flow.tensors import Tensor
    from shapeguard.lint.flow.terms import (
        Term,
    )
    from shapeguard.lint.flow.values import Value

MAX_FACTORS = 8
Extents = tuple["Term | None", ...]


def views(call: Application, model: words.Views) -> Value:
    """View all elements with other extents; -1 stands for what is left."""
    given = call.rest(model.extents)
    extents = None if given is None else written(call, given)
    if extents is None:
        return call.unknown("view")
    return call.each(lambda tensor: _viewed(call, tensor, extents))


def written(call: Application, given: Elements[Value]) -> Extents | None:
    """Return extents as written, None for one that is inferred; None if they cannot be read."""
    terms: list[Term | None] = []
    for position, value in enumerate(given):
        size = as_size(value)
        if size is None and not isinstance(value, Unknown):
            return None
        if size is None:
            size = as_term(value) or symbol(f"{call.identity}.{position}", "size")
        terms.append(None if size.known == -1 else size)
    return tuple(terms) if terms else None


def _viewed(call: Application, tensor: Tensor, extents: Extents) -> Tensor:
    call.run.emit(Reshape(call.run.moment(call.node), call.operation, tensor, call.name, extents))
    filled = _filled(call, tensor, extents)
    made = reshaped(tensor, call.identity, dict(enumerate(filled)), len(extents))
    kept = tuple(
        cut
        for cut in tensor.cuts
        if 0 <= cut.axis < len(filled) and filled[cut.axis] == tensor.extent(cut.axis)
    )
    return replace(made, cuts=kept)


def _filled(call: Application, tensor: Tensor, extents: Extents) -> tuple[Term, ...]:
    """Return the extents with the inferred one computed from the number of elements."""
    return tuple(
        _inferred(call, tensor, extents) if extent is None else extent for extent in extents
    )


def _inferred(call: Application, tensor: Tensor, extents: Extents) -> Term:
    whole, part = elements(tensor), product_of(each for each in extents if each is not None)
    if len(factors_of(whole)) + len(factors_of(part)) > MAX_FACTORS:
        return symbol(f"{call.identity}#inferred", f"{call.name} viewed")
    return quotient(whole, part)


def flattens(call: Application, model: words.Flattens) -> Value:
    """Make one axis of several."""
    start, end = call.number(model.start), call.number(model.end)
    if start is None or end is None:
        return call.unknown("flattened")
    return call.each(lambda tensor: _flattened(call, tensor, start, end))


def _flattened(call: Application, tensor: Tensor, start: int, end: int) -> Value:
    rank, label = tensor.rank, call.identity
    if rank is None:
        if (start, end) == (0, -1):
            return reshaped(tensor, label, {0: elements(tensor)}, 1)
        kept = {axis: tensor.extent(axis) for axis in range(max(start, 0))}
        return reshaped(tensor, label, kept, start + 1 if start >= 0 and end == -1 else None)
    first, last = tensor.axis(start), tensor.axis(end)
    merged = product_of(tensor.extent(axis) for axis in range(first, last + 1))
    before = [tensor.extent(axis) for axis in range(first)]
    behind = [tensor.extent(axis) for axis in range(last + 1, rank)]
    extents = [*before, merged if rank else ONE, *behind]
    return reshaped(tensor, label, dict(enumerate(extents)), len(extents))


def unflattens(call: Application, model: words.Unflattens) -> Value:
    """Make several axes of one."""
    axis, given = call.number(model.axis), call.get(model.extents)
    items = given.items if isinstance(given, Sequence) else None
    extents = None if items is None else written(call, items)
    if axis is None or extents is None:
        return call.unknown("unflattened")

    def change(tensor: Tensor) -> Value:
        moment = call.run.moment(call.node)
        call.run.emit(Reshape(moment, call.operation, tensor, call.name, extents))
        place, more = tensor.axis(axis), len(extents) - 1
        part = product_of(each for each in extents if each is not None)
        left = quotient(tensor.extent(place), part)
        filled = [left if each is None else each for each in extents]
        if place < 0:
            return reshaped(tensor, call.identity, {}, None)
        end = place + 1 if tensor.rank is None else tensor.rank
        kept = {a: tensor.extent(a) for a in range(place)}
        new = {place + offset: term for offset, term in enumerate(filled)}
        behind = {a + more: tensor.extent(a) for a in range(place + 1, end)}
        rank = None if tensor.rank is None else tensor.rank + more
        return reshaped(tensor, call.identity, {**kept, **new, **behind}, rank)

    return call.each(change)


def expands(call: Application, model: words.Expands) -> Value:
    """Repeat axes of extent 1; -1 leaves an axis, which counts from the back."""
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


def follows(call: Application, model: words.Follows) -> Value:
    """Return a tensor of the shape of another one."""
    value = call.get(model.other)
    other = None if value is None else as_tensor(value)
    if other is None:
        return call.unknown("expanded")

    def change(tensor: Tensor) -> Value:
        made = other.turned(derived(call.operation, entries(tensor)), *tensor.traits)
        return replace(made, name=tensor.name)

    return call.each(change)


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
