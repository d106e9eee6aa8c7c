"""Division by a length, an extent or a count that may be 0.

## What it does

Flags `/`, `//` and `%` whose divisor is the length of a list, the extent of an axis or a count of
which the code itself shows that it can be 0: the list is filtered or filled under a condition, the
axis is a share of a split, or the same number is tested for 0 elsewhere in the function.

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

There is no automatic fix: what the mean of nothing is only the author knows.

## Known limits

A plain argument is not suspected: `sum(xs) / len(xs)` is silent unless something shows that `xs` can
be empty. Divisors that are tensors, such as the sum of a mask, are not looked at.

## References

- [huggingface/accelerate#1436](https://github.com/huggingface/accelerate/issues/1436): a mean over the
  leaf modules of a model that has none
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.api import (
    Confidence,
    Consequence,
    Diagnosis,
    Divide,
    Int,
    Rule,
    Severity,
    may_be_empty,
    witness_of_zero,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.api import (
        Event,
    )


class DivisionByPossiblyZeroCount(Rule):
    """Something is divided by a length, an extent or a count that may be 0."""

    code = "SG304"
    name = "division-by-possibly-zero-count"
    severity = Severity.ERROR
    since = "0.1.0"
    preview = True
    listens_to = (Divide,)

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report a divisor for which there is evidence that it can be 0."""
        assert isinstance(event, Divide)  # noqa: S101 - listens_to
        number = event.divisor if isinstance(event.divisor, Int) else None
        found = None if number is None else may_be_empty(number, event.moment)
        if found is not None:
            yield Diagnosis(
                message=f"`{event.name}` may be 0 in a division: {found.reason}",
                confidence=Confidence.MEDIUM,
                consequence=Consequence.CRASH if event.raises else Consequence.NAN,
                trail=found.trail,
                witness=witness_of_zero(event.name, found),
                evidence=found,
            )
