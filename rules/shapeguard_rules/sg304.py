"""Division by a length, an extent or a count that may be 0.

## What it does

Flags `/`, `//` and `%` whose divisor is the length of a list, the extent of an axis or a count of
which the code itself shows that it can be 0: the list is filtered or filled under a condition, the
axis is a share of a split, the count is the sum of a mask, as a number or as a tensor of one number for
each row, or the same number is tested for 0 elsewhere in the function. Also the batch of one tensor
divided by the batch of another, which is the factor by which the one is repeated to match the other.

## Why is this bad?

The mean over the members of a list, or the factor by which one tensor is repeated to match another,
divides by a number that is 0 for exactly the input that nobody tried: no member passes the filter, a
share of the batch is empty. Python raises ZeroDivisionError, and torch for `//` and `%` of integers;
any other tensor becomes infinite or NaN.

## Example

```python
def mean_loss(losses):
    finite = [loss for loss in losses if loss.isfinite()]
    return sum(finite) / len(finite)
```

## Use instead

```python
def mean_loss(losses):
    finite = [loss for loss in losses if loss.isfinite()]
    if not finite:
        return None
    return sum(finite) / len(finite)
```

Or `max(len(finite), 1)` where a sum over nothing is 0 and should stay 0.

## Fix safety

In a loop over shares the fix leaves out an empty one early, by `continue`, where the rest of the loop is
about that share alone: what comes of it is written to its own rows, or to a place that has a value, or
added up. It is unsafe: what raised is left out. There is none where the rest appends, counts, stores,
ends the loop or calls anything without the share: others count on that. Outside of a loop, what the mean
of nothing is only the author knows.

## Known limits

A plain argument is not suspected: `sum(xs) / len(xs)` is silent unless something shows that `xs` can
be empty. A function that compares the divisor with 0, clamps it, or deals with the NaN (`isnan`,
`nan_to_num`, `torch.where`) is silent. Shown at low confidence only are a tensor that counts in another
function, a number that only a twin guards, the sum of what is called a mask and no more or of positions
up to a length, and batches that nothing compares. A mean is a rule of its own: SG302.

## References

- [huggingface/accelerate#1436](https://github.com/huggingface/accelerate/issues/1436): a mean over the
  leaf modules of a model that has none
- [NVIDIA-NeMo/Automodel#3796](https://github.com/NVIDIA-NeMo/Automodel/issues/3796): a loss divided by
  the number of tokens that count, of which a batch may have none
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shapeguard.lint.api import (
    Confidence,
    Consequence,
    Divide,
    Int,
    Reason,
    Rule,
    Severity,
    may_hold_zero,
    nothing_left,
    of_another_batch,
    skipped_if_zero,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.api import Diagnosis, Event


class DivisionByPossiblyZeroCount(Rule):
    """Something is divided by a length, an extent or a count that may be 0."""

    code = "SG304"
    name = "division-by-possibly-zero-count"
    severity = Severity.ERROR
    since = "0.1.0"
    listens_to = (Divide,)

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report a divisor for which there is evidence that it can be 0."""
        assert isinstance(event, Divide)  # noqa: S101 - listens_to
        found = may_hold_zero(event, event.divisor, event.name) or of_another_batch(event)
        if found is not None:
            message = f"`{event.name}` may be 0 in a division"
            consequence = Consequence.CRASH if event.raises else Consequence.NAN
            said = nothing_left(event, event.name, found, message, consequence)
            if isinstance(event.divisor, Int):
                said = replace(said, fix=skipped_if_zero(event.site, event.name))
            yield replace(said, confidence=Confidence.LOW) if _is_weak(event, said) else said


def _is_weak(event: Divide, said: Diagnosis) -> bool:
    """Say whether more than the evidence at hand would be needed to show a division.

    A number may be 0 in a twin for reasons of its own; a tensor that counts in another function may
    have been repaired there, entry by entry.
    """
    twin = said.evidence is not None and said.evidence.kind is Reason.TWIN
    counted_here = isinstance(event.divisor, Int) or said.confidence is Confidence.HIGH
    return twin or not counted_here
