"""The attributes of an object over its life: what all methods of its class make of them.

A method sees what the constructor has set, with everything that the constructor makes sure. A list
that begins empty and is filled by other methods, or a count that begins at 0, may still be so when
it is read. What is found out depends on the class alone, never on who asks first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow import merge
from shapeguard.lint.flow.binding import bind_unknown
from shapeguard.lint.flow.outcomes import outcome
from shapeguard.lint.flow.predicates import FALSE, TRUE, opaque_keys, unknowns
from shapeguard.lint.flow.program import UnparsableError
from shapeguard.lint.flow.run import (
    CONSTRUCTORS,
    EVERYTHING,
    NOTHING,
    Analysis,
    Budget,
    Run,
    WorkBoundError,
)
from shapeguard.lint.flow.state import State
from shapeguard.lint.flow.tensors import Tensor
from shapeguard.lint.flow.terms import ZERO, Symbol, Term, atoms, symbol
from shapeguard.lint.flow.trees import children
from shapeguard.lint.flow.values import Bool, Int, Missing, Record, Sequence, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.flow.predicates import Predicate
    from shapeguard.lint.flow.program import Class, Function
    from shapeguard.lint.flow.values import Value

STEPS = 3_000
_CONSTRUCTORS = frozenset({"__init__", "__post_init__", "__setstate__"})


@dataclass(frozen=True, slots=True)
class Life:
    """The attributes that an object has after a method, and what the method has made sure."""

    fields: tuple[tuple[str, Value], ...] = ()
    facts: tuple[Predicate, ...] = ()

    def field(self, name: str) -> Value | None:
        """Return the value of an attribute, if the method has set it."""
        return next((value for known, value in self.fields if known == name), None)


def attribute(run: Run, owner: Class, name: str) -> tuple[Value, tuple[Predicate, ...]] | None:
    """Return what an attribute is when a method reads it, and what holds then; None if unknown."""
    level = run.analysis.lives
    if level == NOTHING:
        return None
    writers = [*_writers(run, owner, name)]
    if not any(each.name in _CONSTRUCTORS for each in writers):
        return None
    built = _after(run, owner, "__init__")
    first = built.field(name)
    if first is None:
        return None
    others = [each for each in writers if each.name not in _CONSTRUCTORS]
    if not others:
        facts = tuple(fact for fact in built.facts if _concerns(fact, first))
        return None if _is_placeholder(first) else (_called(first, name), facts)
    return _changing(run, owner, name, first, others) if level == EVERYTHING else None


def is_written(run: Run, owner: Class, name: str) -> bool:
    """Say whether a method of a class sets an attribute."""
    return next(_writers(run, owner, name), None) is not None


def _concerns(fact: Predicate, value: Value) -> bool:
    """Say whether a fact is about what a value depends on."""
    for _, leaf in merge.alternatives(value):
        match leaf:
            case Int(term):
                keys = {each.key for each in atoms(term)}
            case Unknown(origin) | Tensor(origin):
                keys = {origin}
            case _:
                continue
        about = {each.key.partition("#")[0] for each in unknowns(fact)}
        asked = {key.rpartition("(")[2].rstrip(")") for key in opaque_keys(fact)}
        if keys & (about | asked):
            return True
    return False


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


def _changing(
    run: Run, owner: Class, name: str, first: Value, others: list[Function]
) -> tuple[Value, tuple[Predicate, ...]] | None:
    """Return a list that other methods fill, or a number to which they add."""
    if any(leaf == Sequence(()) for _, leaf in merge.alternatives(first)):
        filled = _filled(run, owner, name, others)
        if filled is None:
            return None
        other = Unknown(f"{owner!r}.{name}", f"self.{name}")
        lists = (
            (c, filled if leaf == Sequence(()) else other) for c, leaf in merge.alternatives(first)
        )
        return merge.select(lists, f"{owner!r}.{name}"), ()
    adding = next((each for each in others if _adds_to(each, name)), None)
    if first != Int(ZERO) or adding is None:
        return None
    why = f"`self.{name}` is 0 until `{adding.name}` is called"
    return Int(symbol(f"{owner!r}.{name}", f"self.{name}", why=why)), ()


def _filled(run: Run, owner: Class, name: str, others: list[Function]) -> Sequence | None:
    """Return a list with the members that any method gives it, and the reason why it may have none.

    Lists that the same methods fill in the same way are equally long.
    """
    members: set[Value] = set()
    growth: list[str] = []
    for each in others:
        after = _after(run, owner, each.name).field(name)
        lists = [] if after is None else merge.lists_of(after)
        given = [m for one in lists if (m := merge.member_of(one, each.name)) is not None]
        members.update(leaf for member in given for _, leaf in merge.alternatives(member))
        if given:
            single = len(lists) == 1
            growth.append(f"{each.name} {merge.length(lists[0], '')!r}" if single else name)
    if not growth:
        return None
    filling = growth[0].partition(" ")[0]
    reason = f"`self.{name}` is empty until `{filling}` is called"
    why = "" if _always_before(run, owner, filling) else reason
    key = f"{owner!r}.length({'; '.join(sorted(growth))})"
    length = symbol(key, f"len(self.{name})", why=why)
    return Sequence(None, merge.any_one(members, f"{owner!r}.{name}"), length)


def _always_before(run: Run, owner: Class, filling: str) -> bool:
    """Say whether the entry is a private method of which a caller calls the filling one as well."""
    entry = run.callers[0] if run.callers else run.function
    if not entry.name.startswith("_"):
        return False
    methods = (each for base in run.analysis.program.bases(owner) for each in base.methods.values())
    return any({entry.name, filling} <= each.calls for each in methods)


def _adds_to(function: Function, name: str) -> bool:
    """Say whether a method counts: ``self.name += ...``."""
    pending: list[cst.CSTNode] = [function.parse().body]
    while pending:
        node = pending.pop()
        match node:
            case cst.AugAssign(
                target=cst.Attribute(value=cst.Name(), attr=cst.Name(value=attr)),
                operator=cst.AddAssign(),
            ) if attr == name:
                return True
            case _:
                pending.extend(children(node))
    return False


def _writers(run: Run, owner: Class, name: str) -> Iterator[Function]:
    """Yield the methods of a class and its bases that set an attribute or change it in place."""
    for base in run.analysis.program.bases(owner):
        yield from (each for each in base.methods.values() if name in each.writes)


def _after(run: Run, owner: Class, method: str) -> Life:
    """Return the attributes after a method was executed with arguments that nobody knows."""
    if method not in owner.lives:
        owner.lives[method] = Life()
        owner.lives[method] = _executed(run, owner, method)
    known = owner.lives[method]
    return known if isinstance(known, Life) else Life()


def _executed(run: Run, owner: Class, name: str) -> Life:
    program = run.analysis.program
    function = program.method(owner, name)
    if function is None or {"staticmethod", "classmethod"} & {*function.decorators}:
        return Life()
    analysis = Analysis(
        program,
        run.analysis.models,
        lambda _: None,
        run.analysis.evaluate,
        run.analysis.execute,
        Budget(STEPS),
        muted=1,
        lives=NOTHING if name in _CONSTRUCTORS else CONSTRUCTORS,
    )
    inner = Run(analysis, function, State(), name=f"{owner!r}.{name}/")
    try:
        bind_unknown(inner, owner, f"{owner!r}.")
        before = dict(inner.here.names)
        definition = function.parse()
        first = next(iter(before), "")
        if name not in _CONSTRUCTORS:
            inner.here.names[first] = _with_lists(run, owner, before[first])
        inner.execute((definition.body,))
        found = outcome(inner, definition, before)
    except (WorkBoundError, UnparsableError, RecursionError):
        return Life()
    holder = found.changed.get(first)
    return Life(holder.fields, found.learned) if isinstance(holder, Record) else Life()


def _with_lists(run: Run, owner: Class, holder: Value) -> Value:
    """Let the lists that begin empty be so, so that what a method adds to them shows."""
    if not isinstance(holder, Record):
        return holder
    built = _after(run, owner, "__init__").fields
    empty = tuple(
        (name, Sequence(()))
        for name, value in built
        if any(leaf == Sequence(()) for _, leaf in merge.alternatives(value))
    )
    return replace(holder, fields=empty)
