"""Substitution: what a predicate says for given values.

A search asks the same predicates for thousands of values. So each is compiled once, and a search
remembers what it was told for the values of just those unknowns that a predicate reads.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.numbers import UndefinedError
from shapeguard.lint.flow.domain.propositions import (
    AtMostZero,
    Every,
    EveryMember,
    IsZero,
    Opaque,
    Some,
    literals,
)
from shapeguard.lint.flow.domain.terms import Sizes, Symbol, atoms, evaluate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.terms import Term

Values = Mapping[Symbol | Sizes, int | tuple[int, ...]]
Truths = Mapping[str, bool]
Ask = Callable[[Values, Truths], bool | None]
"""Says whether a predicate holds, or None where an unknown that decides has no value yet."""
Unknown = Symbol | Sizes | str
Row = list[int | tuple[int, ...] | bool | None]
"""The values of all unknowns of a search, each at its place; None where it has none."""
KEPT = 20_000
"""How many answers of one predicate are kept."""


@functools.lru_cache(maxsize=20_000)
def compiled(predicate: Predicate) -> Ask:
    """Return what evaluates a predicate."""
    match predicate:
        case Every(parts=parts):
            return _combined(parts, decisive=False)
        case Some(parts=parts):
            return _combined(parts, decisive=True)
        case Opaque(key, wanted):
            return lambda _, truths: None if (told := truths.get(key)) is None else told == wanted
        case EveryMember():
            return _every_member(predicate)
        case AtMostZero(term, strict):
            bound = 0 if strict else 1
            return _of_number(term, lambda value: value < bound)
        case IsZero(term, wanted):
            return _of_number(term, lambda value: (value == 0) == wanted)


def _combined(predicates: Sequence[Predicate], *, decisive: bool) -> Ask:
    """Return what asks the parts one by one, until one gives the answer that decides."""
    parts = [compiled(each) for each in predicates]

    def ask(values: Values, truths: Truths) -> bool | None:
        answer: bool | None = not decisive
        for part in parts:
            told = part(values, truths)
            if told is decisive:
                return decisive
            if told is None:
                answer = None
        return answer

    return ask


def _every_member(predicate: EveryMember) -> Ask:
    condition = compiled(predicate.condition)

    def ask(values: Values, truths: Truths) -> bool | None:
        members = values.get(predicate.sizes)
        if not isinstance(members, tuple):
            return None
        told = [condition({**values, predicate.member: value}, truths) for value in members]
        if None in told and False not in told:
            return None
        return (False not in told) == predicate.holds

    return ask


def _of_number(term: Term, says: Callable[[int], bool]) -> Ask:
    """Return what asks a number; whatever it is asked, one that is undefined does not meet it."""

    def ask(values: Values, _: Truths) -> bool | None:
        try:
            return says(evaluate(term, values))
        except KeyError:
            return None
        except UndefinedError:
            return False

    return ask


@dataclass(eq=False, slots=True)
class Question:
    """A predicate that is asked often: the unknowns that it reads, and what was answered for these."""

    ask: Ask
    reads: tuple[Unknown, ...]
    answers: dict[object, bool | None] = field(default_factory=dict[object, bool | None])


@functools.lru_cache(maxsize=256)
def question(predicate: Predicate) -> Question:
    """Return the question whether a predicate holds; the same for all searches."""
    return Question(compiled(predicate), tuple(dict.fromkeys(_read_by(predicate))))


def _read_by(predicate: Predicate) -> list[Unknown]:
    """Return all that decides about a predicate, also inside of what is said about every member."""
    found: list[Unknown] = []
    for literal in literals(predicate):
        match literal:
            case Opaque(key):
                found.append(key)
            case EveryMember(sizes, _, condition):
                found += (sizes, *_read_by(condition))
            case AtMostZero(term) | IsZero(term):
                found += atoms(term)
    return found


class Asked:
    """A question within one search, in which each unknown has a place in a row of values."""

    __slots__ = ("_answers", "_ask", "_key")

    def __init__(self, predicate: Predicate, places: dict[Unknown, int]) -> None:
        """Give each unknown that the predicate reads a place, unless it has one."""
        asked = question(predicate)
        if len(asked.answers) > KEPT:
            asked.answers.clear()
        own = [places.setdefault(each, len(places)) for each in asked.reads]
        self._ask, self._answers = asked.ask, asked.answers
        self._key: Callable[[Row], object] = operator.itemgetter(*own) if own else _nothing

    def holds(self, row: Row, values: Values, truths: Truths) -> bool | None:
        """Say whether the predicate holds, or None where that is not decided yet."""
        key = self._key(row)
        try:
            return self._answers[key]
        except KeyError:
            answer = self._answers[key] = self._ask(values, truths)
            return answer


def _nothing(_: Row) -> None:
    """Return the key of what reads no unknown."""
