"""What the author believes: a test for 0 is made by somebody who reckons with it.

"Bugs as deviant behavior" (Engler et al. 2001) calls it a belief: elsewhere the function asks whether
the very number is 0.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.domain.predicates import equal, less
from shapeguard.lint.flow.domain.terms import Symbol
from shapeguard.lint.flow.syntax.trees import source, walk

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.terms import Term
    from shapeguard.lint.flow.events import Moment
    from shapeguard.lint.flow.trace import Trail

_ELEMENTS = re.compile(r"\b(numel|nelement)\(")
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
            if each.site.function in around and _asks(each.site.node, term)
        ]
        if trail:
            return (min(trail, key=lambda station: station.order),)
    return ()


def _asks(node: cst.CSTNode, term: Term) -> bool:
    """Say whether a test asks for the size of a term, and not for one that follows from it.

    A number of elements is 0 where any extent is: a batch that is empty, as far as the author says.
    That two extents are equal may come down to a third that is 0, which nobody has asked for.
    """
    text = source(node)
    if _OTHER_AXIS.search(_key(term)) and _ELEMENTS.search(text):
        return False
    compared = [each for each in walk(node) if isinstance(each, cst.Comparison)]
    return not compared or not all(map(_of_two_extents, compared))


def _key(term: Term) -> str:
    match term.parts:
        case ((Symbol(key), 1),):
            return key
        case _:
            return ""


def _of_two_extents(node: cst.Comparison) -> bool:
    """Say whether two things are asked to be equal of which neither is a literal."""
    sides = (node.left, *(each.comparator for each in node.comparisons))
    equality = all(isinstance(each.operator, cst.Equal | cst.NotEqual) for each in node.comparisons)
    return equality and not any(isinstance(side, cst.Integer) for side in sides)
