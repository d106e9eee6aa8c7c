"""The abstract state at one point of a function: what every name stands for, and what holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.deduction import given, resolved
from shapeguard.lint.flow.domain.predicates import any_of, every, negate
from shapeguard.lint.flow.domain.propositions import FALSE, conjuncts
from shapeguard.lint.flow.domain.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.values import Value


@dataclass(slots=True)
class State:
    """Names and facts. ``facts`` are in the order in which the path met them.

    Neither is changed in place, so that states on several paths share them: what binds a name copies
    ``names``.
    """

    names: Mapping[str, Value] = field(default_factory=dict[str, "Value"])
    facts: tuple[Predicate, ...] = ()
    _known: frozenset[Predicate] | None = None

    @property
    def known(self) -> frozenset[Predicate]:
        """The facts as a set; facts are never changed in place."""
        if self._known is None:
            self._known = frozenset(self.facts)
        return self._known

    def bind(self, names: Mapping[str, Value]) -> None:
        """Let names stand for values from here on."""
        self.names = {**self.names, **names}

    def unbind(self, name: str) -> None:
        """Let a name stand for nothing from here on."""
        self.names = {known: value for known, value in self.names.items() if known != name}

    def assume(self, predicate: Predicate) -> State | None:
        """Return the state of the paths on which the predicate holds; None if there is none.

        Values are refined when they are read, so that the arms of a branch which read nothing join
        to what was there before.
        """
        remaining = given(predicate, self.known)
        if remaining == FALSE:
            return None
        new = tuple(part for part in conjuncts(remaining) if part not in self.known)
        reached = with_consequences(self.facts, self.known, new)
        return None if reached is None else State(self.names, *reached)

    def since(self, base: int) -> Predicate:
        """Return what the path has learned since it had ``base`` facts."""
        return every(self.facts[base:])


def with_consequences(
    facts: tuple[Predicate, ...], known: frozenset[Predicate], new: tuple[Predicate, ...]
) -> tuple[tuple[Predicate, ...], frozenset[Predicate]] | None:
    """Add facts, and what the others tell together with them; None where they contradict.

    Facts are given and returned in their order, and as the set that is ``known``.

    An arm of a branch left ``condition implies learned``: where the condition holds, so does what it
    implies.
    """
    while new:
        facts += new
        known = known.union(new)
        new = resolved(facts, known)
        if FALSE in new:
            return None
    return facts, known


def join(condition: Predicate, yes: State | None, no: State | None, identity: str) -> State | None:
    """Join the two arms of a branch; an arm that cannot be left leaves the other as it is."""
    if yes is None or no is None:
        return yes or no
    names = yes.names if yes.names is no.names else _joined(condition, yes, no, identity)
    common = tuple(fact for fact in yes.facts if fact in no.known)
    either = _either(condition, yes.facts, no.facts, common)
    return State(names, common + either)


def _joined(condition: Predicate, yes: State, no: State, identity: str) -> dict[str, Value]:
    names: dict[str, Value] = {}
    for name in dict.fromkeys((*yes.names, *no.names)):
        mine, theirs = yes.names.get(name), no.names.get(name)
        if mine is not None and mine is theirs:
            names[name] = mine
            continue
        label = f"{identity}:{name}"
        names[name] = merge.branch(
            condition, mine or Unknown(label, name), theirs or Unknown(label, name), label
        )
    return names


def after_part(condition: Predicate, before: State, part: State | None, identity: str) -> State:
    """Return the state behind a part of an expression that is only evaluated under a condition.

    What the part binds stays bound: a name that nothing stood for before has no other value.
    """
    if part is None:
        return before
    bound = {name: v for name, v in part.names.items() if v is not before.names.get(name)}
    if not bound:
        return before
    names = dict(before.names)
    for name, value in bound.items():
        old = names.get(name, value)
        names[name] = merge.branch(condition, value, old, f"{identity}:{name}")
    return State(names, before.facts)


def _either(
    condition: Predicate,
    yes: tuple[Predicate, ...],
    no: tuple[Predicate, ...],
    common: tuple[Predicate, ...],
) -> tuple[Predicate, ...]:
    """Keep what an arm learned beyond the condition: ``condition implies learned``."""
    learned: list[Predicate] = []
    for facts, own in ((yes, condition), (no, negate(condition))):
        known = {*common, *conjuncts(own)}
        extra = [fact for fact in facts if fact not in known]
        if extra and len(extra) <= 2:  # noqa: PLR2004 - longer implications are never used again
            learned.append(any_of((negate(own), every(extra))))
    return tuple(learned)
