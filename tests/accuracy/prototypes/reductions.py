"""Reductions, reshapes and divisions of nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from accuracy.prototypes.prototype import Prototype, diagnosis

from shapeguard.lint.api import (
    Consequence,
    Divide,
    Emptiness,
    Identity,
    Int,
    Reduce,
    Reshape,
    emptiness,
    may_hold_zero,
    too_few,
)
from shapeguard.lint.flow.domain.propositions import AtMostZero, IsZero, conjuncts
from shapeguard.lint.flow.domain.terms import ZERO, Term
from shapeguard.lint.flow.evidence.witness import Assignment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.api import Diagnosis, Event
    from shapeguard.lint.flow.domain.propositions import Predicate


class _Reduction(Prototype):
    """A reduction of what may have no element."""

    listens_to = (Reduce,)
    identity: ClassVar[Identity]
    consequence: ClassVar[Consequence] = Consequence.CRASH

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report an operand that may have no element."""
        assert isinstance(event, Reduce)
        if event.identity is not self.identity:
            return
        found = too_few(event)
        if found is not None:
            yield diagnosis(event, event.name, found, self.consequence)


class NoIdentity(_Reduction):
    """A reduction that has no value for nothing."""

    code = "H9"
    name = "no-identity"
    identity = Identity.NONE


class MeanOfNothing(_Reduction):
    """A mean, a deviation or a mean-reduced loss of nothing."""

    code = "H10"
    name = "mean-of-nothing"
    identity = Identity.NAN
    consequence = Consequence.NAN


class AmbiguousReshape(Prototype):
    """An extent is inferred beside others that may multiply to 0."""

    code = "H11"
    name = "ambiguous-reshape"
    listens_to = (Reshape,)

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report the first written extent that may be 0 beside one that is inferred."""
        assert isinstance(event, Reshape)
        if None not in event.extents:
            return
        written = [Int(extent) for extent in event.extents if extent is not None]
        if any(extent.term == ZERO for extent in written) and _found_empty(event):
            yield diagnosis(event, event.name, Emptiness("an extent is 0 on a path", Assignment()))
            return
        for extent in written:
            found = emptiness(event, extent, event.name)
            if found is not None:
                yield diagnosis(event, event.name, found)
                return


def _found_empty(event: Event) -> bool:
    """Say whether the path is one on which something was found to be empty, not merely absent."""
    return any(_says_empty(part) for fact in event.moment.facts for part in conjuncts(fact))


def _says_empty(part: Predicate) -> bool:
    match part:
        case IsZero(Term(constant=0, parts=(_,)), holds=True):
            return True
        case AtMostZero(Term(constant=0, parts=((_, coefficient),))):
            return coefficient > 0
        case _:
            return False


class DividedByNothing(Prototype):
    """A division by a length, an extent or a count."""

    code = "H12"
    name = "divided-by-nothing"
    listens_to = (Divide,)

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report a divisor that may be 0."""
        assert isinstance(event, Divide)
        found = may_hold_zero(event, event.divisor, event.name)
        if found is not None:
            consequence = Consequence.NAN if event.of_tensor else Consequence.CRASH
            yield diagnosis(event, event.name, found, consequence)
