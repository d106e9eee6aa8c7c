"""Assignment: binding values to names, attributes, items and unpacked targets."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.members import told
from shapeguard.lint.flow.domain.predicates import equal
from shapeguard.lint.flow.domain.ranks import asked_rank
from shapeguard.lint.flow.domain.sequences import extended, nth
from shapeguard.lint.flow.domain.tensors import Tensor
from shapeguard.lint.flow.domain.terms import ONE, ZERO, Term, symbol
from shapeguard.lint.flow.domain.values import Dictionary, Int, Record, Sequence, Shape, Unknown
from shapeguard.lint.flow.events import Lookup, Mutate
from shapeguard.lint.flow.expressions.items import item_deleted, item_set
from shapeguard.lint.flow.expressions.observing import annotated
from shapeguard.lint.flow.operations.arithmetic import combine
from shapeguard.lint.flow.operations.splits import take
from shapeguard.lint.flow.syntax.texts import primary
from shapeguard.lint.flow.syntax.trees import source

if TYPE_CHECKING:
    from collections.abc import Sequence as Elements

    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.run import Run


def assign(
    run: Run, target: cst.BaseExpression, value: Value, written: cst.BaseExpression | None = None
) -> None:
    """Bind a value to a target; what cannot be followed is forgotten."""
    match target:
        case cst.Name(value=name):
            run.here.bind({name: _named(value, name)})
        case cst.Tuple(elements=elements) | cst.List(elements=elements):
            _unpack(run, target, elements, value, written or target)
        case cst.Attribute():
            run.emit(Mutate(run.moment(target), "=", _holder(run, target), source(target), value))
            _set_attribute(run, target, value)
        case cst.Subscript():
            run.emit(Mutate(run.moment(target), "[]=", _holder(run, target), source(target), value))
            _set_item(run, target, value)
        case _:
            pass


def _holder(run: Run, target: cst.Attribute | cst.Subscript) -> Value:
    return run.evaluate(target.value)


def _set_attribute(run: Run, target: cst.Attribute, value: Value) -> None:
    holder, name = run.evaluate(target.value), target.attr.value
    match holder:
        case Record():
            rebind(run, target.value, holder, holder.having(name, value))
        case Unknown(origin, known):
            made = Record(None, origin, known)
            rebind(run, target.value, holder, made.having(name, value))
        case _:
            pass


def _set_item(run: Run, target: cst.Subscript, value: Value) -> None:
    holder = run.evaluate(target.value)
    changed = merge.each(
        holder, lambda leaf: item_set(run, target, leaf, value), run.identity(target)
    )
    if changed != holder:
        rebind(run, target.value, holder, changed)


def assign_annotated(run: Run, node: cst.AnnAssign) -> None:
    """Execute ``target: annotation = value``."""
    if node.value is not None:
        assign(run, node.target, annotated(run, node, run.evaluate(node.value)))


def assign_value(run: Run, node: cst.AugAssign) -> None:
    """Execute ``target op= value``."""
    target = node.target
    before = run.evaluate(target)
    operand = run.evaluate(node.value)
    if isinstance(before, Sequence) and isinstance(node.operator, cst.AddAssign):
        run.emit(Mutate(run.moment(node), "extend", before, source(target), operand))
        more = told(operand, run.here.facts)
        rebind(run, target, before, extended(before, more, run.identity(node)))
        return
    assign(run, target, combine(run, node, (target, node.value), (before, operand)))


def rebind(run: Run, place: cst.BaseExpression, before: Value, after: Value) -> None:
    """Bind what an object has become to its place and to every other name of the same object."""
    names = run.here.names
    changed = {each: after for each, value in names.items() if _same_object(value, before)}
    if isinstance(place, cst.Name):
        changed[place.value] = after
    if changed:
        run.here.bind(changed)
    match place:
        case cst.Attribute():
            _set_attribute(run, place, after)
        case cst.Subscript():
            _set_item(run, place, after)
        case _:
            pass


def _same_object(value: Value, other: Value) -> bool:
    if isinstance(value, Unknown | Record) and isinstance(other, Unknown | Record):
        return value.origin == other.origin and value == other
    return value is other


def delete(run: Run, target: cst.BaseDelTargetExpression) -> None:
    """Execute ``del target``."""
    match target:
        case cst.Name(value=name):
            run.here.unbind(name)
        case cst.Tuple(elements=elements) | cst.List(elements=elements):
            for element in elements:
                if isinstance(element.value, cst.Name | cst.Attribute | cst.Subscript):
                    delete(run, element.value)
        case cst.Subscript(value=place):
            holder = run.evaluate(place)
            run.emit(Mutate(run.moment(target), "del", holder, source(target), None))
            left = merge.each(
                holder, lambda leaf: item_deleted(run, target, leaf), run.identity(target)
            )
            rebind(run, place, holder, left)
        case cst.Attribute(value=place, attr=attr):
            holder = run.evaluate(place)
            run.emit(Mutate(run.moment(target), "del", holder, source(target), None))
            if isinstance(holder, Record):
                unknown = run.unknown(target, attr.value)
                rebind(run, place, holder, holder.having(attr.value, unknown))
        case _:
            pass


def _named(value: Value, name: str) -> Value:
    """Call a value that has no name of its own by the name that it is bound to."""
    if isinstance(value, Unknown) or (isinstance(value, Tensor) and not value.cuts):
        return replace(value, name=name)
    return value


def _unpack(
    run: Run,
    target: cst.Tuple | cst.List,
    elements: Elements[cst.BaseElement],
    value: Value,
    written: cst.BaseExpression,
) -> None:
    starred = [i for i, e in enumerate(elements) if isinstance(e, cst.StarredElement)]
    fixed = len(elements) - len(starred)
    _observe_unpacking(run, target, value, Term(fixed), source(written))
    if isinstance(value, Shape) and not starred:
        _know_rank(run, value.tensor, len(elements))
    for position, element in enumerate(elements):
        if position in starred:
            assign(run, element.value, _rest(run, element, value, position, fixed))
            continue
        at = position - len(elements) if starred and position > starred[0] else position
        member = merge.each(
            value,
            lambda leaf, i=at: member_at(run, leaf, i),  # type: ignore[misc]
            run.identity(element),
        )
        assign(run, element.value, member)


def _observe_unpacking(
    run: Run, target: cst.Tuple | cst.List, value: Value, fixed: Term, name: str
) -> None:
    """Report that members of a list of unknown length are taken by their position."""
    if fixed == ZERO:
        return
    take(run, target, value, fixed)
    for condition, leaf in merge.alternatives(value):
        moment = run.moment_under(target, condition)
        pieces = leaf in run.analysis.splits
        if moment is not None and isinstance(leaf, Sequence) and leaf.items is None and not pieces:
            run.emit(Lookup(moment, leaf, name, fixed - ONE))


def _rest(run: Run, element: cst.BaseElement, value: Value, before: int, fixed: int) -> Value:
    """Return what a starred target gets: the members that the others leave."""
    behind = fixed - before
    match value:
        case Sequence(items=items) if items is not None and len(items) >= fixed:
            return Sequence(items[before : len(items) - behind])
        case Sequence():
            length = merge.length(value, run.identity(element)) - Term(fixed)
            member = merge.member_of(value, run.identity(element))
            return Sequence(None, member or run.unknown(element, "member"), length)
        case Unknown(origin, name):
            length = symbol(f"{origin}#0", f"len({name})") - Term(fixed)
            return Sequence(None, Unknown(f"{origin}[*]", f"{primary(name)}[i]"), length)
        case _:
            return Sequence(None, run.unknown(element, "rest"))


def _know_rank(run: Run, tensor: Tensor, rank: int) -> None:
    """Remember the rank that an unpacked shape tells, as a fact about the tensor."""
    told = run.here.assume(equal(asked_rank(tensor), Term(rank)))
    if told is not None:
        run.state = told


def member_at(run: Run, value: Value, position: int) -> Value:
    """Return the member at a position, which a pattern or an unpacking takes."""
    match value:
        case Sequence(items=items) if items is not None and -len(items) <= position < len(items):
            return items[position]
        case Sequence(first=first) if first is not None and position == 0:
            return first
        case Sequence(element=element) if element is not None:
            return nth(value, position, f"{run.name}[{position}]") or element
        case Shape(tensor):
            return Int(tensor.extent(position))
        case Record(fields=fields) if fields and -len(fields) <= position < len(fields):
            return fields[position][1]
        case Dictionary(entries=entries, exact=True) if position < len(entries):
            return entries[position][0]
        case Unknown(origin, name) | Tensor(origin, name):
            return Unknown(f"{origin}[{position}]", f"{primary(name)}[{position}]", f"{origin}[*]")
        case _:
            return Unknown(f"{run.name}:{value!r:.40}[{position}]", "member")
