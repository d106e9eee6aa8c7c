"""Whole batch beside a share of it: an argument left whole, or an extent of before the narrowing.

## What it does

Flags a call that gets two or more arguments narrowed by one index, a slice or a mask, and another one
whole that is narrowed together with others elsewhere in the project. Flags a view or a join that uses the
extent which a batch had before it was narrowed.

## Why is this bad?

What is called gets rows that do not belong to each other. Where it combines them it crashes, at sizes for
which the share is not the whole; where it does not, rows are judged by the mask or the label of others. An
extent that was read too early is right only as long as nothing is dropped.

## Example

```python
def share(state, part: slice):
    return state.labels[part], state.attention_mask[part]


def losses(heads, hidden, labels, attention_mask, sizes):
    for i, head in enumerate(heads):
        part = slice(sum(sizes[:i]), sum(sizes[: i + 1]))
        yield head(hidden[part], labels[part], attention_mask)
```

With `sizes = [2, 1]` the first head gets 2 rows and a mask of 3.

## Use instead

```python
def share(state, part: slice):
    return state.labels[part], state.attention_mask[part]


def losses(heads, hidden, labels, attention_mask, sizes):
    for i, head in enumerate(heads):
        part = slice(sum(sizes[:i]), sum(sizes[: i + 1]))
        yield head(hidden[part], labels[part], attention_mask[part])
```

Read an extent where it is used: `rows.size(0)` behind `rows = rows[keep]`.

## Fix safety

There is no automatic fix: what is shared by all rows is right to be whole, and only the author knows.

## Known limits

What nothing in the project narrows together with something else is not suspected: an argument may be of
no batch. Nor is one where the call is told which share it is about, where only one argument was narrowed,
or where a batch is cut into equal parts: it may be another one, repeated for each reader. Arguments in
dictionaries of which no key is known are not compared. A mask that may have several axes
(`x[mask].view(n, -1)`) may select equally many entries of each row: silent.

## References

- [adapter-hub/adapters#794](https://github.com/adapter-hub/adapters/issues/794): shares of a batch under
  `BatchSplit`
- [pytorch/torchtitan#1723](https://github.com/pytorch/torchtitan/issues/1723): micro batches of inputs and
  targets beside the block mask of the whole batch
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.api import (
    Handover,
    Join,
    Reshape,
    Rule,
    Severity,
    extent_of_before,
    out_of_step,
    passed_whole,
    whole_beside_share,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.api import Diagnosis, Event, Mismatch


class WholeBatchBesideShare(Rule):
    """An argument, or an extent, is of the whole batch where others are of a share of it."""

    code = "SG105"
    name = "whole-batch-beside-share"
    severity = Severity.ERROR
    since = "0.1.0"
    listens_to = (Handover, Reshape, Join)

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report the first thing that is whole beside a share."""
        found = next(_found(event), None)
        if found is not None:
            yield out_of_step(*found)


def _found(event: Event) -> Iterator[tuple[Mismatch, str]]:
    """Yield what is whole, with the sentence that says where it stands."""
    match event:
        case Handover():
            for found in passed_whole(event):
                whole, share = found.names
                where = f"`{event.name}` gets `{whole}` whole"
                yield found, f"{where}, `{share}` and others narrowed to a share of the batch"
        case Reshape() if (viewed := extent_of_before(event)) is not None:
            what = f"`{event.operation}` gives `{event.name}`"
            yield viewed, f"{what} the extent of before it was narrowed"
        case Join():
            for found in whole_beside_share(event):
                whole, share = found.names
                where = f"`{whole}` has the extent of `{share}` before it was narrowed"
                yield found, f"{where}: axis 0 disagrees in `{event.operation}`"
        case _:
            return
