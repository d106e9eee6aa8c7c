"""One member of a list decides for all that are joined.

## What it does

Flags a join of a field of all members that happens only if one member has it, the first, the last, or
the one that a loop has left behind; and a field of one member that becomes that of a state beside the
join of all, where it describes rows: an optional tensor, or a slice.

## Why is this bad?

The members are the shares of a batch, and a share can lack what another one has. If the one that is
asked lacks it, what the others hold is dropped without a word; if it has it and another one does not,
the join gets a `None`. A slice or a tensor of the first share does not describe the rows of all.

## Example

```python
class State(NamedTuple):
    hidden: torch.Tensor
    update: Optional[torch.Tensor]


def joined(states: list[State]):
    return State(
        torch.cat([state.hidden for state in states]),
        torch.cat([state.update for state in states]) if states[0].update is not None else None,
    )
```

## Use instead

```python
class State(NamedTuple):
    hidden: torch.Tensor
    update: Optional[torch.Tensor]


def joined(states: list[State]):
    missing = [state.update is None for state in states]
    if any(missing) and not all(missing):
        raise ValueError("some states have an update, others have none")
    return State(
        torch.cat([state.hidden for state in states]),
        None if all(missing) else torch.cat([state.update for state in states]),
    )
```

Or put zeros where a member has nothing, if that is what nothing means.

## Fix safety

There is no automatic fix: what stands for a missing field is a decision.

## Known limits

Evidence is that the field is declared to be optional, or that the function asks each member for it
elsewhere. Without any, for keys of dictionaries, and for a list that the function itself gathers, whose
members come from one place, the finding has low confidence. Silent where the function looks at all members:
a comprehension that tests the field, or a test in a loop that raises or returns. A dtype of one member that
all are converted to has low confidence: it is the same in all as a rule. Devices are not looked at, since
moving all to one of them is right, nor are names and extents. Not seen are fields that `_replace` leaves as
the first member has them. That there may be no first member is SG305.

## References

- [huggingface/trl#5539](https://github.com/huggingface/trl/issues/5539): whether the batch has margins is
  read from its first example
- [sunlabuiuc/PyHealth#1222](https://github.com/sunlabuiuc/PyHealth/pull/1222): the keys of the first
  sample are those of the batch
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.api import (
    Confidence,
    Consequence,
    Diagnosis,
    Represent,
    Rule,
    Severity,
    Slice,
    Tensor,
    Witness,
    leaves,
    may_be_none,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.api import Event


class OneMemberDecides(Rule):
    """A field of one member decides for all members that are joined."""

    code = "SG104"
    name = "one-member-decides"
    severity = Severity.WARNING
    since = "0.1.0"
    listens_to = (Represent,)

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report a member that speaks for all, where members can differ."""
        assert isinstance(event, Represent)  # noqa: S101 - listens_to
        if event.decides or event.converts or _describes_rows(event):
            yield Diagnosis(
                _message(event),
                _confidence(event),
                Consequence.SILENT,
                event.trail,
                Witness((), (), _witness(event)),
            )


def _describes_rows(event: Represent) -> bool:
    """Say whether what is taken of one member is a slice, or a tensor that a member may lack."""
    value = event.value
    kinds = {type(leaf) for leaf in leaves(value)} & {Slice, Tensor}
    return Slice in kinds or (Tensor in kinds and may_be_none(value))


def _confidence(event: Represent) -> Confidence:
    if event.converts:
        return Confidence.LOW
    declared = may_be_none(event.value) or not event.decides
    if event.believed or (declared and not event.gathered):
        return Confidence.MEDIUM
    return Confidence.LOW


def _message(event: Represent) -> str:
    if event.decides:
        said = f"decides alone whether `{event.operation}` joins those of all `{event.listed}`"
    elif event.converts:
        said = f"becomes that of all `{event.listed}`, which `{event.operation}` joins"
    else:
        said = f"is kept for all `{event.listed}`, which `{event.operation}` joins"
    return f"`{event.name}` {said}: {_reason(event)}"


def _reason(event: Represent) -> str:
    if event.converts:
        return "where it counts, another member may hold fractions"
    if event.believed:
        return "each member is asked for it elsewhere"
    if may_be_none(event.value):
        return "it is optional, and another member may differ in it"
    return "another member may lack it" if event.decides else "it describes the rows of one member"


def _witness(event: Represent) -> str:
    if event.decides:
        return (
            f"`{event.name}` is None, that of another member is not → the other is dropped; "
            f"the other way round → `{event.operation}` gets None"
        )
    if event.converts:
        return f"members of int64 and of float32 → `{event.operation}` gives whole numbers"
    return f"two members of 1 row each → both are joined, `{event.name}` is that of one of them"
