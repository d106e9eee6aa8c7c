"""Subscripts: items of lists and mappings, fields of records; tensors are for ``indexing.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.algebra import operation
from shapeguard.lint.flow.domain.conditions import present
from shapeguard.lint.flow.domain.members import any_member, taken
from shapeguard.lint.flow.domain.sequences import any_order, looked_up_in, nth
from shapeguard.lint.flow.domain.sizes import computed, sizes_of
from shapeguard.lint.flow.domain.tensors import Slice, Tensor
from shapeguard.lint.flow.domain.terms import ZERO, Term
from shapeguard.lint.flow.domain.values import (
    Dictionary,
    Int,
    Missing,
    Record,
    Sequence,
    Shape,
    Text,
    Unknown,
    as_term,
)
from shapeguard.lint.flow.expressions.indexing import applied, indexed, narrows
from shapeguard.lint.flow.expressions.observing import key_read, looked_up, part_taken
from shapeguard.lint.flow.shapes.masks import mask_of
from shapeguard.lint.flow.syntax.texts import primary
from shapeguard.lint.flow.syntax.trees import source

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.terms import Sizes
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.run import Run


def subscript(run: Run, node: cst.Subscript) -> Value:
    """Evaluate ``value[index, ...]``."""
    holder = present(run.evaluate(node.value))
    indices = [_index(run, element.slice) for element in node.slice]
    if len(indices) == 1 and indices[0] is not None:
        key_read(run, node, holder, indices[0])
    return run.each(holder, lambda leaf: _item(run, node, leaf, indices), f"{run.identity(node)}[]")


def _index(run: Run, node: cst.BaseSlice) -> Value | None:
    if isinstance(node, cst.Index):
        if isinstance(node.value, cst.Ellipsis):
            return None
        value = run.evaluate(node.value)
        return mask_of(value, source(node.value)) or value
    if not isinstance(node, cst.Slice) or node.step is not None:
        return run.unknown(node, "step")
    bounds = [_bound(run, each) for each in (node.lower, node.upper)]
    terms = [as_term(bound) for bound in bounds]
    if any(t is None and not isinstance(b, Missing) for b, t in zip(bounds, terms, strict=True)):
        return run.unknown(node, "slice")
    return Slice(terms[0], terms[1])


def _bound(run: Run, node: cst.BaseExpression | None) -> Value:
    return Missing() if node is None else run.evaluate(node)


def _item(run: Run, node: cst.Subscript, holder: Value, indices: list[Value | None]) -> Value:
    match holder:
        case Sequence() if len(indices) == 1 and indices[0] is not None:
            return _member(run, node, holder, indices[0])
        case Record(fields=fields) if len(indices) == 1:
            return _field(run, node, fields, indices[0])
        case Dictionary() if len(indices) == 1 and indices[0] is not None:
            unknown = run.unknown(node, "value")
            return looked_up_in(holder, indices[0], unknown, run.identity(node))
        case Shape(tensor) if len(indices) == 1:
            return _extent(run, node, tensor, indices[0])
        case Slice(_, Term() as stop, counts=True) if len(indices) == 1 and isinstance(
            indices[0], Int
        ):
            return _counted(run, node, holder, stop, indices[0])
        case Unknown() if not narrows(run, indices):
            return _unknown_item(run, node, holder, indices)
        case Unknown(origin, name, shape):
            return applied(run, node, Tensor(origin, name, shape=shape), indices)
        case Tensor():
            return indexed(run, node, holder, indices)
        case _:
            return run.unknown(node, "item")


def _extent(run: Run, node: cst.Subscript, tensor: Tensor, index: Value | None) -> Value:
    """Return an extent of a shape, or the extents of its first axes."""
    match index:
        case Int(term) if term.known is not None:
            return Int(tensor.extent(term.known))
        case Slice(start, Term() as stop) if (stop.known or 0) > 0:
            first = 0 if start is None else start.known
            if first is not None and first >= 0 and (tensor.rank or stop.constant) >= stop.constant:
                axes = range(first, stop.constant)
                return Sequence(tuple(Int(tensor.extent(axis)) for axis in axes))
            return run.unknown(node, "extents")
        case _:
            return run.unknown(node, "extent")


def _counted(run: Run, node: cst.Subscript, numbers: Slice, stop: Term, index: Int) -> Int:
    """Read a member of ``range(start, stop)`` by its position."""
    looked_up(run, node, numbers, index)
    end = stop if (index.term.known or 0) < 0 else numbers.start or ZERO
    return Int(end + index.term)


def _member(run: Run, node: cst.Subscript, holder: Sequence, index: Value) -> Value:
    if isinstance(index, Slice):
        part_taken(run, node, holder, index)
        return _part(run, node, holder, index)
    if isinstance(written := node.slice[0].slice, cst.Slice):
        return _stepped(run, node, holder, written)
    looked_up(run, node, holder, index)
    known = index.term.known if isinstance(index, Int) else None
    if (
        holder.items is not None
        and known is not None
        and -len(holder.items) <= known < len(holder.items)
    ):
        return holder.items[known]
    sizes, term = holder.sizes, as_term(index)
    if sizes is not None and term is not None:
        return Int(operation("member", sizes, term))
    if known == 0 and holder.first is not None:
        return holder.first
    at = run.identity(node)
    member = taken(holder, at) if known is None else nth(holder, known, at)
    return run.unknown(node, "member") if member is None else member


def _stepped(run: Run, node: cst.Subscript, holder: Sequence, written: cst.Slice) -> Sequence:
    """Return a list backwards, or some of its members: how many is not known."""
    backwards = written.step is not None and source(written.step) == "-1"
    if not backwards or written.lower is not None or written.upper is not None:
        element, where = any_member(holder, run.identity(node))
        return Sequence(None, element, where=where)
    if holder.items is not None:
        return Sequence(holder.items[::-1])
    return any_order(holder, run.identity(node))


def _sizes_in(run: Run, node: cst.Subscript, holder: Sequence) -> Sizes | None:
    """Return the sizes in a list of which the function sums a part."""
    name = source(node.value)
    return computed(holder, name) if run.function.sums_part(name) else holder.sizes


def _part(run: Run, node: cst.Subscript, holder: Sequence, bounds: Slice) -> Value:
    start, stop = (None if t is None else t.known for t in (bounds.start, bounds.stop))
    literal = (start is not None or bounds.start is None) and (
        stop is not None or bounds.stop is None
    )
    if holder.items is not None and literal:
        return Sequence(holder.items[start:stop])
    length = operation(
        "slice_length", merge.length(holder, run.identity(node)), bounds.start, bounds.stop
    )
    sizes = _sizes_in(run, node, holder) if bounds.start in (None, ZERO) else None
    member, where = any_member(holder, run.identity(node))
    return Sequence(None, member, length, sizes, where=where)


def _field(
    run: Run, node: cst.Subscript, fields: tuple[tuple[str, Value], ...], index: Value | None
) -> Value:
    values = tuple(value for _, value in fields)
    known = index.term.known if isinstance(index, Int) else None
    if known is not None and -len(values) <= known < len(values):
        return values[known]
    if isinstance(index, Slice):
        return _part(run, node, Sequence(values), index)
    return run.unknown(node, "field")


def _unknown_item(
    run: Run, node: cst.Subscript, holder: Unknown, indices: list[Value | None]
) -> Value:
    keys = [_key(index) for index in indices]
    if any(key is None for key in keys):
        return run.unknown(node, "item")
    if len(indices) == 1 and indices[0] is not None:
        looked_up(run, node, holder, indices[0])
    sizes = sizes_of(holder)
    if sizes is not None and len(indices) == 1 and isinstance(indices[0], Int):
        term = indices[0].term
        if run.function.sums_part(holder.name):
            return Int(operation("member", sizes, term))
        if term.known is None:
            member = operation("member", sizes, term)
            return Unknown(f"{holder.origin}[{member!r}]", f"{primary(holder.name)}[i]")
    label = ",".join(str(key) for key in keys)
    shown = label if "(" not in label else source(node).removeprefix(source(node.value))[1:-1]
    return Unknown(f"{holder.origin}[{label}]", f"{primary(holder.name)}[{shown}]")


def _key(index: Value | None) -> str | None:
    match index:
        case Int(term):
            return str(term.known) if term.known is not None else repr(term)
        case Text(text):
            return repr(text)
        case Unknown(origin) | Tensor(origin=origin):
            return origin
        case _:
            return None
