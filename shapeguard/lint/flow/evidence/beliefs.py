"""What the author believes: a test for 0 is made by somebody who reckons with it.

"Bugs as deviant behavior" (Engler et al. 2001) calls it a belief: elsewhere the function asks whether
the very number is 0.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.domain.deduction import given
from shapeguard.lint.flow.domain.operators import ORDERS
from shapeguard.lint.flow.domain.predicates import equal, less, negate
from shapeguard.lint.flow.domain.propositions import (
    FALSE,
    NONE,
    TRUE,
    AtMostZero,
    IsZero,
    Opaque,
    Some,
    conjuncts,
    is_presence,
    literals,
)
from shapeguard.lint.flow.domain.terms import Symbol, atoms, operations
from shapeguard.lint.flow.syntax.trees import source, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.flow.domain.propositions import Literal, Predicate
    from shapeguard.lint.flow.domain.terms import Term
    from shapeguard.lint.flow.events import Moment
    from shapeguard.lint.flow.trace import Station, Trail

_ELEMENTS = re.compile(r"\b(numel|nelement)\(")
_RELATIONS = tuple(ORDERS)
_OF_MEMBERS = ("all(", "filtered(", "filtered:")
_DISPLAYS = (cst.Tuple, cst.List, cst.Set)
_OTHER_AXIS = re.compile(r"#-?[1-9]\d*$")


def first_test(term: Term, value: Term, moment: Moment) -> Trail:
    """Return the branch that first tests whether this very term has a value or more than that.

    A test counts in the function itself and in those that called it; what another helper asks of
    its arguments says nothing about this path.
    """
    around = {moment.site.function, *(station.site.function for station in moment.path)}
    for literal in (equal(term, value), less(value, term)):
        trail = [
            each
            for each in moment.tests.get(literal, ())
            if each.site.function in around
            and asks(each, term)
            and not _has_left(each, equal(term, value), moment)
        ]
        if trail:
            return (min(trail, key=lambda station: station.order),)
    return ()


def is_compared(left: Term, right: Term, moment: Moment) -> bool:
    """Say whether the function asks whether two numbers are equal."""
    return any(moment.tests.get(literal) for literal in literals(equal(left, right)))


def _has_left(test: Station, zero: Predicate, moment: Moment) -> bool:
    """Say whether a path is the one on which a test has found that there is something.

    ``if isinstance(x, list) and len(x) == 0: continue`` says so too: that nothing else is empty.
    """
    condition, facts = test.condition, frozenset(moment.facts)
    if condition is None:
        return False
    asked, parts = set(literals(condition)), tuple(conjuncts(condition))
    if zero in asked:
        others = [part for part in parts if part != zero] if zero in parts else []
        left = negate(condition) in facts or given(condition, facts) == FALSE
        left = left or negate(condition) in (_left_of(fact, facts) for fact in facts)
        return left and all(map(_is_of_type, others))
    return negate(zero) in asked and given(condition, facts) == TRUE


def _left_of(fact: Predicate, facts: frozenset[Predicate]) -> Predicate:
    """Return what other facts leave of a disjunction."""
    return given(fact, facts - {fact}) if isinstance(fact, Some) else fact


def _is_of_type(part: Predicate) -> bool:
    """Say whether a condition asks for a type or a rank."""
    return is_presence(part) and not (isinstance(part, Opaque) and part.key.startswith(NONE))


def asks(test: Station, term: Term) -> bool:
    """Say whether a test asks for the size of a term, and not for one that follows from it.

    A number of elements is 0 where any extent is: a batch that is empty, as far as the author says.
    That two extents are equal, or that one is larger, may come down to a third that is 0, which nobody
    has asked for: it is asked for where it is compared with a literal, or where its truth counts.
    """
    node = test.site.node
    if all(_asks_something_else(part, test, term) for part in _parts_of(node)):
        return False
    text = source(node)
    if _OTHER_AXIS.search(_key(term)) and _ELEMENTS.search(text):
        return False
    compared = [each for each in walk(node) if isinstance(each, cst.Comparison)]
    if _is_of_another(test, term):
        return False
    if not compared or not all(map(_of_two_extents, compared)):
        return True
    return any(_is_truth_of(part, term) for part in _parts_of(node))


def _is_of_another(test: Station, term: Term) -> bool:
    """Say whether one test asks for a number that is this one on some of the paths only."""
    condition = test.condition
    found = () if condition is None else tuple(literals(condition))
    terms = (each.term for each in found if isinstance(each, AtMostZero | IsZero))
    numbers = {frozenset(atoms(each)) for each in terms}
    alone = isinstance(test.site.node, cst.Comparison | cst.Call)
    alone = alone and not _ELEMENTS.search(source(test.site.node))
    return alone and len(numbers) > 1 and not _names(test.site.node, term)


def _names(node: cst.CSTNode, term: Term) -> bool:
    text = source(node)
    return any(each.name in text for each in operations(term) if isinstance(each, Symbol))


def _asks_something_else(part: cst.CSTNode, test: Station, term: Term) -> bool:
    """Say whether a condition asks for a type, for presence, or whether all members pass a test.

    Of nothing all pass every test and none passes any, which is not what is asked for.
    """
    match part:
        case cst.Call(func=cst.Name("isinstance")):
            return True
        case cst.Comparison(comparisons=[cst.ComparisonTarget(cst.Is() | cst.IsNot())]):
            return True
        case cst.Comparison(
            left=member,
            comparisons=[cst.ComparisonTarget(cst.In() | cst.NotIn(), comparator=holder)],
        ):  # `i in found` asks for one of many, `0 in x.shape` and `n in (0, 1)` for a number
            return not isinstance(member, cst.Integer) and not isinstance(holder, _DISPLAYS)
        case cst.Call(func=cst.Name("all" | "any")):
            return test.condition is not None and _is_of_members(test.condition)
        case cst.Name():
            of_members = test.condition is not None and _is_of_members(test.condition)
            return of_members and not _is_truth_of(part, term)
        case _:
            return False


def _is_of_members(condition: Predicate) -> bool:
    """Say whether a condition holds of all members of a list, or of one, beside its length."""
    found = list(literals(condition))
    keys = [each.key if isinstance(each, Opaque) else _key_of(each) for each in found]
    return len(found) > 1 and any(key.startswith(_OF_MEMBERS) for key in keys)


def _key_of(literal: Literal) -> str:
    return _key(literal.term) if isinstance(literal, IsZero | AtMostZero) else ""


def _key(term: Term) -> str:
    match term.parts:
        case ((Symbol(key), _),):
            return key
        case _:
            return ""


def _of_two_extents(node: cst.Comparison) -> bool:
    """Say whether two things are asked to be equal, or in order, of which neither is a literal."""
    sides = (node.left, *(each.comparator for each in node.comparisons))
    sizes = all(isinstance(each.operator, _RELATIONS) for each in node.comparisons)
    return sizes and not any(map(_is_literal, sides))


def _is_literal(side: cst.BaseExpression) -> bool:
    bare = side.expression if isinstance(side, cst.UnaryOperation) else side
    return isinstance(bare, cst.Integer | cst.Float)


def _parts_of(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Yield the conditions that a condition joins or negates."""
    match node:
        case cst.BooleanOperation(left=left, right=right):
            yield from _parts_of(left)
            yield from _parts_of(right)
        case cst.UnaryOperation(operator=cst.Not(), expression=inner):
            yield from _parts_of(inner)
        case _:
            yield node


def _is_truth_of(part: cst.CSTNode, term: Term) -> bool:
    """Say whether a condition is the truth of a number, or of what the number is the length of."""
    if not isinstance(part, cst.Name | cst.Attribute | cst.Call):
        return False
    word = re.compile(rf"(?<![\w.]){re.escape(source(part))}(?![\w.])")
    return any(word.search(each.name) for each in operations(term) if isinstance(each, Symbol))
