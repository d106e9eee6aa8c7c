"""Parts of tensors: what is narrowed, picked by an index or a mask, or found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.algebra import operation
from shapeguard.lint.flow.domain.counts import selected
from shapeguard.lint.flow.domain.predicates import at_most, every
from shapeguard.lint.flow.domain.propositions import ISINSTANCE, TRUE, Opaque
from shapeguard.lint.flow.domain.ranks import rank_of
from shapeguard.lint.flow.domain.tensors import Cut, Kind, Slice, Tensor, Trait
from shapeguard.lint.flow.domain.terms import ONE
from shapeguard.lint.flow.domain.values import Bool, Sequence, Unknown, as_term
from shapeguard.lint.flow.events import Demand, Index, Requirement
from shapeguard.lint.flow.evidence.clamps import ends_of
from shapeguard.lint.flow.evidence.remembering import repaired
from shapeguard.lint.flow.shapes.axes import derived, dropped
from shapeguard.lint.flow.shapes.cutting import cut, picked
from shapeguard.lint.flow.shapes.joining import elementwise
from shapeguard.lint.flow.shapes.masks import tensor_of
from shapeguard.lint.flow.syntax.texts import primary
from shapeguard.lint.flow.syntax.trees import walk
from shapeguard.lint.flow.syntax.walks import assigned

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.terms import Term
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.events import Moment
    from shapeguard.lint.flow.models import vocabulary as words
    from shapeguard.lint.flow.operations.application import Application

_POSITIONS = Trait(Kind.INDEX)


def refuses(
    call: Application, requirements: Iterable[Requirement], moment: Moment | None = None
) -> None:
    """Report what a call needs of its arguments, if it needs anything."""
    needed = tuple(requirements)
    if needed:
        given, moment = call.given, moment or call.run.moment(call.node)
        name = call.model.name.removeprefix(".")
        call.run.emit(Demand(moment, name, given.positional, given.keywords, requirements=needed))


def narrows(call: Application, model: words.Narrows) -> Value:
    """Cut positions out of an axis; they must not lie beyond its end."""
    axis = call.number(model.axis)
    starts, lengths = call.get(model.start), call.get(model.length)
    if axis is None or starts is None or lengths is None:
        return call.unknown("narrowed")

    def change(tensor: Tensor) -> Value:
        return merge.each(
            starts,
            lambda start: merge.each(
                lengths, lambda n: _narrowed(call, tensor, axis, start, n), at
            ),
            at,
        )

    at = call.identity
    for condition, start, length in _bounds(starts, lengths):
        _needs_room(call, axis, condition, start, length)
    return call.each(change)


def _bounds(starts: Value, lengths: Value) -> Iterator[tuple[Predicate, Term, Term]]:
    """Yield start and length on each path that gives them."""
    for first, low in merge.alternatives(starts):
        for second, number in merge.alternatives(lengths):
            start, length = as_term(low), as_term(number)
            if start is not None and length is not None:
                yield every((first, second)), start, length


def _needs_room(
    call: Application, axis: int, condition: Predicate, start: Term, length: Term
) -> None:
    """Report that a start must not lie beyond the end, nor beyond what its length was measured to."""
    moment = call.under(condition)
    if moment is None:
        return
    text = f"`start` of `narrow` must not lie beyond axis {axis} of `{call.name}`"
    for _, leaf in merge.alternatives(call.operand) if call.operand is not None else ():
        tensor = tensor_of(leaf, call.name)
        if tensor is not None:
            ends = (tensor.extent(axis), *ends_of(start, length))
            needed = [Requirement(at_most(start, end), text) for end in ends]
            if length.known:
                beyond = f"axis {axis} of `{call.name}` must have what `narrow` takes"
                needed.append(Requirement(at_most(start + length, tensor.extent(axis)), beyond))
            refuses(call, needed, moment)


def _narrowed(call: Application, tensor: Tensor, axis: int, low: Value, number: Value) -> Value:
    start, length = as_term(low), as_term(number)
    if start is None or length is None:
        return call.unknown("narrowed")
    bounds = Slice(start, start + length)
    call.run.emit(Index(call.run.moment(call.node), tensor, call.name, axis, bounds))
    return cut(call.run, call.node, tensor, axis, bounds)


def selects(call: Application, model: words.Selects) -> Value:
    """Pick positions of an axis."""
    axis, index = call.number(model.axis), call.get(model.index)
    if axis is None or index is None:
        return call.unknown("selected")

    def change(tensor: Tensor) -> Value:
        call.run.emit(Index(call.run.moment(call.node), tensor, call.name, axis, index))
        return cut(call.run, call.node, tensor, axis, index)

    return call.each(change)


def drops(call: Application, model: words.Drops) -> Value:
    """Pick one position of an axis."""
    axis = call.number(model.axis)
    if axis is None:
        return call.unknown()
    return call.each(lambda tensor: dropped(tensor, axis, call.identity))


def masks(call: Application, model: words.Masks) -> Value:
    """Pick the elements for which a mask is true, in one axis."""
    given = call.get(model.mask)
    mask = None if given is None else tensor_of(given, "mask")
    if mask is None or given is None:
        return call.unknown("selected")

    def change(tensor: Tensor) -> Value:
        call.run.emit(Index(call.run.moment(call.node), tensor, call.name, 0, given))
        return picked(call.run, call.node, tensor, mask)

    return call.each(change)


def finds(call: Application, model: words.Finds) -> Value:
    """Return the positions of what is true."""
    as_rows = model.as_rows and not _asks_for_tuple(call) and not _is_of_numpy(call)
    return call.each(lambda tensor: _found(call, tensor, as_rows=as_rows, flat=model.flat))


def _asks_for_tuple(call: Application) -> bool:
    given = call.given.keywords.get("as_tuple")
    return given == Bool(TRUE)


def _is_of_numpy(call: Application) -> bool:
    """Say whether a method is one of an array.

    It is one of what numpy made, or of what was asked to be an array, or torch is not imported.
    """
    function = call.run.function
    roots = {name: whole.partition(".")[0] for name, whole in function.module.imports.items()}
    if "torch" not in roots.values():
        return "numpy" in roots.values()
    match call.node.func:
        case cst.Attribute(value=cst.Name(name)):
            held = assigned(function.parse(), name)
        case cst.Attribute(value=held):
            pass
        case _:
            held = None
    names = set[str]() if held is None else _names_in(held)
    made = any(roots.get(name) == "numpy" for name in names)
    return made or any(_was_an_array(call, name) for name in names | _names_in(call.node.func))


def _names_in(node: cst.CSTNode) -> set[str]:
    return {each.value for each in walk(node) if isinstance(each, cst.Name)}


def _was_an_array(call: Application, name: str) -> bool:
    """Say whether it is known of what a name stands for that it is an array."""
    values = merge.leaves(value) if (value := call.run.here.names.get(name)) is not None else ()
    origins = [each.origin for each in values if isinstance(each, Unknown)]
    asked = [f for f in call.run.here.facts if isinstance(f, Opaque) and f.holds]
    return any(
        each.key.startswith(f"{ISINSTANCE}{origin},") and "ndarray" in each.key
        for origin in origins
        for each in asked
    )


def _found(call: Application, mask: Tensor, *, as_rows: bool, flat: bool) -> Value:
    count = selected(mask.origin, mask.name)
    where = Cut(
        0,
        mask.extent(0),
        count,
        mask.origin,
        computed=True,
        trail=(call.run.station(call.node, "`{}` may find nothing"),),
    )
    origin = derived("found", mask.origin)
    name = f"{primary(mask.name)}.nonzero()"
    if as_rows and not flat:
        extents = ((0, count), (1, rank_of(mask)))
        return Tensor(origin, name, extents, 2, (where,), (_POSITIONS,))
    axes = range(1 if flat else mask.rank or 0)
    columns = [
        Tensor(f"{origin}.{axis}", name, ((0, count),), 1, (where,), (_POSITIONS,)) for axis in axes
    ]
    if flat:
        return columns[0]
    if columns:
        return Sequence(tuple(columns))
    column = Tensor(f"{origin}.any", name, ((0, count),), 1, (where,), (_POSITIONS,))
    return Sequence(None, column, operation("maximum", rank_of(mask), ONE))


def chooses(call: Application, _: words.Chooses) -> Value:
    """Choose between two tensors; with a condition alone, find what is true."""
    operands = (*call.given.positional, *call.given.keywords.values())
    if len(operands) == 1:
        return call.each(lambda tensor: _found(call, tensor, as_rows=False, flat=False))
    for operand in operands[1:]:
        repaired(call.run, call.node, operand)
    named = [arg.value for arg in call.node.args if arg.keyword is not None]
    return elementwise(call.run, call.node, (*call.given.nodes, *named), operands)
