"""Slice that counts back from the end by a number that may be 0.

## What it does

Flags `x[:-n]` and `x[-n:]` where there is evidence that `n` can be 0 (it is so by default, it is clamped
at 0, a mask may select nothing), a bound such as `n - 1` where `n`
can be 0, and `x[:r]` where `r` is a remainder.

## Why is this bad?

`-0` is 0 and counts from the start. `x[:-0]` keeps nothing where everything was meant, `x[-0:]` keeps
everything where nothing was meant, and `x[: 0 - 1]` keeps all but the last. Nothing is raised: wrong
rows go on, for exactly the input without padding, without overhang, without a remainder.

## Example

```python
def without_padding(tokens, mask):
    padding = int((mask == 0).sum())
    return tokens[:-padding]
```

## Use instead

```python
def without_padding(tokens, mask):
    padding = int((mask == 0).sum())
    return tokens[: len(tokens) - padding]
```

## Fix safety

Unsafe: `x[:-n]` becomes `x[: max(len(x) - n, 0)]`, on a later axis with `x.size(d)`, and `x[-n:]` becomes
`x[max(len(x) - n, 0) :]`. For 0 that is another result than before: see that 0 does not ask for all.

## Known limits

A plain argument is not suspected, unless 0 is its default in `x[:-n]` or a check refuses no more than what
is less than 0, in the function or in the constructor of its class that keeps it; it must be annotated as a
number. With `x[-n:]` a default of 0 is taken to ask for all. That
a share of a length is rounded to 0 (`x[: -int(len(x) * 0.1)]` of 9 rows) is shown at low confidence, unless
something else shows that it can be 0.

## References

- [huggingface/accelerate#952](https://github.com/huggingface/accelerate/issues/952): a gathered batch is
  cut to the remainder of the data set, which is 0 where the batches come out even
- [keras-team/keras#4860](https://github.com/keras-team/keras/pull/4860): cropping by 0 on the right leaves
  nothing
- [Python: slicings](https://docs.python.org/3/reference/expressions.html#slicings)
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shapeguard.lint.api import (
    Consequence,
    Index,
    Int,
    Operation,
    Rule,
    Severity,
    Slice,
    Symbol,
    Term,
    counted_from_start,
    emptiness,
    is_below_zero,
    let_through,
    made_zero,
    may_be_negative,
    nothing_left,
    unsafe,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.api import Diagnosis, Event, Repair


class SliceFromTheEndByZero(Rule):
    """A slice counts back by a number that may be 0."""

    code = "SG203"
    name = "slice-from-the-end-by-zero"
    severity = Severity.WARNING
    since = "0.1.0"
    listens_to = (Index,)

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report the first bound that means something else where a number is 0."""
        assert isinstance(event, Index)  # noqa: S101 - listens_to
        if not isinstance(event.index, Slice):
            return
        for bound, at_stop in ((event.index.start, False), (event.index.stop, True)):
            found = None if bound is None else _diagnosed(event, bound, at_stop=at_stop)
            if found is not None:
                yield found
                return


def _diagnosed(event: Index, bound: Term, *, at_stop: bool) -> Diagnosis | None:
    """Return what is wrong with one bound, if anything is."""
    number = _counted_back(bound)
    if number is not None:
        found = (
            emptiness(event, Int(number), event.name)
            or made_zero(number, event.moment)
            or let_through(number, event.moment, by_default=at_stop)
        )
        kept = "nothing" if at_stop else "all"
        text = f"`{event.name}` is cut from the end by a number that may be 0, which keeps {kept}"
    elif at_stop and _is_remainder(bound):
        found = emptiness(event, Int(bound), event.name)
        text = f"`{event.name}` is cut to a remainder that may be 0, which keeps nothing"
    elif bound.constant < 0 and bound.parts and not is_below_zero(bound, event.moment):
        found = may_be_negative(bound, event.moment)
        text = (
            f"`{event.name}` is cut at a position that may be negative and counts from the end then"
        )
    else:
        return None
    if found is None:
        return None
    told = nothing_left(event, _name(number), found, text, Consequence.SILENT)
    return told if number is None else replace(told, fix=_repair(event))


def _counted_back(bound: Term) -> Term | None:
    """Return the number that a bound counts back by: what follows a minus, nothing else."""
    behind = bound.constant == 0 and bound.parts and all(factor < 0 for _, factor in bound.parts)
    return bound.scaled(-1) if behind else None


def _is_remainder(bound: Term) -> bool:
    """Say whether a bound is what is left over of a length: not a position that is wrapped around."""
    match bound:
        case Term(
            constant=0, parts=((Operation(name="remainder", operands=(Term() as whole, _)), 1),)
        ):
            return all(isinstance(each, Symbol) and "#" in each.key for each, _ in whole.parts)
        case _:
            return False


def _name(number: Term | None) -> str:
    """Return what a number is called, in a witness."""
    names = [] if number is None else [atom.name for atom, _ in number.parts]
    return names[0] if len(names) == 1 else "the number"


def _repair(event: Index) -> Repair | None:
    change = counted_from_start(event.site, event.axis)
    return None if change is None else unsafe("count from the start", change)
