"""Operation that refuses nothing, given what may be empty.

## What it does

Flags operations that raise for an empty axis or an empty list, where there is evidence that it may be
empty: `pack_padded_sequence` of no row, `affine_grid`, `ctc_loss`, `interpolate` of no channel, `fft` and
`stft` of no point, `one_hot` of nothing without `num_classes`, `randint` with nothing to choose from,
`random.choice`, recurrent layers without a step, batch normalisation of a single row in training, boxes
without their four columns.

## Why is this bad?

Most operations of torch take an empty batch today and give an empty result; code that relies on it works
until one of the others stands in the way. The message is about sizes and names no batch.

## Example

```python
def moved(images: torch.Tensor, theta: torch.Tensor, moves: torch.Tensor):
    grid = torch.nn.functional.affine_grid(theta[moves > 0], images[moves > 0].shape)
    return torch.nn.functional.grid_sample(images[moves > 0], grid)
```

## Use instead

```python
def moved(images: torch.Tensor, theta: torch.Tensor, moves: torch.Tensor):
    moving = moves > 0
    if not moving.any():
        return images[moving]
    grid = torch.nn.functional.affine_grid(theta[moving], images[moving].shape)
    return torch.nn.functional.grid_sample(images[moving], grid)
```

## Fix safety

There is no automatic fix: what the result for nothing is only the author knows.

## Known limits

The operations are those that the pinned torch refuses; a test calls each with an extent of 0. Batch
normalisation refuses a single row in training: it is looked at for rows without more axes, with low
confidence where their rank is not known, and not for images or inside `nn.Sequential`. A function that
asks for `training`, or calls `eval` or `train`, is silent about it. Packed sequences are taken to have steps.
`topk` and its kind belong to SG306, reductions to SG301.

## References

- [pytorch/pytorch#11514](https://github.com/pytorch/pytorch/issues/11514): packing of empty sequences
- [pack_padded_sequence](https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.rnn.pack_padded_sequence.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.api import (
    Demand,
    Rule,
    Severity,
    unmet,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.api import Diagnosis, Event

_OF_OTHERS = frozenset({"topk", "kthvalue", "multinomial", "sample", "narrow", "range"})
"""What SG306 and SG205 speak about."""


class OperationThatRefusesNothing(Rule):
    """An operation is given what may be empty, and refuses that."""

    code = "SG307"
    name = "operation-that-refuses-nothing"
    severity = Severity.ERROR
    since = "0.1.0"
    listens_to = (Demand,)

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report the first requirement that may not hold."""
        assert isinstance(event, Demand)  # noqa: S101 - listens_to
        if event.name.rsplit(".", 1)[-1] in _OF_OTHERS:
            return
        said = unmet(event)
        if said is not None:
            yield said
