"""Products of tensors, and layers that keep leading axes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.tensors import Tensor
from shapeguard.lint.flow.domain.terms import symbol
from shapeguard.lint.flow.domain.values import Sequence, Text
from shapeguard.lint.flow.shapes.axes import known_extents, settled
from shapeguard.lint.flow.shapes.masks import tensor_of
from shapeguard.lint.flow.syntax.trees import source

if TYPE_CHECKING:
    import libcst as cst

    from shapeguard.lint.flow.domain.terms import Term
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.models import vocabulary as words
    from shapeguard.lint.flow.operations.application import Application
    from shapeguard.lint.flow.run import Run

_MATRIX = 2


def multiplies(call: Application, model: words.Multiplies) -> Value:
    """Multiply matrices."""
    other = call.get(model.other)
    if other is None:
        return call.unknown("product")
    return call.each(lambda tensor: multiplied(call.run, call.node, tensor, other))


def multiplied(run: Run, node: cst.BaseExpression, left: Tensor, right: Value) -> Value:
    """Return ``left @ right``: the rows of the one, the columns of the other."""
    other = tensor_of(right)
    if other is None:
        return run.unknown(node, "product")
    mine, theirs = settled(run, left), settled(run, other)
    name, label = source(node), run.identity(node)
    if mine.rank is None or theirs.rank is None or min(mine.rank, theirs.rank) < _MATRIX:
        return _rows_of(run, node, mine, theirs)
    wide = mine if mine.rank >= theirs.rank else theirs
    rank = wide.rank or _MATRIX
    extents = {axis: wide.extent(axis) for axis in range(rank - _MATRIX)}
    extents[rank - 2], extents[rank - 1] = mine.extent(-2), theirs.extent(-1)
    cuts = tuple(cut for cut in mine.cuts if mine is wide and cut.axis < rank - 1)
    return Tensor(label, name, tuple(sorted(extents.items())), rank, cuts)


def _rows_of(run: Run, node: cst.BaseExpression, mine: Tensor, theirs: Tensor) -> Value:
    """Multiply where ranks are not known: the rows of the first stay, as a rule."""
    label = run.identity(node)
    if mine.rank is None and theirs.rank in (None, _MATRIX) and mine.extents:
        rows = tuple(cut for cut in mine.cuts if cut.axis == 0)
        return Tensor(label, source(node), ((0, mine.extent(0)),), None, rows)
    return Tensor(label, source(node))


def leads(call: Application, model: words.Leads) -> Value:
    """Keep leading axes."""

    def change(tensor: Tensor) -> Value:
        axes = _kept(tensor, model)
        extents = {axis: term for axis, term in known_extents(tensor).items() if axis in axes}
        rank = None if tensor.rank is None else tensor.rank + model.adds
        rank = None if model.axes is not None else rank
        cuts = tuple(cut for cut in tensor.cuts if cut.axis in axes)
        made = replace(tensor, extents=tuple(sorted(extents.items())), rank=rank, cuts=cuts)
        return replace(made.turned(call.identity), shape=f"{call.identity}~")

    return call.each(change)


def _kept(tensor: Tensor, model: words.Leads) -> range:
    if model.axes is not None:
        return range(model.axes)
    return range(tensor.rank - model.rest) if tensor.rank is not None else range(1)


def contracts(call: Application, model: words.Contracts) -> Value:
    """Sum over the axes that an equation names on the left only."""
    equation = call.get(model.equation)
    text = equation.text.strip("'\"").replace(" ", "") if isinstance(equation, Text) else ""
    left, arrow, right = text.partition("->")
    operands = call.given.positional[1:]
    if len(operands) == 1 and isinstance(operands[0], Sequence):
        operands = operands[0].items or ()
    if not arrow or "." in text or len(operands) != len(left.split(",")):
        return call.unknown("contracted")
    extents = _extents(call, left.split(","), operands)
    axes = tuple(
        (i, extents.get(name) or symbol(f"{call.identity}.{name}", name))
        for i, name in enumerate(right)
    )
    return Tensor(call.identity, source(call.node), axes, len(right))


def _extents(call: Application, names: list[str], operands: tuple[Value, ...]) -> dict[str, Term]:
    """Return the extent of every named axis, from the first operand that has it."""
    extents: dict[str, Term] = {}
    for letters, operand in zip(names, operands, strict=True):
        tensor = tensor_of(operand)
        if tensor is not None:
            tensor = settled(call.run, tensor)
            for axis, letter in enumerate(letters):
                extents.setdefault(letter, tensor.extent(axis))
    return extents
