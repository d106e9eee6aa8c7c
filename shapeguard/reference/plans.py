"""The plan of a forward pass: rows with the same chain make a group, and groups run alone.

A layer asks for its plan (:func:`plan_of`), runs every group through the chain of the group, and puts
the rows back where they were (:func:`joined`). Rows never meet rows of another chain, and there are
no groups without rows: whatever is true of rows alone is true of them together.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch
from jaxtyping import Shaped
from torch import Tensor

from shapeguard.reference import upstream
from shapeguard.reference.chains import Chain, Row, distribute, within
from shapeguard.reference.refusing import refuse
from shapeguard.runtime import contract

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from shapeguard.reference.upstream import AdapterLayer, Setup


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of a layer that go through the same chain: their places in the batch, ascending."""

    chain: Chain
    rows: tuple[int, ...]

    def of(self, tensor: Tensor) -> Tensor:
        """Take the rows of the group: ``batch ...`` -> ``rows ...``, a view where they are neighbours."""
        first, last = self.rows[0], self.rows[-1]
        if last - first + 1 == len(self.rows):
            return tensor[first : last + 1]
        return tensor.index_select(0, torch.tensor(self.rows, device=tensor.device))


@dataclass(eq=False, slots=True)
class Plan:
    """Where every row of the layers comes from, and through which adapters it goes.

    ``rows`` are in the order in which the layers see them: those of the input, or, under ``Parallel``,
    a copy of them for each channel. ``setup`` is what the plan was made of.
    """

    setup: Setup
    rows: tuple[Row, ...]
    _groups: dict[frozenset[str], tuple[Group, ...]] = field(
        default_factory=dict[frozenset[str], "tuple[Group, ...]"]
    )

    def groups(self, present: Iterable[str]) -> tuple[Group, ...]:
        """Group the rows by their chains in a layer that has modules of ``present``."""
        names = frozenset(present)
        if names not in self._groups:
            members: dict[Chain, list[int]] = {}
            for place, row in enumerate(self.rows):
                members.setdefault(within(row.chain, names), []).append(place)
            self._groups[names] = tuple(
                Group(chain, tuple(places)) for chain, places in members.items()
            )
        return self._groups[names]

    def sources(self, group: Group) -> list[int]:
        """Return the input row of each row of a group."""
        return [self.rows[place].source for place in group.rows]

    def taken(self, group: Group, of_input: Tensor) -> Tensor:
        """Take the rows of a group, of what has a row for each row of the layers or of the input."""
        places = group.rows if of_input.size(0) == len(self.rows) else self.sources(group)
        return of_input.index_select(0, torch.tensor(places, device=of_input.device))

    def take(self, places: Sequence[int]) -> Plan:
        """Return the plan of some of the rows alone."""
        return Plan(self.setup, tuple(self.rows[place] for place in places))


def made(setup: Setup, rows: int, task_ids: object = None) -> Plan:
    """Plan a batch of ``rows`` rows as the layers see it, copies of ``Parallel`` included.

    Raises :class:`CompositionError` if ``setup`` does not fit them.
    """
    channels = upstream.channels(setup)
    if rows == 0:
        refuse("the batch has no rows")
    if rows % channels:
        refuse(f"{rows} rows are no copies of an input for the {channels} channels of {setup}")
    return Plan(setup, distribute(setup, rows // channels, task_ids))


def plan_of(layer: AdapterLayer, rows: int) -> Plan | None:
    """Return the plan of the forward pass that ``layer`` is in; None if no adapter is active here.

    Raises :class:`CompositionError` if the active setup does not fit the ``rows``.
    """
    setup = layer.get_active_setup()
    if setup is None:
        return None
    context = upstream.forward_context()
    if context is None:
        if upstream.channels(setup) > 1:
            refuse(f"the model copies its input for {setup}, and this is no forward pass of it")
        return made(setup, rows)
    partial: Plan | None = getattr(context, _PARTIAL, None)
    if partial is not None:
        return partial
    kept: dict[int, Plan] = context.__dict__.setdefault(_KEPT, {})
    if rows not in kept or kept[rows].setup is not setup:
        kept[rows] = made(setup, rows, getattr(context, "task_ids", None))
    return kept[rows]


@contextmanager
def only(plan: Plan, places: Sequence[int]) -> Generator[None]:
    """Let layers see some rows of ``plan`` alone, for the time of a block."""
    context = upstream.forward_context()
    before = getattr(context, _PARTIAL, None)
    setattr(context, _PARTIAL, plan.take(places))
    try:
        yield
    finally:
        setattr(context, _PARTIAL, before)


@contract
def joined(
    groups: Sequence[Group], parts: Sequence[Shaped[Tensor, "_ *rest"]]
) -> Shaped[Tensor, "batch *rest"]:
    """Put the rows of all groups back where they were: the inverse of :meth:`Group.of`."""
    if len(groups) == 1:
        return parts[0]
    order = [place for group in groups for place in group.rows]
    together = torch.cat(list(parts))
    if order == sorted(order):
        return together
    inverse = sorted(range(len(order)), key=order.__getitem__)
    return together.index_select(0, torch.tensor(inverse, device=together.device))


_KEPT: Any = "_shapeguard_plans"
_PARTIAL: Any = "_shapeguard_partial_plan"
