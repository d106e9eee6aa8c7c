"""Loops: a few known members are taken one by one, anything else is brought to a fixpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow import merge, state
from shapeguard.lint.flow.conditions import truth, truth_of
from shapeguard.lint.flow.predicates import FALSE, TRUE, Opaque, every, less, negate
from shapeguard.lint.flow.run import Loop
from shapeguard.lint.flow.state import State
from shapeguard.lint.flow.targets import assign
from shapeguard.lint.flow.tensors import Slice, Tensor
from shapeguard.lint.flow.terms import ONE, ZERO, Term, operation, symbol
from shapeguard.lint.flow.values import Int, Missing, Record, Sequence, Unknown

if TYPE_CHECKING:
    from shapeguard.lint.flow.predicates import Predicate
    from shapeguard.lint.flow.run import Run
    from shapeguard.lint.flow.values import Value

UNROLLED = 4
PASSES = 3


def members(run: Run, node: cst.CSTNode, value: Value) -> tuple[tuple[Value, ...] | None, Value]:
    """Return the members of an iterable if they are few and known, and what any member is."""
    match value:
        case Sequence(items=items) if items is not None and len(items) <= UNROLLED:
            return items, run.unknown(node, "member")
        case Sequence(items=items) if items:
            return None, merge.select(
                ((Opaque(f"{run.identity(node)}?{i}"), item) for i, item in enumerate(items)),
                run.identity(node),
            )
        case Sequence(element=element) if element is not None:
            return None, element
        case Slice(start, _):
            return None, Int(symbol(f"{run.identity(node)}.i", "i") + (start or ZERO))
        case Unknown(origin, name) | Tensor(origin, name):
            return None, Unknown(f"{origin}[*]", f"{name}[i]")
        case _:
            return None, run.unknown(node, "member")


def count(run: Run, node: cst.CSTNode, value: Value) -> Term:
    """Return how often a loop over a value runs."""
    match value:
        case Sequence():
            return merge.length(value, run.identity(node))
        case Slice(start, stop) if stop is not None:
            return operation("maximum", stop - (start or ZERO), ZERO)
        case Tensor():
            return value.extent(0)
        case Unknown(origin, name) | Record(origin=origin, name=name):
            return symbol(f"{origin}#0", f"len({name})")
        case _:
            return symbol(f"{run.identity(node)}.n", "n")


def execute_for(run: Run, node: cst.For) -> None:
    """Execute a ``for`` loop."""
    iterable = run.evaluate(node.iter)
    known, element = members(run, node, iterable)
    run.loops.append(Loop())
    if known is not None:
        for member in known:
            if run.state is None:
                break
            _iteration(run, node, node.target, member, TRUE)
        _leave(run, node)
    else:
        where = iterable.where if isinstance(iterable, Sequence) else TRUE
        number = count(run, node, iterable)
        _fixpoint(run, node, element, every((where, less(ZERO, number))), number)
        _leave(run, node)


def execute_while(run: Run, node: cst.While) -> None:
    """Execute a ``while`` loop."""
    run.loops.append(Loop())
    _fixpoint(run, node, Missing(), TRUE, symbol(f"{run.identity(node)}.n", "n"))
    if run.state is not None:
        condition = truth(run, node.test)
        forever = condition != FALSE and truth_of(Int(ONE), "") == condition
        run.state = None if forever else run.here.assume(negate(condition))
    _leave(run, node)


def _iteration(
    run: Run,
    node: cst.For | cst.While,
    target: cst.BaseExpression | None,
    member: Value,
    where: Predicate,
) -> None:
    """Execute the body once; ``state`` is None if no path reaches the next iteration."""
    if target is not None:
        assign(run, target, member)
    condition = where if isinstance(node, cst.For) else truth(run, node.test)
    run.state = run.here.assume(condition)
    if run.state is None:
        return
    run.execute((node.body,))
    loop = run.loops[-1]
    for number, early in enumerate(loop.continues):
        label = f"{run.identity(node)}.continue{number}"
        run.state = state.join(Opaque(label), early, run.state, label)
    loop.continues.clear()


def _fixpoint(
    run: Run,
    node: cst.For | cst.While,
    element: Value,
    where: Predicate,
    times: Term,
) -> None:
    """Iterate until an iteration changes nothing; events count in the last pass only."""
    entry = run.here
    identity = run.identity(node)
    target = node.target if isinstance(node, cst.For) else None
    head = entry
    breaks, returned = run.loops[-1].breaks, len(run.returns)
    run.analysis.muted += 1
    try:
        for _ in range(PASSES):
            breaks.clear()
            del run.returns[returned:]
            run.state = State(dict(head.names), head.facts)
            _iteration(run, node, target, element, where)
            widened = _widened(entry, head, run.state, identity)
            if widened.names == head.names:
                break
            head = widened
    finally:
        run.analysis.muted -= 1
    breaks.clear()
    del run.returns[returned:]
    run.state = State(dict(head.names), head.facts)
    _iteration(run, node, target, element, where)
    last = run.state
    run.state = State(_counted(entry, head, last, times, identity), entry.facts)


def _widened(entry: State, head: State, after: State | None, identity: str) -> State:
    if after is None:
        return head
    names = dict(head.names)
    for name, value in after.names.items():
        if name in head.names:
            names[name] = merge.around(head.names[name], value, f"{identity}~{name}")
    return State(names, entry.facts)


def _counted(
    entry: State, head: State, after: State | None, times: Term, identity: str
) -> dict[str, Value]:
    """Count lists that grow by one member in every iteration: as long as the loop's iterable."""
    names = dict(head.names)
    if after is None:
        return names
    for name, value in after.names.items():
        if name not in head.names:
            names[name] = value
            continue
        counted = _counted_list(entry.names.get(name), head.names[name], value, times)
        if counted is not None:
            names[name] = counted
        elif _filled_conditionally(entry.names.get(name), head.names[name], value):
            why = f"`{name}` is filled only under a condition"
            length = symbol(f"{identity}~{name}", f"len({name})", why=why)
            names[name] = Sequence(None, merge.lists_of(value)[0].element, length)
    return names


def _counted_list(first: Value | None, before: Value, grown: Value, times: Term) -> Sequence | None:
    """Return a list that grows by one member in every iteration, on every path."""
    if not (isinstance(first, Sequence) and first.items is not None):
        return None
    if not (isinstance(before, Sequence) and isinstance(grown, Sequence)):
        return None
    if before.length is None or grown.length != before.length + ONE:
        return None
    return Sequence(None, grown.element, times + Term(len(first.items)))


def _filled_conditionally(first: Value | None, before: Value, grown: Value) -> bool:
    """Say whether a list that was empty grows on some paths of an iteration and not on others."""
    if not isinstance(first, Sequence) or first.items != () or not isinstance(before, Sequence):
        return False
    lengths = {each.length for each in merge.lists_of(grown)}
    return before.length in lengths and len(lengths) > 1


def _leave(run: Run, node: cst.For | cst.While) -> None:
    """Join the exits of the loop: the end of the iterable, with its ``else``, and every ``break``."""
    loop = run.loops.pop()
    if run.state is not None and node.orelse is not None:
        run.execute((node.orelse,))
    for number, early in enumerate(loop.breaks):
        label = f"{run.identity(node)}.break{number}"
        run.state = state.join(Opaque(label), early, run.state, label)
