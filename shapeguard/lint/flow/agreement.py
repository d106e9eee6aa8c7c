"""Do the extents that meet in a join agree on every path?

For a pair of operands and an axis, every pair of alternatives that can meet is looked at. What is
reported is a *disagreement*: one operand whole on a path on which the other one is narrowed, with
sizes that show it. The sizes must also respect what the author evidently believes: that the operands
agree where both are narrowed (Engler et al. 2001, "Bugs as deviant behavior").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import permutations

from shapeguard.lint.flow import merge
from shapeguard.lint.flow.events import Join
from shapeguard.lint.flow.predicates import (
    FALSE,
    TRUE,
    Predicate,
    at_most,
    equal,
    every,
    given,
    literals,
    negate,
    opaque_keys,
    unknowns,
)
from shapeguard.lint.flow.terms import ONE, ZERO, Term, atoms, number
from shapeguard.lint.flow.trace import Trail, joined
from shapeguard.lint.flow.values import Cut, Slice, Tensor, Value, as_tensor
from shapeguard.lint.flow.witness import Assignment, search


@dataclass(frozen=True, slots=True)
class Path:
    """An operand on the paths on which ``condition`` holds."""

    condition: Predicate
    tensor: Tensor

    def cut(self, axis: int) -> Cut | None:
        """Return the last narrowing of an axis."""
        cuts = [each for each in self.tensor.cuts if each.axis == self.tensor.axis(axis)]
        return cuts[-1] if cuts else None


@dataclass(frozen=True)
class Disagreement:
    """``whole`` meets ``narrowed`` at an axis, with sizes for which their extents differ.

    ``tested`` says that the condition which spares the cut is a test of extents or of the index;
    ``always`` that the other operand is seen to be narrowed on every path.
    """

    join: Join
    axis: int
    whole: Path
    narrowed: Path
    names: tuple[str, str]
    cut: Cut
    sizes: Assignment
    tested: bool
    always: bool
    trail: Trail


def disagreements(join: Join) -> Iterator[Disagreement]:
    """Yield one disagreement for each pair of operands and axis that has one."""
    if not any(_cuts(operand) for operand in join.operands):
        return
    named = list(zip(join.names, join.operands, strict=True))
    for (name, operand), (other_name, other) in permutations(named, 2):
        mine, theirs = _paths(operand, join), _paths(other, join)
        for axis in sorted({cut.axis for path in mine for cut in path.tensor.cuts}):
            if axis == join.axis:
                continue
            found = _at(join, axis, mine, theirs, (name, other_name))
            if found is not None:
                yield found


def _cuts(value: Value) -> bool:
    return any(
        isinstance(leaf, Tensor) and leaf.cuts for _, leaf in merge.alternatives(value)
    )


def _paths(value: Value, join: Join) -> list[Path]:
    paths: list[Path] = []
    for condition, leaf in merge.alternatives(value):
        tensor = as_tensor(leaf)
        left = given(condition, join.facts)
        if tensor is not None and left != FALSE:
            paths.append(Path(left, tensor))
    return paths


def _at(
    join: Join, axis: int, mine: list[Path], theirs: list[Path], names: tuple[str, str]
) -> Disagreement | None:
    cuts = [cut for path in mine if (cut := path.cut(axis)) is not None]
    spared = [path for path in mine if path.cut(axis) is None]
    if not cuts or not spared:
        return None
    for whole in spared:
        meeting = [other for other in theirs if _compatible(whole, other, join)]
        always = bool(meeting) and all(other.cut(axis) is not None for other in meeting)
        never = all(other.cut(axis) is None for other in theirs)
        if not always and not never:
            continue
        for narrowed in meeting:
            for cut in cuts:
                found = _conflict(join, axis, whole, narrowed, cut, names, always=always)
                if found is not None:
                    return found
    return None


def _compatible(whole: Path, other: Path, join: Join) -> bool:
    facts = (*join.facts, whole.condition)
    return given(other.condition, _flat(facts)) != FALSE


def _flat(facts: tuple[Predicate, ...]) -> set[Predicate]:
    joined_facts = every(facts)
    return set(getattr(joined_facts, "parts", (joined_facts,)))


def _conflict(
    join: Join,
    axis: int,
    whole: Path,
    narrowed: Path,
    cut: Cut,
    names: tuple[str, str],
    *,
    always: bool,
) -> Disagreement | None:
    tested = _tests_extent(whole.condition, cut)
    if not set(unknowns(equal(cut.before, ZERO))) <= set(atoms(whole.tensor.extent(axis))):
        return None
    evident = always or (tested and not join.broadcast)
    belief = _belief(cut, narrowed, axis) if evident else None
    if belief is None or not cut.computed or _lost(whole) or _lost(narrowed):
        return None
    mine, theirs = whole.tensor.extent(axis), narrowed.tensor.extent(axis)
    differ = _differ(mine, theirs, broadcast=join.broadcast)
    goals = [differ, whole.condition, narrowed.condition, belief]
    sizes = search([goal for goal in goals if goal != TRUE], join.facts)
    if sizes is None:
        return None
    return Disagreement(
        join=join,
        axis=axis,
        whole=whole,
        narrowed=narrowed,
        names=names,
        cut=cut,
        sizes=sizes,
        tested=tested,
        always=always,
        trail=_trail(join, whole, narrowed, cut, axis),
    )


def _lost(path: Path) -> bool:
    """Say whether a condition grew too large to be kept, so that no sizes can be checked by it."""
    return any(key.startswith("condition ") for key in opaque_keys(path.condition))


def _differ(mine: Term, theirs: Term, *, broadcast: bool) -> Predicate:
    differ = negate(equal(mine, theirs))
    if not broadcast:
        return differ
    return every((differ, negate(equal(mine, ONE)), negate(equal(theirs, ONE))))


def _belief(cut: Cut, narrowed: Path, axis: int) -> Predicate | None:
    """Return what must be true if the author is right on the paths where both are narrowed.

    Both sides cut: what they were cut from had the same extent. Only this side cut, by a slice: the
    slice describes the share that the other side holds, and lies within what it cuts.
    """
    other = narrowed.cut(axis)
    if other is not None:
        return equal(cut.before, other.before)
    if not isinstance(cut.index, Slice):
        return None
    start, stop = cut.index.start or number(0), cut.index.stop
    if stop is None:
        stop = cut.before
    return every(
        (
            equal(narrowed.tensor.extent(axis), stop - start),
            at_most(stop, cut.before),
            at_most(start, stop),
        )
    )


def _tests_extent(condition: Predicate, cut: Cut) -> bool:
    """Say whether the cut depends on a test of extents or of the index, and not of its presence."""
    about = set(unknowns(equal(cut.before, cut.after)))
    parts = list(literals(condition))
    return any(about.intersection(unknowns(part)) for part in parts) and not all(
        opaque_keys(part) for part in parts
    )


def _trail(join: Join, whole: Path, narrowed: Path, cut: Cut, axis: int) -> Trail:
    """Tell the way to the join: both cuts, and the branch that decides about one of them."""
    tests = tuple(
        replace(station, message=f"{station.message}: where it fails, the cut does not happen")
        for literal in literals(whole.condition)
        for station in join.tests.get(literal, ())
        if cut.trail and station.site.function is cut.trail[-1].site.function
    )
    other = narrowed.cut(axis)
    always = () if other is None else _ending(other.trail, "on every path")
    return joined(_ending(cut.trail, "only then"), always, tests, join.path)


def _ending(trail: Trail, how: str) -> Trail:
    if not trail:
        return trail
    return (*trail[:-1], replace(trail[-1], message=f"{trail[-1].message} {how}"))
