"""Decide quickly that values meet their annotations, which they nearly always do.

A quick check binds extents and does not note who bound them; it makes no text. What it passes, the nodes
pass. Where it does not, or cannot tell, the nodes are asked, which find out what is broken and say so.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from beartype.door import is_bearable

from shapeguard.contracts.axes import AxisKind
from shapeguard.runtime.binding import has_no_extents
from shapeguard.runtime.extents import Extents
from shapeguard.runtime.nodes import (
    ArrayNode,
    EachNode,
    MappingNode,
    PlainNode,
    SequenceNode,
    TupleNode,
    UnionNode,
)
from shapeguard.runtime.records import RecordNode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from shapeguard.contracts.axes import Axis
    from shapeguard.runtime.hints import ArrayHint
    from shapeguard.runtime.nodes import Node

Check: TypeAlias = "Callable[[Any, Extents], bool | None]"
"""True where a value passes, False where that is not sure, None where it is of another kind or rank."""

_ABSENT = object()


def quick_check(node: Node | None) -> Check | None:
    """Return the quick check of a node, or None where only the node can tell."""
    match node:
        case ArrayNode(hint=hint):
            return _array(hint)
        case PlainNode(hint=hint):
            return _plain(hint)
        case UnionNode(alternatives=alternatives):
            return _union(alternatives)
        case RecordNode(kind=kind, fields=fields):
            return _record(kind, fields)
        case SequenceNode(kind=kind, member=member):
            return _sequence(kind, member)
        case TupleNode(members=members, open_end=open_end, rest=None):
            return _tuple(members, open_end=open_end)
        case MappingNode(kind=kind, value=value, key=key):
            return _mapping(kind, value, key)
        case EachNode(own=own, inner=inner):
            return _each(own, inner)
        case _:
            return None


def _array(hint: ArrayHint) -> Check:
    axes, known = hint.axes, hint.known
    front, many, back = _around_the_variadic(axes)
    fewest, any_rank = len(front) + len(back), many is not None
    asked = (*enumerate(front), *((at - len(back), axis) for at, axis in enumerate(back)))
    named = tuple((at, axis.name) for at, axis in asked if _binds(axis))
    others = tuple((at, axis) for at, axis in asked if not _binds(axis) and _asks(axis))
    gathers = many.name if many is not None and _asks(many) else ""
    end = -len(back) or None

    def check(value: Any, found: Extents) -> bool | None:  # noqa: ANN401 - any argument
        dtype = getattr(value, "dtype", None)
        if not known.get((value.__class__, dtype)) and (
            has_no_extents(value) or not hint.accepts(value)
        ):
            return None
        try:
            shape = value.shape
        except RuntimeError:  # as has_no_extents, but of a class and dtype that are known
            return None
        if len(shape) < fewest if any_rank else len(shape) != fewest:
            return None
        bind = found.bound.setdefault
        for at, name in named:
            extent = shape[at]
            if bind(name, extent) != extent:
                return False
        if gathers:
            extents = tuple(shape[len(front) : end])
            if bind(gathers, extents) != extents:
                return False
        return all(_fits(axis, shape[at], found) for at, axis in others) if others else True

    return check


def _around_the_variadic(
    axes: tuple[Axis, ...],
) -> tuple[tuple[Axis, ...], Axis | None, tuple[Axis, ...]]:
    """Divide axes into those before the variadic one, that one, and those behind it."""
    for at, axis in enumerate(axes):
        if axis.variadic:
            return axes[:at], axis, axes[at + 1 :]
    return axes, None, ()


def _binds(axis: Axis) -> bool:
    return axis.kind is AxisKind.NAMED and not axis.broadcast


def _asks(axis: Axis) -> bool:
    return axis.kind is not AxisKind.ANONYMOUS


def _fits(axis: Axis, extent: int, found: Extents) -> bool:
    if axis.broadcast and extent == 1:
        return True
    if axis.kind is AxisKind.NAMED:
        return found.bound.setdefault(axis.name, extent) == extent
    if axis.kind is AxisKind.EXPRESSION:
        found.pending.append((axis.name, extent))
        return True
    return axis.size == extent


def _plain(hint: Any) -> Check:  # noqa: ANN401 - a type form
    if hint is None or hint is type(None):
        return lambda value, _: True if value is None else None
    return lambda value, _: is_bearable(value, hint) or None


def _union(alternatives: tuple[Node, ...]) -> Check | None:
    """Try one after the other; one that is of the right kind and does not pass leaves it to the nodes."""
    if not all(isinstance(each, ArrayNode | PlainNode) for each in alternatives):
        return None
    checks = [quick_check(each) for each in alternatives]
    known = tuple(each for each in checks if each is not None)
    if len(known) < len(checks):
        return None

    def check(value: Any, found: Extents) -> bool | None:  # noqa: ANN401 - any argument
        for each in known:
            passed = each(value, found)
            if passed is not None:
                return passed
        return None

    return check


def _record(kind: type | None, fields: tuple[tuple[str, Node], ...]) -> Check | None:
    named = [(name, quick_check(node)) for name, node in fields]
    known = tuple((name, check) for name, check in named if check is not None)
    if len(known) < len(named):
        return None

    def check(value: Any, found: Extents) -> bool | None:  # noqa: ANN401 - any argument
        if kind is not None and not isinstance(value, kind):
            return None
        for name, passes in known:
            field = getattr(value, name, _ABSENT)
            if field is not _ABSENT and not passes(field, found):
                return False
        return True

    return check


def _sequence(kind: type, member: Node) -> Check | None:
    passes = quick_check(member)
    if passes is None:
        return None

    def check(value: Any, found: Extents) -> bool | None:  # noqa: ANN401 - any argument
        if not isinstance(value, kind) or isinstance(value, str | bytes):
            return None
        if not isinstance(value, Collection):
            return True
        return all(passes(item, found) for item in cast("Collection[object]", value))

    return check


def _mapping(kind: type, member: Node, key: PlainNode | None) -> Check | None:
    passes = quick_check(member)
    if passes is None:
        return None

    def check(value: Any, found: Extents) -> bool | None:  # noqa: ANN401 - any argument
        if not isinstance(value, kind):
            return None
        mapping = cast("Mapping[object, object]", value)
        if key is not None and not all(key.fits(each) for each in mapping):
            return None
        return all(passes(item, found) for item in mapping.values())

    return check


def _tuple(members: tuple[Node | None, ...], *, open_end: bool) -> Check | None:
    asked = [(at, quick_check(node)) for at, node in enumerate(members) if node is not None]
    known = tuple((at, check) for at, check in asked if check is not None)
    if len(known) < len(asked):
        return None
    fewest = len(members)

    def check(value: Any, found: Extents) -> bool | None:  # noqa: ANN401 - any argument
        length = len(cast("tuple[object, ...]", value)) if isinstance(value, tuple) else -1
        if length < fewest or (length > fewest and not open_end):
            return None
        return all(passes(value[at], found) for at, passes in known)

    return check


def _each(own: frozenset[str], inner: Node) -> Check | None:
    """Check a member with names of its own; an expression over them is left to the nodes."""
    passes = quick_check(inner)
    if passes is None:
        return None

    def check(value: Any, found: Extents) -> bool | None:  # noqa: ANN401 - any argument
        member = Extents(found.arguments)
        member.bound = {name: each for name, each in found.bound.items() if name not in own}
        if not passes(value, member) or member.pending:
            return False
        for name, extent in member.bound.items():
            if name in own:
                found.members.setdefault(name, []).append(extent)
            else:
                found.bound[name] = extent
        return True

    return check
