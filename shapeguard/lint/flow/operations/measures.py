"""What a program asks of a tensor: extents, ranks, numbers of elements, the only entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.counts import number_of
from shapeguard.lint.flow.domain.ranks import elements, rank_of
from shapeguard.lint.flow.domain.tensors import Kind
from shapeguard.lint.flow.domain.terms import symbol
from shapeguard.lint.flow.domain.values import Int, Sequence, Shape, Unknown
from shapeguard.lint.flow.shapes.axes import derived, dropped
from shapeguard.lint.flow.shapes.masks import MEAN, count_of, entries
from shapeguard.lint.flow.syntax.texts import primary

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.tensors import Tensor
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.models import vocabulary as words
    from shapeguard.lint.flow.operations.application import Application


def measures(call: Application, model: words.Measures) -> Value:
    """Return an extent, or the whole shape."""
    if call.absent(model.axis):
        return call.each(Shape)
    axis = call.number(model.axis)
    if axis is None:
        return call.unknown("extent")
    return call.each(lambda tensor: Int(tensor.extent(axis)))


def counts(call: Application, _: words.Counts) -> Value:
    """Return the number of elements."""
    return call.each(lambda tensor: Int(elements(tensor)))


def ranks(call: Application, _: words.Ranks) -> Value:
    """Return the number of axes."""
    return call.each(lambda tensor: Int(rank_of(tensor)))


def reads(call: Application, _: words.Reads) -> Value:
    """Return the only entry as a number: the sum of a mask is the count of what it selects."""
    return call.each(entry)


def entry(tensor: Tensor) -> Value:
    """Return the only entry of a tensor; a count and a position are integers."""
    count = count_of(tensor) or number_of(tensor)
    if count is not None:
        return count
    name = tensor.name if tensor.rank == 0 else f"{primary(tensor.name)}.item()"
    share = tensor.origin.startswith(MEAN)
    key = tensor.origin if share else derived("entry", entries(tensor))
    if tensor.trait(Kind.INDEX) or tensor.trait(Kind.COUNT):
        why = trait.why if (trait := tensor.trait(Kind.COUNT)) is not None else ""
        return Int(symbol(key, name, why=why))
    return Unknown(key, name)


def lists(call: Application, _: words.Lists) -> Value:
    """Return the entries as a list: as long as the first axis, of lists if there are more."""

    def change(tensor: Tensor) -> Value:
        if tensor.rank == 0:
            return entry(tensor)
        if tensor.rank is not None and tensor.rank > 1:
            row = dropped(tensor, 0, call.identity)
            inner = Unknown(f"{row.origin}[*]", f"{primary(tensor.name)}[i]")
            member: Value = Sequence(None, inner, row.extent(0))
        else:
            member = Unknown(f"{tensor.origin}[*]", f"{primary(tensor.name)}[i]")
        return Sequence(None, member, tensor.extent(0), traits=tensor.traits)

    return call.each(change)
