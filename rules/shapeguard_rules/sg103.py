"""Join of a list that may have no member.

## What it does

Flags `torch.cat`, `stack`, `np.concatenate` and the like where the code itself shows that the list
that is joined can be empty: it is filtered, it is filled under a condition or by a loop over what may
be empty, it holds the pairs of what may be one, or its length is tested elsewhere in the function.

## Why is this bad?

Nothing cannot be joined: which rank, dtype and device the result has is taken from the members. The
list is empty for exactly the input that nobody tried: no row passes the filter, no child has a module
in this layer, a share of the batch is empty. torch and numpy refuse it with an error that names
neither the list nor the reason.

## Example

```python
def kept_rows(rows, masks):
    parts = []
    for row, mask in zip(rows, masks):
        if mask.any():
            parts.append(row[mask])
    return torch.cat(parts)
```

## Use instead

```python
def kept_rows(rows, masks):
    parts = []
    for row, mask in zip(rows, masks):
        if mask.any():
            parts.append(row[mask])
    if not parts:
        return rows.new_zeros(0, rows.shape[-1])
    return torch.cat(parts)
```

The result for no member must have the rank, the dtype and the device that the others have. Where each
member may be empty by itself, leave the test in the loop away: empty members can be joined.

## Fix safety

In a loop over shares the fix leaves out an empty one early, by `continue`, where the rest of the loop is
about that share alone: what comes of it is written to its own rows, or to a place that has a value, or
added up. It is unsafe: what raised is left out. There is none where the rest appends, counts, stores,
ends the loop or calls anything without the share: others count on that. Outside of a loop the shape of a
join of nothing only the author knows.

## Known limits

A plain argument is not suspected: `torch.cat(xs)` is silent unless something shows that `xs` can be empty.
What shows it but hardly comes true is shown at low confidence only: a filter that leaves out one by its
name or what needs no gradient, a loop that begins at 1, a choice between texts that names each, a loop
over bins `bounds[i]` to `bounds[i + 1]` that leaves out one with nothing in it, a test in front of the
join, optional arguments of which none is given. Nor is a list suspected that is empty only
beside a size of which nothing shows that it is 0. A join behind `xs[0]` is reached with members only; SG305
speaks of `xs[0]`. An empty tensor without a dtype that is joined with others is for SG311, a member that
lost an axis for SG308.

## References

- [KevinMusgrave/pytorch-metric-learning#291](https://github.com/KevinMusgrave/pytorch-metric-learning/issues/291):
  two lists of pairs that share no anchor give no triplet
- [huggingface/transformers#30064](https://github.com/huggingface/transformers/pull/30064): a
  segmentation map without any instance
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shapeguard.lint.api import (
    Confidence,
    Consequence,
    Join,
    Reason,
    Rule,
    Severity,
    emptiness,
    is_asked_too_late,
    nothing_left,
    skipped_if_empty,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.api import Diagnosis, Event


class JoinOfPossiblyEmptyList(Rule):
    """A list is joined that may have no member."""

    code = "SG103"
    name = "join-of-possibly-empty-list"
    severity = Severity.ERROR
    since = "0.1.0"
    listens_to = (Join,)

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report a list for which there is evidence that it can have no member."""
        assert isinstance(event, Join)  # noqa: S101 - listens_to
        if event.members is None:
            return
        found = emptiness(event, event.members, event.listed)
        if found is not None:
            message = f"`{event.listed}` may have no member in `{event.operation}`"
            said = nothing_left(event, event.listed, found, message, Consequence.CRASH)
            skipped = skipped_if_empty(event.site, event.listed, event.members)
            said = replace(said, fix=skipped)
            tested = found.kind is Reason.BELIEF
            doubtful = tested and not is_asked_too_late(event, event.listed, found)
            yield replace(said, confidence=Confidence.LOW) if doubtful else said
