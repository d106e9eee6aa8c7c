"""Fewer pieces than consumers.

## What it does

Flags pieces of `chunk`, `tensor_split`, `split` or `unbind` that are unpacked into a number of names, or
taken by their position, where there is evidence that there can be fewer; and `narrow` and `range` whose
length reaches past the end, or whose step is 0, for the same reasons.

## Why is this bad?

`x.chunk(4)` of three rows gives three pieces, `x.split(8)` of none gives a single one, and `unbind` gives
as many as there are rows. The code that takes them counts on the usual number and raises for the small
batch, or, where it walks over them beside something else, leaves the rest out.

## Example

```python
def halves(x: torch.Tensor, keep):
    left, right = x[keep > 0].unbind(0)
    return left - right
```

## Use instead

```python
def halves(x: torch.Tensor, keep):
    pair = x[keep > 0]
    if pair.size(0) != 2:
        raise ValueError(f"{pair.size(0)} rows are kept, not 2")
    left, right = pair.unbind(0)
    return left - right
```

`tensor_split` always gives the number of pieces that it is asked for; the last are empty then.

## Fix safety

There is no automatic fix: what an absent piece stands for is a decision.

## Known limits

An axis of which nothing is known is not suspected: `x.chunk(3, dim=-1)` of projected features is silent.
Only where the batch is cut into as many pieces as a list has members, each of which takes its own by
position, and is that of an argument, may it have fewer rows; where a number that is passed says how many,
that has low confidence. Pieces that are walked over beside something else are not looked at: what is left
over has no row.

## References

- [pytorch/pytorch#9382](https://github.com/pytorch/pytorch/issues/9382),
  [#145026](https://github.com/pytorch/pytorch/issues/145026): fewer chunks than were asked for
- [torch.tensor_split](https://docs.pytorch.org/docs/stable/generated/torch.tensor_split.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.api import (
    Consequence,
    Demand,
    Rule,
    Severity,
    Split,
    fewer_than_asked_for,
    may_fall_short,
    nothing_left,
    unmet,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.api import Diagnosis, Event

_PARTS = frozenset({"narrow", "range"})


class FewerPiecesThanConsumers(Rule):
    """There may be fewer pieces than are taken."""

    code = "SG205"
    name = "fewer-pieces-than-consumers"
    severity = Severity.ERROR
    since = "0.1.0"
    listens_to = (Split, Demand)

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report pieces that may be fewer than what takes them, and parts beyond the end."""
        if isinstance(event, Split):
            yield from _pieces(event)
        elif isinstance(event, Demand) and event.name.rsplit(".", 1)[-1] in _PARTS:
            said = unmet(event)
            if said is not None:
                yield said


def _pieces(event: Split) -> Iterator[Diagnosis]:
    if event.pieces is None or event.consumed is None:
        return
    found = may_fall_short(event.pieces, event.consumed, event.moment) or fewer_than_asked_for(
        event
    )
    if found is not None:
        wanted = event.consumed.known
        number = "" if wanted is None else f"{wanted} "
        message = (
            f"`{event.operation}` of `{event.name}` may give fewer than the {number}pieces taken"
        )
        yield nothing_left(event, event.name, found, message, Consequence.CRASH)
