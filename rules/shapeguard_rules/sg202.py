"""Counts whose length follows the data, used as if there were one for every class.

## What it does

Flags the result of `bincount` without `minlength`, of `one_hot` without `num_classes`, of
`unique(return_counts=True)`, and the values of a `Counter`, where its length or its positions matter: as
sizes of a split, looked up by a position, or by each up to a number that was given, walked over beside
something else, or combined with another tensor.

## Why is this bad?

`bincount` ends at the largest number that occurs, `unique` leaves out what does not occur. As long as
every class has a row, the counts are as long as the list of classes. When the last class has none, they
are one shorter and the split, the sum or the loop loses the last share; when a class in the middle has
none, `unique` gives the counts of all later ones to the class before.

## Example

```python
def shares(x: torch.Tensor, tasks: torch.Tensor, num_tasks: int):
    sizes = torch.bincount(tasks).tolist()
    return torch.split(x[tasks.argsort()], sizes)
```

## Use instead

```python
def shares(x: torch.Tensor, tasks: torch.Tensor, num_tasks: int):
    sizes = torch.bincount(tasks, minlength=num_tasks).tolist()
    return torch.split(x[tasks.argsort()], sizes)
```

## Fix safety

Unsafe: `minlength=` or `num_classes=` is added where the function has exactly one argument that says how
many there are, such as `num_classes` or `n_tasks`. The result gets longer than before where classes are
absent.

## Known limits

Sums, running sums, maxima and `argmax` of counts are right whatever their length is, and stay silent.
Counts of unique values, and those of a `Counter`, are flagged only in a function that is told the number of
what it counts. An index of which nothing is known may be one of those that occur. Weights of the classes
are looked at where a loss that got them by their keyword, `weight=`, is called in the function.

## References

- [pysal/pysal#717](https://github.com/pysal/pysal/issues/717): counts one short where the last class has
  no member
- [torch.bincount](https://docs.pytorch.org/docs/stable/generated/torch.bincount.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.api import (
    Confidence,
    Consequence,
    Diagnosis,
    Index,
    Join,
    Kind,
    Lookup,
    Loop,
    Rule,
    Sequence,
    Severity,
    Sign,
    Split,
    Tensor,
    Unknown,
    atoms,
    beyond_end,
    leaves,
    unknowns,
    unsafe,
    with_keyword,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.api import Event, Repair, Term, Trait, Value

_NUMBERS = ("num_", "n_", "nb_", "number_of_")
_KEYWORDS = {"bincount": "minlength", "one_hot": "num_classes"}


class CountsWithoutLength(Rule):
    """The length or a position of counts of what occurs is used."""

    code = "SG202"
    name = "counts-without-length"
    severity = Severity.WARNING
    since = "0.1.0"
    listens_to = (Split, Lookup, Index, Join, Loop)
    shown_by = (Sign(Loop, {"zip"}),)

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report counts as sizes, by position, beside another tensor, or walked over beside one."""
        for value in _used(event):
            trait = _present(value)
            if trait is None or (trait.about and not _numbers(event, trait)):
                continue
            yield Diagnosis(
                f"counts of what occurs in `{trait.why}` are as long as the data says",
                Confidence.MEDIUM,
                Consequence.SILENT,
                trait.trail,
                fix=_repair(event, trait),
            )
            return


def _used(event: Event) -> tuple[Value | None, ...]:
    """Return the values of which an event asks the length, or a position."""
    match event:
        case Split(sizes=sizes):
            return (sizes,)
        case Index(holder=holder, index=index):
            return () if _of_itself(holder, index) else (holder,)
        case Lookup(holder=holder, position=position):
            counted = position is not None and position.known is None
            return () if counted and beyond_end(event) is None else (holder,)
        case Join(operands=operands):
            return () if _beside_numbers(operands) or _checked(event, operands) else operands
        case Loop(together=together):
            return () if len({*map(_length, together)}) == 1 else together
        case _:
            return ()


def _beside_numbers(operands: tuple[Value, ...]) -> bool:
    """Say whether counts meet nothing that has a length: their own sum, or a number."""
    others = [each for value in operands for each in leaves(value) if _present(each) is None]
    plain = [each for each in others if isinstance(each, Tensor) and each.rank == 0]
    return bool(others) and len(plain) == len(others)


def _checked(event: Event, operands: tuple[Value, ...]) -> bool:
    """Say whether somebody has asked how many counts there are."""
    asked = {atom for fact in event.moment.facts for atom in unknowns(fact)}
    counted = [each for value in operands for each in leaves(value) if isinstance(each, Tensor)]
    return any(asked & {*atoms(each.extent(0))} for each in counted if _present(each) is not None)


def _length(value: Value) -> Term | None:
    match value:
        case Sequence(length=length):
            return length
        case Tensor():
            return value.extent(0)
        case _:
            return None


def _of_itself(counts: Value, index: Value) -> bool:
    """Say whether counts are picked by what they are, ``counts[counts > 0]``, or for what occurs.

    Of an index of which nothing is known it may be so.
    """
    if not isinstance(index, Tensor) or not isinstance(counts, Tensor):
        return isinstance(index, Unknown)
    trait = _present(counts)
    of_counted = trait is not None and trait.why in (index.name, _whole(index))
    return of_counted or counts.origin in index.origin


def _whole(member: Tensor) -> str:
    """Return what something is a unique value of, or nothing."""
    return member.origin.partition("[")[0].removeprefix("unique of ")


def _present(value: Value | None) -> Trait | None:
    traits = (
        each
        for leaf in (() if value is None else leaves(value))
        if isinstance(leaf, Tensor | Sequence)
        for each in leaf.traits
    )
    return next((each for each in traits if each.kind is Kind.PRESENT_COUNTS), None)


def _numbers(event: Event, counted: Trait) -> list[str]:
    """Return the arguments that say how many there are of what is counted: ``num_groups``."""
    text = f"{counted.why} {counted.about}"
    return [name for name in _told(event) if (word := _word(name)) and word in text]


def _told(event: Event) -> list[str]:
    """Return the arguments of the function that are called a number of something."""
    parameters = event.site.function.parse().params
    names = [each.name.value for each in (*parameters.params, *parameters.kwonly_params)]
    return [name for name in names if name.startswith(_NUMBERS)]


def _word(name: str) -> str:
    word = name.rpartition("_")[2].rstrip("s")
    return word if len(word) > 1 else ""


def _repair(event: Event, counted: Trait) -> Repair | None:
    """Return the change that gives the counts their length, if one argument says what it is."""
    told = _told(event)
    for station in counted.trail if len(told) == 1 else ():
        keyword = next((v for k, v in _KEYWORDS.items() if k in station.message), "")
        change = with_keyword(station.site, keyword, told[0]) if keyword else None
        if change is not None and station.site.function is event.site.function:
            return unsafe(f"pass `{keyword}={told[0]}`", change)
    return None
