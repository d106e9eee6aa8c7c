"""Lists and dictionaries that change: what their methods leave behind.

Values are immutable, so a change is a new value. It is bound again to every name that stood for the
very same object: two names of one list stay two names of one list.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.members import known_of, taken, told
from shapeguard.lint.flow.domain.sequences import (
    any_order,
    appended,
    extended,
    is_key,
    looked_up_in,
    merged,
    one_of,
    rearranged,
    shortened,
    with_key,
)
from shapeguard.lint.flow.domain.terms import ZERO, Term
from shapeguard.lint.flow.domain.values import Dictionary, Int, Missing, Sequence, Text
from shapeguard.lint.flow.events import Lookup, Mutate
from shapeguard.lint.flow.shapes.axes import undoubted
from shapeguard.lint.flow.statements.targets import rebind
from shapeguard.lint.flow.syntax.trees import source
from shapeguard.lint.flow.syntax.usage import CHANGING, CHANGING_DICTIONARIES, called

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.arguments import Arguments
    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.run import Run


def call_method(run: Run, node: cst.Call, given: Arguments) -> Value | None:
    """Call a method that changes a list or a dictionary; None if it is not one, or not of such."""
    place = node.func
    if not isinstance(place, cst.Attribute):
        return None
    name = place.attr.value
    if name not in CHANGING and name not in CHANGING_DICTIONARIES:
        return None
    holder = run.evaluate(place.value)
    if isinstance(holder, Dictionary) and name in CHANGING_DICTIONARIES:
        return _change_dictionary(run, node, place.value, holder, given)
    if name in CHANGING and merge.lists_of(holder):
        return _change_list(run, node, place.value, holder, given)
    return None


def _change_list(
    run: Run, node: cst.Call, place: cst.BaseExpression, holder: Value, given: Arguments
) -> Value:
    name = called(node)
    value = given.positional[0] if given.positional else None
    run.emit(Mutate(run.moment(node), name, holder, source(place), value))

    def change(leaf: Value) -> Value:
        return _changed(run, node, leaf, name, given) if isinstance(leaf, Sequence) else leaf

    taken = _taken(run, node, place, holder, given) if name == "pop" else Missing()
    after = merge.each(holder, change, run.identity(node))
    rebind(run, _setdefault_place(place), holder, after)
    return taken


def _setdefault_place(place: cst.BaseExpression) -> cst.BaseExpression:
    """Return where ``d.setdefault(key, [])`` keeps the list that it returns."""
    match place:
        case cst.Call(
            func=cst.Attribute(value=holder, attr=cst.Name(value="setdefault")), args=[key, *_]
        ):
            element = cst.SubscriptElement(cst.Index(key.value))
            return cst.Subscript(holder, [element])
        case _:
            return place


def _taken(
    run: Run, node: cst.Call, place: cst.BaseExpression, holder: Value, given: Arguments
) -> Value:
    """Return what ``pop`` takes out of a list, which must have a member."""
    index = given.positional[0] if given.positional else Int(Term(-1))
    position = index.term if isinstance(index, Int) else None

    def take(leaf: Value) -> Value:
        if not isinstance(leaf, Sequence):
            return run.unknown(node, "member")
        if leaf.items is None:
            run.emit(Lookup(run.moment(node), leaf, source(place), position))
        known = position.known if position is not None else None
        if (
            leaf.items is not None
            and known is not None
            and -len(leaf.items) <= known < len(leaf.items)
        ):
            return leaf.items[known]
        member = taken(leaf, run.identity(node))
        return run.unknown(node, "member") if member is None else member

    return run.each(holder, take, run.identity(node))


def forget(run: Run, place: cst.BaseExpression) -> None:
    """Keep of a list only what any member is: it was changed in a way that is not followed."""
    holder = run.evaluate(place)
    lists = merge.lists_of(holder)
    if not lists:
        return
    label = run.identity(place)
    unknown = run.unknown(place, "member")
    rebind(
        run, place, holder, merge.each(holder, lambda leaf: _forgotten(leaf, unknown, label), label)
    )


def _forgotten(leaf: Value, unknown: Value, label: str) -> Value:
    return rearranged(leaf, unknown, label) if isinstance(leaf, Sequence) else leaf


def _changed(run: Run, node: cst.Call, holder: Sequence, name: str, given: Arguments) -> Sequence:
    label = run.identity(node)
    values = given.positional
    match name:
        case "append" | "appendleft" | "add" if values:
            known = known_of(values[0], run.here.facts)
            return appended(holder, undoubted(run, values[0]), label, known)
        case "insert" if len(values) > 1:
            known = known_of(values[1], run.here.facts)
            return _inserted(holder, values[0], values[1], label, known)
        case "extend" if values:
            return extended(holder, told(values[0], run.here.facts), label)
        case "reverse" | "sort":
            return any_order(holder, label)
        case "clear":
            return Sequence(())
        case "pop":
            return _popped(holder, values, label)
        case "remove" | "popleft":
            return shortened(holder, label)
        case _:
            return rearranged(holder, run.unknown(node, "member"), label)


def _inserted(
    holder: Sequence, index: Value, value: Value, label: str, known: Predicate
) -> Sequence:
    grown = appended(holder, value, label, known)
    if holder.items is not None and index == Int(ZERO):
        return replace(grown, items=(value, *holder.items))
    return any_order(grown, label)


def _popped(holder: Sequence, values: tuple[Value, ...], label: str) -> Sequence:
    last = not values or values[0] == Int(Term(-1))
    if holder.items and last:
        return Sequence(holder.items[:-1])
    if holder.items and values[0] == Int(ZERO):
        return Sequence(holder.items[1:])
    return shortened(holder, label)


def _change_dictionary(
    run: Run, node: cst.Call, place: cst.BaseExpression, holder: Dictionary, given: Arguments
) -> Value:
    name, label, unknown = called(node), run.identity(node), run.unknown(node, "value")
    values = given.positional
    run.emit(Mutate(run.moment(node), name, holder, source(place), values[0] if values else None))
    result: Value = Missing()
    changed = holder
    if name == "setdefault" and values:
        key, *more = values
        default = more[0] if more else Missing()
        changed, result = _with_default(holder, key, default, label)
    elif name == "pop" and values:
        result = looked_up_in(holder, values[0], unknown, label)
        left = tuple(each for each in holder.entries if each[0] != values[0])
        changed = replace(holder, entries=left, length=None)
        changed = changed if is_key(values[0]) else replace(changed, exact=False)
    elif name == "clear":
        changed = Dictionary(made=holder.made)
    elif name == "update":
        for each in values:
            changed = merged(changed, each, label)
        named = Dictionary(tuple((_text(key), value) for key, value in given.keywords.items()))
        changed = merged(changed, named, label)
    else:
        changed, result = replace(holder, exact=False, length=None), unknown
    rebind(run, place, holder, changed)
    return result


def _with_default(
    holder: Dictionary, key: Value, default: Value, label: str
) -> tuple[Dictionary, Value]:
    found = holder.get(key) if is_key(key) else None
    if found is not None:
        return holder, found
    if is_key(key) and holder.exact:
        return holder.having(key, default), default
    known = looked_up_in(holder, key, default, label)
    value = one_of(known, default, label)
    return with_key(holder, key, value, label), value


def _text(key: str) -> Text:
    return Text(f'"{key}"')
