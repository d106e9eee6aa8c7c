"""Keys: which were found in a mapping on the path, and whether a function asks what is in one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.predicates import equal
from shapeguard.lint.flow.domain.propositions import Every, Opaque, Some, conjuncts, literals
from shapeguard.lint.flow.domain.tensors import Tensor
from shapeguard.lint.flow.domain.terms import ONE, symbol
from shapeguard.lint.flow.domain.values import Missing, Record, Text, Unknown
from shapeguard.lint.flow.evidence.extents import paths_where
from shapeguard.lint.flow.evidence.reasons import Emptiness, Reason
from shapeguard.lint.flow.evidence.witness import Assignment
from shapeguard.lint.flow.syntax.trees import remembered, source, walk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.events import KeyLookup, Moment
    from shapeguard.lint.flow.run import Run
    from shapeguard.lint.flow.trace import Trail

_CHOOSING = frozenset({"first", "last", "next", "pop", "popleft", "choice"})
_ENDS = ("[0]", "[-1]")
_VIEWS = (".keys()", ".values()", ".items()")


def looked_for(run: Run, key: Value, found: Predicate, at: str) -> None:
    """Remember which key a comparison at some place looks for, in whatever holds keys."""
    for literal in literals(found):
        if isinstance(literal, Opaque) and literal.key.startswith(f"compare({at}"):
            run.analysis.keys[literal.key] = identities(key)


def identities(key: Value) -> frozenset[str]:
    """Return what makes a key the same wherever it is looked for."""
    return frozenset(_identities(key))


def _identities(key: Value) -> Iterable[str]:
    for _, leaf in merge.alternatives(key):
        match leaf:
            case Unknown(origin) | Record(origin=origin) | Tensor(origin=origin):
                yield origin
            case Text(text):
                yield repr(text)
            case _:
                continue


def found_on_path(run: Run, key: Value, moment: Moment) -> tuple[bool, Trail]:
    """Say whether a key was found on the path, and return the branches that tested it."""
    wanted = identities(key)
    known, trail = False, list["Trail"]()
    for fact in moment.facts:
        for part in conjuncts(fact):
            if _finds(run, part, wanted):
                known = True
                trail.append(moment.tests.get(part, ()))
    return known, next((each for each in trail if each), ())


def _finds(run: Run, fact: Predicate, wanted: frozenset[str]) -> bool:
    if isinstance(fact, Some):
        return bool(fact.parts) and all(_finds(run, part, wanted) for part in fact.parts)
    if isinstance(fact, Every):
        return any(_finds(run, part, wanted) for part in fact.parts)
    if not isinstance(fact, Opaque) or not fact.holds:
        return False
    return bool(wanted) and wanted <= run.analysis.keys.get(fact.key, frozenset())


def chosen(run: Run, key: Value) -> Trail | None:
    """Return where a key was taken of several, as the first or last of them; None if it was not."""
    for _, leaf in merge.alternatives(key):
        if isinstance(leaf, Unknown | Tensor):
            if leaf.origin.endswith(_ENDS):
                return None if _is_only_member(run, leaf.origin) else ()
            made = _made_by(run, leaf.origin)
            if made is not None and _chooses(made[1]):
                return (made[0].station(made[1], "one of several: `{}`"),)
    return None


def _is_only_member(run: Run, origin: str) -> bool:
    """Say whether the first of a list is its only member, or that of a pair in a list of them."""
    holder = origin.rpartition("[")[0]
    only = equal(symbol(f"{holder}#0", ""), ONE)
    return holder.endswith("]") or any(
        part == only for fact in run.here.facts for part in literals(fact)
    )


def _made_by(run: Run | None, origin: str) -> tuple[Run, cst.CSTNode] | None:
    """Return the call that made a value, in the function or in one of its callers."""
    while run is not None:
        prefix, _, number = origin.rpartition("@")
        if prefix == run.name and number.isdecimal():
            nodes = walk(run.function.parse())
            found = (each for each in nodes if run.function.number(each) == int(number))
            return next(((run, each) for each in found), None)
        run = run.caller
    return None


def _chooses(node: cst.CSTNode) -> bool:
    match node:
        case cst.Call(func=cst.Attribute(attr=cst.Name(name)) | cst.Name(name)):
            return name in _CHOOSING
        case _:
            return False


def untested(event: KeyLookup) -> Emptiness | None:
    """Return the evidence that a key may be missing where its twin, which is near, tests for it.

    The key was taken of several, may be None, or is the same one: an attribute of the object, or a member
    of one. The function asks nowhere what is in the mapping.
    """
    moment, keys = event.moment, identities(event.key)
    if event.known or event.aware or moment.twins is None:
        return None
    doubtful = event.chosen is not None or key_may_be_none(event)
    lasting = bool(keys) and all(each.startswith("self.") for each in keys)
    for twin in moment.twins.find(event, event.name) if doubtful or lasting else ():
        if twin.near and (doubtful or twin.keys == keys):
            tests = (replace(each, template="its twin tests `{}`") for each in twin.trail)
            trail = (*(event.chosen or ()), *tests)
            reason = f"`{twin.function.qualname}` tests that, here nothing does"
            return Emptiness(reason, Assignment(), trail, Reason.TWIN, extent=None)
    return None


def key_may_be_none(event: KeyLookup) -> bool:
    """Say whether a key is None on one of the ways that lead here."""
    return any(
        isinstance(leaf, Missing) and paths_where(event.moment, condition) is not None
        for condition, leaf in merge.alternatives(event.key)
    )


_READING = frozenset({"dict", "frozenset", "hasattr", "len", "list", "set", "sorted", "tuple"})


@remembered(256)
def asks_for_keys(function: cst.FunctionDef, mapping: str) -> bool:
    """Say whether a function asks anywhere what is in a mapping, walks over it or adds to it."""
    return any(_speaks_of(part, mapping) for part in walk(function))


def _speaks_of(node: cst.CSTNode, mapping: str) -> bool:
    match node:
        case cst.ComparisonTarget(operator=cst.In() | cst.NotIn(), comparator=holder):
            return _is(holder, mapping)
        case cst.For(iter=iterable) | cst.CompFor(iter=iterable):
            return any(_is(part, mapping) for part in walk(iterable))
        case cst.AssignTarget(target=cst.Subscript(value=holder)):
            return _is(holder, mapping)
        case cst.Call(func=cst.Attribute(value=holder)):
            return _is(holder, mapping)
        case cst.Call(func=cst.Name(name), args=[first, *_]) if name in _READING:
            return _is(first.value, mapping)
        case cst.If(test=test) | cst.IfExp(test=test) | cst.BooleanOperation(left=test):
            return _is(test, mapping)
        case _:
            return False


def _is(node: cst.CSTNode, mapping: str) -> bool:
    if not isinstance(node, cst.Attribute | cst.Name | cst.Call):
        return False
    text = source(node)
    return text == mapping or any(text == f"{mapping}{view}" for view in _VIEWS)
