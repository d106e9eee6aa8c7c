"""Companions: what one index narrows together, along the first axis, is of one batch.

Where a function takes the same share of ``labels`` and of ``attention_mask``, both have a row for each
member of the batch. That is evidence for what has the same name elsewhere in the project.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.tensors import Kind, Slice, Tensor
from shapeguard.lint.flow.domain.values import Unknown
from shapeguard.lint.flow.events import Index, Twin
from shapeguard.lint.flow.trace import Station

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.events import Event
    from shapeguard.lint.flow.program import Function
    from shapeguard.lint.project import Project

MAX_CANDIDATES = 12


@dataclass
class Companions:
    """The search for what is narrowed together in one project.

    ``narrowings`` tells what a function narrows along the first axis; see :func:`narrows`.
    """

    project: Project
    narrowings: Callable[[Function], tuple[Index, ...]]
    role_of: Callable[[str], str | None]

    def of(self, function: Function, role: str) -> Iterator[Twin]:
        """Yield where what has a role is narrowed by the index that narrows something else."""

        def candidates() -> tuple[Function, ...]:
            return tuple(islice(self.project.subscripting(role), MAX_CANDIDATES))

        for other in self.project.tracker.remembered(("candidates", role), candidates):
            narrowings = self.narrowings(other)
            for each in narrowings:
                if self.role_of(each.name) != role or each.name.startswith("self."):
                    continue
                beside = [o for o in narrowings if o.index == each.index and o.name != each.name]
                if beside:
                    text = f"`{{}}` narrows it together with `{beside[0].name}`"
                    station = Station(0, each.site, text, each.site.node)
                    yield Twin(other, each.site, (station,), other is function, 0)


def narrows(function: Function, event: Event) -> Iterator[Index]:
    """Yield an event of a function if it takes a share along the first axis."""
    if event.site.function is function and isinstance(event, Index):
        yield from [event] * (event.axis == 0 and _selects(function, event.index))


def _selects(function: Function, index: Value) -> bool:
    """Say whether an index selects a share: a slice with computed bounds, or a mask."""
    match index:
        case Slice(start, stop):
            return any(bound is not None and bound.known is None for bound in (start, stop))
        case Tensor() if index.trait(Kind.MASK) is not None:
            return True
        case Tensor(name=name) | Unknown(name=name):
            return function.use_of(name) in ("slice", "mask")
        case _:
            return False
