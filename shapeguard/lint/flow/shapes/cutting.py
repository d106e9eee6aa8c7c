"""Narrowing: what a slice, a mask, an index list or a split leaves of an axis."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.algebra import operation
from shapeguard.lint.flow.domain.predicates import every
from shapeguard.lint.flow.domain.propositions import TRUE, is_presence
from shapeguard.lint.flow.domain.ranks import elements
from shapeguard.lint.flow.domain.tensors import Cut, Kind, Slice, Tensor
from shapeguard.lint.flow.domain.terms import symbol
from shapeguard.lint.flow.domain.values import Bool, Int, Sequence, Unknown, as_tensor
from shapeguard.lint.flow.shapes.axes import derived, dropped, renumbered, settled
from shapeguard.lint.flow.shapes.counting import some_of
from shapeguard.lint.flow.shapes.masks import (
    count_of,
    entries,
    is_mask,
    mask_of,
    may_be_mask,
    number_selected,
)
from shapeguard.lint.flow.syntax.texts import primary

if TYPE_CHECKING:
    import libcst as cst

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.terms import Term
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.run import Run
    from shapeguard.lint.flow.trace import Trail


def cut(run: Run, node: cst.CSTNode, tensor: Tensor, axis: int, index: Value) -> Value:
    """Return a tensor narrowed at one axis by an index, for every alternative of the index."""
    present = [fact for fact in run.here.facts if is_presence(fact)]
    return merge.select(
        (
            (condition, _cut_by(run, node, tensor, axis, leaf, every((condition, *present))))
            for condition, leaf in merge.alternatives(index)
        ),
        run.identity(node),
    )


def _cut_by(
    run: Run, node: cst.CSTNode, tensor: Tensor, axis: int, index: Value, under: Predicate
) -> Value:
    axis = tensor.axis(axis)
    before = tensor.extent(axis)
    match index:
        case Slice(start, stop, trail):
            if start is None and stop is None:
                return tensor
            after = operation("slice_length", before, start, stop)
            computed = any(bound is not None and bound.known is None for bound in (start, stop))
            made = Cut(
                axis, before, after, Slice(start, stop), computed, (*trail, *_cuts(run, node))
            )
        case Bool():
            mask = mask_of(index)
            unread = run.unknown(node, "item")
            return unread if mask is None else _cut_by(run, node, tensor, axis, mask, under)
        case Tensor() if _covers(index, tensor, axis):
            return picked(run, node, tensor, index, under)
        case Tensor() if _reshapes(run, index):
            return _advanced(run, node, tensor, axis, index)
        case Unknown() | Tensor():
            return _cut_by_index(run, node, tensor, axis, index, under)
        case Sequence() if (first := _first_of(run, index)) is not None:
            return _by_several(run, node, tensor, axis, first)
        case Sequence():
            after = merge.length(index, run.identity(node))
            label = f"list({after!r})"
            made = Cut(axis, before, after, label, after.known is None, _cuts(run, node))
        case _:
            return run.unknown(node, "item")
    return tensor.resized(axis, made.after, replace(made, under=under))


def _cut_by_index(
    run: Run,
    node: cst.CSTNode,
    tensor: Tensor,
    axis: int,
    index: Unknown | Tensor,
    under: Predicate,
) -> Value:
    """Return what an index of one axis leaves: a mask, positions, or a slice of no known bounds."""
    of = _axis_of(index)
    if isinstance(index, Tensor) and index.rank is None and of is not None:
        along = -1 if -1 in dict(index.extents) else 0
        index = replace(index, rank=1, extents=((0, index.extent(along)),))
    if not isinstance(index, Tensor) or index.trait(Kind.MASK) is None:
        tensor = tensor.without(Kind.PRESENT_COUNTS)  # one for each position that is looked up
    before = tensor.extent(axis)
    after = kept_by(run, index, before)
    if isinstance(index, Tensor) and (after == before or _is_computed(index)):
        return _gathered(tensor, axis, index, after)
    seen = as_tensor(index)
    lengths = () if seen is None else (seen.extent(0), elements(seen))
    made = Cut(
        axis,
        before,
        after,
        index.origin,
        computed=True,
        trail=_cuts(run, node),
        under=under,
        own=isinstance(index, Tensor) and index.form == tensor.form,
        lengths=lengths if of is None else (of,),
        picks=of is not None,
    )
    return tensor.resized(axis, after, made)


def _axis_of(index: Unknown | Tensor) -> Term | None:
    """Return the extent of the axis that an index holds positions of, each once."""
    trait = index.trait(Kind.INDEX) if isinstance(index, Tensor) else None
    return None if trait is None else trait.of


def _covers(mask: Tensor, tensor: Tensor, axis: int) -> bool:
    """Say whether a mask has the very shape of what it selects from, whatever the rank is."""
    same = mask.form == tensor.form and mask.lifted == tensor.lifted
    return axis == 0 and same and mask.trait(Kind.MASK) is not None


def picked(
    run: Run, node: cst.CSTNode, tensor: Tensor, mask: Tensor, under: Predicate = TRUE
) -> Tensor:
    """Return the single entries for which a mask is true: one axis is left."""
    before, after = tensor.extent(0), number_selected(mask)
    trail, own = _cuts(run, node), mask.form == tensor.form
    made = Cut(0, before, after, mask.origin, computed=True, trail=trail, under=under, own=own)
    shape = derived("selected", tensor.form, mask.origin)
    flat = replace(tensor, extents=((0, after),), rank=1, cuts=(made,), shape=shape, lifted=0)
    return flat.turned(derived("selected", entries(tensor), mask.origin))


def _reshapes(run: Run, index: Tensor) -> bool:
    """Say whether an index takes another number of axes than it gives: one of each is the rule."""
    return settled(run, index).rank not in (None, 1)


def _advanced(run: Run, node: cst.CSTNode, tensor: Tensor, axis: int, index: Tensor) -> Value:
    """Index by a tensor of another rank than 1: a mask takes all its axes and gives one."""
    index = settled(run, index)
    rank, identity = index.rank or 0, run.identity(node)
    if rank == 0:
        return run.unknown(node, "item") if axis < 0 else dropped(tensor, axis, identity)
    if axis < 0:
        return run.unknown(node, "item")
    if may_be_mask(run, index):
        merged = tensor
        for _ in range(rank - 1):
            merged = dropped(merged, axis + 1, identity)
        after = number_selected(index)
        whole = merged.extent(axis)
        return merged.resized(
            axis,
            after,
            Cut(
                axis,
                whole,
                after,
                index.origin,
                computed=True,
                trail=_cuts(run, node),
                own=index.form == tensor.form,
            ),
        )
    made = renumbered(tensor, identity, lambda a: _behind(a, axis, rank), rank - 1)
    for offset in range(rank):
        made = made.resized(axis + offset, index.extent(offset))
    return made


def _is_computed(index: Tensor) -> bool:
    """Say whether positions were computed from another tensor, one for each of its rows."""
    found = index.trait(Kind.MASK) is not None or index.trait(Kind.INDEX) is not None
    return bool(index.shape) and not index.cuts and not found


def _gathered(tensor: Tensor, axis: int, index: Tensor, after: Term) -> Tensor:
    """Look up one row for each position: nothing is narrowed."""
    kept = tuple(each for each in tensor.cuts if each.axis != axis or after == tensor.extent(axis))
    looked_up = replace(tensor.resized(axis, after), cuts=kept)
    return looked_up.turned(derived("rows", entries(tensor), axis, index.origin), *some_of(tensor))


def _first_of(run: Run, indices: Sequence) -> Tensor | None:
    """Return the first of several positions that one index of all axes consists of."""
    first = indices.items[0] if indices.items else indices.element
    found = isinstance(first, Tensor) and first.trait(Kind.INDEX) is not None
    return settled(run, first) if found and isinstance(first, Tensor) else None


def _by_several(run: Run, node: cst.CSTNode, tensor: Tensor, axis: int, first: Tensor) -> Tensor:
    """Index several axes at once, as the positions of what is true do: they become one axis."""
    before, after = tensor.extent(axis), first.extent(0)
    made = Cut(axis, before, after, first.origin, computed=True, trail=_cuts(run, node))
    origin = derived("rows", entries(tensor), first.origin)
    return Tensor(origin, tensor.name, ((axis, after),), None, (made,))


def _behind(number: int, axis: int, rank: int) -> int | None:
    if number == axis:
        return None
    return number + (rank - 1) * (number > axis) if number >= 0 else None


def _cuts(run: Run, node: cst.CSTNode) -> Trail:
    return (*run.path, run.station(node, "`{}` is narrowed"))


def kept_by(run: Run, index: Unknown | Tensor, before: Term) -> Term:
    """Return how many positions an index keeps, by the way in which the function uses it."""
    use = run.function.use_of(index.name)
    if isinstance(index, Tensor):
        if is_mask(index):
            return number_selected(index)
        if index.trait(Kind.INDEX) is not None:
            return index.extent(0)
    if use == "slice":
        start, stop = bounds(index)
        return operation("slice_length", before, start, stop)
    if use == "mask" or (use is None and "mask" in index.name.lower()):
        return number_selected(index)
    if isinstance(index, Tensor):
        return index.extent(0)
    if use == "list":
        return symbol(f"{index.shape or index.origin}#0", f"len({index.name})")
    start, stop = bounds(index)
    return operation("slice_length", before, start, stop)


def bounds(index: Unknown | Tensor) -> tuple[Term, Term]:
    """Return the symbols for the bounds of an index that is used as a slice object."""
    return (
        symbol(f"{index.origin}.start", f"{primary(index.name)}.start", low=None),
        symbol(f"{index.origin}.stop", f"{primary(index.name)}.stop", low=None),
    )


def as_size(value: Value | None) -> Term | None:
    """Read a value as an extent that may be given: a number, the sum of a mask included."""
    count = value if isinstance(value, Int) or value is None else count_of(value)
    return None if count is None else count.term
