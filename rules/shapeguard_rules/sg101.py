"""Operand narrowed only on some paths, joined with one that is narrowed on all.

## What it does

Flags `torch.cat`, `stack`, `hstack`, elementwise operations and the like where one operand is cut
by a slice, a mask or an index only under a condition, while the operand that it meets is cut always.

## Why is this bad?

On the path on which the condition is false, a whole tensor meets a part of another one. When the
condition tests sizes (`index.start < x.size(0)`), the path is taken by exactly the sizes that nobody
tried: an empty share at the end of the batch. The join crashes; an elementwise operation broadcasts
silently where one of the two has a single row.

## Example

```python
def select(prefix, state, index):
    keys = state[index]
    if index.start < prefix.size(0):
        prefix = prefix[index]
    return torch.cat([prefix, keys], dim=1)
```

With `index = slice(2, 2)`, the share of an adapter that gets no rows, `keys` has 0 rows and `prefix`
still has 2.

## Use instead

```python
def select(prefix, state, index):
    keys = state[index]
    prefix = prefix[index]
    return torch.cat([prefix, keys], dim=1)
```

A slice past the end is empty, which is what an empty share needs. Or return early when the share is
empty.

## Fix safety

The fix narrows both operands on the same paths: the condition on sizes goes, and what asks whether there
is an index at all stays. It is unsafe: what crashed, or was broadcast, becomes a join of nothing. There is
none where the other operand was cut by a caller, since another caller may pass it whole; where the
condition is about anything else than sizes of the operand and its index, or has a comment; and where the
branch does more than cut. See that the condition does not say that the operand is one for all rows.

## Known limits

A test of mere presence (`if index is not None`), of a type or of the number of axes says that index
and cut come together; it is no evidence. A condition of flags alone (`if self.training`), or of a
number that is no size, may say which kind of operand it is: low confidence. Operands of which only one
is seen to be cut are reported when they are concatenated or stacked, the cut is by a slice with computed
bounds, and the condition tests these bounds or an extent. A slice with numbers as bounds counts where
both operands have it. A slice is taken to lie within what it cuts: `if index.stop <= x.size(0)` is then
always true. That an operand has another extent than the mask, or that to which it would be cut, says that it
was cut before; and one entry is the same for every row.

Keyword arguments, dictionaries with constant keys, shapes through `reshape`, `transpose`, `permute` and
through layers such as `nn.Linear` are followed. Not followed, and so silent: a call of something
unknown, such as a block that is a parameter; a comprehension over a dictionary of which no key is known;
an axis that `reshape` infers (`-1`) where the cut axis was. Not seen as joins: `matmul`, `einsum`,
`scaled_dot_product_attention` and losses of another shape than their target, such as `cross_entropy`.

## References

- [adapter-hub/adapters#794](https://github.com/adapter-hub/adapters/issues/794): prefix tuning under
  `BatchSplit("a", "b", batch_sizes=[2, 0])`
- [adapter-hub/adapters#795](https://github.com/adapter-hub/adapters/pull/795): the fix that widened
  the condition
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.api import (
    Confidence,
    Consequence,
    Diagnosis,
    Join,
    Rule,
    Severity,
    disagreements,
    narrowed_on_all_paths,
    witness_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.api import (
        Disagreement,
        Event,
        Repair,
    )


class ConditionallyNarrowedOperand(Rule):
    """One operand is narrowed only on some paths; the one that it is joined with is on all."""

    code = "SG101"
    name = "conditionally-narrowed-operand"
    severity = Severity.ERROR
    since = "0.1.0"
    listens_to = (Join,)

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report the surest disagreement of a join."""
        assert isinstance(event, Join)  # noqa: S101 - listens_to
        found = max(disagreements(event), key=_confidence, default=None)
        if found is not None:
            witness = witness_of(found)
            yield Diagnosis(
                message=_message(found),
                confidence=_confidence(found),
                consequence=Consequence.CRASH,
                trail=found.trail,
                witness=witness,
                fix=_repair(found),
                rank=0 if any(len(value) > 1 for _, value in witness.sizes) else 1,
            )


def _confidence(found: Disagreement) -> Confidence:
    axis = found.meeting.join.axis
    sure = found.meeting.always and found.tested and (axis is None or axis >= 0)
    if not found.sized or not found.meeting.cut.computed:
        return Confidence.LOW
    return Confidence.HIGH if sure else Confidence.MEDIUM


def _repair(found: Disagreement) -> Repair | None:
    """Return the cut without its condition, if the function cuts both operands itself.

    What a caller has cut, another caller may pass whole: then the condition tells the two apart.
    """
    met = found.meeting
    other = met.narrowed.cut(met.axis)
    if other is None or not met.cut.trail or not other.trail:
        return None
    here = met.cut.trail[-1].site
    return narrowed_on_all_paths(here) if other.trail[-1].site.function is here.function else None


def _message(found: Disagreement) -> str:
    whole, narrowed = found.meeting.names
    how = "on all paths" if found.meeting.always else "to its share"
    return (
        f"`{whole}` is narrowed only on some paths, `{narrowed}` {how}: axis {found.meeting.axis} "
        f"disagrees in `{found.meeting.join.operation}`"
    )
