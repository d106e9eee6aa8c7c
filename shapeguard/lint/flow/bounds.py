"""How much work an analysis may be, and what is remembered so that loops within loops stay within it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

CALL_PART = 4


class WorkBoundError(Exception):
    """A function took more steps than it may; it is reported as not analysed."""


@dataclass(slots=True)
class Budget:
    """Work left for one entry function, counted in evaluated expressions and statements.

    A call may use a part of what is left, so that an expensive callee becomes unknown and the
    caller still comes to its end.
    """

    steps: int
    reserved: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    begun: int = field(init=False)

    def __post_init__(self) -> None:
        self.begun = self.steps

    @property
    def is_tight(self) -> bool:
        """Whether more than half of the work is done: from there on less is looked at closely."""
        return 2 * self.steps < self.begun

    def spend(self) -> None:
        """Count one step; raises :class:`WorkBoundError` when none is left."""
        self.steps -= 1
        if self.steps < 0:
            raise WorkBoundError

    def enter(self) -> None:
        """Give a call its part of the work that is left."""
        part = self.steps // CALL_PART
        self.reserved.append((self.steps - part, self.begun))
        self.steps = self.begun = part

    def leave(self) -> None:
        """Return from a call; what it did not use is there again."""
        rest, self.begun = self.reserved.pop()
        self.steps = max(self.steps, 0) + rest


Loops = tuple[tuple[str, int], ...]
"""A loop, known by those around it, and by how often each was executed before in the pass around it."""


@dataclass
class Around:
    """One pass over the body of a loop: how often each loop inside has been executed in it.

    ``unsettled`` has the names of which a loop learned nothing that lasts, when it was executed for that
    time in an earlier pass over the same loops.
    """

    loops: Loops = ()
    times: Counter[str] = field(default_factory=Counter[str])
    unsettled: dict[Loops, frozenset[str]] = field(default_factory=dict[Loops, frozenset[str]])

    def inner(self, identity: str) -> Loops:
        """Return what a loop inside is known by, which is executed now."""
        self.times[identity] += 1
        return (*self.loops, (identity, self.times[identity]))

    def passing(self, loops: Loops) -> Around:
        """Return a new pass over a loop inside."""
        return Around(loops, unsettled=self.unsettled)
