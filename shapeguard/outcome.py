"""What the row oracle says of one case, as values that everything may read: no tensors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final


class Verdict(StrEnum):
    """How a composed run ended."""

    CORRECT = "correct"
    WRONG = "wrong"
    ERROR = "obscure error"
    REFUSED = "clear refusal"
    ACCEPTED = "bad input accepted"
    UNJUDGED = "cannot be judged"


GOOD: Final = frozenset({Verdict.CORRECT, Verdict.REFUSED})
"""The verdicts that need nobody's attention."""


class Relation(StrEnum):
    """What a composed run was compared with when it differed."""

    ALONE = "the row alone"
    UNPADDED = "the row alone, without its padding"
    EAGER = "the row alone, without padding, with attention 'eager'"
    IDENTITY = "the adapter of which it is an average or a split"
    LOSS = "the losses of the rows alone"
    GRADIENT = "the gradients of the rows alone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One case of a sweep, and what came of it.

    ``composition`` is its short name, ``text`` the call that makes it, ``group`` the kind of
    composition. ``code`` is ``plain`` for the installed library and ``reference`` with the
    reference installed. ``difference`` is the largest one, None where rows were lost. ``error`` is
    type and text of what was raised, or why nothing can be judged; ``place`` is where it was
    raised, as ``file:line``. ``smallest`` is the smallest case that fails alike, if it was looked
    for, and ``test`` the text of a regression test of it.
    """

    method: str
    family: str
    attention: str
    padding: str
    composition: str
    group: str
    text: str
    verdict: Verdict
    code: str = "plain"
    relation: Relation | None = None
    wrong_rows: tuple[int, ...] = ()
    difference: float | None = 0.0
    error: str = ""
    place: str = ""
    smallest: str = ""
    test: str = ""
    seconds: float = 0.0

    @property
    def key(self) -> tuple[str, ...]:
        """What tells one outcome of a sweep from all others."""
        return (*self.case, self.code)

    @property
    def case(self) -> tuple[str, str, str, str, str]:
        """What was run, whatever code ran it."""
        return (self.method, self.family, self.attention, self.padding, self.composition)

    @property
    def cause(self) -> tuple[str, str, str]:
        """What failures that look alike have in common: verdict, method or place, relation or kind."""
        if self.verdict is Verdict.ERROR:
            return (self.verdict, self.place, self.error.partition(":")[0])
        if self.verdict is Verdict.ACCEPTED:
            return (self.verdict, self.group, self.composition)
        return (self.verdict, self.method, self.relation or "")

    def unjudged(self, reason: str) -> Outcome:
        """Return the same case, which could not be judged."""
        return replace(self, verdict=Verdict.UNJUDGED, error=reason)
