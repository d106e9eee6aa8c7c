"""What holds at the head of a loop in every round, found by executing its body until nothing changes.

Most of what an analysis does it does in loops within loops, so no pass is made of which it is known what
comes of it: what every iteration binds before anything can see it does not change what an iteration does.
Where much work is done already, what a loop learned nothing of is unknown from the start in the next pass
over the loop around it. It might settle there, but to be given up tells less.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain import growth
from shapeguard.lint.flow.domain.places import resized
from shapeguard.lint.flow.domain.state import State
from shapeguard.lint.flow.domain.values import Unknown
from shapeguard.lint.flow.domain.widening import around
from shapeguard.lint.flow.statements.rehearsing import ALOUD, Rehearsal
from shapeguard.lint.flow.syntax.rebinding import bound_anew

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Set as AbstractSet

    import libcst as cst

    from shapeguard.lint.flow.bounds import Loops
    from shapeguard.lint.flow.run import Run

PASSES = 3
"""What has not settled after so many passes is unknown."""


def settle(run: Run, node: cst.For | cst.While, once: Callable[[State], None]) -> State:
    """Return what holds at the head of a loop in every round.

    ``once`` executes an iteration from its head; afterwards the state is that at the end of one, of the
    last pass.
    """
    analysis, identity = run.analysis, run.identity(node)
    outer = analysis.around
    loops = outer.inner(identity)
    unsettled = outer.unsettled.get(loops) if analysis.budget.is_tight else None
    head = _Head.of(run.here, identity, unsettled or frozenset())
    try:
        _settled(run, node, head, once, loops)
    finally:
        analysis.around = outer
    outer.unsettled[loops] = frozenset(head.given_up)
    return head.state


def _settled(
    run: Run, node: cst.For | cst.While, head: _Head, once: Callable[[State], None], loops: Loops
) -> None:
    """Execute iterations until one changes nothing at the head, and that one is heard."""
    analysis, returned = run.analysis, len(run.returns)
    settled = heard = False
    while not settled:
        analysis.around = analysis.around.passing(loops)
        with Rehearsal(run, aloud=head.passes < ALOUD) as rehearsal:
            once(head.state)
            moved = head.widen(run.state)
            while moved and _is_same(run, node, moved, returned):
                moved = head.widen(run.state)
            settled, heard = not moved, rehearsal.is_heard
            if settled:
                rehearsal.keep()
    if not heard:
        analysis.around = analysis.around.passing(loops)
        once(head.state)


@dataclass
class _Head:
    """What is known at the head of a loop after some passes; what was given up stays unknown."""

    identity: str
    entry: State
    state: State
    given_up: set[str]
    passes: int = 0

    @classmethod
    def of(cls, entry: State, identity: str, unsettled: frozenset[str]) -> _Head:
        """Return what is known before the first pass: what did not settle before will not now."""
        given_up = {name for name in entry.names if name in unsettled}
        state = State(entry.names, entry.facts)
        state.bind({name: _unknown(identity, name) for name in given_up})
        return cls(identity, entry, state, given_up)

    def widen(self, after: State | None) -> set[str]:
        """Let what an iteration ends with hold at its head as well; return the names that moved."""
        widened = self.state if after is None else self._widened(after)
        self.passes += 1
        before = self.state.names
        moved = {name for name, value in widened.names.items() if value != before[name]}
        if self.passes > PASSES:
            self.given_up |= moved
        self.state = widened
        return moved

    def _widened(self, after: State) -> State:
        names = dict(self.state.names)
        for name, value in after.names.items():
            if name in self.given_up:
                names[name] = _unknown(self.identity, name)
            elif name in names and value is not names[name]:
                names[name] = around(names[name], value, f"{self.identity}~{name}")
        before, entry = self.state.names, self.entry
        for place, length in growth.in_step(entry.names, before, after.names, self.identity):
            resized(names, place, length)
        return State(names, entry.facts)


def _unknown(identity: str, name: str) -> Unknown:
    return Unknown(f"{identity}~{name}", name)


def _is_same(run: Run, node: cst.For | cst.While, moved: AbstractSet[str], returned: int) -> bool:
    """Say whether an iteration does the same, whatever some names stood for at its begin.

    It does if it binds them before anything can see them, on every path that there is.
    """
    loop = run.loops[-1]
    if loop.skips or loop.breaks or len(run.returns) > returned or run.attempts:
        return False
    return moved <= bound_anew(run.function.parse(), node)
