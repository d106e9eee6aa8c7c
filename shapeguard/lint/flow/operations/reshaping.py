"""The same elements with other extents: viewed, flattened, unflattened."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.algebra import factors_of, product_of, quotient
from shapeguard.lint.flow.domain.predicates import every
from shapeguard.lint.flow.domain.propositions import TRUE
from shapeguard.lint.flow.domain.ranks import elements
from shapeguard.lint.flow.domain.tensors import Kind
from shapeguard.lint.flow.domain.terms import ONE, Symbol, Term, symbol
from shapeguard.lint.flow.domain.values import Sequence, Shape, Unknown, as_tensor, as_term
from shapeguard.lint.flow.events import Reshape
from shapeguard.lint.flow.shapes.axes import derived, reshaped
from shapeguard.lint.flow.shapes.cutting import as_size
from shapeguard.lint.flow.shapes.masks import entries

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Sequence as Elements

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.tensors import Tensor
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.models import vocabulary as words
    from shapeguard.lint.flow.operations.application import Application

MAX_FACTORS = 8
Extents = tuple["Term | None", ...]


def views(call: Application, model: words.Views) -> Value:
    """View all elements with other extents, on each path with those that it gives.

    -1 stands for what is left. The shape of another tensor is that of what has as many elements.
    """
    match call.rest(model.extents):
        case (Shape(tensor),):
            return shaped_like(call, tensor)
        case _:
            pass
    return call.run.on_paths(
        _given(call, model), lambda given: _as_written(call, given), call.identity
    )


def _given(
    call: Application, model: words.Views
) -> Iterator[tuple[Predicate, Elements[Value] | None]]:
    """Yield what is given for the extents on each path, None where they cannot be read."""
    values = call.rest(model.extents)
    lists: list[tuple[Predicate, Elements[Value] | None]] = [(TRUE, values)]
    if values is not None and len(values) == 1:
        alternatives = merge.alternatives(values[0])
        lists = [(c, v.items if isinstance(v, Sequence) else (v,)) for c, v in alternatives]
    for condition, listed in lists:
        ways = [merge.alternatives(each) for each in listed or ()]
        if listed is None or math.prod(map(len, ways)) > merge.MAX_ALTERNATIVES:
            yield condition, None
            continue
        for chosen in itertools.product(*ways):
            yield every((condition, *(each for each, _ in chosen))), [leaf for _, leaf in chosen]


def _as_written(call: Application, given: Elements[Value] | None) -> Value:
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
    if extents[0] is not None and extents[0].known is None:
        whole, part = _some(whole), _some(part)
    return quotient(whole, part)


def _some(whole: Term) -> Term:
    """Return a number of elements that are as many in each row: what selects them is not random."""
    return product_of(map(_without_reason, factors_of(whole)))


def _without_reason(factor: Term) -> Term:
    parts = ((replace(a, why="") if isinstance(a, Symbol) else a, c) for a, c in factor.parts)
    return Term(factor.constant, tuple(parts))


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


def shaped_like(call: Application, like: Value) -> Value:
    """Return the entries of the tensor itself in the shape of another one."""
    other = as_tensor(like)
    if other is None:
        return call.unknown("expanded")

    def change(tensor: Tensor) -> Value:
        kept = (*tensor.without(Kind.SQUEEZED).traits, *other.traits_of(Kind.SQUEEZED))
        made = other.turned(derived(call.operation, entries(tensor)), *kept)
        return replace(made, name=tensor.name)

    return call.each(change)
