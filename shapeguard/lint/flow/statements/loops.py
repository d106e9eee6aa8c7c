"""Loops: a few known members are taken one by one, anything else is brought to a fixpoint."""

from __future__ import annotations

import functools
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.domain import growth, state
from shapeguard.lint.flow.domain.conditions import truth_of
from shapeguard.lint.flow.domain.flags import set_behind
from shapeguard.lint.flow.domain.places import called, put
from shapeguard.lint.flow.domain.predicates import negate
from shapeguard.lint.flow.domain.propositions import FALSE, TRUE, Opaque
from shapeguard.lint.flow.domain.sizes import MEMBER, of_every_round
from shapeguard.lint.flow.domain.state import State
from shapeguard.lint.flow.domain.terms import ONE, symbol
from shapeguard.lint.flow.domain.values import Int, Missing
from shapeguard.lint.flow.events import Loop as LoopEvent
from shapeguard.lint.flow.events import Walk
from shapeguard.lint.flow.evidence.constructors import sets_unchecked
from shapeguard.lint.flow.evidence.origins import explain
from shapeguard.lint.flow.evidence.remembering import tested
from shapeguard.lint.flow.expressions.asking import condition_of
from shapeguard.lint.flow.run import Loop
from shapeguard.lint.flow.shapes.iteration import walk
from shapeguard.lint.flow.statements.settling import settle
from shapeguard.lint.flow.statements.targets import assign
from shapeguard.lint.flow.syntax.filling import surely_fills
from shapeguard.lint.flow.syntax.liveness import bound_behind
from shapeguard.lint.flow.syntax.trees import source

if TYPE_CHECKING:
    from collections.abc import Callable

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.terms import Term
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.run import Run

_SIDE_BY_SIDE = {"zip", "enumerate"}


def execute_for(run: Run, node: cst.For) -> None:
    """Execute a ``for`` loop."""
    iterable = run.evaluate(node.iter)
    walked = walk(run, node, iterable)
    observe_loop(run, node, iterable, walked.times)
    run.loops.append(Loop())
    if walked.known is None:
        run.walked.append(walked.element)
        _fixpoint(run, node, walked.element, walked.where, walked.ways)
        run.walked.pop()
        observe_walk(run, node, walked.element)
        _leave(run, node)
        return
    for member in walked.known:
        if run.state is None:
            break
        _iteration(run, node, node.target, member, TRUE)
    _leave(run, node)


def execute_while(run: Run, node: cst.While) -> None:
    """Execute a ``while`` loop."""
    run.loops.append(Loop())
    _fixpoint(run, node, Missing(), TRUE, ((TRUE, symbol(f"{run.identity(node)}.n", "n")),))
    if run.state is not None:
        run.analysis.muted += 1
        condition = condition_of(run, node.test)
        run.analysis.muted -= 1
        forever = condition != FALSE and truth_of(Int(ONE), "") == condition
        run.state = None if forever else run.here.assume(negate(condition))
    _leave(run, node)


def observe_loop(run: Run, node: cst.For | cst.CompFor, iterable: Value, times: Term) -> None:
    """Report a walk over something, and the names that are read behind it although it binds them."""
    if run.analysis.muted:
        return
    bound: tuple[str, ...] = ()
    if isinstance(node, cst.For):
        found = bound_behind(run.function.parse(), node)
        bound = tuple(sorted(name for name in found if name not in run.here.names))
    run.emit(
        LoopEvent(
            run.moment(node), iterable, source(node.iter), times, _together(run, node.iter), bound
        )
    )


def observe_walk(run: Run, node: cst.For, member: Value) -> None:
    """Report the parts that the body of a loop has taken; those of a loop in it are among them."""
    parts = tuple(run.loops[-1].parts)
    if len(run.loops) > 1:
        run.loops[-2].parts.extend(parts)
    if parts and not run.analysis.muted:
        moment = parts[0].moment
        moment = replace(moment, site=run.site(node))
        unchecked = functools.partial(sets_unchecked, run)
        run.emit(Walk(moment, source(node.iter), member, parts, unchecked))


def _together(run: Run, iterable: cst.BaseExpression) -> tuple[Value, ...]:
    """Return the lists that a loop walks side by side."""
    if not isinstance(iterable, cst.Call) or not isinstance(iterable.func, cst.Name):
        return ()
    if iterable.func.value not in _SIDE_BY_SIDE:
        return ()
    run.analysis.muted += 1
    values = tuple(run.evaluate(each.value) for each in iterable.args if each.star == "")
    run.analysis.muted -= 1
    return values


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
    condition = where
    if isinstance(node, cst.While):
        condition = condition_of(run, node.test)
        tested(run, node.test, condition)
    run.state = run.here.assume(condition)
    if run.state is None:
        return
    run.execute((node.body,))
    loop = run.loops[-1]
    loop.skips = loop.skips or bool(loop.continues)
    for number, early in enumerate(loop.continues):
        label = f"{run.identity(node)}.continue{number}"
        run.state = state.join(Opaque(label), early, run.state, label)
    loop.continues.clear()


def _fixpoint(
    run: Run, node: cst.For | cst.While, element: Value, where: Predicate, ways: growth.Ways
) -> None:
    """Iterate until an iteration changes nothing; events count in the last pass only."""
    entry, breaks, returned = run.here, run.loops[-1].breaks, len(run.returns)
    target = node.target if isinstance(node, cst.For) else None

    def once(head: State) -> None:
        breaks.clear()
        del run.returns[returned:]
        run.state = State(head.names, head.facts)
        _iteration(run, node, target, element, where)

    head = settle(run, node, once)
    fills = functools.partial(surely_fills, run.function.parse().body, node)
    rounds = growth.Rounds(ways, _kept_by(run, node), fills)
    told = _told_of_all(run, element, ways, entry)
    run.state = State(_behind(run, node, entry, head, rounds), (*entry.facts, *told))


def _told_of_all(
    run: Run, element: Value, ways: growth.Ways, entry: State
) -> tuple[Predicate, ...]:
    """Return what holds of all that a loop has walked over, since no round is left without it."""
    if run.state is None or run.loops[-1].breaks:
        return ()
    learned = [fact for fact in run.state.facts if fact not in entry.facts]
    return tuple(of_every_round(element, [times for _, times in ways], learned))


def _kept_by(run: Run, node: cst.CSTNode) -> Callable[[Predicate], bool]:
    """Return what says whether a condition is the same in every round of a loop.

    It is if nothing that it speaks of is made in the loop, or is a member of what is walked over.
    """
    inside = functools.cache(lambda: run.function.numbers_in(node))
    made = re.compile(rf"{re.escape(run.name)}@(\d+)")

    def keeps(condition: Predicate) -> bool:
        text = repr(condition)
        if MEMBER in text:
            return False
        return not any(int(each.group(1)) in inside() for each in made.finditer(text))

    return keeps


def _behind(
    run: Run, node: cst.For | cst.While, entry: State, head: State, rounds: growth.Rounds
) -> dict[str, Value]:
    """Return the names behind a loop that has come to its end; what it fills or counts is known."""
    names, after, identity = dict(head.names), run.state, run.identity(node)
    if after is None:
        return names
    for name, value in after.names.items():
        names.setdefault(name, value)
    for place, grown in growth.counted(entry.names, head.names, after.names, rounds, identity):
        explain(run, node.body, grown, called(place))
        put(names, place, grown)
    for name, counted in growth.risen(entry.names, head.names, after.names, rounds, identity):
        explain(run, node.body, counted, name)
        names[name] = counted
    names.update(set_behind(entry.names, head.names, after.names, rounds, identity))
    return names


def _leave(run: Run, node: cst.For | cst.While) -> None:
    """Join the exits of the loop: the end of the iterable, with its ``else``, and every ``break``."""
    loop = run.loops.pop()
    if run.state is not None and node.orelse is not None:
        run.execute((node.orelse,))
    for number, early in enumerate(loop.breaks):
        label = f"{run.identity(node)}.break{number}"
        run.state = state.join(Opaque(label), early, run.state, label)
