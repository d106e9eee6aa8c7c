"""What ``Average`` and ``Split`` do to tensors, whatever the method."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import accumulate

import torch
from jaxtyping import Float
from torch import Tensor

from shapeguard.reference.chains import Chain, Mixture
from shapeguard.reference.refusing import refuse, refuse_sum
from shapeguard.runtime import contract


@contract
def weighted(
    link: Mixture, branches: Sequence[Float[Tensor, "rows *rest"]]
) -> Float[Tensor, "rows *rest"]:
    """Add the branches of an average up by their weights, which sum to 1 unless the user asks otherwise.

    adapters takes the mean of what the weights have scaled already (defect 16).
    """
    scaled = [weight * branch for weight, branch in zip(link.shares, branches, strict=True)]
    return torch.stack(scaled).sum(dim=0)


def refuse_others(chain: Chain, kinds: Collection[str], method: str) -> None:
    """Refuse all mixtures but those of ``kinds``, however deep; ``method`` begins the message."""
    for link in chain:
        if isinstance(link, str):
            continue
        if link.kind not in kinds:
            refuse(f"{method} no {link.kind} composition: {link}")
        for branch in link.branches:
            refuse_others(branch, kinds, method)


def token_parts(link: Mixture, states: Tensor) -> list[Tensor]:
    """Cut ``rows tokens features`` into the tokens of each branch of a split."""
    sizes = [int(share) for share in link.shares]
    if sum(sizes) != states.size(1):
        refuse_sum(f"splits={sizes} of {link} add up to {sum(sizes)}, of {states.size(1)} tokens")
    ends = accumulate(sizes)
    return [states[:, end - size : end] for size, end in zip(sizes, ends, strict=True)]
