"""Sizes of shares beside their consumers, of which there may be another number.

## What it does

Flags a loop that gives shares of a tensor to consumers, layers or heads, by a list of sizes that comes
from outside, where nothing compares the number of sizes with the number of consumers: shares by sums of
the first sizes, `x[sum(sizes[:i]) : sum(sizes[: i + 1])]`, by a running offset, or pieces of a split that
`zip` puts beside their consumers.

## Why is this bad?

Neither a slice nor `zip` complains. With a size too few, the last consumer gets no rows, or the last rows
go to no consumer; with a size too many, rows are dropped. The result has another batch than the input, or
rows of the wrong consumer, and no error says so. A check of the sum alone does not help: `[2, 1]` and
`[2, 0, 1]` have one sum.

## Example

```python
def shares(x, layers, sizes):
    if sum(sizes) != x.shape[0]:
        raise ValueError("the sizes do not add up")
    outputs = []
    for i, layer in enumerate(layers):
        outputs.append(layer(x[sum(sizes[:i]) : sum(sizes[: i + 1])]))
    return torch.cat(outputs)
```

## Use instead

```python
def shares(x, layers, sizes):
    if len(sizes) != len(layers) or sum(sizes) != x.shape[0]:
        raise ValueError("the sizes do not fit")
    outputs = []
    for i, layer in enumerate(layers):
        outputs.append(layer(x[sum(sizes[:i]) : sum(sizes[: i + 1])]))
    return torch.cat(outputs)
```

Or `zip(layers, x.split(sizes), strict=True)`, which refuses both.

## Fix safety

There is no automatic fix: what is refused, and how, is a decision.

## Known limits

Sizes that are computed in the function are silent. Confidence is medium where the function compares the
sum of the sizes, since whoever does that reckons with sizes that do not fit, and low elsewhere. Sizes and
consumers that are attributes of one object are reported where a constructor in the module, or in a class
that it imports, is seen to set them and raises nothing. That a size may be negative, or that nothing
compares the sum where the number is right, is not reported; nor are loops in a comprehension that slices.

## References

- [tenstorrent/tt-metal#46679](https://github.com/tenstorrent/tt-metal/pull/46679): sizes that need not
  tile the axis that they split
- [pytorch/FBGEMM#5839](https://github.com/pytorch/FBGEMM/pull/5839): batch sizes of features that did not
  add up to the batch
- [tlm-adjoint/tlm_adjoint#88](https://github.com/tlm-adjoint/tlm_adjoint/pull/88): lists of other lengths
  in `zip`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.api import (
    SUBSCRIPT,
    Confidence,
    Consequence,
    Diagnosis,
    Loop,
    Rule,
    Severity,
    Sign,
    Walk,
    Witness,
    unpaired,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.api import Event, Unpaired


class SizesUnlikeConsumers(Rule):
    """Shares are handed out by a list of sizes, whose length nobody compares."""

    code = "SG201"
    name = "sizes-unlike-consumers"
    severity = Severity.WARNING
    since = "0.1.0"
    listens_to = (Loop, Walk)
    shown_by = (Sign(Loop, {"zip"}), Sign(Walk, {SUBSCRIPT}))

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report sizes of which there may be more or fewer than what takes the shares."""
        assert isinstance(event, Loop | Walk)  # noqa: S101 - listens_to
        found = unpaired(event)
        if found is None or (found.related and not found.compared):
            return
        only = ": only their sum is compared" if found.compared else ""
        number = f"number of `{found.sizes}` than of `{found.consumers}`"
        yield Diagnosis(
            message=f"there may be another {number}{only}",
            confidence=Confidence.MEDIUM if found.compared else Confidence.LOW,
            consequence=Consequence.SILENT,
            trail=found.evidence.trail,
            witness=_witness(found),
            evidence=found.evidence,
        )


def _witness(found: Unpaired) -> Witness:
    names = (f"len({found.sizes})", f"len({found.consumers})")
    sizes = tuple((name, (number,)) for name, number in zip(names, found.counts, strict=True))
    return Witness(sizes, (), ", ".join(f"{name}={number}" for name, (number,) in sizes))
