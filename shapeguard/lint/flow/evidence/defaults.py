"""Numbers that get a default where they are 0: whether 0 is a number of its own.

``n or default`` is meant for what was not given. Where the code lets 0 through, or has another case for
what is missing, a caller may well mean it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.predicates import equal
from shapeguard.lint.flow.domain.terms import ZERO, Symbol, Term
from shapeguard.lint.flow.domain.values import Int, Missing, Unknown
from shapeguard.lint.flow.evidence.reasons import Emptiness, Reason, may_be_zero
from shapeguard.lint.flow.evidence.witness import Assignment, search
from shapeguard.lint.flow.syntax.amounts import EXTENTS, counts_by, counts_here, target_of
from shapeguard.lint.flow.syntax.checks import (
    answer,
    asks_if_missing,
    lets_zero_through,
    refuses_zero,
)
from shapeguard.lint.flow.syntax.questions import conditions, path_to
from shapeguard.lint.flow.syntax.trees import source, walk
from shapeguard.lint.flow.syntax.usage import named_parameters
from shapeguard.lint.flow.trace import Site, Station

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shapeguard.lint.flow.events import Condition, Moment
    from shapeguard.lint.flow.program import Function


@dataclass(frozen=True, slots=True)
class _Given:
    """What is given from outside and may be missing: a parameter, by the function that takes it."""

    function: Function
    name: str
    parameter: cst.Param


def zero_of_its_own(event: Condition) -> Emptiness | None:
    """Return why 0 is a number of its own where it gets a default, if the value is then a count."""
    if not _is_number(event) or not _is_counted(event):
        return None
    given = _given(event.site.function, event.name)
    if given is None:
        return _size(event)
    function, node = event.site.function, event.site.node
    path = path_to(function.parse(), node)
    if not _may_be_missing(given.parameter) or any(
        isinstance(test, cst.BaseExpression) and _decides(test, event.name)
        for test in conditions(function.parse(), path)
    ):
        return None
    return next(_reasons(event, given), None)


def _is_number(event: Condition) -> bool:
    """Say whether a number, or what may be one, gets another number in its place."""
    mine = merge.leaves(event.value)
    other = [] if event.other is None else merge.leaves(event.other)
    if any(isinstance(each, Int) and each.term.known in {0, 1} for each in other):
        return False
    known = all(isinstance(each, Int | Missing | Unknown) for each in (*mine, *other))
    return known and any(isinstance(each, Int) for each in (*mine, *other))


def _size(event: Condition) -> Emptiness | None:
    """Return why a length is 0 that gets the length of something else in its place."""
    if not isinstance(event.value, Int) or not isinstance(event.other, Int):
        return None
    if event.value.term.known is not None or event.other.term.known is not None:
        return None
    if not event.name.endswith((")", "]")) or not any(each in event.name for each in EXTENTS):
        return None
    found = may_be_zero(event.value.term, event.moment)
    return found if found is not None and found.kind is Reason.EXPLICIT else None


def let_through(number: Term, moment: Moment, *, by_default: bool) -> Emptiness | None:
    """Return that a number that is given may be 0: it is by default, or a check refuses only less.

    It is an argument, or a field that the constructor sets to one. Without ``by_default`` a default of 0
    is what is meant to be given where nothing is.
    """
    match number:
        case Term(constant=0, parts=((Symbol(name=name), 1),)):
            given = _given(moment.site.function, name)
        case _:
            return None
    sizes = None if given is None else search([equal(number, ZERO)], moment.facts)
    if given is None or sizes is None:
        return None
    checked = [*_checked(moment.site.function, name, given)]
    if any(refuses_zero(function.parse().body, each) for function, each in checked):
        return None
    default = given.parameter.default
    if isinstance(default, cst.Integer) and default.evaluated_value == 0:
        if not by_default:
            return None
        return Emptiness(f"the default of `{given.name}` is 0", sizes, kind=Reason.BELIEF)
    found = next(_letting_through(checked), None)
    return None if found is None else replace(found, sizes=sizes, kind=Reason.BELIEF)


def _given(function: Function, name: str) -> _Given | None:
    """Return the parameter that a name stands for, or that the constructor keeps as a field."""
    if name.isidentifier():
        return _parameter(function, name)
    holder, _, field = name.partition(".")
    made = None if function.owner is None else function.owner.methods.get("__init__")
    if holder != "self" or made is None:
        return None
    for each in walk(made.parse().body):
        match each:
            case cst.Assign(targets=[cst.AssignTarget(target)], value=cst.Name(value=kept)):
                if source(target) == f"self.{field}":
                    return _parameter(made, kept)
            case _:
                pass
    return None


def _parameter(function: Function, name: str) -> _Given | None:
    every = named_parameters(function.parse().params)
    found = next((each for each in every if each.name.value == name), None)
    return None if found is None else _Given(function, name, found)


def _may_be_missing(parameter: cst.Param) -> bool:
    """Say whether None may be given: a number that must be there is 0 where the author says so."""
    if isinstance(parameter.default, cst.Name):
        return parameter.default.value == "None"
    annotation = parameter.annotation
    text = "" if annotation is None else source(annotation.annotation)
    return parameter.default is None and ("None" in text or text.startswith("Optional"))


def _decides(test: cst.BaseExpression, name: str) -> bool:
    """Say whether a condition tells 0 apart, or excludes that a number is missing."""
    if any(asks_if_missing(each, name) for each in walk(test) if isinstance(each, cst.Comparison)):
        return True
    return answer(test, name, 0) is not answer(test, name, 1)


def _reasons(event: Condition, given: _Given) -> Iterator[Emptiness]:
    checked = [*_checked(event.site.function, event.name, given)]
    if any(refuses_zero(function.parse().body, name) for function, name in checked):
        return
    yield from _letting_through(checked)
    owner, own = event.site.function.owner, event.name.startswith("self.")
    for each in owner.methods.values() if own and owner is not None else (event.site.function,):
        for test in _cases(each.parse(), event.name):
            reason = f"`{source(test)}` decides elsewhere"
            yield _reason(reason, each, test, Reason.BELIEF)
    if isinstance(event.other, Int) and event.other.term.known is None:
        yield Emptiness("whoever means 0 gets all there are", Assignment(), kind=Reason.UNLIKELY)


def _letting_through(checked: Iterable[tuple[Function, str]]) -> Iterator[Emptiness]:
    """Yield the checks that refuse what is negative, and 0 not."""
    for function, name in checked:
        test = lets_zero_through(function.parse().body, name)
        if test is not None:
            reason = f"`{source(test)}` lets 0 through"
            yield _reason(reason, function, test, Reason.EXPLICIT)


def _checked(function: Function, name: str, given: _Given) -> Iterator[tuple[Function, str]]:
    """Yield the functions that may check a number, with the name that it has in each."""
    yield function, name
    if given.function is not function:
        yield given.function, given.name
        yield given.function, name
    for call in walk(given.function.parse().body):
        if isinstance(call, cst.Call):
            yield from _handed_to(given, call)


def _handed_to(given: _Given, call: cst.Call) -> Iterator[tuple[Function, str]]:
    """Yield the function of the same module, or class, that is given the number by a call."""
    match call.func:
        case cst.Name(value=name):
            helper, skipped = given.function.module.functions.get(name), 0
        case cst.Attribute(value=cst.Name("self"), attr=cst.Name(value=name)):
            owner = given.function.owner
            helper, skipped = (None if owner is None else owner.methods.get(name)), 1
        case _:
            return
    if helper is None or helper is given.function:
        return
    names = [each.name.value for each in helper.parse().params.params][skipped:]
    for position, each in enumerate(call.args):
        if source(each.value) == given.name and not each.star:
            if each.keyword is not None:
                yield helper, each.keyword.value
            elif position < len(names):
                yield helper, names[position]


def _cases(function: cst.FunctionDef, name: str) -> Iterator[cst.BaseExpression]:
    """Yield the tests that tell 0 apart, or choose a number unless it is None: where it is 0 as well."""
    for each in walk(function.body):
        match each:
            case cst.IfExp(test=test, body=body, orelse=other) if asks_if_missing(test, name):
                if name in {source(body), source(other)}:
                    yield test
            case cst.If(test=test) | cst.IfExp(test=test):
                if source(test) in {f"{name} == 0", f"{name} != 0"}:
                    yield test
            case _:
                pass


def _reason(reason: str, function: Function, test: cst.BaseExpression, kind: Reason) -> Emptiness:
    station = Station(0, Site.of(function, test), "`{}` is asked", test)
    return Emptiness(reason, Assignment(), (station,), kind)


def _is_counted(event: Condition) -> bool:
    """Say whether the number with its default says how many there are: a field in any method."""
    function, name = event.site.function, event.name
    target = target_of(function.parse(), event.site.node, name)
    owner = function.owner if target.startswith("self.") else None
    methods = (function,) if owner is None else owner.methods.values()
    return counts_here(function.parse(), event.site.node) or any(
        counts_by(each.parse().body, target) for each in methods if target
    )
