"""What the methods of a class leave in the attributes of an object, each executed on its own.

What is found out depends on the class alone, never on who asks first: constructors are executed
without any knowledge of attributes, other methods with what the constructor has set.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from shapeguard.lint.flow.bounds import Budget, WorkBoundError
from shapeguard.lint.flow.calls.binding import bind_unknown
from shapeguard.lint.flow.calls.outcomes import outcome
from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.state import State
from shapeguard.lint.flow.domain.values import Record, Sequence
from shapeguard.lint.flow.program import UnparsableError
from shapeguard.lint.flow.run import CONSTRUCTORS, NOTHING, Analysis, Run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.program import Class, Function

STEPS = 3_000
CONSTRUCTOR_NAMES = frozenset({"__init__", "__post_init__", "__setstate__"})


@dataclass(frozen=True, slots=True)
class Life:
    """The attributes that an object has after a method, and what the method has made sure."""

    fields: tuple[tuple[str, Value], ...] = ()
    facts: tuple[Predicate, ...] = ()

    def field(self, name: str) -> Value | None:
        """Return the value of an attribute, if the method has set it."""
        return next((value for known, value in self.fields if known == name), None)


def writers(run: Run, owner: Class, name: str) -> Iterator[Function]:
    """Yield the methods of a class and its bases that set an attribute or change it in place."""
    for base in run.analysis.program.bases(owner):
        yield from (each for each in base.methods.values() if name in each.writes)


def after(run: Run, owner: Class, method: str) -> Life:
    """Return the attributes after a method was executed with arguments that nobody knows."""
    return run.analysis.program.lasting(
        ("life", owner, method), lambda: _executed(run, owner, method), meanwhile=Life()
    )


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
        lives=NOTHING if name in CONSTRUCTOR_NAMES else CONSTRUCTORS,
    )
    inner = Run(analysis, function, State(), name=f"{owner!r}.{name}/")
    try:
        bind_unknown(inner, owner, f"{owner!r}.")
        before = inner.here.names
        definition = function.parse()
        first = next(iter(before), "")
        if name not in CONSTRUCTOR_NAMES:
            inner.here.bind({first: _with_lists(run, owner, before[first])})
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
    built = after(run, owner, "__init__").fields
    empty = tuple(
        (name, Sequence(()))
        for name, value in built
        if any(leaf == Sequence(()) for _, leaf in merge.alternatives(value))
    )
    return replace(holder, fields=empty)
