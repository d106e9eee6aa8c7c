"""What happens in the analysed code that a rule may care about.

Rules see events, never syntax: an event carries its operands as abstract values, the facts that hold
on the path, and the way that led here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shapeguard.lint.flow.predicates import Predicate
    from shapeguard.lint.flow.trace import Site, Trail
    from shapeguard.lint.flow.values import Value


@dataclass(frozen=True)
class Event:
    """Something at a site. ``facts`` hold on the path; ``path`` are the calls that led here.

    ``tests`` maps a literal to the branches that tested it, for traces.
    """

    site: Site
    facts: tuple[Predicate, ...]
    path: Trail
    tests: dict[Predicate, Trail]


@dataclass(frozen=True)
class Join(Event):
    """Tensors meet: concatenated, stacked, or combined elementwise.

    ``axis`` is the axis along which their extents may differ (None: all must agree), ``broadcast``
    says that an extent of 1 agrees with any.
    """

    operation: str
    operands: tuple[Value, ...]
    names: tuple[str, ...]
    axis: int | None
    broadcast: bool = False
