"""Method of composition that departs from the contract of what it replaces.

## What it does

Looks at methods that compose a batch, such as `vslice`, `pad_and_concat`, `repeat`, `mean` and
`compose_single` of the layers of adapters, in any hierarchy of classes that has at least two of them.
Flags

- a field of the state that one of them keeps whole, takes from one member or drops beside a field that
  it treats, where another method of the class treats or sets this one for each share;
- a parameter of the base that is renamed, moved or not taken, or one that only this method asks for;
- a path on which nothing is returned, where other paths return a state.

## Why is this bad?

Whoever composes calls these methods without knowing whose they are. A field left whole has all rows of
the batch beside those of a share; what belongs to one member stands for the rows of all. With one share,
or with equal ones, nothing shows.

## Example

```python
from adapters.methods.adapter_layer_base import ComposableAdapterLayerBase


class State(NamedTuple):
    hidden: torch.Tensor
    mask: torch.Tensor


class Layer(ComposableAdapterLayerBase):
    def vslice(self, state: State, slice_obj: slice):
        return State(state.hidden[slice_obj], state.mask)

    def pad_and_concat(self, states: list[State]):
        return State(torch.cat([s.hidden for s in states]), torch.cat([s.mask for s in states]))
```

## Use instead

```python
class Layer(ComposableAdapterLayerBase):
    def vslice(self, state: State, slice_obj: slice):
        return State(state.hidden[slice_obj], state.mask[slice_obj])
```

What has no meaning for all rows, such as the slice that one share was cut by, is None in the state of
all.

## Fix safety

There is no automatic fix: what a field means for all rows only the author knows.

## Known limits

States are NamedTuples and dataclasses of the project, known by the annotation of the parameter. A tensor
has rows if another method of the class narrows, joins or repeats it; where there is none to ask, or where
no call by keyword is seen, confidence is low. Another field counts if `vslice` or `compose_single` sets it.
That a field is there in one member and not in another is a matter of its own.

## References

- [adapter-hub/adapters#794](https://github.com/adapter-hub/adapters/issues/794): the slice of a share,
  read for the rows of all
- [pytorch/tensordict#1157](https://github.com/pytorch/tensordict/issues/1157): fields that have no rows,
  beside those that do
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.api import (
    COMPOSING,
    Confidence,
    Consequence,
    Definition,
    Diagnosis,
    Fate,
    Rule,
    Severity,
    Sign,
    Witness,
    departures,
    fields_out_of_step,
    method,
    returns_nothing,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.api import Event, Field, Site, Trail

_SIZES = {
    "vslice": (
        "a batch of 3 rows, `slice(0, 1)` → `{beside}` has 1 row, `{name}` 3",
        "`{name}` keeps all rows of the batch where `{beside}` has those of a share",
    ),
    "repeat": (
        "3 rows, 2 channels → `{beside}` has 6 rows, `{name}` 3",
        "`{name}` is not repeated, `{beside}` is",
    ),
    "pad_and_concat": (
        "states of 1 and 2 rows → `{beside}` has 3 rows, `{name}` is that of one state",
        "`{text}` is that of one state, and stands for the rows of all",
    ),
    "mean": (
        "2 states → `{beside}` is the mean of both, `{name}` is that of one",
        "`{text}` is that of one state, beside the mean of all",
    ),
}


class DepartureFromComposition(Rule):
    """A method of composition hands on what the others do not expect, or takes something else."""

    code = "SG404"
    name = "departure-from-composition"
    severity = Severity.WARNING
    since = "0.1.0"
    gives_way_to = frozenset({"SG104"})
    listens_to = (Definition,)
    shown_by = (Sign(Definition, {method(name) for name in COMPOSING}),)

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report every field and every parameter by which a method departs from its contract."""
        assert isinstance(event, Definition)  # noqa: S101 - listens_to
        for found in fields_out_of_step(event):
            yield _of_field(event.function.name, found)
        for each in departures(event):
            yield _of_call(event, each.text, each.at, each.trail, sure=each.sure)
        nothing = returns_nothing(event)
        if nothing is not None:
            site, stated = nothing
            yield _of_call(event, "returns no state here", site, (), sure=stated)


def _of_call(event: Definition, text: str, at: Site, trail: Trail, *, sure: bool) -> Diagnosis:
    confidence = Confidence.MEDIUM if sure else Confidence.LOW
    message = f"`{event.function.name}` {text}"
    return Diagnosis(message, confidence, Consequence.CRASH, trail, at=at)


def _of_field(method: str, found: Field) -> Diagnosis:
    sizes, message = _SIZES[method]
    words = {"name": found.name, "beside": found.beside, "text": found.text or found.name}
    if found.fate is Fate.DROPPED:
        sizes = "`{name}` is there in what `" + method + "` is given and None in what it returns"
        message = "`{name}` may be None though it was there, `{beside}` is kept"
    return Diagnosis(
        message.format(**words),
        Confidence.MEDIUM if found.trail else Confidence.LOW,
        Consequence.SILENT,
        found.trail,
        Witness((), (), sizes.format(**words)),
        at=found.at,
    )
