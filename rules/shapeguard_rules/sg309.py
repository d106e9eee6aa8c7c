"""Argument that gets another shape in place.

## What it does

Flags `set_` and `resize_` on a parameter of the function, or on a member of `*args`, where the code
shows that the shape changes: the new tensor is the old one repeated, extended or joined with another,
or `resize_` is given sizes.

## Why is this bad?

The tensor belongs to the caller, who still takes it for what was passed: an attention mask of three
rows has six after the first forward pass, so that the second pass with the same batch fails, or
repeats it once more. Autograd does not see the change either.

## Example

```python
def widen(hidden_states, mask):
    repeats = hidden_states.shape[0] // mask.shape[0]
    mask.set_(mask.repeat(repeats, 1))
```

## Use instead

```python
def widen(hidden_states, mask):
    repeats = hidden_states.shape[0] // mask.shape[0]
    return mask.repeat(repeats, 1)
```

## Fix safety

There is no automatic fix: the callers must take the result.

## Known limits

Not flagged are `set_` with a tensor that has nothing to do with the old shape, parameters that are
called `out` or begin or end so, `resize_as_`, `resize_` in a function whose name ends in an underscore, as those of
torch that change their arguments do, and changes of `x.data` and of fields, and
names that are bound again in the function. The rule is in preview since
the caller may want the change.

## References

- [pytorch/pytorch#56233](https://github.com/pytorch/pytorch/issues/56233): an operation in place that gave
  its operand another shape, on one device alone
- [huggingface/transformers#47741](https://github.com/huggingface/transformers/issues/47741): models that
  change tensors of their callers
- [torch.Tensor.set_](https://docs.pytorch.org/docs/stable/generated/torch.Tensor.set_.html)
- [torch.Tensor.resize_](https://docs.pytorch.org/docs/stable/generated/torch.Tensor.resize_.html): a
  low-level method
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.api import (
    Confidence,
    Consequence,
    Diagnosis,
    Resize,
    Rule,
    Severity,
    Tensor,
    atoms,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.api import Event


class ResizedArgument(Rule):
    """An argument gets another shape in place."""

    code = "SG309"
    name = "resized-argument"
    severity = Severity.WARNING
    since = "0.1.0"
    preview = True
    listens_to = (Resize,)

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report a change of the shape of what the caller passed to the function."""
        assert isinstance(event, Resize)  # noqa: S101 - listens_to
        how = "" if _is_output(event.holder.origin) else _change(event)
        if how:
            yield Diagnosis(
                f"`{event.operation}` changes the shape of `{event.name}`, which is the caller's: {how}",
                Confidence.MEDIUM,
                Consequence.SILENT,
                event.trail,
            )


def _is_output(name: str) -> bool:
    return name == "out" or name.startswith("out_") or name.endswith("_out")


def _change(event: Resize) -> str:
    """Say how the shape changes; nothing where the code does not show that it does."""
    if event.operation == "resize_":
        told = event.site.function.name.endswith("_")
        return "it is given sizes of its own" if event.given and not told else ""
    old, new = event.holder, event.given[0] if len(event.given) == 1 else None
    if event.operation != "set_" or not isinstance(new, Tensor):
        return ""
    for axis, extent in new.extents:
        own = {old.extent(at) for at in (axis, axis - (new.rank or 0))}
        grown = {each for term in own for each in atoms(term)} & {*atoms(extent)}
        if extent not in own and (grown or new.form == old.form):
            return f"axis {axis} of what it becomes may have another extent"
    return ""
