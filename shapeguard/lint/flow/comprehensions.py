"""Comprehensions: lists whose length is that of their iterable, unless a condition filters them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.conditions import truth
from shapeguard.lint.flow.loops import count, members
from shapeguard.lint.flow.observing import tested
from shapeguard.lint.flow.predicates import every, less
from shapeguard.lint.flow.state import State
from shapeguard.lint.flow.targets import assign
from shapeguard.lint.flow.terms import ZERO, Term, symbol, times
from shapeguard.lint.flow.trees import source
from shapeguard.lint.flow.values import Sequence

if TYPE_CHECKING:
    from shapeguard.lint.flow.predicates import Predicate
    from shapeguard.lint.flow.run import Run
    from shapeguard.lint.flow.values import Value


def comprehension(run: Run, node: cst.ListComp | cst.GeneratorExp | cst.SetComp) -> Value:
    """Evaluate a comprehension; its names live in a scope of their own."""
    before = run.here
    run.state = State(dict(before.names), before.facts)
    try:
        exact = _exact(run, node)
        return exact if exact is not None else _summary(run, node)
    finally:
        run.state = before


def _exact(run: Run, node: cst.ListComp | cst.GeneratorExp | cst.SetComp) -> Sequence | None:
    """Evaluate the element once for each of a few known members, where nothing is filtered."""
    clause = node.for_in
    if clause.ifs or clause.inner_for_in is not None:
        return None
    known, _ = members(run, clause, run.evaluate(clause.iter))
    if known is None:
        return None
    items: list[Value] = []
    for member in known:
        assign(run, clause.target, member)
        items.append(run.evaluate(node.elt))
    return Sequence(tuple(items))


def _summary(run: Run, node: cst.ListComp | cst.GeneratorExp | cst.SetComp) -> Sequence:
    clause: cst.CompFor | None = node.for_in
    length = Term(1)
    filters: list[str] = []
    passed: list[Predicate] = []
    while clause is not None:
        iterable = run.evaluate(clause.iter)
        _, element = members(run, clause, iterable)
        members_of = count(run, clause, iterable)
        length = times(length, members_of)
        assign(run, clause.target, element)
        run.state = run.here.assume(less(ZERO, members_of)) or run.here
        for condition in clause.ifs:
            filters.append(source(condition.test))
            passed.append(truth(run, condition.test))
            tested(run, condition.test, passed[-1])
            reached = run.here.assume(passed[-1])
            if reached is not None:
                run.state = reached
        clause = clause.inner_for_in
    value = run.evaluate(node.elt)
    if filters:
        why = f"no member may pass `{' and '.join(filters)}`"
        length = symbol(f"{run.identity(node)}.len", "len", why=why)
    elif isinstance(node, cst.SetComp):
        length = symbol(f"{run.identity(node)}.len", "len")
    return Sequence(None, value, length, where=every(passed))
