"""Reduction that has no value for nothing, over what may be empty.

## What it does

Flags `max`, `min`, `amax`, `amin`, `aminmax`, `argmax`, `argmin`, `mode`, `quantile`,
`median` along an axis, the infinity norm, and Python's `max` and `min` without `default`, where the
code itself shows that there may be no element: along the reduced axis, or anywhere if all are reduced.

## Why is this bad?

The largest of nothing does not exist, so the call raises, and it does so for exactly the batch that
nobody tried: no entry passes the mask, a share has no rows, no member of a list passes the filter.

## Example

```python
def hardest(distances, labels, label):
    return distances[labels != label].max()
```

## Use instead

```python
def hardest(distances, labels, label):
    others = distances[labels != label]
    if others.numel() == 0:
        return distances.new_zeros(())
    return others.max()
```

For a list `max(xs, default=0)`. A sum has a value for nothing, and so have `any` and `all`.

## Fix safety

For Python's `max` and `min` of one list the fix adds `default=0`. It is unsafe: what the largest of
nothing should be only the author knows. There is none with a `key` other than `abs`, nor for tuples.

In a loop over shares the fix leaves out an empty one early, by `continue`, where the rest of the loop is
about that share alone: what comes of it is written to its own rows, or to a place that has a value, or
added up. It is unsafe: what raised is left out. There is none where the rest appends, counts, stores,
ends the loop or calls anything without the share: others count on that.

## Known limits

A plain argument is not suspected: something in the function, in a caller or in its twin has to show
that it can be empty. What is called a mask and no more, a mask of positions up to a length, and what is
empty only where several selections are at once, are shown at low confidence. An axis that may be 0 beside the reduced one is harmless and silent:
`x[mask].max(dim=1)` is an empty tensor. Joining what may be empty, viewing it and reading its first
member have rules of their own. A mean is NaN and does not raise: SG302.

## References

- [pytorch/vision#9357](https://github.com/pytorch/vision/pull/9357): the box around a mask that selects
  nothing
- [feiyuhuahuo/Yolact_minimal#1](https://github.com/feiyuhuahuo/Yolact_minimal/issues/1): the best of the
  boxes of an image of which none is left
- [torch.amax](https://docs.pytorch.org/docs/stable/generated/torch.amax.html)
- [Python's max](https://docs.python.org/3/library/functions.html#max): `default`
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.api import (
    Consequence,
    Identity,
    Reduce,
    Rule,
    Severity,
    nothing_left,
    skipped_if_empty,
    too_few,
    unsafe,
    with_keyword,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.api import Diagnosis, Event, Repair


_OF_SG306 = frozenset({"kthvalue"})
"""What also asks for a number of entries, which is larger than none."""


class ReductionWithoutIdentity(Rule):
    """Something is reduced that may have no element, for which the reduction has no value."""

    code = "SG301"
    name = "reduction-without-identity"
    severity = Severity.ERROR
    since = "0.1.0"
    listens_to = (Reduce,)

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report an operand that may have no element where the reduction needs one."""
        assert isinstance(event, Reduce)  # noqa: S101 - listens_to
        if event.identity is not Identity.NONE or event.operation in _OF_SG306:
            return
        found = too_few(event)
        if found is not None:
            along = "" if event.axis is None else f" along axis {event.axis}"
            message = f"`{event.operation}` of `{event.name}`, which may be empty{along}"
            said = nothing_left(event, event.name, found, message, Consequence.CRASH)
            skipped = skipped_if_empty(
                event.site, event.name, event.operand, event.axis, event.least - 1
            )
            yield replace(said, fix=_with_default(event) or skipped)


def _with_default(event: Reduce) -> Repair | None:
    """Return the default for Python's own function of one list of numbers; others have none."""
    match event.site.node:
        case cst.Call(
            func=cst.Name("max" | "min"),
            args=[cst.Arg(keyword=None, star="", value=listed), *others],
        ):
            change = with_keyword(event.site, "default", "0")
            if (
                change is not None
                and all(map(_keeps_numbers, others))
                and not _is_of_tuples(listed)
            ):
                return unsafe("pass `default=0`, which is given for an empty list", change)
        case _:
            pass
    return None


def _keeps_numbers(argument: cst.Arg) -> bool:
    """Say whether what is compared may be a number all the same: only ``abs`` is of numbers alone."""
    named = argument.keyword is not None and argument.keyword.value == "key"
    return named and isinstance(argument.value, cst.Name) and argument.value.value == "abs"


def _is_of_tuples(listed: cst.BaseExpression) -> bool:
    match listed:
        case cst.GeneratorExp(elt=made) | cst.ListComp(elt=made) | cst.SetComp(elt=made):
            return isinstance(made, cst.Tuple | cst.List)
        case _:
            return False
