"""ViT and BEiT: attention has no mask, so rows attend together that have as many prefix keys.

adapters drops the mask that prefix tuning returns (defect 06).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from shapeguard.reference.layers.prefix_tuning import lengths_of
from shapeguard.reference.plans import Group, joined, only, plan_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor


def forward(below: Callable[..., Any]) -> Callable[..., Any]:
    """Return the forward pass of self-attention, which runs ``below`` for rows of one length.

    Shapes: hidden states ``batch tokens hidden`` -> the same; attentions ``batch heads tokens keys``,
    which are padded with zeros to the longest row.
    """

    def corrected(self: Any, hidden_states: Tensor, *args: Any, **kwargs: Any) -> Any:
        plan = plan_of(self.prefix_tuning, hidden_states.size(0))
        if plan is None:
            return below(self, hidden_states, *args, **kwargs)
        by_length: dict[int, list[int]] = {}
        groups = plan.groups(self.prefix_tuning.prefixes)
        for group, length in zip(groups, lengths_of(self.prefix_tuning, groups), strict=True):
            by_length.setdefault(length, []).extend(group.rows)
        if len(by_length) == 1:
            return below(self, hidden_states, *args, **kwargs)
        together = [Group((), tuple(sorted(rows))) for rows in by_length.values()]
        outputs: list[tuple[Any, ...]] = []
        for group in together:
            with only(plan, group.rows):
                outputs.append(below(self, group.of(hidden_states), *args, **kwargs))
        return tuple(_joined(together, parts) for parts in zip(*outputs, strict=True))

    return corrected


def _joined(groups: list[Group], parts: tuple[Tensor | None, ...]) -> Tensor | None:
    """Join what the rows of each length gave; the keys of attentions are padded to the longest."""
    present = [part for part in parts if part is not None]
    if len(present) < len(groups):
        return None
    longest = max(part.size(-1) for part in present)
    same = [torch.nn.functional.pad(part, (0, longest - part.size(-1))) for part in present]
    return joined(groups, same)
