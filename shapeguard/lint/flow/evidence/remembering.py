"""What a function asks for, kept as evidence: its tests, what repairs a zero, what is 0 for one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.predicates import equal, negate
from shapeguard.lint.flow.domain.propositions import literals
from shapeguard.lint.flow.domain.tensors import Kind, Tensor
from shapeguard.lint.flow.domain.terms import ZERO
from shapeguard.lint.flow.domain.values import Int
from shapeguard.lint.flow.shapes.counting import zero_entries
from shapeguard.lint.flow.syntax.trees import walk

if TYPE_CHECKING:
    from collections.abc import Iterable

    import libcst as cst

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.terms import Term
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.run import Run


def remember(
    run: Run,
    node: cst.CSTNode,
    asked: Iterable[Predicate],
    condition: Predicate,
    template: str = "tests `{}`",
) -> None:
    """Remember that a node asks for literals, and for their opposites, as parts of a condition."""
    if run.analysis.muted:
        return  # what names stand for is not final in a pass over a loop that is not the last
    station = replace(run.station(node, template), condition=condition)
    tests, within = run.analysis.tests, set[int]()
    for literal in asked:
        for each in (literal, negate(literal)):
            known = tests.get(each, ())
            if known and not within:  # a whole test stands for its parts
                within = {id(part) for part in walk(node)}
            others = tuple(old for old in known if id(old.site.node) not in within)
            tests[each] = (*others, station)


def tested(run: Run, node: cst.CSTNode, condition: Predicate) -> None:
    """Remember that the function asks for a condition, and for its opposite."""
    remember(run, node, literals(condition), condition)


def entries_tested(run: Run, node: cst.CSTNode, origin: str) -> None:
    """Remember that the function compares the entries of a tensor with 0."""
    condition = zero_entries(origin)
    remember(run, node, (condition,), condition)


def repaired(run: Run, node: cst.CSTNode, quotient: Value | None) -> None:
    """Remember that the function deals with the NaN of a quotient, as with zeros of its divisor."""
    for _, leaf in () if quotient is None else merge.alternatives(quotient):
        for trait in leaf.traits_of(Kind.QUOTIENT) if isinstance(leaf, Tensor) else ():
            entries_tested(run, node, trait.about)


def scaled_by_one_less(run: Run, node: cst.BaseExpression, factor: Value) -> None:
    """Remember a factor such as ``n - 1`` of a count: the product is reckoned to be 0 for one.

    A number that may be negative or a fraction is no count, and one less of it no more than a number.
    """
    if isinstance(factor, Int) and _is_one_less_than_a_count(factor.term):
        condition = equal(factor.term, ZERO)
        remember(run, node, (condition,), condition, "`{}` is 0 for one")


def _is_one_less_than_a_count(term: Term) -> bool:
    counts = term.floor is not None and term.floor >= -1 and not term.real
    return counts and term.constant == -1 and len(term.parts) == 1
