"""Tensor made of a list that may be empty, without a dtype, where integers are needed.

## What it does

Flags `torch.tensor(xs)`, `np.array(xs)` and the like without a dtype, where the list is empty or the code
shows that it may be, and the result is an index, is concatenated with positions, counts or truth values, or
is returned where the function otherwise returns positions.

## Why is this bad?

A list of integers gives a tensor of integers, but a list of none gives one of floats, since nothing in it
says otherwise. As an index it is refused; joined with integers it turns all of them into floats.

## Example

```python
def of_known(scores: torch.Tensor, points, known):
    kept = [i for i, point in enumerate(points) if point in known]
    return scores[torch.tensor(kept)]
```

## Use instead

```python
def of_known(scores: torch.Tensor, points, known):
    kept = [i for i, point in enumerate(points) if point in known]
    return scores[torch.tensor(kept, dtype=torch.long)]
```

## Fix safety

The fix passes `dtype=` to what is used as an index. It is unsafe: what raised selects nothing then.

## Known limits

A list of which nothing is known is not suspected, and neither is an empty tensor that others of an unknown
dtype are joined to: `torch.cat([torch.tensor([]), x])` is right where `x` holds floats. Not seen: that a
list of no pairs gives one axis instead of two, and an index under which something is written.

## References

- [embeddings-benchmark/mteb#4570](https://github.com/embeddings-benchmark/mteb/pull/4570): the frames of a
  video without frames, as an index
- [torch.tensor](https://docs.pytorch.org/docs/stable/generated/torch.tensor.html): whence the dtype
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shapeguard.lint.api import (
    Choice,
    Confidence,
    Consequence,
    Diagnosis,
    Index,
    Join,
    Kind,
    Return,
    Rule,
    Sequence,
    Severity,
    Sign,
    Tensor,
    Term,
    Witness,
    code_of,
    may_be_zero,
    unsafe,
    with_keyword,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.api import Event, Predicate, Repair, Trait, Value

_OF_INTEGERS = (Kind.INDEX, Kind.INTEGERS, Kind.MASK, Kind.COUNT, Kind.PRESENT_COUNTS)
_INTEGERS = {"tensor": "{}long", "as_tensor": "{}long", "array": "int", "asarray": "int"}
"""The dtype of an index, by what makes a tensor of a list; the module stands for the braces."""


class UntypedEmpty(Rule):
    """A tensor of floats, since it was made of nothing, is used where integers are needed."""

    code = "SG311"
    name = "untyped-empty"
    severity = Severity.WARNING
    since = "0.1.0"
    listens_to = (Index, Join, Return)
    shown_by = (Sign(Return, _INTEGERS.keys()),)

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report the first tensor that may be of floats because nothing is in it."""
        for value, use, consequence in _uses(event):
            for name, made in _untyped(value, event):
                yield Diagnosis(
                    f"`{name}` has no dtype and is {use}: {made.why}",
                    Confidence.MEDIUM,
                    consequence,
                    made.trail,
                    Witness((), (), f"no member → `{name}` is of floats"),
                    fix=_repair(event, made),
                )
                return


def _uses(event: Event) -> Iterator[tuple[Value, str, Consequence]]:
    match event:
        case Index(index=index):
            yield index, "an index", Consequence.CRASH
        case Join(operands=operands, broadcast=False, axis=int()):
            if any(each.traits_of(*_OF_INTEGERS) for value in operands for each, _ in _in(value)):
                use = "joined with what is not of floats"
                yield from ((each, use, Consequence.SILENT) for each in operands)
        case Return(value=value, others=others):
            if any(each.trait(Kind.INDEX) for _, other in others for each, _ in _in(other)):
                yield value, "returned where there are positions elsewhere", Consequence.CRASH
        case _:
            return


def _in(value: Value | None) -> Iterator[tuple[Tensor, tuple[Predicate, ...]]]:
    """Yield the tensors that a value is or holds, and the conditions under which it does."""
    match value:
        case Tensor():
            yield value, ()
        case Choice(alternatives=alternatives):
            for condition, leaf in alternatives:
                yield from ((each, (condition, *under)) for each, under in _in(leaf))
        case Sequence(items=items, element=element):
            for member in items or (element,):
                yield from _in(member)
        case _:
            return


def _untyped(value: Value, event: Event) -> Iterator[tuple[str, Trait]]:
    """Yield the names of tensors that may be of nothing and have no dtype, and how they were made."""
    kinds = (Kind.UNTYPED, Kind.FRACTIONS) if isinstance(event, Index) else (Kind.UNTYPED,)
    for tensor, under in _in(value):
        moment = replace(event.moment, facts=(*event.moment.facts, *under))
        for made in tensor.traits_of(*kinds)[:1]:
            if tensor.extent(0) == Term(0) or may_be_zero(tensor.extent(0), moment) is not None:
                yield tensor.name, made


def _repair(event: Event, made: Trait) -> Repair | None:
    """Return the change that gives an index its dtype."""
    site = made.trail[0].site
    if not isinstance(event, Index) or site.function is not event.site.function:
        return None
    module, dot, name = code_of(site.node).partition("(")[0].rpartition(".")
    dtype = _INTEGERS.get(name, "").format(module + dot)
    change = with_keyword(site, "dtype", dtype) if dtype and dot else None
    return None if change is None else unsafe(f"pass `dtype={dtype}`", change)
