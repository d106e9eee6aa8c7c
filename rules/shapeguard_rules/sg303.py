"""Extent that is inferred (-1) beside others that may be 0, or beside the batch of another tensor.

## What it does

Flags `view`, `reshape` and `unflatten` with -1 where the code itself shows that one of the other extents
can be 0, and where the first extent is the batch of another tensor that the code compares with other
batches.

## Why is this bad?

Beside an extent of 0 any number fits, so torch refuses to infer one: `RuntimeError`, for exactly the
share that has no rows. Beside the batch of another tensor -1 always fits: rows that were repeated or left
out become longer or shorter rows, silently.

## Example

```python
def per_row(x, mask, heads):
    rows = x[mask > 0]
    return rows.view(rows.size(0), heads, -1)
```

## Use instead

```python
def per_row(x, mask, heads):
    rows = x[mask > 0]
    return rows.view(rows.size(0), heads, rows.size(1) // heads)
```

With all extents written, 0 rows are 0 rows.

## Fix safety

For `x.view(x.size(0), -1)` the fix is `x.flatten(1)`, which is the same for a tensor of at least two axes
and takes any extent. It is unsafe, since a tensor of one axis would be refused. Which extent another view
means only the author knows.

In a loop over shares the fix leaves out an empty one early, by `continue`, where the rest of the loop is
about that share alone: what comes of it is written to its own rows, or to a place that has a value, or
added up. It is unsafe: what raised is left out. There is none where the rest appends, counts, stores,
ends the loop or calls anything without the share: others count on that.

## Known limits

An extent that is an argument or read off an argument is not suspected: something in the function, in a
caller or in its twin has to show that it can be 0. `view(-1, n)` of what may be empty is fine as long as
`n` is not 0, and so is `flatten`.

## References

- [bytedance/xpu-perf#188](https://github.com/bytedance/xpu-perf/issues/188): `view(rows, -1)` where an
  expert gets no token
- [pytorch/vision#2192](https://github.com/pytorch/vision/issues/2192), mended by
  [#3031](https://github.com/pytorch/vision/pull/3031): `reshape(N, -1, 4)` of no boxes
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.api import (
    Change,
    Consequence,
    Int,
    Reshape,
    Rule,
    Severity,
    Tensor,
    code_of,
    compared_with_another,
    may_be_empty,
    nothing_left,
    skipped_if_empty,
    unsafe,
    zero_on_path,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.api import Diagnosis, Emptiness, Event, Repair

_ROWS_AND_REST = re.compile(r"(\w+)\.(?:view|reshape)\(\1\.(?:size\(0\)|shape\[0\]), -1\)")


class InferredExtentBesideNothing(Rule):
    """An extent is inferred from others that may be 0, or that are those of another tensor."""

    code = "SG303"
    name = "inferred-extent-beside-nothing"
    severity = Severity.ERROR
    since = "0.1.0"
    listens_to = (Reshape,)

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report the first written extent that may be 0, or be of another batch, beside -1."""
        assert isinstance(event, Reshape)  # noqa: S101 - listens_to
        found = _written_as_nothing(event) if None in event.extents else None
        other = None if found is not None else compared_with_another(event)
        if found is not None:
            message = f"-1 in `{event.operation}` of `{event.name}` beside an extent that may be 0"
            said = nothing_left(event, "its extent", found, message, Consequence.CRASH)
            skipped = skipped_if_empty(event.site, event.name, event.operand, None)
            yield replace(said, fix=_flattened(event) or skipped)
        elif other is not None:
            message = (
                f"-1 in `{event.operation}` of `{event.name}` beside the batch of another tensor"
            )
            yield nothing_left(event, event.name, other, message, Consequence.SILENT)


def _written_as_nothing(event: Reshape) -> Emptiness | None:
    """Return the evidence that one of the written extents may be 0."""
    rows = event.operand.extent(0) if isinstance(event.operand, Tensor) else None
    for extent in event.extents:
        if extent is not None:
            if extent == rows and (share := may_be_empty(event.operand, event.moment, 0)):
                return share
            found = zero_on_path(extent, event.moment) or may_be_empty(Int(extent), event.moment)
            if found is not None:
                return found
    return None


def _flattened(event: Reshape) -> Repair | None:
    """Return ``x.flatten(1)`` for ``x.view(x.size(0), -1)``."""
    match = _ROWS_AND_REST.fullmatch(code_of(event.site.node))
    if match is None:
        return None
    change = Change(event.site, cst.parse_expression(f"{match[1]}.flatten(1)"))
    return unsafe("flatten all axes but the first", change)
