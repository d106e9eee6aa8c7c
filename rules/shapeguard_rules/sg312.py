"""A condition that does not ask what it is there for: it has one answer, or takes 0 for nothing.

## What it does

Flags conditions whose answer does not depend on the tensor: a method that is not called
(`x.numel == 0`), a shape compared with a list or a number, the truth of a shape that has axes, a length
asked whether it is negative. Also `n or default` where a check lets 0 through, and a tensor whose values,
or one exact shape, are asked for where it may be empty (`if any(x.flatten()): top = x.max()`).

## Why is this bad?

What the guard should keep away comes through, and nobody hears of it: a bound method is true, a shape
is a tuple. And 0 is a number: the default takes its place, and zeros are skipped like nothing.

## Example

```python
def largest(scores: torch.Tensor):
    if scores.numel == 0:
        return None
    return scores.max()
```

## Use instead

```python
def largest(scores: torch.Tensor):
    if scores.numel() == 0:
        return None
    return scores.max()
```

## Fix safety

The fix calls the method, asks for the number of elements, writes the shape as a tuple, leaves 0 out, or
asks whether a number is None. It is unsafe: the guard begins to decide.

## Known limits

`x.size` may be that of an array: it is flagged only of an argument annotated as `torch.Tensor`. What is
not known to be a tensor is not looked at, nor a module that imports tensorflow, paddle or the like.
A default of 1, a parameter whose default is 0 and a number that nothing checks are silent. A test behind
the operation, or of a value that is narrowed again, is reported at the operation (SG301, SG302, SG305).

## References

- [multimodallearning/pytorch-mask-rcnn#64](https://github.com/multimodallearning/pytorch-mask-rcnn/issues/64):
  `if torch.nonzero(...).size():` lets an empty selection through
- [Lightning-AI/torchmetrics#1063](https://github.com/Lightning-AI/torchmetrics/issues/1063): zeros are skipped
- [meta-pytorch/torchrec#4005](https://github.com/meta-pytorch/torchrec/pull/4005): `or` overrides a 0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.api import (
    Condition,
    Confidence,
    Consequence,
    Diagnosis,
    Reduce,
    Rule,
    Severity,
    Shape,
    code_of,
    only_answer,
    stand_in,
    unsafe,
    witness_of_zero,
    written,
    zero_of_its_own,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.api import Event, Repair


class GuardWithoutEffect(Rule):
    """A condition does not ask what it is there for."""

    code = "SG312"
    name = "guard-without-effect"
    severity = Severity.WARNING
    since = "0.1.0"
    listens_to = (Condition, Reduce)

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report a condition that does not decide anything, or something else than it should."""
        if isinstance(event, Reduce):
            yield from _of_another_matter(event)
        elif isinstance(event, Condition) and event.operator == "or":
            yield from _default_for_zero(event)
        elif isinstance(event, Condition) and (found := only_answer(event)) is not None:
            said = f"`{code_of(event.site.node)}` is always {str(found[0]).lower()}: {found[1]}"
            yield Diagnosis(said, Confidence.HIGH, Consequence.SILENT, fix=_repair(event))


def _of_another_matter(event: Reduce) -> Iterator[Diagnosis]:
    """Report that a reduction is guarded by a test that tells nothing of its size."""
    found = stand_in(event)
    if found is not None:
        said = "asks whether a value is not 0, not whether there is one"
        said = said if found.values else "asks for one shape without an entry, not for all of them"
        yield Diagnosis(
            f"`{code_of(found.site.node)}` {said}, before `{event.operation}` of `{event.name}`",
            Confidence.MEDIUM if found.sure else Confidence.LOW,
            Consequence.SILENT if found.values else Consequence.CRASH,
            at=found.site,
        )


def _default_for_zero(event: Condition) -> Iterator[Diagnosis]:
    """Report that a number of its own gets a default."""
    found = zero_of_its_own(event)
    if found is not None:
        yield Diagnosis(
            f"`{event.name}` gets a default where it is 0 as well: {found.reason}",
            Confidence.MEDIUM if event.name.replace(".", "_").isidentifier() else Confidence.LOW,
            Consequence.SILENT,
            found.trail,
            witness_of_zero(event.name, found),
            _none_asked(event),
        )


def _none_asked(event: Condition) -> Repair | None:
    node = event.site.node
    if not isinstance(node, cst.BooleanOperation):
        return None
    text = f"{event.name} if {event.name} is not None else {code_of(node.right)}"
    return unsafe("ask for None", written(event.site, f"({text})"))


def _repair(event: Condition) -> Repair | None:
    """Return the change after which the condition decides."""
    node = event.site.node
    if isinstance(node, cst.Attribute) and event.uncalled:
        return unsafe("call the method", written(event.site, _called(event)))
    if not isinstance(node, cst.Comparison) or len(node.comparisons) > 1:
        return None
    other, message = code_of(node.comparisons[0].comparator), "leave 0 out"
    if event.uncalled:
        message, text = "call the method", f"{_called(event)} {event.operator} {other}"
    elif event.listed:
        message, inner = "compare with a tuple", other.strip("[]").rstrip(", ")
        single = bool(inner) and "," not in inner
        text = f"{event.name} {event.operator} ({inner}{',' * single})"
    elif isinstance(event.value, Shape):
        holder = event.name.removesuffix(".size()").removesuffix(".shape")
        message, text = "ask for the entries", f"{holder}.numel() {event.operator} {other}"
    elif event.operator == ">=":
        text = f"{event.name} > {other}"
    else:
        return None
    return unsafe(message, written(event.site, f"({text})" if node.lpar else text))


def _called(event: Condition) -> str:
    name = event.name
    return f"{name.removesuffix('size')}numel()" if event.uncalled == "size" else f"{name}()"
