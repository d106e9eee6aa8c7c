"""Value that its annotation does not describe.

## What it does

Flags what is returned, bound to an annotated name, or given to a function of the project, where its
axis string cannot hold: it has another number of axes; an axis has another extent for all sizes; one
name stands for two extents. Also where they may differ because a mask or a filter decides how long an
axis is, and the name stands for the axis as it was before.

## Why is this bad?

Whoever reads the annotation relies on it, and joins what is returned with what has the same name. Where
a checker compares, the call fails; where none does, nobody finds out until the batch of which the mask
drops a row.

## Example

```python
from jaxtyping import Bool, Float
from torch import Tensor


def present(x: Float[Tensor, "batch dim"], mask: Bool[Tensor, "batch"]) -> Float[Tensor, "batch dim"]:
    return x[mask]
```

## Use instead

```python
from jaxtyping import Bool, Float
from torch import Tensor


def present(x: Float[Tensor, "batch dim"], mask: Bool[Tensor, "batch"]) -> Float[Tensor, "kept dim"]:
    return x[mask]
```

## Fix safety

There is no automatic fix: either the value or the annotation is wrong.

## Known limits

Axes that broadcast, `#batch`, unions of several arrays, expressions with arguments in braces, and axes
behind `*name` of a tensor of which the number of axes is not known, are not compared. An unknown extent
is never another one. A function with a decorator of which nothing is known is left out, since `vmap` and
its relatives change what an annotation is about.

## References

- [patrick-kidger/jaxtyping#63](https://github.com/patrick-kidger/jaxtyping/issues/63): a result with an
  axis more than its annotation says, and nobody compares
- [patrick-kidger/jaxtyping#234](https://github.com/patrick-kidger/jaxtyping/issues/234): one name for
  extents that differ
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.api import (
    Annotation,
    Confidence,
    Consequence,
    Diagnosis,
    Rule,
    Severity,
    contradictions,
    witness_of_extents,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.api import Contradiction, Event


class ContradictedAnnotation(Rule):
    """A value is not what its annotation says."""

    code = "SG402"
    name = "contradicted-annotation"
    severity = Severity.WARNING
    since = "0.1.0"
    listens_to = (Annotation,)

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report the first axis that is, or may be, another one than is declared."""
        assert isinstance(event, Annotation)  # noqa: S101 - listens_to
        for found in contradictions(event):
            always = not found.reason
            yield Diagnosis(
                f"{_named(event)} {_differs(found)}",
                Confidence.HIGH if always and event.checked else Confidence.MEDIUM,
                Consequence.CRASH if event.checked else Consequence.SILENT,
                found.trail,
                witness_of_extents(event.name, found),
            )
            return


def _named(event: Annotation) -> str:
    given = f", given to `{event.given_to}`," if event.given_to else ""
    return f"`{event.name}`{given}"


def _differs(found: Contradiction) -> str:
    if found.axis is None:
        return f"has {found.actual.known} axes, and `{found.text}` has {found.wanted.known}"
    where = f"axis {found.axis} of `{found.text}`"
    if found.reason:
        return f"need not have `{found.declared}` entries at {where}: {found.reason}"
    return f"never has `{found.declared}` entries at {where}"
