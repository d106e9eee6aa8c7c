"""What the words of ``models/vocabulary.py`` mean: one function for each kind of op model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import libcst as cst

from shapeguard.lint.flow import merge
from shapeguard.lint.flow.cutting import cut, selected, sizes_of
from shapeguard.lint.flow.events import Join
from shapeguard.lint.flow.models import vocabulary as words
from shapeguard.lint.flow.predicates import less
from shapeguard.lint.flow.run import Run, source
from shapeguard.lint.flow.terms import ONE, ZERO, Term, operation, symbol, times
from shapeguard.lint.flow.values import (
    Bool,
    Cut,
    Int,
    Missing,
    Sequence,
    Shape,
    Slice,
    Tensor,
    Value,
    as_tensor,
    as_term,
    describe,
)

_MATERIALISED = 4


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments of a call. ``nodes`` are the expressions of the positional ones."""

    positional: tuple[Value, ...]
    keywords: Mapping[str, Value]
    nodes: tuple[cst.BaseExpression, ...] = ()
    star: Value | None = None

    def get(self, parameter: words.Parameter) -> Value | None:
        """Return the argument of a parameter, or None if it was not given."""
        if parameter.keyword in self.keywords:
            return self.keywords[parameter.keyword]
        if parameter.position < len(self.positional):
            return self.positional[parameter.position]
        return None

    def number(self, parameter: words.Parameter) -> int | None:
        """Return the known integer that a parameter has; None if it is absent or unknown."""
        value = self.get(parameter)
        if value is None:
            return parameter.default
        return value.term.known if isinstance(value, Int) else None

    def absent(self, parameter: words.Parameter) -> bool:
        """Say whether neither an argument nor a default is there."""
        given = self.get(parameter)
        return (given is None or isinstance(given, Missing)) and parameter.default is None


def apply(run: Run, node: cst.Call, model: words.Model, given: Arguments) -> Value:
    """Apply an op model to a call; ``given`` has the tensor itself first if it is a method."""
    return MEANINGS[type(model)](run, node, model, given)


def elementwise(
    run: Run,
    node: cst.BaseExpression | cst.AugAssign,
    sides: tuple[cst.BaseExpression, ...],
    values: tuple[Value, ...],
) -> Value:
    """Join tensors elementwise, with broadcasting; the result has the shape of the best known."""
    tensors = [
        (side, value)
        for side, value in zip(sides, values, strict=False)
        if not isinstance(value, Int | Bool | Missing) and not isinstance(side, cst.BaseNumber)
    ]
    if len(tensors) > 1:
        names = tuple(source(side) for side, _ in tensors)
        operands = tuple(value for _, value in tensors)
        _emit_join(run, node, "elementwise operation", operands, names, None)
    for _, value in tensors:
        if any(isinstance(leaf, Tensor) and leaf.cuts for _, leaf in merge.alternatives(value)):
            return value
    return tensors[0][1] if tensors else run.unknown(node, "result")


def _emit_join(
    run: Run,
    node: cst.CSTNode,
    name: str,
    operands: tuple[Value, ...],
    names: tuple[str, ...],
    axis: int | None,
) -> None:
    run.emit(
        Join(
            site=run.site(node),
            facts=run.here.facts,
            path=run.path,
            tests=run.analysis.tests,
            operation=name,
            operands=operands,
            names=names,
            axis=axis,
            broadcast=axis is None,
        )
    )


def _joins(run: Run, node: cst.Call, model: words.Joins, given: Arguments) -> Value:
    members = given.positional[0] if given.positional else given.keywords.get("tensors")
    fixed = model.axis
    axis = fixed if isinstance(fixed, int) else given.number(fixed)
    if not isinstance(members, Sequence) or members.items is None or axis is None:
        return run.unknown(node, "joined")
    names = tuple(_names(given, members))
    _emit_join(run, node, model.name, members.items, names, None if model.new_axis else axis)
    for member in members.items:
        if isinstance(member, Tensor):
            if model.new_axis:
                return _inserted(member, axis, run.identity(node))
            total = symbol(run.identity(node), "joined")
            return replace(member.resized(axis, total), name=describe(member))
    return run.unknown(node, "joined")


def _names(given: Arguments, members: Sequence) -> list[str]:
    literal = given.nodes[0] if given.nodes else None
    items = members.items or ()
    if isinstance(literal, cst.List | cst.Tuple) and len(literal.elements) == len(items):
        return [source(element.value) for element in literal.elements]
    return [describe(item) for item in items]


def _combines(run: Run, node: cst.Call, _: words.Combines, given: Arguments) -> Value:
    return elementwise(run, node, given.nodes, given.positional)


def _keeps(run: Run, node: cst.Call, _: words.Keeps, given: Arguments) -> Value:
    return given.positional[0] if given.positional else run.unknown(node, "result")


def _on_tensor(
    run: Run, node: cst.Call, given: Arguments, change: Callable[[Tensor], Value]
) -> Value:
    """Apply a change to every alternative of the first operand that may be a tensor."""
    if not given.positional:
        return run.unknown(node, "result")

    def one(leaf: Value) -> Value:
        tensor = as_tensor(leaf)
        return run.unknown(node, "result") if tensor is None else change(tensor)

    return merge.each(given.positional[0], one, run.identity(node))


def _method_position(parameter: words.Parameter, model: words.Model) -> words.Parameter:
    """Methods do not count the tensor itself, but the arguments here begin with it."""
    shift = 1 if model.name.startswith(".") else 0
    return replace(parameter, position=parameter.position + shift)


def _reduces(run: Run, node: cst.Call, model: words.Reduces, given: Arguments) -> Value:
    parameter = _method_position(model.axis, model)
    axis = given.number(parameter)
    if axis is None:
        return run.unknown(node, "reduced")
    keep = "keepdim" in given.keywords

    def change(tensor: Tensor) -> Value:
        return tensor.resized(axis, ONE) if keep else dropped(tensor, axis, run.identity(node))

    return _on_tensor(run, node, given, change)


def _inserts(run: Run, node: cst.Call, model: words.Inserts, given: Arguments) -> Value:
    axis = given.number(_method_position(model.axis, model))
    if axis is None:
        return run.unknown(node, "result")
    return _on_tensor(run, node, given, lambda t: _inserted(t, axis, run.identity(node)))


def _repeats(run: Run, node: cst.Call, _: words.Repeats, given: Arguments) -> Value:
    factors = [as_term(value) for value in given.positional[1:]]
    star = given.star
    if isinstance(star, Sequence) and not factors:
        rest = as_term(star.element) if star.element is not None else None
        first = as_term(star.first) if star.first is not None else rest
        if rest != ONE:
            return run.unknown(node, "repeated")
        factors = [first]

    def change(tensor: Tensor) -> Value:
        result = tensor
        for axis, factor in enumerate(factors):
            if factor is None:
                return run.unknown(node, "repeated")
            if factor != ONE:
                result = result.resized(axis, times(tensor.extent(axis), factor))
        return result

    return _on_tensor(run, node, given, change)


def _measures(run: Run, node: cst.Call, model: words.Measures, given: Arguments) -> Value:
    parameter = _method_position(model.axis, model)
    if given.absent(parameter):
        return _on_tensor(run, node, given, Shape)
    axis = given.number(parameter)
    if axis is None:
        return run.unknown(node, "extent")
    return _on_tensor(run, node, given, lambda t: Int(t.extent(axis)))


def _narrows(run: Run, node: cst.Call, model: words.Narrows, given: Arguments) -> Value:
    axis = given.number(_method_position(model.axis, model))
    start = as_term(given.get(_method_position(model.start, model)) or Missing())
    length = as_term(given.get(_method_position(model.length, model)) or Missing())
    if axis is None or start is None or length is None:
        return run.unknown(node, "narrowed")
    bounds = Slice(start, start + length)
    return _on_tensor(run, node, given, lambda t: cut(run, node, t, axis, bounds))


def _selects(run: Run, node: cst.Call, model: words.Selects, given: Arguments) -> Value:
    axis = given.number(_method_position(model.axis, model))
    index = given.get(_method_position(model.index, model))
    if axis is None or index is None:
        return run.unknown(node, "selected")
    return _on_tensor(run, node, given, lambda t: cut(run, node, t, axis, index))


def _splits(run: Run, node: cst.Call, model: words.Splits, given: Arguments) -> Value:
    axis = given.number(_method_position(model.axis, model))
    wanted = given.get(_method_position(model.sizes, model))
    if axis is None or wanted is None or isinstance(wanted, Int):
        return run.unknown(node, "pieces")
    return _on_tensor(run, node, given, lambda t: _pieces(run, node, t, axis, wanted))


def _pieces(run: Run, node: cst.Call, tensor: Tensor, axis: int, wanted: Value) -> Value:
    if isinstance(wanted, Sequence) and wanted.items is not None:
        terms = [as_term(item) for item in wanted.items]
        pieces = [_piece(run, node, tensor, axis, t) for t in terms if t is not None]
        whole = len(pieces) == len(terms)
        return Sequence(tuple(pieces)) if whole else run.unknown(node, "pieces")
    sizes = sizes_of(wanted)
    if sizes is None:
        return run.unknown(node, "pieces")
    index = symbol(f"{run.identity(node)}.i", "i")
    piece = _piece(run, node, tensor, axis, operation("member", sizes, index))
    return Sequence(None, piece, operation("count", sizes))


def _piece(run: Run, node: cst.Call, tensor: Tensor, axis: int, size: Term) -> Tensor:
    station = run.station(node, f"`{source(node)}` cuts pieces, one of which may be empty")
    label = f"{run.identity(node)}[{size!r}]"
    made = Cut(axis, tensor.extent(axis), size, label, size.known is None, (station,))
    return tensor.resized(axis, size, made)


def _counts(run: Run, node: cst.Call, _: words.Counts, given: Arguments) -> Value:
    def change(tensor: Tensor) -> Value:
        axis = tensor.cuts[-1].axis if tensor.cuts else 0
        rest = symbol(f"{tensor.origin}#rest", "rest", low=1)
        return Int(times(tensor.extent(axis), rest))

    return _on_tensor(run, node, given, change)


def _tests(run: Run, node: cst.Call, _: words.Tests, given: Arguments) -> Value:
    if len(given.positional) > 1 or given.keywords:
        return run.unknown(node, "tested")
    return _on_tensor(run, node, given, lambda t: Bool(less(ZERO, selected(t.origin, t.name))))


def dropped(tensor: Tensor, axis: int, identity: str) -> Tensor:
    """Return the tensor without one axis; later axes move to the front."""
    axis = tensor.axis(axis)
    extents = _materialised(tensor)
    if axis < 0:
        kept = {a: t for a, t in extents.items() if a >= 0}
        cuts = tuple(each for each in tensor.cuts if each.axis >= 0)
    else:
        kept = {a - (a > axis): t for a, t in extents.items() if a != axis and a >= 0}
        cuts = tuple(
            replace(each, axis=each.axis - (each.axis > axis))
            for each in tensor.cuts
            if each.axis != axis and each.axis >= 0
        )
    rank = None if tensor.rank is None else tensor.rank - 1
    return Tensor(f"{tensor.origin}-{identity}", tensor.name, _ordered(kept), rank, cuts)


def _inserted(tensor: Tensor, axis: int, identity: str) -> Tensor:
    if axis < 0:
        return Tensor(f"{tensor.origin}+{identity}", tensor.name)
    moved = {a + (a >= axis): t for a, t in _materialised(tensor).items() if a >= 0}
    moved[axis] = ONE
    cuts = tuple(
        replace(each, axis=each.axis + (each.axis >= axis)) for each in tensor.cuts if each.axis >= 0
    )
    rank = None if tensor.rank is None else tensor.rank + 1
    return Tensor(f"{tensor.origin}+{identity}", tensor.name, _ordered(moved), rank, cuts)


def _materialised(tensor: Tensor) -> dict[int, Term]:
    """Return the extents of the leading axes, so that they outlive a renumbering."""
    rank = _MATERIALISED if tensor.rank is None else tensor.rank
    return {**{axis: tensor.extent(axis) for axis in range(rank)}, **dict(tensor.extents)}


def _ordered(extents: dict[int, Term]) -> tuple[tuple[int, Term], ...]:
    return tuple(sorted(extents.items()))


MEANINGS: Mapping[type, Callable[[Run, cst.Call, Any, Arguments], Value]] = {
    words.Joins: _joins,
    words.Combines: _combines,
    words.Keeps: _keeps,
    words.Reduces: _reduces,
    words.Inserts: _inserts,
    words.Repeats: _repeats,
    words.Measures: _measures,
    words.Narrows: _narrows,
    words.Selects: _selects,
    words.Splits: _splits,
    words.Counts: _counts,
    words.Tests: _tests,
}
