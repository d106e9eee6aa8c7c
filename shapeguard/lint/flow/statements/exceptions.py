"""``try``, ``finally``, ``suppress`` and ``raises``: an exception can leave a body at any of its statements."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.domain import merge, state
from shapeguard.lint.flow.domain.predicates import at_most, equal
from shapeguard.lint.flow.domain.propositions import Opaque
from shapeguard.lint.flow.domain.state import State
from shapeguard.lint.flow.domain.terms import ZERO, Term
from shapeguard.lint.flow.domain.values import Sequence, Unknown
from shapeguard.lint.flow.events import Event, Lookup
from shapeguard.lint.flow.shapes.iteration import count
from shapeguard.lint.flow.statements.refusals import NOTHING_THERE, WIDE, raised_by
from shapeguard.lint.flow.syntax.liveness import unbound_behind
from shapeguard.lint.flow.syntax.usage import dotted_name, last_name

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.run import Run

MAX_KEPT = 4
_SUPPRESSING = frozenset({"suppress", "raises", "assertRaises", "assertRaisesRegex"})
"""Context managers behind which it goes on: what they name may be raised, or must be."""
Handler = cst.ExceptHandler | cst.ExceptStarHandler


@dataclass
class Attempt:
    """What names stand for at the points at which an exception can leave a body."""

    before: State
    values: dict[str, list[Value]] = field(default_factory=dict[str, "list[Value]"])

    def note(self, now: State) -> None:
        """Remember the values that differ from those before the body."""
        for name, value in now.names.items():
            if value is self.before.names.get(name):
                continue
            seen = self.values.setdefault(name, [])
            if len(seen) <= MAX_KEPT and not any(each is value for each in seen):
                seen.append(value)

    def left(self, identity: str) -> State:
        """Return the state in which an exception leaves: any of what was noted, for every name."""
        names = dict(self.before.names)
        for name, seen in self.values.items():
            label = f"{identity}!{name}"
            if len(seen) > MAX_KEPT:
                names[name] = Unknown(label, name)
                continue
            for number, value in enumerate(seen):
                known = names.get(name, value)
                names[name] = merge.branch(Opaque(f"{label}{number}"), value, known, label)
        return State(names, self.before.facts)


def execute_try(run: Run, node: cst.Try | cst.TryStar) -> None:
    """Execute ``try`` with its handlers, ``else`` and ``finally``."""
    final = node.finalbody
    if final is None:
        _attempt(run, node)
        return
    whole, exits = Attempt(run.here), _Exits.before(run)
    run.attempts.append(whole)
    _attempt(run, node)
    run.attempts.pop()
    exits.pass_through(run, final)
    after = run.state
    run.state = whole.left(run.identity(final)).assume(Opaque(f"{run.identity(final)}!"))
    if run.state is not None:
        run.execute((final,))
    run.state = after
    if after is not None:
        run.execute((final,))


def _attempt(run: Run, node: cst.Try | cst.TryStar) -> None:
    handlers: tuple[Handler, ...] = tuple(node.handlers)
    kinds = frozenset(kind for handler in handlers for kind in _kinds(handler))
    before, kept = set(run.here.names), list[Event]()
    failed_at = attempted(run, node.body, kinds, run.identity(node), kept)
    _know_found(run, kept)
    if run.state is not None and node.orelse is not None:
        run.execute((node.orelse,))
    outcome = run.state
    for number, handler in enumerate(handlers):
        failed = Opaque(f"{run.identity(node)}!{number}")
        run.state = failed_at.assume(failed)
        if run.state is not None:
            _handle(run, handler)
        if run.state is not None and unbound_behind(run.function.parse(), node, handler) - before:
            _let_pass(run, handler, kept)
        outcome = state.join(failed, run.state, outcome, run.identity(handler))
    run.state = outcome


def _know_found(run: Run, kept: Iterable[Event]) -> None:
    """Let the path on which no exception left a body know that the members it read were there."""
    for event in kept:
        if run.state is None or not isinstance(event, Lookup) or event.axis != 0:
            continue
        at = None if event.position is None else event.position.known
        always = run.state.known.issuperset(event.moment.facts)
        if at is not None and always and isinstance(event.holder, Sequence):
            number = count(run, event.site.node, event.holder)
            least = Term(-at if at < 0 else at + 1)
            run.state = run.state.assume(at_most(least, number)) or run.state


def _let_pass(run: Run, handler: Handler, kept: Iterable[Event]) -> None:
    """Report what a handler expects and yet goes on from, to where a name is read that is not bound.

    Who catches that there is no first member believes that there may be none.
    """
    caught = frozenset(_kinds(handler)) & NOTHING_THERE
    for event in kept:
        if isinstance(event, Lookup) and caught & raised_by(event):
            number = count(run, event.site.node, event.holder)
            station = run.station(handler, "catches `{}`", handler.type)
            run.analysis.tests.setdefault(equal(number, ZERO), (station,))
            run.emit(event)


def attempted(
    run: Run,
    body: cst.BaseSuite,
    kinds: frozenset[str],
    identity: str,
    kept: list[Event] | None = None,
) -> State:
    """Execute a body whose exceptions of some kinds are caught; return where they leave it.

    The events that are such exceptions are kept back, and added to ``kept``.
    """
    attempt = Attempt(run.here)
    run.attempts.append(attempt)
    with _expecting(run, kinds, [] if kept is None else kept):
        run.execute((body,))
    if run.state is not None:
        attempt.note(run.state)
    run.attempts.pop()
    return attempt.left(identity)


def _handle(run: Run, handler: Handler) -> None:
    name = handler.name.name if handler.name is not None else None
    if isinstance(name, cst.Name):
        run.here.bind({name.value: run.unknown(handler, name.value)})
    run.execute((handler.body,))
    if isinstance(name, cst.Name) and run.state is not None:
        run.state.unbind(name.value)


def _kinds(handler: Handler) -> Iterator[str]:
    kind = handler.type
    kinds = [each.value for each in kind.elements] if isinstance(kind, cst.Tuple) else [kind]
    for each in kinds:
        yield "" if each is None else (dotted_name(each) or "?").rpartition(".")[2]


def suppressed(item: cst.WithItem) -> frozenset[str] | None:
    """Return what a context manager keeps from leaving its body; None if it lets all pass."""
    call = item.item
    if not isinstance(call, cst.Call):
        return None
    if last_name(call.func) not in _SUPPRESSING:
        return None
    kinds = [each.value for each in call.args if each.keyword is None]
    return frozenset((dotted_name(each) or "?").rpartition(".")[2] for each in kinds)


@contextmanager
def _expecting(run: Run, kinds: frozenset[str], kept: list[Event]) -> Generator[None]:
    """Keep back the events that are exceptions of kinds which are caught: they are expected."""
    emit = run.analysis.emit

    def others(event: Event) -> None:
        raised = raised_by(event)
        caught = raised & kinds or (raised and kinds & WIDE)
        kept.append(event) if caught else emit(event)

    run.analysis.emit = others
    try:
        yield
    finally:
        run.analysis.emit = emit


@dataclass
class _Exits:
    """How many returns, breaks and continues there were before a statement."""

    returns: int
    breaks: int
    continues: int

    @classmethod
    def before(cls, run: Run) -> _Exits:
        loop = run.loops[-1] if run.loops else None
        return cls(
            len(run.returns),
            len(loop.breaks) if loop is not None else 0,
            len(loop.continues) if loop is not None else 0,
        )

    def pass_through(self, run: Run, final: cst.Finally) -> None:
        """Execute ``finally`` on every way out of the statement."""
        normal, leaving = run.state, run.returns[self.returns :]
        del run.returns[self.returns :]
        for early, value in leaving:
            run.returns.extend((through, value) for through in _after(run, (early,), final))
        if run.loops:
            loop = run.loops[-1]
            loop.breaks[self.breaks :] = list(_after(run, loop.breaks[self.breaks :], final))
            loop.continues[self.continues :] = list(
                _after(run, loop.continues[self.continues :], final)
            )
        run.state = normal


def _after(run: Run, leaving: Iterable[State], final: cst.Finally) -> Iterator[State]:
    for early in leaving:
        left = _through(run, early, final)
        if left is not None:
            yield left


def _through(run: Run, early: State | None, final: cst.Finally) -> State | None:
    run.state = early
    run.execute((final,))
    return run.state
