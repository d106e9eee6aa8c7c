"""What a function asks for around an operation: in time, or behind it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.evidence.reasons import Emptiness, Reason
from shapeguard.lint.flow.evidence.witness import Assignment
from shapeguard.lint.flow.syntax.trees import source, walk
from shapeguard.lint.flow.trace import Site, Station

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from shapeguard.lint.flow.events import Event

_SIZES = ("size", "numel", "nelement")
_OF_ENTRIES = ("where", "any", "all")
_METHOD = re.compile(r"\.\w+\(\)$")
_FOUND = (cst.GreaterThan, cst.GreaterThanEqual, cst.NotEqual)


def asked_in_front(event: Event, name: str) -> bool:
    """Say whether ``operation(x) if x.numel() > 0 else ...`` asks for an operand, or its size.

    What holds of each of many ways that an operand can be is too long for a fact; what is written
    says it as well.
    """
    names = {name}
    while (shorter := _METHOD.sub("", name)) != name:
        names.add(name := shorter)
    return any(
        any(part is event.site.node for part in walk(each.body)) and _finds(each.test, names)
        for each in walk(event.site.function.parse())
        if isinstance(each, cst.IfExp)
    )


def entries_asked(event: Event, name: str) -> bool:
    """Say whether the function asks where the entries of a divisor are 0: ``where(n != 0, ...)``.

    A tensor without axes may be known as a number only, of which nobody asks for entries.
    """
    calls = (each for each in walk(event.site.function.parse()) if isinstance(each, cst.Call))
    return any(
        isinstance(part, cst.Comparison) and source(part.left) == name and _against_zero(part)
        for each in calls
        if _name_of(each) in _OF_ENTRIES
        for argument in each.args
        for part in walk(argument)
    )


def replaced_behind(event: Event) -> bool:
    """Say whether a result gets another value where a test behind it asks whether something is 0."""
    blocks = walk(event.site.function.parse().body)
    bodies = (each.body for each in blocks if isinstance(each, cst.IndentedBlock))
    return any(_replaces(body, event.site.node) for body in bodies)


def _replaces(body: Sequence[cst.CSTNode], node: cst.CSTNode) -> bool:
    for position, statement in enumerate(body):
        for made in walk(statement) if isinstance(statement, cst.SimpleStatementLine) else ():
            if isinstance(made, cst.Assign) and any(part is node for part in walk(made.value)):
                behind = (each for each in body[position + 1 :] if isinstance(each, cst.If))
                return any(_sets_where_zero(each, _targets(made)) for each in behind)
    return False


def compared_only(event: Event, name: str) -> bool:
    """Say whether a NaN is compared with what it is the mean of, or decides for something else.

    Nothing is below NaN: of nothing nothing is selected, and ``mean if mean < bound else other`` is
    ``other``.
    """
    node, body = event.site.node, [*walk(event.site.function.parse())]
    beside = (
        each for each in body if isinstance(each, cst.Comparison) and source(each.left) == name
    )
    if any(part is node for each in beside for part in walk(each)):
        return True
    made = (each for each in body if isinstance(each, cst.Assign))
    names = {n for each in made if each.value is node for n in _targets(each)}
    return any(_decides(each, names) for each in body if isinstance(each, cst.IfExp))


def _decides(choice: cst.IfExp, names: set[str]) -> bool:
    match choice.test:
        case cst.Comparison(left=cst.Name(name)) if name in names:
            alike = "_like(" in source(choice.orelse)
            return alike or all(source(part) != name for part in walk(choice.orelse))
        case _:
            return False


def _sets_where_zero(branch: cst.If, names: set[str]) -> bool:
    asked = (part for part in walk(branch.test) if isinstance(part, cst.Comparison))
    made = (part for part in walk(branch.body) if isinstance(part, cst.Assign))
    return any(map(_against_zero, asked)) and any(names & _targets(part) for part in made)


def _targets(node: cst.Assign) -> set[str]:
    return {each.target.value for each in node.targets if isinstance(each.target, cst.Name)}


def _name_of(call: cst.Call) -> str:
    return call.func.attr.value if isinstance(call.func, cst.Attribute) else ""


def _against_zero(node: cst.Comparison) -> bool:
    match node.comparisons:
        case [cst.ComparisonTarget(comparator=cst.Integer() | cst.Float() as bound)]:
            return not bound.evaluated_value
        case _:
            return False


def _finds(test: cst.BaseExpression, names: set[str]) -> bool:
    """Say whether a condition is that something, or its size, is not 0."""
    match test:
        case cst.BooleanOperation(left=left, operator=cst.And(), right=right):
            return _finds(left, names) or _finds(right, names)
        case cst.Comparison(left=left, comparisons=[cst.ComparisonTarget(operator, cst.Integer())]):
            return isinstance(operator, _FOUND) and _finds(left, names)
        case _:
            return source(test) in names or any(asks_for_size(test, each) for each in names)


def asked_behind(event: Event, name: str) -> Emptiness | None:
    """Return that a condition asks for the size of an operand behind an operation that needs it.

    In ``x.max() >= n or x.size(0) != rows`` the author reckons with any size, and the first half of
    the condition is evaluated for all of them.
    """
    node = event.site.node
    for later in _later_parts(event, node):
        if any(asks_for_size(part, name) for part in walk(later)):
            station = Station(0, Site.of(event.site.function, later), "asks for `{}`", later)
            reason = "its size is asked for only behind it, in the same condition"
            return Emptiness(reason, Assignment(), (station,), Reason.BELIEF)
    return None


def is_asked_too_late(event: Event, name: str, found: Emptiness) -> bool:
    """Say whether a test stands behind an event, in the same function, and asks for its operand by name.

    Somebody who has tested goes on where there is something; whoever tests later does not. What another
    thing is tested for, which has as many, says little about the operand.
    """
    if not found.trail or not found.trail[0].site.is_behind(event.site):
        return False
    asked = list(walk(found.trail[0].site.node))
    members = {id(each.value) for each in asked if isinstance(each, cst.Subscript)}
    return any(source(part) == name and id(part) not in members for part in asked)


def _later_parts(event: Event, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Yield what a condition evaluates behind the part in which a node stands, the next part first."""
    conditions = [
        each
        for each in walk(event.site.function.parse())
        if isinstance(each, cst.BooleanOperation) and any(part is node for part in walk(each.left))
    ]
    yield from (each.right for each in reversed(conditions))


def asks_for_size(part: cst.CSTNode, name: str) -> bool:
    """Say whether a node asks for the number of entries, the length or the shape of something."""
    match part:
        case cst.Call(func=cst.Attribute(value=holder, attr=cst.Name(attribute))):
            return attribute in _SIZES and source(holder) == name
        case cst.Call(func=cst.Name("len"), args=[cst.Arg(value=holder)]):
            return source(holder) == name
        case cst.Attribute(value=holder, attr=cst.Name("shape")):
            return source(holder) == name
        case _:
            return False
