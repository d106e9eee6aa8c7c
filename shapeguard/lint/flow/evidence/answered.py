"""Tests on the way to an operation that ask for the values of which a mask or a filter selects some.

Whoever has asked for the largest value, for a member, or for how many are left out, has thought of the
case that nothing is selected. What such a test says of the number that is selected is not known in
general: the evidence that it may be 0 is gone.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.evidence.counted import is_counted_before
from shapeguard.lint.flow.evidence.found import is_found
from shapeguard.lint.flow.syntax.questions import guards
from shapeguard.lint.flow.syntax.readings import parsed, places, with_bound
from shapeguard.lint.flow.syntax.trees import code_of, remembered, source, walk
from shapeguard.lint.flow.syntax.usage import named_parameters
from shapeguard.lint.flow.syntax.walks import assigned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.flow.events import Moment
    from shapeguard.lint.flow.trace import Site

_SELECTED = re.compile(r"`(.+)` may select nothing", re.DOTALL)
_KEPT = re.compile(r"`self\.(\w+)` is (?:empty|0) until")
_PASSED = re.compile(r"no member may pass `(.+)`", re.DOTALL)
_SIZE = re.compile(r"\b(?:shape|size|len|numel|nelement)\b")
_NOTHING = re.compile(r"(?:[\w.]+\()?[(\[]?0,?[)\]]?\)?")
_EXTREMES = "amax amin max mean min sum"
_COUNTS = "argwhere bincount count_nonzero flatnonzero isin nonzero unique where"
_NORMS = "matrix_norm norm vector_norm"
_OF_ALL = frozenset(f"all any {_EXTREMES} {_COUNTS} {_NORMS}".split())
"""Functions and methods whose result speaks of all values at once."""
_OF_MEMBERS = frozenset(f"len {_EXTREMES}".split())
"""Those that speak of the members of a list; what ``any`` and ``all`` of them say is known exactly."""


def is_unlikely(moment: Moment, why: str) -> bool:
    """Say whether a mask or a filter hardly selects nothing at a moment, as the reason ``why`` has it.

    A test on the way there asks for what it is about, or the mask looks for what is there.
    """
    sites = (moment.site, *(station.site for station in moment.path))
    selected = _SELECTED.search(why)
    mask = None if selected is None else parsed(selected[1])
    return any(
        _is_answered_at(each, why)
        or (mask is not None and is_found(each.function.parse(), mask))
        or (mask is not None and is_counted_before(each, mask))
        for each in sites
    )


def is_measured(site: Site, name: str) -> bool:
    """Say whether a test on the way to a site compares the size or the shape of an operand with 0.

    The operand is a name that one assignment binds, or a member of it: what is narrowed once more behind
    the test is another.
    """
    function = site.function.parse()
    held = _holder(parsed(name))
    given = {each.name.value for each in named_parameters(function.params)}
    if held in given or assigned(function, held) is None:
        return False
    compared = (
        each
        for test in guards(function, site.node)
        for part in with_bound(function, test)
        for each in walk(part)
        if isinstance(each, cst.Comparison)
    )
    return any(
        _SIZE.search(source(each.left)) is not None
        and _NOTHING.fullmatch(source(each.comparisons[0].comparator)) is not None
        and any(isinstance(part, cst.Name) and part.value == held for part in walk(each.left))
        for each in compared
    )


def _holder(operand: cst.BaseExpression) -> str:
    """Return the name of an operand, or of that of which it is a member or a converted copy."""
    match operand:
        case cst.Name(value=name):
            return name
        case cst.Subscript(
            value=holder, slice=[cst.SubscriptElement(cst.Index(cst.Name() | cst.Integer()))]
        ):
            return _holder(holder)
        case cst.Call(func=cst.Attribute(value=holder), args=[]):
            return _holder(holder)
        case _:
            return ""


def _is_answered_at(site: Site, why: str) -> bool:
    function = site.function.parse()
    if (kept := _KEPT.match(why)) is not None:
        return _asks_of_itself(site, kept[1])
    names = _names(function, why) - site.function.module.imports.keys()
    words = _OF_ALL if _SELECTED.search(why) is not None else _OF_MEMBERS
    tests = (*guards(function, site.node), *_fallbacks(function, names)) if names else ()
    passed = _PASSED.search(why)
    return any(
        _asks_for(function, test, names, words)
        or (passed is not None and _asks_of_any(function, test, passed[1]))
        for test in tests
    )


def _asks_of_any(function: cst.FunctionDef, test: cst.CSTNode, passed: str) -> bool:
    """Say whether a test asks whether any member passes what a filter asks: ``any(x.ok for x in xs)``."""
    return any(
        isinstance(each, cst.GeneratorExp | cst.ListComp) and source(each.elt) == passed
        for part in with_bound(function, test)
        for each in walk(part)
    )


@remembered(512)
def _names(function: cst.FunctionDef, why: str) -> frozenset[str]:
    """Return the places of the values of which a mask or a filter selects some."""
    selected, passed = _SELECTED.search(why), _PASSED.search(why)
    if selected is not None:
        return frozenset(_read_by(function, parsed(selected[1])))
    return frozenset() if passed is None else frozenset(_filtered(function, passed[1]))


def _filtered(function: cst.FunctionDef, test: str) -> Iterator[str]:
    """Yield the places of what comprehensions that make this test walk over."""
    for each in walk(function.body):
        if isinstance(each, cst.CompFor) and any(source(part.test) == test for part in each.ifs):
            yield from _read_by(function, each.iter)


def _read_by(function: cst.FunctionDef, node: cst.CSTNode) -> Iterator[str]:
    """Yield the places that an expression reads, and those of which they are made."""
    for part in with_bound(function, node):
        yield from places(part)


def _fallbacks(function: cst.FunctionDef, names: frozenset[str]) -> Iterator[cst.BaseExpression]:
    """Yield the tests of ``keep = keep if keep.any() else other``, for masks of these names."""
    for node in walk(function.body):
        match node:
            case cst.Assign(
                targets=[cst.AssignTarget(cst.Name(name))], value=cst.IfExp(test=test)
            ) if name in names:
                yield test
            case _:
                continue


def _asks_of_itself(site: Site, name: str) -> bool:
    """Say whether a test asks an object for what tells how many it keeps: ``len(self)``, ``self.size``."""
    owner = site.function.owner
    if owner is None:
        return False
    text = f"self.{name}"
    telling = {key for key, each in owner.methods.items() if text in code_of(each.parse())}
    asked = (each for test in guards(site.function.parse(), site.node) for each in walk(test))
    return any(_tells(each, name, telling) for each in asked)


def _tells(node: cst.CSTNode, name: str, telling: set[str]) -> bool:
    match node:
        case cst.Call(func=cst.Name("len"), args=[cst.Arg(value=cst.Name("self"))]):
            return "__len__" in telling
        case cst.Call(
            func=cst.Name("getattr"), args=[_, cst.Arg(value=cst.SimpleString() as key), *_]
        ):
            return key.evaluated_value == name
        case cst.Attribute(value=cst.Name("self"), attr=cst.Name(asked)):
            return asked in telling
        case cst.UnaryOperation(expression=cst.Name("self")):
            return not telling.isdisjoint({"__len__", "__bool__"})
        case _:
            return False


def _asks_for(
    function: cst.FunctionDef, test: cst.CSTNode, names: frozenset[str], words: frozenset[str]
) -> bool:
    """Say whether a test asks for all values at one of these places at once."""
    return any(
        name in names
        for part in with_bound(function, test)
        for node in walk(part)
        for each in _whole(node, words)
        for within in with_bound(function, each)
        for name in places(within)
    )


def _whole(node: cst.CSTNode, words: frozenset[str]) -> Iterator[cst.CSTNode]:
    """Yield that of which a node asks all values at once."""
    match node:
        case cst.Call(func=cst.Attribute(value=holder, attr=cst.Name(name)), args=arguments):
            if name in words:
                yield from (holder, *(each.value for each in arguments))
        case cst.Call(func=cst.Name(name), args=arguments) if name in words:
            yield from (each.value for each in arguments)
        case cst.ComparisonTarget(operator=cst.In() | cst.NotIn(), comparator=holder):
            yield from (holder,) if words is _OF_ALL else ()
        case _:
            return
