"""Compare the shape of an array with axes, and bind the names that are new."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from shapeguard.contracts import hazards
from shapeguard.contracts.axes import AxisKind
from shapeguard.runtime.closures import UnboundNameError
from shapeguard.runtime.expressions import UndefinedValueError, evaluate, parse_formula
from shapeguard.runtime.scope import Bound, Failure, Pending

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from shapeguard.contracts.axes import Axis
    from shapeguard.runtime.hints import ArrayHint
    from shapeguard.runtime.scope import Extent, Scope

_broadcast_shapes: Callable[..., Iterable[int]] = getattr(torch, "broadcast_shapes")  # noqa: B009 - untyped in torch


def bind_array(hint: ArrayHint, value: object, place: str, scope: Scope) -> None:
    """Check one array against its hint; failures and bindings go to ``scope``."""
    if has_no_extents(value):
        return
    shape = shape_of(value)
    if shape is None or not hint.accepts(value):
        found = describe_type(value)
        text = f"{place} is {found}; the contract asks for {hint.text}"
        scope.failures.append(
            Failure(hazards.WRONG_TYPE, place, text, expected=hint.text, actual=found)
        )
        return
    if not hint.fits_rank(len(shape)):
        text = f"{place} has {len(shape)} dimensions; {hint.text} has {hint.rank}"
        scope.failures.append(
            Failure(hazards.WRONG_RANK, place, text, None, None, hint.rank, len(shape), shape=shape)
        )
        return
    _bind_axes(hint.axes, shape, place, scope)


def shape_of(value: Any) -> tuple[int, ...] | None:  # noqa: ANN401 - any argument
    """Return the extents of an array; None for what has none."""
    shape = getattr(value, "shape", None)
    return None if shape is None else tuple(shape)


def has_no_extents(value: Any) -> bool:  # noqa: ANN401 - any argument
    """Whether a value is a nested tensor in the old layout, which raises when asked for its shape."""
    return isinstance(value, torch.Tensor) and value.is_nested and value.layout is torch.strided


def settle(scope: Scope) -> None:
    """Check the axes that are expressions, now that every name that can be bound is bound."""
    for each in scope.pending:
        expected: object
        try:
            expected = evaluate(parse_formula(each.axis.name), each.scope.names())
        except UnboundNameError:
            continue
        except UndefinedValueError as error:
            expected = f"a value ({error})"
        if each.shape[each.index] != expected:
            _mismatch(expected, f"{each.axis.name} = {expected}", each)
    scope.pending.clear()


def describe_type(value: object) -> str:
    """Name the type, and the dtype of an array; never the value."""
    if value is None:
        return "None"
    dtype = getattr(value, "dtype", None)
    kind = type(value).__name__
    return kind if dtype is None else f"a {kind} of dtype {str(dtype).rpartition('.')[2]}"


def _bind_axes(axes: tuple[Axis, ...], shape: tuple[int, ...], place: str, scope: Scope) -> None:
    surplus = len(shape) - len(axes) + 1
    index = 0
    for axis in axes:
        width = surplus if axis.variadic else 1
        if axis.variadic:
            _bind_variadic(axis, index, shape[index : index + width], place, scope, shape)
        else:
            _bind_axis(axis, index, shape, place, scope)
        index += width


def _bind_axis(axis: Axis, index: int, shape: tuple[int, ...], place: str, scope: Scope) -> None:
    extent = shape[index]
    if axis.kind is AxisKind.ANONYMOUS or (axis.broadcast and extent == 1):
        return
    if axis.kind is AxisKind.NAMED:
        bound = scope.find(axis.name)
        if bound is None:
            scope.bind(axis.name, Bound(extent, f"{place} axis {index}"))
        elif bound.extent != extent:
            _mismatch(bound.extent, bound.by, Pending(axis, index, shape, place, scope))
    elif axis.kind is AxisKind.EXPRESSION:
        scope.pending.append(Pending(axis, index, shape, place, scope))
    elif axis.size != extent:
        _mismatch(axis.size, "the annotation", Pending(axis, index, shape, place, scope))


def _mismatch(expected: object, bound_by: str, each: Pending) -> None:
    axis, extent = each.axis, each.shape[each.index]
    wanted = expected if isinstance(expected, int) else str(expected)
    text = (
        f"{each.argument} axis {each.index} ({axis}) has extent {extent}; "
        f"expected {wanted}, bound by {bound_by}"
    )
    each.scope.failures.append(
        Failure(
            hazards.MISMATCHED_AXIS,
            each.argument,
            text,
            axis.name or str(axis),
            each.index,
            wanted,
            extent,
            bound_by,
            each.shape,
        )
    )


def _bind_variadic(
    axis: Axis,
    index: int,
    extents: tuple[int, ...],
    place: str,
    scope: Scope,
    shape: tuple[int, ...],
) -> None:
    if axis.kind is AxisKind.ANONYMOUS:
        return
    bound, here = scope.find(axis.name), f"{place} from axis {index}"
    if bound is None:
        scope.bind(axis.name, Bound(extents, here, widens=axis.broadcast))
        return
    wide = _broadcast(extents, bound.extent)
    kept = bound.extent if axis.broadcast else extents
    if wide == bound.extent == kept:
        return
    if bound.widens and wide is not None and (axis.broadcast or wide == extents):
        scope.bind(axis.name, Bound(wide, here, widens=axis.broadcast))
        return
    text = (
        f"{place} from axis {index} ({axis}) has extents {extents}; "
        f"expected {bound.extent}, bound by {bound.by}"
    )
    expected, actual = str(bound.extent), str(extents)
    scope.failures.append(
        Failure(
            hazards.MISMATCHED_AXIS,
            place,
            text,
            axis.name,
            index,
            expected,
            actual,
            bound.by,
            shape,
        )
    )


def _broadcast(extents: tuple[int, ...], bound: Extent) -> Extent | None:
    """Return what both broadcast to; None if they do not, or a single extent is bound."""
    if isinstance(bound, int):
        return None
    try:
        return tuple(_broadcast_shapes(extents, bound))
    except RuntimeError:
        return None
