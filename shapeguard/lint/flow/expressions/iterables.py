"""Built-in functions that make one iterable of another, with the same length where that is sure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.domain import merge, sequences
from shapeguard.lint.flow.domain.algebra import operation, times
from shapeguard.lint.flow.domain.conditions import truth_of
from shapeguard.lint.flow.domain.members import any_member, taken
from shapeguard.lint.flow.domain.predicates import equal, every, less
from shapeguard.lint.flow.domain.propositions import TRUE
from shapeguard.lint.flow.domain.sequences import (
    any_order,
    concatenated,
    keys_of,
)
from shapeguard.lint.flow.domain.sizes import sizes_of
from shapeguard.lint.flow.domain.state import State
from shapeguard.lint.flow.domain.terms import ONE, ZERO, Sizes, Term, symbol
from shapeguard.lint.flow.domain.values import (
    Bool,
    Dictionary,
    Int,
    Missing,
    Sequence,
    Unknown,
    Value,
    as_term,
)
from shapeguard.lint.flow.expressions.observing import first_taken
from shapeguard.lint.flow.shapes.iteration import count, members, walk

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.arguments import Arguments
    from shapeguard.lint.flow.run import Run

Builtin = Callable[["Run", "cst.Call", "Arguments"], Value]


def enumerated(run: Run, node: cst.Call, given: Arguments) -> Value:
    """Evaluate ``enumerate(xs)``."""
    if not given.positional:
        return run.unknown(node, "result")
    walked, *more = given.positional
    start = more[0] if more else given.keywords.get("start")
    first = ZERO if start is None else as_term(start)

    def one(value: Value) -> Value:
        known, element = members(run, node, value)
        if known is not None and first is not None:
            return Sequence(
                tuple(Sequence((Int(first + Term(i)), item)) for i, item in enumerate(known))
            )
        at, number = symbol(f"{run.identity(node)}.i", "i"), count(run, node, value)
        if isinstance(value, Unknown) and run.function.sums_part(value.name):
            element = Int(operation("member", Sizes(value.origin, value.name), at))
        index = run.unknown(node, "i") if first is None else Int(at + first)
        label = run.identity(node)
        inner = any_member(value, label)[1] if isinstance(value, Sequence) else every(())
        where = every((inner, less(at, number)))
        return Sequence(None, Sequence((index, element)), number, where=where)

    return merge.each(walked, one, run.identity(node))


def zipped(run: Run, node: cst.Call, given: Arguments) -> Value:
    """Evaluate ``zip(xs, ys)``: as long as the shortest of them, or as each if it is ``strict``."""
    index = symbol(f"{run.identity(node)}.i", "i")
    row: list[Value] = []
    known: list[tuple[Value, ...]] = []
    number: Term | None = None
    for value in given.positional:
        sizes = sizes_of(value) if not isinstance(value, Unknown) else None
        items, element = members(run, node, value)
        if items is not None:
            known.append(items)
        row.append(element if sizes is None else Int(operation("member", sizes, index)))
        length = count(run, node, value)
        if number is not None and given.keywords.get("strict") == Bool(TRUE):
            run.state = run.here.assume(equal(number, length)) or run.here
        number = length if number is None else operation("minimum", number, length)
    if given.star is not None:
        return Sequence(None, Sequence(None, run.unknown(node, "member")))
    if known and len(known) == len(given.positional):
        return Sequence(tuple(Sequence(each) for each in zip(*known, strict=False)))
    lists = (value for value in given.positional if isinstance(value, Sequence))
    where = every(any_member(each, run.identity(node))[1] for each in lists)
    return Sequence(None, Sequence(tuple(row)), ZERO if number is None else number, where=where)


def listed(run: Run, node: cst.Call, given: Arguments) -> Value:
    """Evaluate ``list(xs)``, ``tuple(xs)``, ``iter(xs)``: the same members."""
    if not given.positional:
        return Sequence(())
    return merge.each(
        given.positional[0], lambda leaf: _listed(run, node, leaf), run.identity(node)
    )


def _listed(run: Run, node: cst.Call, value: Value) -> Value:
    if isinstance(value, Sequence):
        return replace(value)
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Dictionary):
        return keys_of(value, run.identity(node))
    walked = walk(run, node, value)
    if walked.known is not None:
        return Sequence(walked.known)
    return Sequence(None, walked.element, walked.times)


def reordered(run: Run, node: cst.Call, given: Arguments) -> Value:
    """Evaluate ``sorted(xs)`` and ``reversed(xs)``: the same members in another order."""
    return merge.each(
        listed(run, node, given),
        lambda leaf: any_order(leaf, run.identity(node)) if isinstance(leaf, Sequence) else leaf,
        run.identity(node),
    )


def distinct(run: Run, node: cst.Call, given: Arguments) -> Value:
    """Evaluate ``set(xs)``: fewer members, but some where there are some."""
    if not given.positional:
        return Sequence(())
    made = listed(run, node, given)
    return sequences.distinct(made, run.identity(node)) if isinstance(made, Sequence) else made


def mapped(run: Run, node: cst.Call, given: Arguments) -> Value:
    """Evaluate ``map(function, xs)``: one result for each member."""
    rest = given.positional[1:]
    if not rest or given.star is not None:
        return run.unknown(node, "mapped")
    lengths = [count(run, node, value) for value in rest]
    number = lengths[0]
    for length in lengths[1:]:
        number = operation("minimum", number, length)
    made = _of_any(run, node, rest[0]) if len(rest) == 1 else None
    return Sequence(None, run.unknown(node, "mapped") if made is None else made, number)


def _of_any(run: Run, node: cst.Call, value: Value) -> Value | None:
    """Return what a lambda that a call is given makes of any member of a list; None without one."""
    made_by = node.args[0].value
    if not isinstance(made_by, cst.Lambda):
        return None
    match made_by.params:
        case cst.Parameters(params=[cst.Param(name=name, default=None)], kwonly_params=[]):
            pass
        case _:
            return None
    before = run.here
    step = walk(run, node, value)
    names = {**before.names, name.value: step.element}
    run.state = State(names, before.facts).assume(step.where) or before
    run.analysis.muted += 1
    run.walked.append(step.element)
    try:
        return run.evaluate(made_by.body)
    finally:
        run.walked.pop()
        run.analysis.muted -= 1
        run.state = before


def filtered(run: Run, node: cst.Call, given: Arguments) -> Value:
    """Evaluate ``filter(function, xs)``: there may be no member that passes."""
    if len(given.positional) != 2:  # noqa: PLR2004 - a function and an iterable
        return run.unknown(node, "filtered")
    test, over = given.positional
    _, element = members(run, node, over)
    why = "no member may pass the filter"
    passed = element if isinstance(test, Missing) else _of_any(run, node, over)
    where = TRUE if passed is None else truth_of(passed, run.identity(node))
    length = symbol(f"{run.identity(node)}.len", "len", why=why)
    return Sequence(None, element, length, where=where)


def next_member(run: Run, node: cst.Call, given: Arguments) -> Value:
    """Evaluate ``next(iterator)``: without a default there must be a member."""
    if not given.positional:
        return run.unknown(node, "next")
    holder = given.positional[0]
    if len(given.positional) == 1:
        first_taken(run, node, holder)
    known, element = members(run, node, holder)
    if known:
        return known[0]
    member = taken(holder, run.identity(node)) if isinstance(holder, Sequence) else None
    return element if member is None else member


def chained(run: Run, node: cst.Call, given: Arguments) -> Value:
    """Evaluate ``itertools.chain(xs, ys)``."""
    result = Sequence(())
    for position, value in enumerate(given.positional):
        label = f"{run.identity(node)}.{position}"
        part = _listed(run, node, value)
        if not isinstance(part, Sequence):
            _, element = members(run, node, value)
            part = Sequence(None, element, count(run, node, value))
        result = concatenated(result, part, label)
    return result if given.star is None else Sequence(None, run.unknown(node, "member"))


def combined(run: Run, node: cst.Call, given: Arguments) -> Value:
    """Evaluate ``itertools.combinations(xs, k)``: none if there are fewer than ``k`` members."""
    if len(given.positional) != 2:  # noqa: PLR2004 - the members and how many of them
        return run.unknown(node, "combinations")
    holder, size = given.positional
    taken = as_term(size)
    _, element = members(run, node, holder)
    number = count(run, node, holder)
    if taken is None or taken.known is None:
        return Sequence(None, run.unknown(node, "combination"))
    group = Sequence((element,) * taken.known)
    return Sequence(None, group, operation("combinations", number, taken))


def multiplied(run: Run, node: cst.Call, given: Arguments) -> Value:
    """Evaluate ``itertools.product(xs, ys)``."""
    if given.star is not None or given.keywords:
        return run.unknown(node, "product")
    number, row = ONE, list[Value]()
    for value in given.positional:
        _, element = members(run, node, value)
        row.append(element)
        number = times(number, count(run, node, value))
    return Sequence(None, Sequence(tuple(row)), number)


def pairs(run: Run, node: cst.Call, given: Arguments) -> Value:
    """Evaluate ``itertools.pairwise(xs)``."""
    if not given.positional:
        return Missing()
    _, element = members(run, node, given.positional[0])
    number = operation("maximum", count(run, node, given.positional[0]) - ONE, ZERO)
    return Sequence(None, Sequence((element, element)), number)
