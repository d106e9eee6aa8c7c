"""Operands narrowed by different masks, or a mask that is not of what it selects from.

## What it does

Flags tensors that are combined, stacked or concatenated along another axis although each of them was
narrowed by a mask of its own: both select from the same extent, or each has the shape of the very tensor
from which it was computed and that it narrows. Flags a mask that selects from what was narrowed after the mask was made, and one that
may be empty, since it comes of a placeholder, where what it selects from is not.

## Why is this bad?

Two masks select equally many rows only by luck. Tests in which nothing is dropped have that luck: no NaN,
no image without boxes. The first input in which one of the two drops more than the other crashes, or is
broadcast silently where one row is left.

## Example

```python
def weighted(value, weight):
    value = value[~torch.isnan(value)]
    weight = weight[~torch.isnan(weight)]
    return (value * weight).sum()
```

## Use instead

```python
def weighted(value, weight):
    keep = ~(torch.isnan(value) | torch.isnan(weight))
    return (value[keep] * weight[keep]).sum()
```

## Fix safety

There is no automatic fix: which rows are to be kept in both is a decision.

## Known limits

Masks that are arguments are not suspected: they may select equally many rows. Nor are slices, unless both
cut the same extent and their lengths differ by a number that is known, as those of `x[:-1]` and `x[2:]` do;
lists of positions are where filters made both and they select from one extent. Masks of one column of each,
`q[q[:, 0] > 0]`, are silent where nothing says that `q` and `k` have equally many rows. Results that are
reduced first (`a[m].sum() + b[n].sum()`) and joins along the axis that was narrowed are in order.

## References

- [Lightning-AI/torchmetrics#1897](https://github.com/Lightning-AI/torchmetrics/issues/1897): values and
  weights each drop NaN of their own
- [pytorch/vision#2800](https://github.com/pytorch/vision/pull/2800): masks of an image without boxes
  select from its anchors
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.api import (
    Index,
    Join,
    Rule,
    Severity,
    mask_of_before,
    mask_out_of_step,
    mismatches,
    out_of_step,
    slices_out_of_step,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.api import Diagnosis, Event, Mismatch


class DifferentlyNarrowedOperands(Rule):
    """Operands of which different masks selected a part, or a mask of another extent."""

    code = "SG102"
    name = "differently-narrowed-operands"
    severity = Severity.ERROR
    since = "0.1.0"
    listens_to = (Join, Index)

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report two operands, or a mask and what it selects from, that may be out of step."""
        found = next(_found(event), None)
        if found is not None:
            yield out_of_step(*found)


def _found(event: Event) -> Iterator[tuple[Mismatch, str]]:
    """Yield what is out of step, with the sentence that says how."""
    if isinstance(event, Join):
        for found in mismatches(event):
            one, other = found.names
            met = f"axis {found.axis} may disagree in `{event.operation}`"
            yield found, f"`{one}` and `{other}` are narrowed by masks of their own: {met}"
        for found in slices_out_of_step(event):
            one, other = found.names
            met = f"axis {found.axis} disagrees in `{event.operation}`"
            yield found, f"`{one}` and `{other}` are slices of different lengths: {met}"
    elif isinstance(event, Index):
        if (empty := mask_out_of_step(event)) is not None:
            whole, mask = empty.names
            yield empty, f"mask `{mask}` may be empty where `{whole}`, of which it selects, is not"
        if (stale := mask_of_before(event)) is not None:
            whole, mask = stale.names
            yield stale, f"`{whole}` was narrowed after the mask `{mask}` of its rows was made"
