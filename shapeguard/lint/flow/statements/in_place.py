"""What a method that ends in ``_`` makes of the mask or the count that it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.tensors import Kind, Tensor
from shapeguard.lint.flow.domain.values import Bool, Int, Unknown
from shapeguard.lint.flow.shapes.masks import count_of
from shapeguard.lint.flow.statements.targets import rebind

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.run import Run

_TELLING = (Kind.MASK, Kind.COUNT, Kind.MASKED)


def changed_in_place(run: Run, call: cst.Call, result: Value) -> None:
    """Bind what a call gives to the name of the mask or the count that it has changed.

    Other tensors keep their shape, which is all that is asked of them. Nothing that is known of a mask
    holds of what an operation without a model makes of it.
    """
    place = _changed(run, call)
    before = None if place is None else run.here.names.get(place.value)
    if place is None or before is None:
        return
    if any(_tells(leaf) for _, leaf in merge.alternatives(before)):
        known = not isinstance(result, Unknown)
        after = (
            result if known else merge.each(before, lambda leaf: _other(run, call, leaf), "other")
        )
        rebind(run, place, before, after)


def _changed(run: Run, call: cst.Call) -> cst.Name | None:
    """Return the name of what a call changes: ``x`` of ``x.clamp_(1)`` and of ``torch.clamp_(x, 1)``."""
    match call:
        case cst.Call(
            func=cst.Attribute(value=cst.Name() as holder, attr=cst.Name(value=method))
        ) if method.endswith("_") and not method.endswith("__"):
            if holder.value in run.here.names:
                return holder
            first = call.args[0].value if call.args else None
            return first if isinstance(first, cst.Name) else None
        case _:
            return None


def _tells(value: Value) -> bool:
    """Say whether a value is a mask or a count, of which more is known than its shape."""
    if isinstance(value, Bool | Int):
        return True
    if not isinstance(value, Tensor):
        return False
    return any(value.trait(kind) for kind in _TELLING) or count_of(value) is not None


def _other(run: Run, call: cst.Call, value: Value) -> Value:
    """Return a tensor of the same shape of whose entries nothing is known."""
    if isinstance(value, Tensor):
        return value.turned(run.identity(call))
    return run.unknown(call, "changed")
