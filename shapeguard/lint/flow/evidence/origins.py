"""Where a number that may be 0 got its reason: the filter, the mask, the count, or what fills a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.terms import Symbol, operations
from shapeguard.lint.flow.domain.values import terms_of
from shapeguard.lint.flow.evidence.witness import Assignment
from shapeguard.lint.flow.shapes.masks import count_of
from shapeguard.lint.flow.syntax.trees import source, walk
from shapeguard.lint.flow.trace import joined

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from shapeguard.lint.flow.domain.terms import Atom, Term
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.events import Moment
    from shapeguard.lint.flow.run import Run
    from shapeguard.lint.flow.trace import Trail


def explain(run: Run, node: cst.CSTNode, value: Value, changed: str = "") -> None:
    """Remember a node as the origin of every reason that a value is the first to carry.

    With ``changed`` it is what changes something of this name within the node.
    """
    for _, leaf in merge.alternatives(value):
        for term in _terms(leaf):
            for atom in operations(term):
                if isinstance(atom, Symbol) and atom.why:
                    key = (atom.key, atom.why)
                    if key not in run.analysis.origins:
                        place = _change(run, node, changed) if changed else node
                        text = atom.why.replace("{}", "{...}")
                        run.analysis.origins[key] = (run.station(place, text),)


def _change(run: Run, root: cst.CSTNode, name: str) -> cst.CSTNode:
    """Return the first node below another that changes what is called ``name``."""
    found = [node for node in walk(root) if _changes(node, name)]
    return min(found, key=run.function.number, default=root)


def _changes(node: cst.CSTNode, name: str) -> bool:
    match node:
        case (
            cst.Call(func=cst.Attribute(value=holder))
            | cst.AugAssign(target=holder)
            | cst.AssignTarget(target=cst.Subscript(value=holder))
            | cst.AssignTarget(target=cst.Name() as holder)
        ):
            return source(holder) == name
        case _:
            return False


def _terms(value: Value) -> Iterator[Term]:
    """Yield the numbers that a value consists of, and the one that it counts."""
    yield from terms_of(value)
    count = count_of(value)
    if count is not None:
        yield count.term


def own_atoms(term: Term) -> Mapping[Atom, Atom]:
    """Return the atoms of a term by themselves: equal ones may have other names and reasons."""
    return {atom: atom for atom in operations(term)}


def called_as(sizes: Assignment, own: Mapping[Atom, Atom]) -> Assignment:
    """Return sizes by the names that the atoms of a term have there."""
    mine = {atom: atom for atom in own if isinstance(atom, Symbol)}
    named = {
        (mine.get(each, each) if isinstance(each, Symbol) else each): value
        for each, value in sizes.values.items()
    }
    return Assignment(named, sizes.opaque)


def origin_of(atom: Atom, why: str, moment: Moment) -> Trail:
    """Return where a reason comes from, unless it stands in what happens at the moment itself."""
    if not isinstance(atom, Symbol):
        return ()
    inside = {id(each) for each in walk(moment.site.node)}
    trail = moment.origins.get((atom.key, why), ())
    return tuple(each for each in trail if id(each.site.node) not in inside)


def with_calls(trail: Trail, moment: Moment) -> Trail:
    """Return a trail with the calls that led to the moment, if it begins before them."""
    before = any(each.site.function is not moment.site.function for each in trail)
    return joined(trail, moment.path) if before else trail
