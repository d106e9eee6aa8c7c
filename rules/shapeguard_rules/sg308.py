"""A tensor squeezed without an axis, used where its number of axes matters.

## What it does

Flags a value of `squeeze()` without an axis that is concatenated, compared by a loss with one that is not
squeezed, or reduced, sorted or indexed along another axis than the first or the last. Indexing the first
one counts where a test of the number of axes led there; that, and returning it, where an extent may be 1:
the number of rows that `nonzero()` or a mask selects, a share of a split.

## Why is this bad?

`squeeze()` drops every axis of extent 1, so one row in the batch is enough for it to drop more than was
meant. What follows raises, takes another axis for the batch, or broadcasts a scalar.

## Example

```python
def best(model, batches):
    scores = [model(batch).squeeze() for batch in batches]
    return torch.cat(scores)
```

## Use instead

```python
def best(model, batches):
    scores = [model(batch).squeeze(-1) for batch in batches]
    return torch.cat(scores)
```

## Fix safety

The fix names the axis that has one entry by its making. It is unsafe: one row stays an axis, as it should.

## Known limits

Silent where the value is broadcast, copied into a slot or combined with another squeezed value, and where
the function itself put the first axis there, by `unsqueeze(0)`: it is the one to drop then.

## References

- [layumi/Person_reID_baseline_pytorch#77](https://github.com/layumi/Person_reID_baseline_pytorch/issues/77):
  features of a last batch with one sample
- [NVIDIA/tacotron2#303](https://github.com/NVIDIA/tacotron2/pull/303): a batch of one
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.api import (
    ALONG,
    Call,
    Confidence,
    Consequence,
    Diagnosis,
    Index,
    Int,
    Join,
    Lookup,
    Loop,
    Reduce,
    Return,
    Rule,
    Sequence,
    Severity,
    Sign,
    Tensor,
    Term,
    Witness,
    leaves,
    lost_axes,
    tests_rank,
    unsafe,
    with_argument,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.api import Event, Repair, Trait, Value

_FRONT, _OF_ANY_RANK = Term(0), (0, -1)


class SqueezedWithoutAxis(Rule):
    """A value of ``squeeze()`` is used where the number of its axes matters."""

    code = "SG308"
    name = "squeeze-without-axis"
    severity = Severity.WARNING
    since = "0.1.0"
    listens_to = (Join, Reduce, Lookup, Index, Call, Loop, Return)
    shown_by = (Sign(Call, {ALONG}), Sign(Loop, {"squeeze"}), Sign(Return, {"squeeze"}))

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report the first value that may have lost an axis that its use needs."""
        for value, use, axis, evident in _uses(event):
            trait = lost_axes(value, event.moment, axis)
            if trait is None or trait.of == _FRONT or not (evident or _shown(value, trait, event)):
                continue
            name = next(each.name for each in _tensors(value) if each.traits)
            yield Diagnosis(
                f"`{name}`, squeezed without an axis, is {use}: an axis of extent 1 may be missing",
                Confidence.MEDIUM,
                Consequence.CRASH,
                trait.trail,
                Witness((), (), f"an extent of 1 → `{name}` has an axis less"),
                fix=_repair(event, trait),
            )
            return


def _uses(event: Event) -> Iterator[tuple[Value, str, int | None, bool]]:
    """Yield what an event uses, how, at which axis, and whether that alone is evidence."""
    match event:
        case Join(broadcast=False):
            yield from _joined(event)
        case Reduce(axis=int(axis), operand=operand) if axis not in _OF_ANY_RANK:
            whole = not any(each.cuts for each in _tensors(operand))
            yield from [(operand, f"reduced along axis {axis}", axis, True)] * whole
        case Lookup(holder=holder, axis=axis):
            yield holder, f"read at axis {axis}", axis, axis not in _OF_ANY_RANK
        case Index(holder=holder, index=index, axis=axis):
            yield holder, f"indexed at axis {axis}", axis, axis not in _OF_ANY_RANK
            yield index, "an index", None, False
        case Call(arguments=(value, *_), keywords=keywords, target=None, name=name):
            along = keywords.get("dim") or keywords.get("axis")
            known = along.term.known if isinstance(along, Int) else None
            if known not in (None, *_OF_ANY_RANK):
                yield value, f"taken along axis {known} by `{name}`", known, True
        case Loop(iterable=iterable):
            yield iterable, "walked over", 0, False
        case Return(value=value):
            yield value, "returned", None, False
        case _:
            return


def _joined(event: Join) -> Iterator[tuple[Value, str, int | None, bool]]:
    match event:
        case Join(inserts=int(axis), operands=operands) if axis not in _OF_ANY_RANK:
            before = axis - 1 if axis > 0 else axis + 1
            yield from ((each, f"stacked along axis {axis}", before, True) for each in operands)
        case Join(axis=None, operands=operands):
            if not all(lost_axes(each, event.moment) for each in operands):
                yield from ((each, "compared with what is not", None, True) for each in operands)
        case Join(operands=operands, members=members):
            element = members.element if isinstance(members, Sequence) else None
            listed = operands or (() if element is None else (element,))
            use = f"joined by `{event.operation}`"
            yield from ((each, use, None, True) for each in listed)


def _shown(value: Value, trait: Trait, event: Event) -> bool:
    """Say whether an extent may be 1, or a test led here that asks how many axes there are."""
    tested = (tests_rank(each, event.moment) for each in _tensors(value))
    return bool(trait.about) or (not isinstance(event, Return) and any(tested))


def _tensors(value: Value) -> Iterator[Tensor]:
    yield from (leaf for leaf in leaves(value) if isinstance(leaf, Tensor))


def _repair(event: Event, trait: Trait) -> Repair | None:
    """Return the change that names the axis, where one has an extent of 1 by its making."""
    squeezed, axis = trait.trail[0].site, trait.of and trait.of.known
    here = axis is not None and squeezed.function is event.site.function
    change = with_argument(squeezed, str(axis)) if here else None
    return None if change is None else unsafe(f"name the axis, {axis}", change)
