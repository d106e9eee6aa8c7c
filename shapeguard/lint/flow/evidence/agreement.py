"""Whether the extents that meet in a join agree on every path.

For a pair of operands and an axis, every pair of alternatives that can meet is looked at. What is
reported is a *disagreement*: one operand whole on a path on which the other one is narrowed, with
sizes that show it. The sizes must also respect what the author evidently believes: that the operands
agree where both are narrowed (Engler et al. 2001, "Bugs as deviant behavior").
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import permutations, product
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.deduction import given
from shapeguard.lint.flow.domain.predicates import any_of, equal, every
from shapeguard.lint.flow.domain.propositions import (
    FALSE,
    TRUE,
    is_partly_lost,
    is_presence,
    literals,
    opaque_keys,
    unknowns,
)
from shapeguard.lint.flow.domain.tensors import Slice, Tensor
from shapeguard.lint.flow.domain.terms import Sizes, atoms
from shapeguard.lint.flow.evidence.belonging import ends, is_lookup, within
from shapeguard.lint.flow.evidence.cut_before import spares_what_fits
from shapeguard.lint.flow.evidence.operands import (
    common_rank,
    joined_axis,
    paths_of,
    refused,
)
from shapeguard.lint.flow.evidence.witness import holds, search
from shapeguard.lint.flow.trace import joined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.tensors import Cut
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.events import Join
    from shapeguard.lint.flow.evidence.operands import Path
    from shapeguard.lint.flow.evidence.witness import Assignment
    from shapeguard.lint.flow.trace import Station, Trail


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two operands that meet in a join on one pair of paths, looked at along one axis.

    ``whole`` was spared by ``cut`` where ``guard`` holds, ``narrowed`` is the other operand;
    ``always`` says that it is seen to be narrowed on every path. ``names`` are those of ``whole``
    and of ``narrowed``.
    """

    join: Join
    axis: int
    names: tuple[str, str]
    whole: Path
    narrowed: Path
    cut: Cut
    guard: Predicate
    always: bool


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A meeting whose extents differ for ``sizes``.

    ``tested`` says that the condition which spares the cut is a test of extents or of the index,
    ``sized`` that it tests a size at all: a flag may say which kind of operand it is.
    """

    meeting: Meeting
    sizes: Assignment
    tested: bool
    sized: bool
    trail: Trail


def disagreements(join: Join) -> Iterator[Disagreement]:
    """Yield one disagreement for each pair of operands and axis that has one."""
    if not any(_cuts(operand) for operand in join.operands):
        return
    named = list(zip(join.names, join.operands, strict=True))
    for (name, operand), (other_name, other) in permutations(named, 2):
        mine, theirs = paths_of(operand, join), paths_of(other, join)
        along = joined_axis(join, common_rank(join, (*mine, *theirs)))
        axes = sorted({cut.axis for path in mine for cut in path.tensor.cuts})
        for axis in axes:
            last = along == -1 and axis > 0 and axis == axes[-1]
            if axis == along or last:  # the last axis that is known may be the last one
                continue
            found = _at(join, axis, mine, theirs, (name, other_name))
            if found is not None:
                yield found


def _cuts(value: Value) -> bool:
    return any(isinstance(leaf, Tensor) and leaf.cuts for _, leaf in merge.alternatives(value))


def _at(
    join: Join, axis: int, mine: list[Path], theirs: list[Path], names: tuple[str, str]
) -> Disagreement | None:
    cuts = [cut for path in mine if (cut := path.cut(axis)) is not None]
    spared = [path for path in mine if path.cut(axis) is None]
    if not cuts or not spared:
        return None
    guard = any_of(path.condition for path in spared)
    for whole in spared:
        meeting = [other for other in theirs if _compatible(whole, other, join)]
        always = bool(meeting) and all(other.cut(axis) is not None for other in meeting)
        never = all(other.cut(axis) is None for other in theirs)
        if always or never:
            for narrowed, cut in product(meeting, cuts):
                found = _conflict(Meeting(join, axis, names, whole, narrowed, cut, guard, always))
                if found is not None:
                    return found
    return None


def _compatible(whole: Path, other: Path, join: Join) -> bool:
    facts = (*join.moment.facts, whole.condition)
    return given(other.condition, _flat(facts)) != FALSE


def _flat(facts: tuple[Predicate, ...]) -> set[Predicate]:
    joined_facts = every(facts)
    return set(getattr(joined_facts, "parts", (joined_facts,)))


def _conflict(met: Meeting) -> Disagreement | None:
    """Look for sizes under which the extents differ although the author's belief holds."""
    lost = is_partly_lost(met.whole.condition) or is_partly_lost(met.narrowed.condition)
    if not (met.cut.computed or _cut_alike(met)) or not _spared(met) or lost:
        return None
    if _presence(met.guard) or _looked_up_apart(met):
        return None
    if spares_what_fits(met.guard, met.cut, stretches=met.join.broadcast):
        return None
    tested = _tests_extent(met.guard, met.cut)
    evident = met.always or (tested and not met.join.broadcast)
    belief = _belief(met) if evident else None
    if belief is None:
        return None
    goals = (_differ(met), met.whole.condition, met.narrowed.condition, met.cut.under, belief)
    sizes = search([goal for goal in goals if goal != TRUE], met.join.moment.facts)
    if sizes is None:
        return None
    return Disagreement(met, sizes, tested, tested or _sized(met), _trail(met, sizes))


def _cut_alike(met: Meeting) -> bool:
    """Say whether the other operand is cut by the same slice, of numbers that are written out."""
    other = met.narrowed.cut(met.axis)
    return met.always and other is not None and other.index == met.cut.index


def _looked_up_apart(met: Meeting) -> bool:
    """Say whether the other operand was looked up by positions that cut nothing of this one.

    It has a row for each position, whatever it was looked up in: that is no share of anything.
    """
    other = met.narrowed.cut(met.axis)
    return other is not None and is_lookup(other) and other.index != met.cut.index


def _spared(met: Meeting) -> bool:
    """Say whether the whole operand is what the cut would have narrowed, and nothing else."""
    before = set(atoms(met.cut.before))
    return before <= set(atoms(met.whole.tensor.extent(met.axis)))


def _differ(met: Meeting) -> Predicate:
    return refused(met.join, *(p.tensor.extent(met.axis) for p in (met.whole, met.narrowed)))


def _belief(met: Meeting) -> Predicate | None:
    """Return what must be true if the author is right on the paths where both are narrowed.

    What they were cut from had the same extent if both sides are cut; if only this side is, by a
    slice, the slice describes the share that the other side holds. A share lies within what it is a
    share of; a slice of which another one was cut from the other side is reckoned from elsewhere,
    and may not.
    """
    cut, other = met.cut, met.narrowed.cut(met.axis)
    facts = (met.guard, *met.join.moment.facts)
    if other is not None:
        mine = () if isinstance(other.index, Slice) else (within(cut, facts),)
        return every((equal(cut.before, other.before), within(other, facts), *mine))
    if not isinstance(cut.index, Slice):
        return None
    start, stop = ends(cut.index, cut.before)
    share = equal(met.narrowed.tensor.extent(met.axis), stop - start)
    return every((share, within(cut, facts)))


def _presence(guard: Predicate) -> bool:
    """Say whether the cut depends on the mere presence of something: then index and cut go together."""
    parts = list(literals(guard))
    return bool(parts) and all(is_presence(part) for part in parts)


def _tests_extent(condition: Predicate, cut: Cut) -> bool:
    """Say whether the cut depends on a test of extents or of the index, and not of its presence."""
    about = set(unknowns(equal(cut.before, cut.after)))
    parts = list(literals(condition))
    return any(about.intersection(unknowns(part)) for part in parts) and not all(
        opaque_keys(part) for part in parts
    )


def _sized(met: Meeting) -> bool:
    """Say whether the condition tests what is never negative, as sizes are, or what cuts an operand."""
    other = met.narrowed.cut(met.axis)
    cuts = (met.cut,) if other is None else (met.cut, other)
    about = {each for cut in cuts for each in (*atoms(cut.before), *atoms(cut.after))}
    tested = (literal for literal in literals(met.guard) if not is_presence(literal))
    return any(
        isinstance(each, Sizes) or each.low is not None or each in about
        for literal in tested
        for each in unknowns(literal)
    )


def _trail(met: Meeting, sizes: Assignment) -> Trail:
    """Tell the way to the join: both cuts, and the branch that decides about one of them."""
    cut, other = met.cut, met.narrowed.cut(met.axis)
    tests = tuple(
        replace(station, template=f"{station.template}: {_outcome(station, sizes)}")
        for literal in literals(met.guard)
        for station in met.join.moment.tests.get(literal, ())
        if cut.trail and station.site.function is cut.trail[-1].site.function
    )
    always = () if other is None else _ending(other.trail, "on every path")
    return joined(_ending(cut.trail, "only then"), always, tests, met.join.moment.path)


def _outcome(station: Station, sizes: Assignment) -> str:
    """Say on which side of a branch the cut does not happen: the one that the sizes take."""
    taken = station.condition is not None and holds(station.condition, sizes)
    return f"where it {'holds' if taken else 'fails'}, the cut does not happen"


def _ending(trail: Trail, how: str) -> Trail:
    if not trail:
        return trail
    return (*trail[:-1], replace(trail[-1], template=f"{trail[-1].template} {how}"))
