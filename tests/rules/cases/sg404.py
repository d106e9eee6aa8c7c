"""SG404: methods of composition that depart from the contract of what they replace."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import NamedTuple

import torch
import torch.nn.functional as F
from adapters.methods.adapter_layer_base import ComposableAdapterLayerBase
from adapters.methods.bottleneck import BottleneckLayer


class Composable(ABC):
    """What the layers of this file are used through."""

    @abstractmethod
    def vslice(self, state, slice_obj): ...

    @abstractmethod
    def pad_and_concat(self, states): ...

    @abstractmethod
    def repeat(self, state, channels): ...

    @abstractmethod
    def mean(self, states, weights): ...

    @abstractmethod
    def compose_single(self, adapter_setup, state, lvl=0): ...

    def pre_block(self, adapter_setup, state):
        return state

    def compose_batch_split(self, adapter_setup, state, lvl=0):
        parts = [
            self.compose_single(child, self.vslice(state, part), lvl=lvl + 1)
            for child, part in adapter_setup.parts()
        ]
        return self.pad_and_concat(parts)

    def compose_multi_task(self, adapter_setup, state, lvl=0):
        return self.compose_batch_split(adapter_setup=adapter_setup.sorted(), state=state, lvl=lvl)


class PrefixState(NamedTuple):
    keys: torch.Tensor
    residual: torch.Tensor
    mask: torch.Tensor | None
    idx_slice: slice | None = None


class LowRankState(NamedTuple):
    layer_input: torch.Tensor
    hidden: torch.Tensor
    norm: torch.nn.Module | None
    last: str | None = None


@dataclass
class TableState:
    hidden: torch.Tensor
    table: torch.Tensor
    invert: bool = False


# --- flagged ------------------------------------------------------------------------------------


class KeepsResidualWhole(Composable):
    """Narrows the keys only; what joins states joins the residual as well."""

    def vslice(self, state: PrefixState, slice_obj):
        return state._replace(keys=state.keys[slice_obj], mask=None)  # error: SG404 16

    def pad_and_concat(self, states: list[PrefixState]):
        return PrefixState(
            torch.cat([s.keys for s in states]), torch.cat([s.residual for s in states]), None
        )


class KeepsMaskWhole(Composable):
    """By position, as in a constructor of many fields."""

    def vslice(self, state: LowRankState, slice_obj):
        return LowRankState(
            state.layer_input,  # error: SG404 13
            state.hidden[slice_obj],
            state.norm,
            state.last,
        )

    def repeat(self, state: LowRankState, channels):
        return LowRankState(
            state.layer_input.repeat(channels, 1, 1),
            state.hidden.repeat(channels, 1, 1),
            state.norm,
            state.last,
        )


class MetadataOfOne(Composable):
    """As prefix tuning of adapters does it: the slice of the first share describes the rows of all."""

    def vslice(self, state: PrefixState, slice_obj: slice):
        part = slice_obj
        if state.idx_slice is not None:
            part = slice(state.idx_slice.start + slice_obj.start, state.idx_slice.start + slice_obj.stop)
        return PrefixState(state.keys[slice_obj], state.residual[slice_obj], None, part)

    def pad_and_concat(self, states: list[PrefixState]):
        return PrefixState(
            keys=torch.cat([s.keys for s in states]),
            residual=torch.cat([s.residual for s in states]),
            mask=None,
            idx_slice=states[0].idx_slice,  # error: SG104 23
        )


class NameOfTheLast(Composable):
    """As LoRA of adapters does it: what the last adapter has is applied to the rows of all."""

    def pad_and_concat(self, states: list[LowRankState]):
        return LowRankState(
            torch.cat([s.layer_input for s in states], dim=0),
            torch.cat([s.hidden for s in states], dim=0),
            states[0].norm,
            states[-1].last,  # error: SG404 13
        )

    def mean(self, states: list[LowRankState], weights):
        return LowRankState(
            states[0].layer_input,
            torch.sum(torch.stack([s.hidden for s in states]) * weights, dim=0),
            states[0].norm,
            states[-1].last,  # error: SG404 13
        )

    def compose_single(self, adapter_setup, state: LowRankState, lvl=0):
        lora = self.loras[adapter_setup]
        return state._replace(hidden=lora(state.hidden), last=adapter_setup)


class RowsOfOne(Composable):
    """Joins one field and takes the other from the first state."""

    def vslice(self, state: TableState, slice_obj):
        return TableState(state.hidden[slice_obj], state.table[slice_obj], state.invert)

    def pad_and_concat(self, states: list[TableState]):
        hidden = torch.cat([s.hidden for s in states])
        return replace(states[0], hidden=hidden)  # error: SG404 16

    def repeat(self, state: TableState, channels):
        return replace(state, hidden=state.hidden.repeat(channels, 1, 1))  # error: SG404 16


class DropsTheMask(Composable):
    """The mask of a share is there for a slice, and gone for positions."""

    def vslice(self, state: PrefixState, slice_obj):
        mask = None
        if isinstance(slice_obj, slice) and state.mask is not None:
            mask = state.mask[slice_obj]
        return PrefixState(state.keys[slice_obj], state.residual[slice_obj], mask)  # error: SG404 78

    def repeat(self, state: PrefixState, channels):
        return PrefixState(
            state.keys.repeat(channels, 1, 1, 1),
            state.residual.repeat(channels, 1, 1),
            state.mask.repeat(channels, 1, 1, 1) if state.mask is not None else None,
        )


class LeavesOutTheName(Composable):
    """The last field has a default, so that nobody misses it."""

    def vslice(self, state: LowRankState, slice_obj):
        return LowRankState(  # error: SG404 16
            state.layer_input[slice_obj], state.hidden[slice_obj], state.norm
        )

    def compose_single(self, adapter_setup, state: LowRankState, lvl=0):
        return state._replace(hidden=self.loras[adapter_setup](state.hidden), last=adapter_setup)


class FirstOfTheMean(Composable):
    """The mean of one field, and another one that every adapter sets, as the first has set it."""

    def mean(self, states: list[LowRankState], weights):
        hidden = (torch.stack([s.hidden for s in states]) * weights).sum(0)
        return states[0]._replace(hidden=hidden)  # error: SG404 16

    def compose_single(self, adapter_setup, state: LowRankState, lvl=0):
        down, up = self.adapters[adapter_setup](state.hidden)
        return state._replace(layer_input=down, hidden=up)


class NoLevel(Composable):
    """A level that the base passes by keyword."""

    def compose_single(self, adapter_setup, state):  # error: SG404 9
        return state._replace(hidden=self.loras[adapter_setup](state.hidden))


class OtherNames(Composable):
    """A base that passes its arguments by keyword, to a method that calls them otherwise."""

    def compose_batch_split(self, setup, state, lvl=0):  # error: SG404 35
        return self.pad_and_concat([self.vslice(state, part) for part in setup.batches])


class OtherOrder(Composable):
    """Callers pass the setup first."""

    def pre_block(self, state, adapter_setup):  # error: SG404 25
        return state._replace(hidden=self.norms[adapter_setup](state.hidden))


class AsksForMore(Composable):
    """Nobody who repeats a state knows an axis."""

    def repeat(self, state, channels, axis):  # error: SG404 39
        return state._replace(hidden=state.hidden.repeat_interleave(channels, axis))


class WithoutAState(Composable):
    """An adapter that is not there gives nothing, where the state should pass through."""

    def compose_single(self, adapter_setup, state: LowRankState, lvl=0):
        if adapter_setup not in self.loras:
            return None  # error: SG404 13
        return state._replace(hidden=self.loras[adapter_setup](state.hidden))


class OfTheLibrary(ComposableAdapterLayerBase):
    """The base is not part of the project; what it passes is known."""

    def vslice(self, state, slice_obj):
        return state._replace(hidden=state.hidden[slice_obj])

    def compose_single(self, adapter_setup, state):  # error: SG404 9
        return state._replace(hidden=self.loras[adapter_setup](state.hidden))


class OfALayer(BottleneckLayer):
    """A class of the library that is itself derived from its base."""

    def compose_stack(self, setup, state, level=0):  # error: SG404 43
        return super().compose_stack(setup, state, lvl=level)


class WithoutAnnotation(Composable):
    """Nothing says that the state has these fields before it is made anew."""

    def vslice(self, state, slice_obj):
        return PrefixState(state.keys[slice_obj], state.residual, None)  # todo: SG404 51

    def pad_and_concat(self, states):
        return PrefixState(
            torch.cat([s.keys for s in states]), torch.cat([s.residual for s in states]), None
        )


# --- silent -------------------------------------------------------------------------------------


class EveryField(Composable):
    """All is as it should be: the model of what follows."""

    def vslice(self, state: PrefixState, slice_obj):
        """Every tensor is narrowed, and what is None stays so."""
        return PrefixState(
            state.keys[slice_obj],
            state.residual[slice_obj],
            state.mask[slice_obj] if state.mask is not None else None,
            slice_obj if isinstance(slice_obj, slice) else None,
        )

    def pad_and_concat(self, states: list[PrefixState]):
        """The slice of a share says nothing about all rows, and so it is None."""
        longest = max((s.keys.shape[-2] for s in states), default=0)
        return PrefixState(
            torch.cat([F.pad(s.keys, (0, 0, longest - s.keys.shape[-2], 0)) for s in states]),
            torch.cat([s.residual for s in states]),
            torch.cat([s.mask for s in states]) if all(s.mask is not None for s in states) else None,
            None,
        )

    def repeat(self, state: PrefixState, channels):
        """Every tensor is repeated; the slice still describes the rows of each channel."""
        mask = state.mask
        if mask is not None:
            mask = mask.repeat(channels, 1) if mask.dim() == 2 else mask.repeat(channels, 1, 1, 1)
        return PrefixState(
            state.keys.repeat(channels, 1, 1, 1), state.residual.repeat(channels, 1, 1), mask, state.idx_slice
        )

    def mean(self, states: list[PrefixState], weights):
        """There is no mean of prefixes; who asks for one is told."""
        raise NotImplementedError

    def compose_single(self, adapter_setup, state: PrefixState, lvl=0):
        """Only some fields change; the others are those of the same rows."""
        prefix = self.prefixes[adapter_setup]
        return state._replace(keys=prefix(state.keys))


class SharedTable(Composable):
    """A table without rows: nothing narrows, joins or repeats it."""

    def vslice(self, state: TableState, slice_obj):
        """The table is the same for every share."""
        return TableState(state.hidden[slice_obj], state.table, state.invert)

    def pad_and_concat(self, states: list[TableState]):
        """The table and the flag of any state are those of all."""
        return TableState(
            torch.cat([s.hidden for s in states]), states[0].table, states[0].invert
        )

    def repeat(self, state: TableState, channels):
        """The table is not repeated either."""
        return replace(state, hidden=state.hidden.repeat(channels, 1, 1))


class UnpackedTable(Composable):
    """As before, with the fields taken apart first."""

    def vslice(self, state: TableState, slice_obj):
        """What is only unpacked and handed on is not set."""
        hidden, table = state.hidden, state.table
        return TableState(hidden[slice_obj], table, state.invert)

    def pad_and_concat(self, states: list[TableState]):
        """The same name stands for the table of any state."""
        table = states[0].table
        return TableState(torch.cat([s.hidden for s in states]), table, states[0].invert)


class OneRowForAll(Composable):
    """A mask of one row that is broadcast."""

    def vslice(self, state: PrefixState, slice_obj):
        """A mask with one row stands for every share: it is narrowed where it has more."""
        mask = state.mask
        if mask is not None and mask.shape[0] > 1:
            mask = mask[slice_obj]
        return PrefixState(state.keys[slice_obj], state.residual[slice_obj], mask, None)

    def pad_and_concat(self, states: list[PrefixState]):
        """A single state is handed on as it is."""
        if len(states) == 1:
            return states[0]
        masks = [s.mask for s in states]
        return PrefixState(
            torch.cat([s.keys for s in states]), torch.cat([s.residual for s in states]), self.join(masks)
        )


class SameInput(Composable):
    """The mean of what the adapters made of the same input."""

    def mean(self, states: list[LowRankState], weights):
        """No adapter changes the input: that of the first is that of all."""
        hidden = (torch.stack([s.hidden for s in states]) * weights).sum(0)
        return LowRankState(states[0].layer_input, hidden, states[0].norm, None)

    def compose_single(self, adapter_setup, state: LowRankState, lvl=0):
        """Sets what the mean is taken of, and the name that it does not keep."""
        return state._replace(hidden=self.loras[adapter_setup](state.hidden), last=adapter_setup)


class Forwarding(Composable):
    """Arguments that are handed on as they came."""

    def vslice(self, *args, **kwargs):
        """Takes whatever the base takes."""
        return super().vslice(*args, **kwargs)

    def compose_single(self, adapter_setup, state, *, lvl=0):
        """The level is passed by keyword wherever it is passed."""
        return state._replace(hidden=self.loras[adapter_setup](state.hidden))

    def compose_batch_split(self, adapter_setup, state, lvl=0, check=True):
        """More than the base takes, but nobody has to pass it."""
        return super().compose_batch_split(adapter_setup, state, lvl)


class ShortNames(Composable):
    """Names that no caller uses."""

    def pad_and_concat(self, xs):
        """States are passed by position: their name is nobody's business but that of a purist."""
        return self.join(xs)

    def repeat(self, s, n):
        """So are these."""
        return s._replace(hidden=s.hidden.repeat(n, 1, 1))


class Distribution:
    """A hierarchy that composes nothing, although it has a mean."""

    def mean(self, dim):
        """What it takes is another matter."""
        return self.values.mean(dim)

    def repeat(self, *sizes):
        """So is this."""
        return self.values.repeat(*sizes)


class Weighted(Distribution):
    """Derived from it."""

    def mean(self, axis, weights):
        """No state is composed here."""
        return (self.values * weights).sum(axis)


class Passing(Composable):
    """Returns the state on every path."""

    def compose_single(self, adapter_setup, state: LowRankState, lvl=0):
        """An adapter that is not there leaves the state as it is."""
        if adapter_setup not in self.loras:
            return state
        return state._replace(hidden=self.loras[adapter_setup](state.hidden))

    def pre_block(self, adapter_setup, state: LowRankState):
        """Who cannot go on says so."""
        if adapter_setup is None:
            raise ValueError("no setup")
        return state._replace(hidden=state.hidden + 1)
