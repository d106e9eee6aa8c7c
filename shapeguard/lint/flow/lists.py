"""Lists that change: what a method, an assignment or a deletion leaves behind.

Values are immutable, so a change is a new value. It is bound again to every name that stood for the
very same object: two names of one list stay two names of one list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow import merge
from shapeguard.lint.flow.predicates import Opaque
from shapeguard.lint.flow.targets import extended, rebind
from shapeguard.lint.flow.terms import ONE
from shapeguard.lint.flow.usage import CHANGING
from shapeguard.lint.flow.values import Missing, Sequence

if TYPE_CHECKING:
    from shapeguard.lint.flow.arguments import Arguments
    from shapeguard.lint.flow.run import Run
    from shapeguard.lint.flow.values import Value

KEPT_ITEMS = 16


def call_method(run: Run, node: cst.Call, given: Arguments) -> Value | None:
    """Call a method that changes a list; None if it is not one, or not of a list."""
    place = node.func
    if not isinstance(place, cst.Attribute) or place.attr.value not in CHANGING:
        return None
    name, holder = place.attr.value, run.evaluate(place.value)
    if not merge.lists_of(holder):
        return None

    def change(leaf: Value) -> Value:
        return _changed(run, node, leaf, name, given) if isinstance(leaf, Sequence) else leaf

    rebind(run, place.value, holder, merge.each(holder, change, run.identity(node)))
    return run.unknown(node, "member") if name == "pop" else Missing()


def forget(run: Run, place: cst.BaseExpression) -> None:
    """Keep of a list only what any member is: it was changed in a way that is not followed."""
    holder = run.evaluate(place)
    if not merge.lists_of(holder):
        return
    label = run.identity(place)
    members = [merge.member_of(each, label) for each in merge.lists_of(holder)]
    known = {leaf for each in members if each is not None for _, leaf in merge.alternatives(each)}
    element = merge.any_one({*known, run.unknown(place, "member")}, label)
    rebind(run, place, holder, Sequence(None, element))


def any_order(kept: Sequence, identity: str) -> Sequence:
    """Return a list with the same members in an order that is not known."""
    length = merge.length(kept, identity)
    return Sequence(None, merge.member_of(kept, identity), length, kept.sizes)


def _changed(run: Run, node: cst.Call, holder: Sequence, name: str, given: Arguments) -> Sequence:
    label = run.identity(node)
    match name:
        case "append" if given.positional:
            return _appended(run, node, holder, given.positional[0])
        case "extend" if given.positional:
            return extended(holder, given.positional[0], label)
        case "reverse" | "sort":
            return any_order(holder, label)
        case _:
            return Sequence(None, run.unknown(node, "member"))


def _appended(run: Run, node: cst.Call, holder: Sequence, value: Value) -> Sequence:
    if holder.items is not None and len(holder.items) < KEPT_ITEMS:
        return Sequence((*holder.items, value))
    label = run.identity(node)
    before = merge.member_of(holder, label)
    element = value
    if before is not None and before != value:
        element = merge.branch(Opaque(f"{label}+"), value, before, label)
    return Sequence(None, element, merge.length(holder, label) + ONE)
