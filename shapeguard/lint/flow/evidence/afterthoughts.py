"""A size that is asked for too late: behind the operation that needs it, in the same condition."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.evidence.reasons import Emptiness, Reason
from shapeguard.lint.flow.evidence.witness import Assignment
from shapeguard.lint.flow.syntax.trees import source, walk
from shapeguard.lint.flow.trace import Site, Station

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.flow.events import Event

_SIZES = ("size", "numel", "nelement")


def asked_behind(event: Event, name: str) -> Emptiness | None:
    """Return that a condition asks for the size of an operand behind an operation that needs it.

    In ``x.max() >= n or x.size(0) != rows`` the author reckons with any size, and the first half of
    the condition is evaluated for all of them.
    """
    node = event.site.node
    for later in _later_parts(event, node):
        if any(_asks_for_size(part, name) for part in walk(later)):
            station = Station(0, Site.of(event.site.function, later), "asks for `{}`", later)
            reason = "its size is asked for only behind it, in the same condition"
            return Emptiness(reason, Assignment(), (station,), Reason.BELIEF)
    return None


def is_asked_too_late(event: Event, name: str, found: Emptiness) -> bool:
    """Say whether a test stands behind an event, in the same function, and asks for its operand by name.

    Somebody who has tested goes on where there is something; whoever tests later does not. What another
    thing is tested for, which has as many, says little about the operand.
    """
    if not found.trail or not found.trail[0].site.is_behind(event.site):
        return False
    asked = list(walk(found.trail[0].site.node))
    members = {id(each.value) for each in asked if isinstance(each, cst.Subscript)}
    return any(source(part) == name and id(part) not in members for part in asked)


def _later_parts(event: Event, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Yield what a condition evaluates behind the part in which a node stands, the next part first."""
    conditions = [
        each
        for each in walk(event.site.function.parse())
        if isinstance(each, cst.BooleanOperation) and any(part is node for part in walk(each.left))
    ]
    yield from (each.right for each in reversed(conditions))


def _asks_for_size(part: cst.CSTNode, name: str) -> bool:
    match part:
        case cst.Call(func=cst.Attribute(value=holder, attr=cst.Name(attribute))):
            return attribute in _SIZES and source(holder) == name
        case cst.Call(func=cst.Name("len"), args=[cst.Arg(value=holder)]):
            return source(holder) == name
        case cst.Attribute(value=holder, attr=cst.Name("shape")):
            return source(holder) == name
        case _:
            return False
