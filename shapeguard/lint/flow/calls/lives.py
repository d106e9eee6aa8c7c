"""The attributes of an object over its life: what all methods of its class make of them.

A method sees what the constructor has set, with everything that the constructor makes sure. A list
that begins empty and is filled by other methods, or a count that begins at 0, may still be so when
it is read.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shapeguard.lint.flow.calls.filling import adds_to, called_after, filled, zeros_set
from shapeguard.lint.flow.calls.lifetimes import CONSTRUCTOR_NAMES, after, writers
from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.members import Subject
from shapeguard.lint.flow.domain.propositions import FALSE, TRUE
from shapeguard.lint.flow.domain.tensors import Tensor
from shapeguard.lint.flow.domain.terms import ZERO, Symbol, Term, symbol
from shapeguard.lint.flow.domain.values import Bool, Int, Missing, Record, Sequence, Unknown
from shapeguard.lint.flow.run import (
    EVERYTHING,
    NOTHING,
)
from shapeguard.lint.flow.trace import Site, Station

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.program import Class, Function
    from shapeguard.lint.flow.run import (
        Run,
    )


def attribute(run: Run, owner: Class, name: str) -> tuple[Value, tuple[Predicate, ...]] | None:
    """Return what an attribute is when a method reads it, and what holds then; None if unknown."""
    level = run.analysis.lives
    if level == NOTHING:
        return None
    setting = [*writers(run, owner, name)]
    others = [each for each in setting if each.name not in CONSTRUCTOR_NAMES]
    makers = [each for each in setting if each.name in CONSTRUCTOR_NAMES]
    if not makers:
        return None
    built = after(run, owner, "__init__")
    first = built.field(name)
    if first is None:
        return None
    if not others:
        about = Subject.of(first)
        facts = tuple(each for each in built.facts if about.is_in(each) or about.is_asked(each))
        return None if _is_placeholder(first) else (_called(first, name), facts)
    part = _part(run, first) if not any(name in each.sets for each in others) else None
    if part is not None:
        return part, ()
    if level < EVERYTHING:
        return None
    grown = _filled_list(run, owner, name, first, others)
    return grown if grown is not None else _count(run, owner, name, makers, others)


def _part(run: Run, value: Value) -> Value | None:
    """Return an object that stays the same while its methods are called, if a value is one.

    Of what it holds only other such objects are sure to stay.
    """
    leaves = merge.leaves(value)
    if not any(isinstance(leaf, Record) and leaf.owner for leaf in leaves):
        return None
    return merge.each(value, lambda leaf: _without_state(run, leaf), "part")


def _without_state(run: Run, value: Value) -> Value:
    if not isinstance(value, Record) or value.owner is None:
        return value
    owner = value.owner
    kept: list[tuple[str, Value]] = []
    for name, held in value.fields:
        setting = (each for each in writers(run, owner, name) if name in each.sets)
        part = _part(run, held)
        if part is not None and all(each.name in CONSTRUCTOR_NAMES for each in setting):
            kept.append((name, part))
    return replace(value, fields=tuple(kept))


def is_written(run: Run, owner: Class, name: str) -> bool:
    """Say whether a method of a class sets an attribute."""
    return next(writers(run, owner, name), None) is not None


def _is_placeholder(value: Value) -> bool:
    """Say whether a constructor sets something that somebody else is likely to replace or fill."""
    match value:
        case Missing() | Sequence(items=()):
            return True
        case Bool(predicate):
            return predicate in (TRUE, FALSE)
        case Int(term):
            return term == ZERO
        case _:
            return False


def _called(value: Value, name: str) -> Value:
    """Call a value that the constructor was given by the name of the attribute."""
    match value:
        case Unknown() | Tensor(cuts=()):
            return replace(value, name=f"self.{name}")
        case Int(Term(constant=0, parts=((Symbol() as atom, 1),)), trail):
            return Int(Term(0, ((replace(atom, name=f"self.{name}"), 1),)), trail)
        case _:
            return value


def _filled_list(
    run: Run, owner: Class, name: str, first: Value, others: list[Function]
) -> tuple[Value, tuple[Predicate, ...]] | None:
    """Return a list that begins without members, on some paths at least, and that others fill."""
    if not any(leaf == Sequence(()) for _, leaf in merge.alternatives(first)):
        return None
    growing = filled(run, owner, name, others)
    if growing is None:
        return None
    other = Unknown(f"{owner!r}.{name}", f"self.{name}")
    options = merge.alternatives(first)
    lists = ((c, growing if leaf == Sequence(()) else other) for c, leaf in options)
    return merge.select(lists, f"{owner!r}.{name}"), ()


def _count(
    run: Run, owner: Class, name: str, makers: list[Function], others: list[Function]
) -> tuple[Value, tuple[Predicate, ...]] | None:
    """Return a number that begins at 0 and to which others add, before it is read or not."""
    adding = [each for each in others if adds_to(each, name)]
    begun = next(((each, node) for each in makers for node in zeros_set(each.parse(), name)), None)
    if not adding or begun is None:
        return None
    key, entry = f"{owner!r}.{name}", run.callers[0] if run.callers else run.function
    counted = any(entry.name in each.calls for each in others)
    if counted or any(called_after(run, owner, each.name) for each in adding):
        return Int(symbol(key, f"self.{name}")), ()
    why = f"`self.{name}` is 0 until `{adding[0].name}` is called"
    if (key, why) not in run.analysis.origins:
        run.analysis.order += 1
        site = Site.of(begun[0], begun[1])
        station = Station(run.analysis.order, site, f"`self.{name}` begins at 0", begun[1])
        run.analysis.origins[key, why] = (station,)
    return Int(symbol(key, f"self.{name}", why=why)), ()
