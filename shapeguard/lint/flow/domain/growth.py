"""How lists grow in a loop: lists that grow together are equally long, whatever their length is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.algebra import times
from shapeguard.lint.flow.domain.members import united
from shapeguard.lint.flow.domain.places import at, called, changed
from shapeguard.lint.flow.domain.predicates import every
from shapeguard.lint.flow.domain.propositions import TRUE, Opaque, conjuncts
from shapeguard.lint.flow.domain.terms import ZERO, Symbol, Term, Unlikely, reason_of, symbol
from shapeguard.lint.flow.domain.values import Int, Sequence
from shapeguard.lint.flow.syntax.texts import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from shapeguard.lint.flow.domain.places import Place
    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.values import Value

_KIND = re.compile(r"compare\((?P<left>.+) == (?P<right>.+)\)")
_QUOTES = ("'", '"')
Ways = tuple[tuple["Predicate", Term], ...]
"""How often a loop runs: numbers, each with the condition under which it is the one."""


@dataclass(frozen=True, slots=True)
class Rounds:
    """The rounds of a loop: how often it runs, and which conditions are the same in all of them.

    ``fill`` says of a list that it is hardly left without a member by all of them.
    """

    ways: Ways
    keep: Callable[[Predicate], bool]
    fill: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Growth:
    """By how much a list or a number grows in one iteration: on each path, under its condition.

    ``begins`` is its size before the loop.
    """

    begins: Term
    steps: tuple[tuple[Predicate, Term], ...]

    @property
    def key(self) -> str:
        """The identity of the length: the same for lists that begin and grow together."""
        return digest(repr((self.begins, self.pace)))

    @property
    def pace(self) -> str:
        """The identity of the growth alone, wherever it begins."""
        return digest(repr(sorted(map(repr, self.steps))))

    @property
    def even(self) -> Term | None:
        """The step, if it is the same number on every path."""
        steps = {step for _, step in self.steps}
        (first,) = steps if len(steps) == 1 else (None,)
        return first if first is not None and first.known is not None else None

    @property
    def is_fill(self) -> bool:
        """Whether the list never shrinks."""
        return all(step.floor is not None and step.floor >= 0 for _, step in self.steps)

    @property
    def counts(self) -> bool:
        """Whether every path adds a known number, perhaps none."""
        return self.is_fill and all(step.known is not None for _, step in self.steps)

    @property
    def may_stay(self) -> bool:
        """Whether there is a path on which the list surely, or for a reason, does not grow.

        That something is none of the kinds that are told apart is no such path: its author has
        listed them all.
        """
        return self.is_fill and any(
            not _is_rest_of_kinds(condition) if step == ZERO else _may_be_zero(step)
            for condition, step in self.steps
        )

    @property
    def hardly_stays(self) -> bool:
        """Whether the list does not grow for reasons alone that hardly come true."""
        whys = [
            atom.why
            for _, step in self.steps
            for atom, _ in step.parts
            if _may_be_zero(step) and isinstance(atom, Symbol)
        ]
        stays = any(step == ZERO for _, step in self.steps)
        return not stays and bool(whys) and all(isinstance(why, Unlikely) for why in whys)


def _may_be_zero(step: Term) -> bool:
    """Say whether a step is a sum of lengths each of which has a reason to be 0."""
    reasons = [isinstance(atom, Symbol) and atom.why for atom, _ in step.parts]
    return step.constant == 0 and all(reasons)


def _is_rest_of_kinds(condition: Predicate) -> bool:
    """Say whether a condition is the missing ``else`` of a choice between several texts."""
    kinds = [_KIND.fullmatch(each.key) for each in conjuncts(condition) if isinstance(each, Opaque)]
    told = [(kind["left"], kind["right"]) for kind in kinds if kind is not None]
    subjects = {side for pair in told for side in pair if not side.startswith(_QUOTES)}
    refused = all(isinstance(each, Opaque) and not each.holds for each in conjuncts(condition))
    return refused and len(told) == len(kinds) > 1 and len(subjects) == 1


def growth(
    first: Value | None, before: Value | None, after: Value, size: Callable[[Value], Term | None]
) -> Growth | None:
    """Return how something of a size grew between two points, or None where a size is not known."""
    begins = None if first is None else size(first)
    start = None if before is None else size(before)
    if begins is None or start is None:
        return None
    steps: list[tuple[Predicate, Term]] = []
    for condition, leaf in merge.alternatives(after):
        end = size(leaf)
        if end is None:
            return None
        steps.append((condition, end - start))
    return Growth(begins, tuple(steps))


def _length(value: Value) -> Term | None:
    if not isinstance(value, Sequence):
        return None
    return Term(len(value.items)) if value.items is not None else value.length


def _number(value: Value) -> Term | None:
    return value.term if isinstance(value, Int) else None


def in_step(
    entry: Mapping[str, Value], before: Mapping[str, Value], after: Mapping[str, Value], loop: str
) -> Iterator[tuple[Place, Term]]:
    """Yield the places of lists that the body fills, with a length for the head of the loop.

    Lists that grow together get the same length.
    """
    for place, _, found in _filled(entry, before, after):
        least = found.begins.floor or 0
        yield place, symbol(f"{loop}~{found.key}+{least}", f"len({called(place)})", low=least)


def _filled(
    entry: Mapping[str, Value], before: Mapping[str, Value], after: Mapping[str, Value]
) -> Iterator[tuple[Place, Value, Growth]]:
    """Yield the places of lists to which an iteration adds, with what is there after it."""
    for place, grown in changed(before, after):
        found = growth(at(entry, place), at(before, place), grown, _length)
        if found is not None and found.is_fill:
            yield place, grown, found


def counted(
    entry: Mapping[str, Value],
    before: Mapping[str, Value],
    after: Mapping[str, Value],
    rounds: Rounds,
    loop: str,
) -> Iterator[tuple[Place, Value]]:
    """Yield the lists that a loop has filled, as they are behind it, for each number of iterations."""
    for place, grown, found in _filled(entry, before, after):
        label = f"{loop}~{'.'.join(place)}"
        element, where = united(merge.lists_of(grown), label)
        name = called(place)
        why = f"`{name}` is filled only under a condition" if found.may_stay else ""
        if rounds.fill(name) or found.hardly_stays:
            why = Unlikely(why)
        uneven = symbol(f"{loop}~{found.pace}", f"len({name})", why=why)
        lengths = lengths_behind(found, rounds, uneven)
        made = ((way, Sequence(None, element, each, where=where)) for way, each in lengths)
        yield place, merge.select(made, label)


def lengths_behind(found: Growth, rounds: Rounds, uneven: Term) -> Ways:
    """Return how much there is behind a loop; where every round grows alike, that is told by their number.

    A condition that no round changes decides about all rounds at once.
    """
    if found.even is None and not all(rounds.keep(condition) for condition, _ in found.steps):
        return ((TRUE, found.begins + uneven),)
    lengths: list[tuple[Predicate, Term]] = []
    for condition, step in ((TRUE, found.even),) if found.even is not None else found.steps:
        if step == ZERO and found.even is None:
            lengths.append((condition, found.begins + uneven))
        elif step.known is None:
            return ((TRUE, found.begins + uneven),)
        else:
            lengths += (
                (every((condition, way)), found.begins + times(number, step))
                for way, number in rounds.ways
            )
    return tuple(lengths)


def risen(
    entry: Mapping[str, Value],
    before: Mapping[str, Value],
    after: Mapping[str, Value],
    rounds: Rounds,
    loop: str,
) -> Iterator[tuple[str, Value]]:
    """Yield the numbers that a loop counts up, as they are behind it.

    A number that rises where a list grows is as large as that list is long.
    """
    for name, value in after.items():
        found = growth(entry.get(name), before.get(name), value, _number)
        if found is None or value == before[name] or not (found.counts or found.may_stay):
            continue
        why = _why_not_risen(name, found)
        totals = lengths_behind(found, rounds, symbol(f"{loop}~{found.pace}", name, why=why))
        label = f"{loop}~{name}"
        yield name, merge.select(((way, Int(total)) for way, total in totals), label)


def _why_not_risen(name: str, found: Growth) -> str:
    """Return why a number may not have risen in any round, or nothing where it has."""
    if not found.may_stay:
        return ""
    reason = next((why for _, step in found.steps if (why := reason_of(step))), "")
    never = all(step != ZERO for _, step in found.steps)
    return f"in every round, {reason}" if never else f"`{name}` is counted only under a condition"
