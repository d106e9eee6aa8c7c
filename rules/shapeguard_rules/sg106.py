"""Mean of what is weighted by weights that are a mean already.

## What it does

Flags `mean` along an axis along which its operand was multiplied by weights that sum to 1: a softmax,
or weights divided by their sum. Also of stacked members that were multiplied by `weights`, one for each.

## Why is this bad?

Weights that sum to 1 divide already; the mean divides by their number once more. The average of N equal
members is not that member but an Nth of it, and nothing raises.

## Example

```python
def average(states, scores):
    weights = torch.softmax(scores, dim=0)[:, None, None]
    return torch.mean(torch.stack(states) * weights, dim=0)
```

## Use instead

```python
def average(states, scores):
    weights = torch.softmax(scores, dim=0)[:, None, None]
    return torch.sum(torch.stack(states) * weights, dim=0)
```

## Fix safety

The fix calls `sum` in place of `mean`. It is unsafe: the result is larger by the number of weights, which
something behind it may make up for.

## Known limits

Where nothing says which of the axes is weighted, the rule is silent. So it is for a mean over all axes,
unless the operand has one only, for what was multiplied by a mask or by weights for each entry, and for a
sum that something was added to before it divided. Weights that somebody else passes are taken to sum to 1 only if they are called
so, and weight stacked members, one each; losses are left out, where it is a matter of scale.

## References

- [blei-lab/edward#765](https://github.com/blei-lab/edward/pull/765): a mean becomes a sum, since the
  weights have been normalised
- [torch.mean](https://docs.pytorch.org/docs/stable/generated/torch.mean.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.api import (
    Confidence,
    Consequence,
    Diagnosis,
    Reduce,
    Rule,
    Severity,
    Tensor,
    Witness,
    leaves,
    unsafe,
    weighted_along,
    with_name,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.api import Event, Repair, Trait

_MEANS = ("mean", "nanmean")
_OF_SCALE = "loss"
"""What a scale does no harm to, as its name tells."""


class MeanOfWeighted(Rule):
    """A mean along an axis that is weighted by what sums to 1."""

    code = "SG106"
    name = "mean-of-weighted"
    severity = Severity.WARNING
    since = "0.1.0"
    listens_to = (Reduce,)

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report a mean that divides by the number of weights, which have divided already."""
        assert isinstance(event, Reduce)  # noqa: S101 - listens_to
        trait = _weights(event) if event.operation in _MEANS else None
        if trait is None or not (trait.why or _OF_SCALE not in event.name.lower()):
            return
        which = f"`{trait.why}` sums to 1" if trait.why else "so do the weights of an average"
        yield Diagnosis(
            f"`{event.operation}` of `{event.name}` divides by the number of its weights: {which}",
            Confidence.MEDIUM,
            Consequence.SILENT,
            trait.trail,
            Witness((), (), "2 equal members, weights [0.5, 0.5] → half of a member"),
            fix=_repair(event),
        )


def _weights(event: Reduce) -> Trait | None:
    tensors = (leaf for leaf in leaves(event.operand) if isinstance(leaf, Tensor))
    return next((w for each in tensors if (w := weighted_along(each, event.axis))), None)


def _repair(event: Reduce) -> Repair | None:
    change = with_name(event.site, "nansum" if event.operation == "nanmean" else "sum")
    return None if change is None else unsafe("sum what is weighted", change)
