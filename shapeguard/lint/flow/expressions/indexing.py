"""Tensors that are indexed: by positions, slices, masks and arrays, one for each axis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.tensors import Kind, Slice, Tensor
from shapeguard.lint.flow.domain.values import Int, Missing, Unknown
from shapeguard.lint.flow.expressions.observing import looked_up, part_taken
from shapeguard.lint.flow.shapes.axes import dropped, inserted, settled
from shapeguard.lint.flow.shapes.counting import some_of
from shapeguard.lint.flow.shapes.cutting import cut
from shapeguard.lint.flow.shapes.masks import mask_of

if TYPE_CHECKING:
    import libcst as cst

    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.run import Run

_WORDS = "idx index indices slice mask keep rows range select perm"
_INDEX_WORDS = tuple(_WORDS.split())


def narrows(run: Run, indices: list[Value | None]) -> bool:
    """Say whether an index into something unknown surely narrows a tensor or a list."""
    return any(isinstance(index, Slice) for index in indices) or any(
        (isinstance(leaf, Slice | Unknown | Tensor) and _is_index(run, leaf))
        or mask_of(leaf) is not None
        for index in indices
        if index is not None
        for _, leaf in merge.alternatives(index)
    )


def _is_index(run: Run, value: Slice | Unknown | Tensor) -> bool:
    if isinstance(value, Slice) or run.function.use_of(value.name) is not None:
        return True
    if isinstance(value, Tensor) and (value.trait(Kind.MASK) or value.trait(Kind.INDEX)):
        return True
    if value.name.startswith("("):  # computed: no name says what it is
        return False
    last = value.name.rsplit(".", 1)[-1].lower()
    return any(word in last for word in _INDEX_WORDS)


def indexed(run: Run, node: cst.Subscript, tensor: Tensor, indices: list[Value | None]) -> Value:
    """Index a tensor; where several arrays, or unknown ones, index it, the shape is a guess."""
    made = applied(run, node, tensor, indices)
    return made if _is_plain(indices) else _guessed(run, made, tensor)


def _is_plain(indices: list[Value | None]) -> bool:
    """Say whether indices tell the shape: several arrays give one together, an unknown one any."""
    leaves = [leaf for each in indices if each for _, leaf in merge.alternatives(each)]
    arrays = [each for each in leaves if isinstance(each, Tensor)]
    return not any(isinstance(each, Unknown) for each in leaves) and (
        not arrays or [each.rank for each in arrays] == [1]
    )


def _guessed(run: Run, made: Value, holder: Tensor) -> Value:
    for _, leaf in merge.alternatives(made):
        if isinstance(leaf, Tensor):
            run.analysis.guessed.add(leaf if leaf.origin == holder.origin else leaf.origin)
    return made


def applied(run: Run, node: cst.Subscript, tensor: Tensor, indices: list[Value | None]) -> Value:
    """Apply one index an axis, from the first axis on; behind an ellipsis the last axes count."""
    result: Value = settled(run, tensor)
    axis, from_back = 0, False
    for position, index in enumerate(indices):
        if not isinstance(result, Tensor):
            return run.unknown(node, "item")
        if index is None:
            from_back = result.rank is None
            axis = (result.rank or 0) - _taken(indices[position + 1 :])
        elif isinstance(index, Missing):
            place = axis - 1 if from_back else axis
            result = inserted(result, place, f"{run.identity(node)}.{position}")
            axis += not from_back
        else:
            result = _apply(run, node, result, index, axis)
            axis += from_back or not isinstance(index, Int)
    return result


def _taken(indices: list[Value | None]) -> int:
    """Return how many axes indices take."""
    return sum(not isinstance(index, Missing) for index in indices)


def _apply(run: Run, node: cst.Subscript, tensor: Tensor, index: Value, axis: int) -> Value:
    """Apply one index: a position drops its axis, anything else narrows it."""
    if isinstance(index, Int):
        looked_up(run, node, tensor, index, axis)
        return dropped(tensor, axis, f"{run.identity(node)}.{axis}").having(*some_of(tensor))
    part_taken(run, node, tensor, index, axis)
    return cut(run, node, tensor, axis, index)
