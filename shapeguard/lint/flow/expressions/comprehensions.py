"""Comprehensions: lists whose length is that of their iterable, unless a condition filters them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.algebra import times
from shapeguard.lint.flow.domain.conditions import truth
from shapeguard.lint.flow.domain.predicates import any_of, every, less
from shapeguard.lint.flow.domain.propositions import FALSE, TRUE
from shapeguard.lint.flow.domain.sequences import distinct, fewer, is_key
from shapeguard.lint.flow.domain.sizes import MEMBER, none_where
from shapeguard.lint.flow.domain.state import State
from shapeguard.lint.flow.domain.terms import ONE, ZERO, atoms, symbol
from shapeguard.lint.flow.domain.values import Dictionary, Int, Sequence
from shapeguard.lint.flow.evidence.remembering import tested
from shapeguard.lint.flow.shapes.axes import undoubted
from shapeguard.lint.flow.shapes.iteration import walk
from shapeguard.lint.flow.shapes.sums import passing, total_key
from shapeguard.lint.flow.statements.loops import observe_loop
from shapeguard.lint.flow.statements.targets import assign
from shapeguard.lint.flow.syntax.trees import source

if TYPE_CHECKING:
    from collections.abc import Callable

    from shapeguard.lint.flow.domain.propositions import EveryMember, Predicate
    from shapeguard.lint.flow.domain.terms import Term
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.run import Run
    from shapeguard.lint.flow.shapes.iteration import Iteration

Comprehension = cst.ListComp | cst.GeneratorExp | cst.SetComp | cst.DictComp


@dataclass
class _Walk:
    """The clauses of a comprehension: how many members there are, and what let them pass.

    ``lengths`` has a number for each combination of alternatives that the iterables have, ``refuted``
    is what holds of every member of the one that is filtered if none passes. ``few`` says that the
    members are written out one by one.
    """

    lengths: list[tuple[Predicate, Term]] = field(default_factory=lambda: [(TRUE, ONE)])
    filters: list[str] = field(default_factory=list[str])
    passed: list[Predicate] = field(default_factory=list["Predicate"])
    clauses: int = 0
    few: bool = False
    refuted: EveryMember | None = None


def comprehension(run: Run, node: cst.ListComp | cst.GeneratorExp | cst.SetComp) -> Value:
    """Evaluate a comprehension of members."""
    items, walked, element = _evaluated(run, node, lambda: run.evaluate(node.elt))
    if items is not None:
        made = Sequence(tuple(items))
        return distinct(made, run.identity(node)) if isinstance(node, cst.SetComp) else made
    passed = every(walked.passed)

    def made_of(length: Term) -> Sequence:
        listed = Sequence(None, element, length, where=passed)
        return distinct(listed, run.identity(node)) if isinstance(node, cst.SetComp) else listed

    lengths = _lengths(walked)
    if isinstance(element, Int) and passed == TRUE and len(lengths) == 1:
        run.analysis.measured[element.term] = lengths[0][1]
    if walked.refuted is not None and walked.clauses == len(lengths) == 1:
        none_passed = any_of((less(ZERO, lengths[0][1]), walked.refuted))
        run.state = run.here.assume(none_passed) or run.here
    return merge.select(((way, made_of(each)) for way, each in lengths), run.identity(node))


def dictionary_of(run: Run, node: cst.DictComp) -> Value:
    """Evaluate a comprehension of keys and values."""

    def pair() -> Value:
        return Sequence((run.evaluate(node.key), run.evaluate(node.value)))

    items, walked, element = _evaluated(run, node, pair)
    pairs = [each.items for each in items or () if isinstance(each, Sequence) and each.items]
    if items is not None and all(is_key(entry[0]) for entry in pairs):
        made = Dictionary()
        for entry in pairs:
            made = made.having(entry[0], entry[1])
        return made
    parts: tuple[Value | None, ...] = (None, None)
    if isinstance(element, Sequence) and element.items:
        parts = element.items
    key, value = parts
    lengths = {each for _, each in _lengths(walked)}
    length = fewer(lengths.pop(), f"{run.identity(node)}.len") if len(lengths) == 1 else None
    return Dictionary((), exact=False, element=value, key=key, length=length)


def _evaluated(
    run: Run, node: Comprehension, member: Callable[[], Value]
) -> tuple[list[Value] | None, _Walk, Value | None]:
    """Evaluate the members one by one where they are few, else any of them; names stay inside."""
    before, around = run.here, len(run.walked)
    run.state = State(before.names, before.facts)
    try:
        clause = node.for_in
        iterable = run.evaluate(clause.iter)
        first = walk(run, clause, iterable)
        observe_loop(run, clause, iterable, first.times)
        if first.known is not None and not clause.ifs and clause.inner_for_in is None:
            return [_one(run, clause, each, member) for each in first.known], _Walk(), None
        walked = _Walk()
        _clause(run, clause, first, walked)
        return None, walked, undoubted(run, member())
    finally:
        run.state = before
        del run.walked[around:]


def _one(run: Run, clause: cst.CompFor, value: Value, member: Callable[[], Value]) -> Value:
    assign(run, clause.target, value)
    return member()


def _clause(run: Run, clause: cst.CompFor, step: Iteration, walked: _Walk) -> None:
    """Take any member of each iterable in turn, under the conditions that let it pass."""
    walked.clauses += 1
    walked.lengths = [
        (every((one, other)), times(so_far, number))
        for one, so_far in walked.lengths
        for other, number in step.ways
    ]
    element = step.element
    walked.few = walked.few or step.known is not None
    if step.known is not None:
        element = merge.any_one(merge.leaves_of(*step.known), run.identity(clause)) or element
    run.walked.append(element)
    assign(run, clause.target, element)
    run.state = run.here.assume(step.where) or run.here
    for condition in clause.ifs:
        passed = truth(run, condition.test)
        tested(run, condition.test, passed)
        walked.filters.append(source(condition.test))
        walked.passed.append(passed)
        rounds = [number for _, number in walked.lengths]
        walked.refuted = none_where(element, rounds, passed) if len(walked.passed) == 1 else None
        run.state = run.here.assume(passed) or run.here
    if clause.inner_for_in is not None:
        inner = clause.inner_for_in
        iterable = run.evaluate(inner.iter)
        following = walk(run, inner, iterable)
        observe_loop(run, inner, iterable, following.times)
        total = None if walked.passed else _ragged(run, inner, following.times)
        if total is None or walked.clauses > 1:
            _clause(run, inner, following, walked)
        else:
            walked.lengths = [(TRUE, ONE)]
            _clause(run, inner, replace(following, ways=((TRUE, total),)), walked)


def _ragged(run: Run, inner: cst.CompFor, number: Term) -> Term | None:
    """Return how many members all members have together, where a list of their numbers was made.

    Who measures the members one by one expects that they differ, and that some have none.
    """
    measured = run.analysis.measured.get(number)
    if measured is None or not any(MEMBER in each.key for each in atoms(number)):
        return None
    name = source(inner.iter)
    why = f"every `{name}` may be empty: their lengths are listed one by one"
    return symbol(total_key(number, measured), f"len of every {name}", why=why)


def _lengths(walked: _Walk) -> list[tuple[Predicate, Term]]:
    """Return the number of members; of equally long lists the same conditions pass as many."""
    passed = every(walked.passed)
    if passed == TRUE:
        return walked.lengths
    if passed == FALSE:
        return [(TRUE, ZERO)]
    test = " and ".join(walked.filters)
    return [(way, passing(length, passed, test, few=walked.few)) for way, length in walked.lengths]
