"""What comes of a call: its result, and what the caller knows and has after it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.calls.closures import assigned_names, bound_names
from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.deduction import given
from shapeguard.lint.flow.domain.members import united
from shapeguard.lint.flow.domain.predicates import any_of, every, negate
from shapeguard.lint.flow.domain.propositions import FALSE, EveryMember
from shapeguard.lint.flow.domain.sizes import as_number
from shapeguard.lint.flow.domain.state import State
from shapeguard.lint.flow.domain.values import Choice, Missing, Record, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.run import Run


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an executed call leaves.

    ``value`` is None if no path returns. ``learned`` holds at every end of the call, ``changed`` are
    the parameters whose objects were changed in place, ``outer`` the names around a closure that
    have another value. ``silent`` says that the events inside were not reported.
    """

    value: Value | None
    learned: tuple[Predicate, ...]
    changed: Mapping[str, Value]
    outer: Mapping[str, Value]
    silent: bool


def outcome(inner: Run, node: cst.FunctionDef | cst.Lambda, before: Mapping[str, Value]) -> Outcome:
    """Sum up an execution that has come to its end; ``before`` are the names that it began with."""
    ends = [*inner.returns]
    if inner.state is not None:
        ends.append((inner.state, Missing()))
    mine = bound_names(node)
    rebound = mine if isinstance(node, cst.Lambda) else assigned_names(node)
    changed: dict[str, Value] = {}
    outer: dict[str, Value] = {}
    for name, value in before.items():
        if name in mine and (name in rebound or not _is_object(value)):
            continue
        after = [(state, state.names.get(name, value)) for state, _ in ends]
        if all(each is value for _, each in after):
            continue
        (changed if name in mine else outer)[name] = joined(inner, after, f"{inner.name}>{name}")
    return Outcome(
        _result(inner, ends), _learned(inner, ends), changed, outer, bool(inner.analysis.muted)
    )


def _is_object(value: Value) -> bool:
    return any(isinstance(leaf, Sequence | Record) for _, leaf in merge.alternatives(value))


def _result(inner: Run, ends: list[tuple[State, Value]]) -> Value | None:
    identity = inner.name.removesuffix("/")
    if inner.function.yields:
        element, where = united(inner.yielded, identity)
        return Sequence(None, element, where=where)
    return joined(inner, ends, f"{identity}=") if ends else None


def joined(inner: Run, ends: list[tuple[State, Value]], identity: str) -> Value:
    """Return a value that depends on the end that the call comes to."""
    if len(ends) == 1:
        return ends[0][1]
    result = ends[-1][1]
    of_all = [
        fact
        for fact in ends[-1][0].facts[inner.base :]
        if isinstance(fact, EveryMember) and fact.holds
    ]
    for state, value in reversed(ends[:-1]):
        condition = any_of((every(state.facts[inner.base :]), *_in_a_round(state, of_all)))
        result = merge.branch(condition, value, result, identity)
    return result


def _in_a_round(early: State, of_all: list[EveryMember]) -> Iterator[Predicate]:
    """Yield what is told of a list where the call ends in a round of a loop over it.

    That round has met a member of which does not hold what holds of all where no round ends the call.
    """
    for fact in of_all:
        numbers = (as_number(each, fact.member) or each for each in early.facts)
        if given(fact.condition, numbers) == FALSE:
            yield negate(fact)


def _learned(inner: Run, ends: list[tuple[State, Value]]) -> tuple[Predicate, ...]:
    """Return what holds at every end of the call: what it raised for."""
    if not ends:
        return ()
    first, *others = (state for state, _ in ends)
    added = first.facts[inner.base :]
    return tuple(fact for fact in added if all(fact in end.known for end in others))


def tell(run: Run, found: Outcome) -> None:
    """Let the caller know what the call has made sure."""
    state = run.here
    new = tuple(fact for fact in found.learned if fact not in state.known)
    if new:
        run.state = State(state.names, state.facts + new)


def fresh(value: Value) -> Value:
    """Return a value that is no longer the same object as the one of an earlier call."""
    match value:
        case Sequence():
            return replace(value)
        case Choice(alternatives):
            return Choice(tuple((condition, fresh(leaf)) for condition, leaf in alternatives))
        case _:
            return value
