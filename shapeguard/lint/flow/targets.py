"""Assignment: binding values to names, attributes, items and unpacked targets."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow import merge
from shapeguard.lint.flow.arithmetic import combine
from shapeguard.lint.flow.operations.pieces import take
from shapeguard.lint.flow.predicates import RANK, equal
from shapeguard.lint.flow.tensors import Tensor
from shapeguard.lint.flow.terms import Term, symbol
from shapeguard.lint.flow.values import Int, Record, Sequence, Shape, Unknown

if TYPE_CHECKING:
    from collections.abc import Sequence as Elements

    from shapeguard.lint.flow.run import Run
    from shapeguard.lint.flow.values import Value


def assign(run: Run, target: cst.BaseExpression, value: Value) -> None:
    """Bind a value to a target; what cannot be followed is forgotten."""
    match target:
        case cst.Name(value=name):
            run.here.names[name] = _named(value, name)
        case cst.Tuple(elements=elements) | cst.List(elements=elements):
            _unpack(run, elements, value)
        case cst.Attribute(value=cst.Name(value=owner), attr=cst.Name(value=name)):
            holder = run.here.names.get(owner)
            if isinstance(holder, Record):
                run.here.names[owner] = holder.having(name, value)
        case cst.Subscript(value=cst.Name(value=owner)):
            _assign_item(run, target, owner, value)
        case _:
            pass


def assign_value(run: Run, node: cst.AugAssign) -> None:
    """Execute ``target op= value``."""
    target = node.target
    if not isinstance(target, cst.Name | cst.Attribute):
        run.evaluate(node.value)
        return
    before = run.evaluate(target)
    operand = run.evaluate(node.value)
    if isinstance(before, Sequence) and isinstance(node.operator, cst.AddAssign):
        rebind(run, target, before, extended(before, operand, run.identity(node)))
        return
    assign(run, target, combine(run, node, (target, node.value), (before, operand)))


def rebind(run: Run, place: cst.BaseExpression, before: Value, after: Value) -> None:
    """Bind what an object has become to its place and to every other name of the same object."""
    names = run.here.names
    for name in [each for each, value in names.items() if value is before]:
        names[name] = after
    assign(run, place, after)


def delete(run: Run, target: cst.BaseDelTargetExpression) -> None:
    """Execute ``del target``."""
    if isinstance(target, cst.Name):
        run.here.names.pop(target.value, None)
    elif isinstance(target, cst.Tuple | cst.List):
        for element in target.elements:
            if isinstance(element.value, cst.Name):
                run.here.names.pop(element.value.value, None)


def extended(before: Sequence, more: Value, identity: str) -> Sequence:
    """Return a list with the members of another iterable behind its own."""
    if isinstance(more, Sequence) and before.items is not None and more.items is not None:
        return Sequence((*before.items, *more.items))
    other = more if isinstance(more, Sequence) else Sequence(None, Unknown(identity, "member"))
    joined = merge.around(before, other, identity)
    return joined if isinstance(joined, Sequence) else other


def _named(value: Value, name: str) -> Value:
    """Call a value that has no name of its own by the name that it is bound to."""
    if isinstance(value, Unknown) or (isinstance(value, Tensor) and not value.cuts):
        return replace(value, name=name)
    return value


def _unpack(run: Run, elements: Elements[cst.BaseElement], value: Value) -> None:
    if isinstance(value, Shape) and not any(isinstance(e, cst.StarredElement) for e in elements):
        _know_rank(run, value.tensor, len(elements))
    named = sum(not isinstance(element, cst.StarredElement) for element in elements)
    if elements:
        take(run, elements[0], value, Term(named))
    for position, element in enumerate(elements):
        if isinstance(element, cst.StarredElement):
            rest = run.unknown(element, "rest")
            assign(run, element.value, Sequence(None, rest))
            continue
        member = merge.each(
            value,
            lambda leaf, i=position: _member(run, leaf, i),  # type: ignore[misc]
            f"{run.identity(element)}",
        )
        assign(run, element.value, member)


def _know_rank(run: Run, tensor: Tensor, rank: int) -> None:
    """Remember the rank that an unpacked shape tells, as a fact about the tensor."""
    key = f"{tensor.form}{RANK}"
    told = run.here.assume(equal(symbol(key, f"{tensor.name}.dim()"), Term(rank)))
    if told is not None:
        run.state = told


def _member(run: Run, value: Value, position: int) -> Value:
    match value:
        case Sequence(items=items) if items is not None and position < len(items):
            return items[position]
        case Sequence(element=element) if element is not None:
            return element
        case Shape(tensor):
            return Int(tensor.extent(position))
        case Record(fields=fields) if position < len(fields):
            return fields[position][1]
        case Unknown(origin, name) | Tensor(origin, name):
            return Unknown(f"{origin}[{position}]", f"{name}[{position}]", f"{origin}[*]")
        case _:
            return Unknown(f"{run.name}:{value!r:.40}[{position}]", "member")


def _assign_item(run: Run, target: cst.Subscript, owner: str, value: Value) -> None:
    holder = run.here.names.get(owner)
    if not isinstance(holder, Sequence):
        return
    index = target.slice[0].slice
    place = run.evaluate(index.value) if isinstance(index, cst.Index) else None
    known = place.term.known if isinstance(place, Int) else None
    items = holder.items
    if items is not None and known is not None and -len(items) <= known < len(items):
        changed = list(items)
        changed[known] = value
        run.here.names[owner] = Sequence(tuple(changed))
    elif holder.items is None and known is not None:
        run.here.names[owner] = _with_first(holder, known, value)
    else:
        run.here.names[owner] = Sequence(None, run.unknown(target, owner), holder.length)


def _with_first(holder: Sequence, known: int, value: Value) -> Sequence:
    """Remember the first member of a list of unknown length: ``repeats[0] = n``."""
    if known != 0:
        return Sequence(None, Unknown("item", "item"), holder.length)
    return replace(holder, first=value)
