"""Compare the shape of an array with axes, and bind the names that are new."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.contracts import hazards
from shapeguard.contracts.axes import AxisKind
from shapeguard.runtime.expressions import UnboundNameError, evaluate, parse_formula
from shapeguard.runtime.scope import Bound, Failure, Pending

if TYPE_CHECKING:
    from shapeguard.contracts.axes import Axis
    from shapeguard.runtime.hints import ArrayHint
    from shapeguard.runtime.scope import Extent, Scope


def bind_array(hint: ArrayHint, value: object, place: str, scope: Scope) -> None:
    """Check one array against its hint; failures and bindings go to ``scope``."""
    shape: tuple[int, ...] | None = getattr(value, "shape", None)
    if shape is None or not hint.accepts(value):
        found = describe_type(value)
        text = f"{place} is {found}; the contract asks for {hint.text}"
        scope.failures.append(
            Failure(hazards.WRONG_TYPE, place, text, expected=hint.text, actual=found)
        )
        return
    shape = tuple(shape)
    if not hint.fits_rank(len(shape)):
        text = f"{place} has {len(shape)} dimensions; {hint.text} has {hint.rank}"
        scope.failures.append(
            Failure(hazards.WRONG_RANK, place, text, None, None, hint.rank, len(shape), shape=shape)
        )
        return
    _bind_axes(hint.axes, shape, place, scope)


def settle(scope: Scope) -> None:
    """Check the axes that are expressions, now that every name that can be bound is bound."""
    for each in scope.pending:
        try:
            expected = evaluate(parse_formula(each.axis.name), each.scope.names())
        except UnboundNameError:
            continue
        _expect(each.axis, expected, f"{each.axis.name} = {expected}", each)
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
            _bind_axis(Pending(axis, index, shape[index], place, shape, scope))
        index += width


def _bind_axis(each: Pending) -> None:
    axis, scope = each.axis, each.scope
    if axis.kind is AxisKind.ANONYMOUS:
        return
    if axis.kind is AxisKind.EXPRESSION:
        scope.pending.append(each)
    elif axis.kind is AxisKind.FIXED:
        _expect(axis, axis.size, "the annotation", each)
    elif axis.broadcast and each.extent == 1:
        return
    elif (bound := scope.find(axis.name)) is None:
        scope.bind(axis.name, Bound(each.extent, f"{each.argument} axis {each.index}"))
    else:
        _expect(axis, bound.extent, bound.by, each)


def _expect(axis: Axis, expected: object, bound_by: str, each: Pending) -> None:
    if each.extent == expected or (axis.broadcast and each.extent == 1):
        return
    wanted = expected if isinstance(expected, int) else str(expected)
    text = (
        f"{each.argument} axis {each.index} ({axis}) has extent {each.extent}; "
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
            each.extent,
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
    bound = scope.find(axis.name)
    if bound is None:
        scope.bind(axis.name, Bound(extents, f"{place} from axis {index}"))
        return
    if bound.extent == extents or (axis.broadcast and _broadcasts(extents, bound.extent)):
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


def _broadcasts(extents: tuple[int, ...], expected: Extent) -> bool:
    """Whether ``extents`` broadcast to ``expected``: right-aligned, each equal or 1."""
    if isinstance(expected, int) or len(extents) > len(expected):
        return False
    aligned = expected[len(expected) - len(extents) :]
    return all(have in (1, want) for have, want in zip(extents, aligned, strict=True))
