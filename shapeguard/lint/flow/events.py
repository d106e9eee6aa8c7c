"""What happens in the analysed code that a rule may care about.

Rules see events, never syntax: an event carries its operands as abstract values, the facts that hold
on the path, and the way that led here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapeguard.lint.flow.predicates import Predicate
    from shapeguard.lint.flow.terms import Term
    from shapeguard.lint.flow.trace import Site, Trail
    from shapeguard.lint.flow.values import Value


@dataclass(frozen=True, slots=True)
class Moment:
    """Where and when something happens.

    ``facts`` hold on the path; ``path`` are the calls that led here. ``tests`` maps a literal to the
    branches of the function that test it, for traces and as evidence.
    """

    site: Site
    facts: tuple[Predicate, ...]
    path: Trail
    tests: Mapping[Predicate, Trail]


@dataclass(frozen=True)
class Event:
    """Something that happens at a moment of the abstract execution."""

    moment: Moment

    @property
    def site(self) -> Site:
        """The node at which it happens."""
        return self.moment.site


@dataclass(frozen=True)
class Join(Event):
    """Tensors meet: concatenated, stacked, or combined elementwise.

    ``axis`` is the axis along which their extents may differ (None: all must agree), ``broadcast``
    says that an extent of 1 agrees with any. ``members`` is the list that is joined, ``operands``
    are its members where all of them are known.
    """

    operation: str
    operands: tuple[Value, ...]
    names: tuple[str, ...]
    axis: int | None
    broadcast: bool = False
    members: Value | None = None


@dataclass(frozen=True)
class Divide(Event):
    """Something is divided by the integer ``divisor``, which the source calls ``name``.

    A tensor divided by 0 becomes infinite or NaN, anything else raises ZeroDivisionError.
    """

    divisor: Term
    name: str
    of_tensor: bool
