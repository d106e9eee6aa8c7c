"""Mean, deviation, median or mean-reduced loss over what may be empty.

## What it does

Flags `mean`, `nanmean`, `median` of all entries, `std`, `var` and losses with mean reduction
(`cross_entropy`, `mse_loss`, `nn.BCELoss` and the like) over a tensor or a list of which the code itself
shows that it can be empty; `std` and `var` with Bessel's correction also where there may be one element.

## Why is this bad?

The mean of nothing is 0 / 0. Nothing raises: the result is NaN, it is added to the other losses, and
one step of the optimizer later every weight is NaN. The place that caused it, a batch in which no entry
passes the mask, is long gone.

## Example

```python
import torch.nn.functional as F


def loss(logits, target):
    valid = target >= 0
    return F.cross_entropy(logits[valid], target[valid])
```

## Use instead

```python
import torch.nn.functional as F


def loss(logits, target):
    valid = target >= 0
    if not valid.any():
        return logits.sum() * 0
    return F.cross_entropy(logits[valid], target[valid])
```

`logits.sum() * 0` is a zero that keeps the graph, so that `backward` still works.

## Fix safety

In a loop over shares the fix leaves out an empty one early, by `continue`, where the rest of the loop is
about that share alone: what comes of it is written to its own rows, or to a place that has a value, or
added up. It is unsafe: what was NaN is left out. There is none where the rest appends, counts, stores,
ends the loop or calls anything without the share: others count on that. Outside of a loop, whether
nothing counts as 0 or is left out is a decision.

## Known limits

A plain argument is not suspected: something in the function, in a caller or in its twin has to show
that it can be empty. A function that asks whether the result is NaN (`isnan`, `isfinite`, `x != x`) or
replaces it (`nan_to_num`) reckons with it and is silent, and so is the mean of what is not NaN. What is
called a mask and no more, a mask of positions up to a length, and what is empty only where several
selections are at once, are shown at low confidence. `sum(xs) / len(xs)` is a division: SG304.
`statistics.mean` of nothing raises: SG301.

## References

- [tum-ai/number-token-loss#73](https://github.com/tum-ai/number-token-loss/issues/73): the mean over
  the positions that a mask selects, of which a batch has none
- [Deci-AI/super-gradients#912](https://github.com/Deci-AI/super-gradients/issues/912): the mean over the
  edges of an image without edges
- [pytorch/pytorch#50224](https://github.com/pytorch/pytorch/issues/50224): why a loss over nothing is NaN
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shapeguard.lint.api import (
    Consequence,
    Identity,
    Reduce,
    Rule,
    Severity,
    nothing_left,
    skipped_if_empty,
    too_few,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.api import Diagnosis, Event


class MeanOfPossiblyNothing(Rule):
    """The mean of something is taken that may be empty: it is NaN."""

    code = "SG302"
    name = "mean-of-possibly-nothing"
    severity = Severity.WARNING
    since = "0.1.0"
    listens_to = (Reduce,)

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report an operand with too few elements, where the result is NaN and stays it."""
        assert isinstance(event, Reduce)  # noqa: S101 - listens_to
        found = too_few(event) if event.identity is Identity.NAN else None
        if found is not None:
            few = f"have no more than {found.extent} element" if found.extent else "be empty"
            along = "" if event.axis is None else f" along axis {event.axis}"
            message = f"`{event.operation}` of `{event.name}`, which may {few}{along}"
            said = nothing_left(event, event.name, found, message, Consequence.NAN)
            skipped = skipped_if_empty(
                event.site, event.name, event.operand, event.axis, event.least - 1
            )
            yield replace(said, fix=skipped)
