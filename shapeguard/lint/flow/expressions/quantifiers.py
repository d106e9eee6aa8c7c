"""``all`` and ``any``: what they say about every member of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.conditions import truth_of
from shapeguard.lint.flow.domain.predicates import any_of, equal, every, less, negate
from shapeguard.lint.flow.domain.propositions import (
    FALSE,
    TRUE,
    AtMostZero,
    IsZero,
    Opaque,
    opaque_keys,
    unknowns,
)
from shapeguard.lint.flow.domain.sizes import all_are, none_is, of_each, of_every_round
from shapeguard.lint.flow.domain.tensors import Tensor
from shapeguard.lint.flow.domain.terms import ZERO
from shapeguard.lint.flow.domain.values import Bool, Sequence, Unknown
from shapeguard.lint.flow.evidence.remembering import tested
from shapeguard.lint.flow.shapes.iteration import walk
from shapeguard.lint.flow.shapes.sums import passing
from shapeguard.lint.flow.syntax.trees import source

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.arguments import Arguments
    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.run import Run

_COMPREHENSIONS = (cst.GeneratorExp, cst.ListComp)


def every_one(run: Run, node: cst.Call, given: Arguments) -> Value:
    """Evaluate ``all(...)``."""
    return Bool(_all(run, node, given, holds=True))


def any_one(run: Run, node: cst.Call, given: Arguments) -> Value:
    """Evaluate ``any(...)``: not all members are false."""
    return Bool(negate(_all(run, node, given, holds=False)))


def _all(run: Run, node: cst.Call, given: Arguments, *, holds: bool) -> Predicate:
    """Return the condition that all members are true, or that all are false."""
    unknown = Opaque(f"all({run.identity(node)})", holds)
    if not given.positional:
        return unknown
    ways = merge.alternatives(given.positional[0])
    told = ((where, _all_of(run, node, leaf, unknown, holds=holds)) for where, leaf in ways)
    return any_of(every(each) for each in told)


def _all_of(run: Run, node: cst.Call, listed: Value, unknown: Opaque, *, holds: bool) -> Predicate:
    """Return that condition for members that are not one thing here and another there."""
    if isinstance(listed, Unknown):
        return (none_is if holds else all_are)(listed, ZERO) or unknown
    if isinstance(listed, Tensor):
        return any_of((equal(listed.extent(0), ZERO), unknown))
    if not isinstance(listed, Sequence):
        return unknown
    if listed.items is not None:
        truths = [
            truth_of(each, f"{run.identity(node)}.{i}") for i, each in enumerate(listed.items)
        ]
        return every(each if holds else negate(each) for each in truths)
    if listed.element is None:
        return unknown
    condition = truth_of(listed.element, run.identity(node))
    tested(run, node, condition)
    wanted = condition if holds else negate(condition)
    exact = _of_sizes(run, node, listed, wanted)
    length = merge.length(listed, run.identity(node))
    others = equal(passing(length, negate(wanted), _test(node)), ZERO)
    if exact is not None:
        _say_the_same(run, exact, others)
        return exact
    if listed.where != TRUE:
        return _of_any(unknown, wanted, FALSE if holds else negate(less(ZERO, length)))
    return _of_any(unknown, wanted, negate(less(ZERO, length)), others)


def _say_the_same(run: Run, one: Predicate, other: Predicate) -> None:
    """Take it that two conditions hold together: all sizes pass where a filter leaves none."""
    for fact in (any_of((negate(one), other)), any_of((one, negate(other)))):
        run.state = run.here.assume(fact) or run.here


def _test(node: cst.Call) -> str:
    listed = node.args[0].value
    return source(listed.elt if isinstance(listed, _COMPREHENSIONS) else listed)


def _of_any(
    unknown: Opaque, wanted: Predicate, empty: Predicate, others: Predicate | None = None
) -> Predicate:
    """Say of any member what holds of all of them; of an empty list everything is true.

    ``others`` says that no member passes the opposite test: none is left by a filter of it.
    """
    if opaque_keys(wanted) and not list(unknowns(wanted)):
        return any_of((empty, others or unknown))
    return any_of((empty, every((Opaque(unknown.key), wanted))))


def _of_sizes(run: Run, node: cst.Call, listed: Sequence, wanted: Predicate) -> Predicate | None:
    """Return a condition on every member of a list of numbers."""
    over = node.args[0].value
    if not isinstance(over, _COMPREHENSIONS):
        return of_each(listed, wanted)
    if over.for_in.ifs or over.for_in.inner_for_in:
        return None
    run.analysis.muted += 1
    walked = run.evaluate(over.for_in.iter)
    step = walk(run, over.for_in, walked)
    run.analysis.muted -= 1
    exact = of_each(walked, wanted)
    if exact is None and isinstance(wanted, AtMostZero | IsZero | Opaque):
        exact = next(of_every_round(step.element, (step.times,), (wanted,)), None)
    return exact
