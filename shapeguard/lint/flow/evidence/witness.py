"""Witnesses: concrete sizes under which a condition holds, found by substitution.

A small-model search: the symbols of a goal are tried over a few small values, the ones that people
would try first. What it returns has been substituted into every predicate; what it does not find it
does not claim.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.propositions import (
    AtMostZero,
    IsZero,
    conjuncts,
    literals,
    opaque_keys,
    unknowns,
)
from shapeguard.lint.flow.domain.terms import Sizes, Symbol, constants, evaluate
from shapeguard.lint.flow.evidence.substitution import Asked, Row, compiled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.terms import Term

NUMBERS = (2, 3, 1, 0, 4)
LISTS = (
    (2, 0),
    (2, 1),
    (1, 2),
    (0, 2),
    (3, 1),
    (1, 0, 1),
    (2, 0, 1),
    (1, 1),
    (2, 0, 0),
    (2,),
    (0, 0),
)
MAX_TRIALS = 4_000
UNUSUAL = (1, 2)
"""Of many unknowns few matter: a search that was too long is made again with so many of them varied."""


@dataclass
class Assignment:
    """Values for symbols and lists of sizes, and truth values for what is opaque."""

    values: dict[Symbol | Sizes, int | tuple[int, ...]] = field(
        default_factory=dict[Symbol | Sizes, int | tuple[int, ...]]
    )
    opaque: dict[str, bool] = field(default_factory=dict[str, bool])

    def value(self, term: Term) -> int:
        """Return the value of a term; raises UndefinedError or KeyError where it has none."""
        return evaluate(term, self.values)


def holds(predicate: Predicate, given: Assignment) -> bool | None:
    """Evaluate a predicate; None where a symbol has no value yet."""
    return compiled(predicate)(given.values, given.opaque)


def search(goals: Sequence[Predicate], facts: Sequence[Predicate] = ()) -> Assignment | None:
    """Return an assignment that makes every goal true, and no fact false, or None.

    Facts that have nothing to do with a goal, by way of other facts either, are left out: they can be
    met on their own.
    """
    near = {each: 0 for goal in goals for each in unknowns(goal)}
    relevant = _relevant(goals, facts, near)
    everything = [each for goal in (*goals, *relevant) for each in conjuncts(goal)]
    trial = _Trial(more=_written(everything))
    for goal in everything:
        trial.add(goal)
    for unusual in (None, *UNUSUAL):
        for given in trial.assignments(trial.unknowns(near), sorted(trial.by_key), unusual):
            if trial.is_met():
                return _needed(everything, given)
        if trial.steps < MAX_TRIALS:
            return None
        trial.steps = 0
    return None


def _relevant(
    goals: Sequence[Predicate], facts: Iterable[Predicate], near: dict[Symbol | Sizes, int]
) -> list[Predicate]:
    """Return the facts about the symbols of the goals, and the facts on which these depend.

    ``near`` has how many facts lie between a symbol and the goals; those of the facts are added.
    """
    keys = {key for goal in goals for key in opaque_keys(goal)}
    left = {fact: (set(unknowns(fact)), opaque_keys(fact)) for fact in facts}
    chosen: set[Predicate] = set()
    for distance in range(1, len(left) + 1):
        known = set(near)
        found = [f for f, (symbols, named) in left.items() if symbols & known or named & keys]
        if not found:
            break
        for fact in found:
            symbols, named = left.pop(fact)
            near |= dict.fromkeys(symbols - known, distance)
            keys |= named
            chosen.add(fact)
    return [fact for fact in facts if fact in chosen]


def _needed(goals: list[Predicate], found: Assignment) -> Assignment:
    """Leave out the values that decide nothing, so that the witness shows what matters."""
    kept = Assignment(dict(found.values), dict(found.opaque))
    for symbol in [each for each in found.values if isinstance(each, Symbol)]:
        value = kept.values.pop(symbol)
        if not all(holds(goal, kept) for goal in goals):
            kept.values[symbol] = value
    return kept


def _written(goals: Iterable[Predicate]) -> tuple[int, ...]:
    """Return the largest number that goals name, one more, and twice as many, unless they are tried anyway."""
    terms = (
        literal.term
        for goal in goals
        for literal in literals(goal)
        if isinstance(literal, AtMostZero | IsZero)
    )
    largest = max((abs(each) for term in terms for each in constants(term)), default=0)
    more = (2 * largest + 1, largest + 1, largest) if largest > 1 else ()
    return tuple(each for each in more if each > max(NUMBERS))


def _values(unknown: Symbol | Sizes, more: tuple[int, ...]) -> Sequence[int | tuple[int, ...]]:
    if isinstance(unknown, Sizes):
        return [sizes for sizes in LISTS if min(sizes, default=unknown.low) >= unknown.low]
    return [value for value in (*NUMBERS, *more) if value >= (unknown.low or 0)]


@dataclass
class _Trial:
    """One search: which predicates speak of which unknown, so that each is asked only when it may change.

    Every node of the search counts as a step, so that a search without an answer ends as well.
    """

    by_symbol: dict[Symbol | Sizes, list[Asked]] = field(
        default_factory=dict["Symbol | Sizes", list[Asked]]
    )
    by_key: dict[str, list[Asked]] = field(default_factory=dict[str, list[Asked]])
    goals: list[Asked] = field(default_factory=list[Asked])
    given: Assignment = field(default_factory=Assignment)
    places: dict[Symbol | Sizes | str, int] = field(
        default_factory=dict["Symbol | Sizes | str", int]
    )
    row: Row = field(default_factory=Row)
    more: tuple[int, ...] = ()
    steps: int = 0

    def add(self, goal: Predicate) -> None:
        asked = Asked(goal, self.places)
        self.goals.append(asked)
        self.row += [None] * (len(self.places) - len(self.row))
        for symbol in set(unknowns(goal)):
            self.by_symbol.setdefault(symbol, []).append(asked)
        for key in opaque_keys(goal):
            self.by_key.setdefault(key, []).append(asked)

    def unknowns(self, near: dict[Symbol | Sizes, int]) -> list[Symbol | Sizes]:
        """Sort lists first, since partial sums bound everything else; then what is near the goals."""
        return sorted(
            self.by_symbol, key=lambda each: (isinstance(each, Symbol), near.get(each, 0), each.key)
        )

    def assignments(
        self, symbols: list[Symbol | Sizes], keys: list[str], unusual: int | None = None
    ) -> Iterator[Assignment]:
        """Assign one unknown after the other, leaving a branch as soon as a predicate is false.

        At most ``unusual`` symbols get another value than the first that they can have.
        """
        if keys:
            place = self.places[keys[0]]
            for truth in (True, False):
                self.given.opaque[keys[0]] = self.row[place] = truth
                if self._possible(self.by_key[keys[0]]):
                    yield from self.assignments(symbols, keys[1:], unusual)
                del self.given.opaque[keys[0]]
            self.row[place] = None
            return
        if not symbols:
            yield self.given
            return
        first = symbols[0]
        place = self.places[first]
        for number, value in enumerate(_values(first, self.more)):
            left = unusual if unusual is None or number == 0 else unusual - 1
            if left is not None and left < 0:
                break
            self.given.values[first] = self.row[place] = value
            if self._possible(self.by_symbol[first]):
                yield from self.assignments(symbols[1:], keys, left)
            del self.given.values[first]
        self.row[place] = None

    def _possible(self, goals: list[Asked]) -> bool:
        self.steps += 1
        if self.steps >= MAX_TRIALS:
            return False
        row, values, truths = self.row, self.given.values, self.given.opaque
        for number, goal in enumerate(goals):
            if goal.holds(row, values, truths) is False:
                if number:  # what was false is likely to be false again, and is asked first
                    goals.insert(0, goals.pop(number))
                return False
        return True

    def is_met(self) -> bool:
        """Say whether every goal is true."""
        row, given = self.row, self.given
        return all(each.holds(row, given.values, given.opaque) for each in self.goals)
