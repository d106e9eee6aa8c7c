"""A condition that does not ask what it is there for: it has one answer, or takes 0 for nothing.

## What it does

Flags conditions whose answer does not depend on the tensor: a method that is not called (`x.numel == 0`),
a shape compared with a list or a number, the truth of a shape, a negative length. Also `n or default` where
a check lets 0 through, `if any(x.flatten()):` and `if x.shape == (0, 4):` where an entry is needed.

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

The fix calls the method, asks for the number of elements or for None, writes the shape as a tuple, or
leaves 0 out. It is unsafe: the guard begins to decide.

## Known limits

`x.size` is flagged only of an argument annotated as `torch.Tensor`. Modules that import tensorflow, paddle
or the like are not looked at. A default of 1 is silent. `n or x.size(0)` of a number for which nothing lets
0 through is shown at low confidence: 0 rows become all; `seed or 42` is not. A test behind the operation,
or of a value that is narrowed again, is reported at the operation (SG301, SG302, SG305).

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
    DOUBTFUL,
    Condition,
    Confidence,
    Consequence,
    Diagnosis,
    Reason,
    Reduce,
    Rule,
    Severity,
    Shape,
    Sign,
    Witness,
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

    from shapeguard.lint.api import Event, Repair, StandIn


class GuardWithoutEffect(Rule):
    """A condition does not ask what it is there for."""

    code = "SG312"
    name = "guard-without-effect"
    severity = Severity.WARNING
    since = "0.1.0"
    listens_to = (Condition, Reduce)
    shown_by = (Sign(Condition, {DOUBTFUL}),)

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report a condition that decides nothing, or something else than it should."""
        if isinstance(event, Reduce) and (guard := stand_in(event)) is not None:
            yield _of_another_matter(event, guard)
        elif isinstance(event, Condition) and event.operator == "or":
            yield from _default_for_zero(event)
        elif isinstance(event, Condition) and (found := only_answer(event)) is not None:
            said = f"`{code_of(event.site.node)}` is always {str(found[0]).lower()}: {found[1]}"
            yield Diagnosis(said, Confidence.HIGH, Consequence.SILENT, fix=_repair(event))


def _of_another_matter(event: Reduce, guard: StandIn) -> Diagnosis:
    said = "values other than 0" if guard.values else "one shape without an entry"
    said = f"`{code_of(guard.site.node)}` asks for {said}, not for the size, before `{event.operation}` of `{event.name}`"
    confidence = Confidence.MEDIUM if guard.sure else Confidence.LOW
    witness = Witness((), (), guard.breaks)
    kind = Consequence.SILENT if guard.values else Consequence.CRASH
    return Diagnosis(said, confidence, kind, guard.trail, witness, at=guard.site)


def _default_for_zero(event: Condition) -> Iterator[Diagnosis]:
    found = zero_of_its_own(event)
    if found is not None:
        said = f"`{event.name}` gets a default where it is 0: {found.reason}"
        plain = event.name.replace(".", "_").isidentifier()
        witness = witness_of_zero(event.name, found)
        sure = Confidence.LOW if found.kind is Reason.UNLIKELY else Confidence.MEDIUM
        confidence, fix = (sure, _repair(event)) if plain else (Confidence.LOW, None)
        yield Diagnosis(said, confidence, Consequence.SILENT, found.trail, witness, fix)


def _repair(event: Condition) -> Repair | None:
    """Return the change after which the condition decides."""
    node, name = event.site.node, event.name
    if isinstance(node, cst.BooleanOperation):
        text = f"({name} if {name} is not None else {code_of(node.right)})"
        return unsafe("ask for None", written(event.site, text))
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
        text = f"{name} {event.operator} ({inner}{',' * single})"
    elif isinstance(event.value, Shape):
        holder = name.removesuffix(".size()").removesuffix(".shape")
        message, text = "ask for the entries", f"{holder}.numel() {event.operator} {other}"
    elif event.operator == ">=":
        text = f"{name} > {other}"
    else:
        return None
    return unsafe(message, written(event.site, f"({text})" if node.lpar else text))


def _called(event: Condition) -> str:
    name = event.name
    return f"{name.removesuffix('size')}numel()" if event.uncalled == "size" else f"{name}()"
