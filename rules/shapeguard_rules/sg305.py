"""First or last member of what may be empty, or a name that only a loop binds that may not run.

## What it does

Flags `xs[0]`, `xs[-1]`, `xs.pop()` and `next(iter(xs))` where the code itself shows that there may be
no member: `xs` is a list that is filtered or filled under a condition, the rows that a mask selects, the
positions that `nonzero` finds, or a range whose bounds are sums of sizes. Also a name that is bound only
in the body of a loop that may not run, and is read behind it.

## Why is this bad?

The first of nothing does not exist: `IndexError`, `StopIteration` or `UnboundLocalError`, and only for
the batch that nobody tried: no member passes the filter, a share of the batch has no rows.

## Example

```python
def rows_of(x, sizes, i):
    batch = range(sum(sizes[:i]), sum(sizes[: i + 1]))
    return x[batch[0] : batch[-1] + 1]
```

## Use instead

```python
def rows_of(x, sizes, i):
    batch = range(sum(sizes[:i]), sum(sizes[: i + 1]))
    return x[batch.start : batch.stop]
```

Or return, or go on with the next share, where there is no member.

## Fix safety

In a loop over shares the fix leaves out an empty one early, by `continue`, where the rest of the loop is
about that share alone: what comes of it is written to its own rows, or to a place that has a value, or
added up. It is unsafe: what raised is left out. There is none where the rest appends, counts, stores,
ends the loop or calls anything without the share: others count on that. Outside of a loop, what stands
for the first of nothing only the author knows.

## Known limits

A plain argument is not suspected: something in the function, in a caller or in its twin has to show
that it can be empty. A list is reported at its first lookup; behind that there is a member.
That a list is tested in front of the lookup, or by a caller, is shown at low confidence only; so is what
hardly comes true, as a filter that leaves out one by its name, or that none is the largest of all. A
search, `next(x for x in xs if x.name == name)` or `[x for x in xs if x.name == name][0]`, says that
something will be found: it is shown at low confidence only. That one member decides something for all is
another matter, with a rule of its own.

## References

- [Comfy-Org/ComfyUI#6292](https://github.com/Comfy-Org/ComfyUI/issues/6292): the first and the last row
  of a mask that selects nothing
- [NVIDIA-NeMo/Automodel#2258](https://github.com/NVIDIA-NeMo/Automodel/pull/2258) and
  [pykeen/pykeen#828](https://github.com/pykeen/pykeen/issues/828): a name that is bound in a loop over a
  loader without batches
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.api import (
    READ_BEHIND,
    Confidence,
    Consequence,
    Int,
    Lookup,
    Loop,
    Operation,
    Reason,
    Rule,
    Severity,
    Sign,
    Term,
    emptiness,
    is_asked_too_late,
    is_compared,
    nothing_left,
    skipped_if_empty,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.api import Diagnosis, Emptiness, Event


_MADE_OF_ALL = re.compile(r"[\[(].+ for ")
_OF_TWO = (".size", ".shape")
"""What has a member for each axis: that of a picture has two."""


class MemberOfPossiblyNothing(Rule):
    """The first or last member is read of something that may have none."""

    code = "SG305"
    name = "member-of-possibly-nothing"
    severity = Severity.ERROR
    since = "0.1.0"
    listens_to = (Lookup, Loop)
    shown_by = (Sign(Loop, {READ_BEHIND}),)

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report a holder that may have no member, or a loop that may not run."""
        if isinstance(event, Lookup):
            found = emptiness(event, event.holder, event.name, event.axis)
            if found is not None:
                message = f"a member of `{event.name}` is read, which may have none"
                said = nothing_left(event, event.name, found, message, Consequence.CRASH)
                skipped = skipped_if_empty(event.site, event.name, event.holder, event.axis)
                said = replace(said, fix=skipped)
                doubtful = _searches(event) or _is_tested_before(event, found)
                yield replace(said, confidence=Confidence.LOW) if doubtful else said
        elif isinstance(event, Loop) and event.bound:
            found = emptiness(event, Int(event.times), event.name)
            if found is not None:
                names = ", ".join(f"`{name}`" for name in event.bound)
                message = f"{names} is bound only in a loop over `{event.name}`, which may not run"
                said = nothing_left(event, event.name, found, message, Consequence.CRASH)
                yield replace(said, confidence=Confidence.MEDIUM) if _from_one(event) else said


def _is_tested_before(event: Lookup, found: Emptiness) -> bool:
    """Say whether the only evidence is a test that is not behind the lookup, in the same function."""
    if found.kind is Reason.TWIN:
        return event.name.endswith(_OF_TWO)
    return found.kind is Reason.BELIEF and not is_asked_too_late(event, event.name, found)


def _searches(event: Lookup) -> bool:
    """Say whether members are taken of those that pass a test: the author knows that they do."""
    match event.site.node:
        case cst.Call(func=cst.Name("next"), args=[cst.Arg(value=cst.GeneratorExp()), *_]):
            return True
        case cst.Subscript(value=cst.ListComp()):
            return True
        case cst.Tuple() | cst.List():
            return _MADE_OF_ALL.match(event.name) is not None
        case _:
            return False


def _from_one(event: Loop) -> bool:
    """Say whether a loop begins behind the first of some, and nothing asks whether there is one alone."""
    match event.times.parts:
        case ((Operation(name="range_length", operands=(Term() as start, Term() as stop, _)), 1),):
            return start.known == 1 and not is_compared(stop, start, event.moment)
        case _:
            return False
