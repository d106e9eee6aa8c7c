"""The prefixes that a layer finds in the forward pass, before any composition."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from shapeguard.reference import upstream

if TYPE_CHECKING:
    from torch import Tensor

    from shapeguard.reference.upstream import PrefixLayer, Setup


def prefixes_of_input_rows(layer: PrefixLayer, adapter: str) -> Tensor:
    """Look up ``2 input_rows heads prefix head_dim``: keys and values, before any composition."""
    of_adapter = upstream.forward_context().prefix_states[adapter]
    return of_adapter[layer.location_key][layer.prefixes[adapter]]


def count_input_rows(layer: PrefixLayer, setup: Setup) -> int:
    """How many rows the input of the model has: every prefix was made for as many."""
    names = {setup} if isinstance(setup, str) else setup.flatten()
    present = next(name for name in sorted(names) if name in layer.prefixes)
    return prefixes_of_input_rows(layer, present).size(1)


def total_lengths(layer: PrefixLayer, setup: Setup) -> set[int]:
    """All numbers of prefix keys that rows can have after ``setup``."""
    if isinstance(setup, str):
        present = setup in layer.prefixes
        return {prefixes_of_input_rows(layer, setup).size(3) if present else 0}
    of_children = [total_lengths(layer, child) for child in setup]
    if type(setup).__name__ == "Stack":
        return {sum(lengths) for lengths in product(*of_children)}
    return {length for lengths in of_children for length in lengths}
