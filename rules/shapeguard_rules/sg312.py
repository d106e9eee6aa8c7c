"""A condition about a tensor that has the same answer for every tensor.

## What it does

Flags conditions whose answer does not depend on what they ask about: a method of a tensor that is not
called (`x.numel == 0`, `if mask.any:`), a shape compared with a list or a number (`x.shape == [1, 4]`,
`x.size() == 1`), the truth of a shape that has axes (`if x.nonzero().size():`), and a length or an
extent asked whether it is negative (`len(x) >= 0`).

## Why is this bad?

A guard was meant, and there is none: what it should keep away comes through, and nobody hears of it.
A bound method is true and equals no number; a shape is a tuple, and true even where an extent is 0.

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

The fix calls the method, asks for the number of elements instead of the shape, writes the shape as a
tuple, or leaves 0 out of the comparison. It is unsafe: the guard begins to decide.

## Known limits

`x.size` is a number for arrays of numpy: it is flagged only where `x` is an argument annotated as
`torch.Tensor`. A value of which it is not known that it is a tensor is not looked at, nor is a module
that imports a library whose shapes may equal lists, such as tensorflow and paddle. A guard that asks about the values of a tensor where
its extent matters, and `n or default` where 0 is a number like any other, are not seen.

## References

- [multimodallearning/pytorch-mask-rcnn#64](https://github.com/multimodallearning/pytorch-mask-rcnn/issues/64):
  `if torch.nonzero(...).size():` lets an empty selection through
- [fastai/fastai#1389](https://github.com/fastai/fastai/issues/1389): a list compared with a `torch.Size`
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.api import (
    Condition,
    Confidence,
    Consequence,
    Diagnosis,
    Int,
    Missing,
    Rule,
    Severity,
    Shape,
    code_of,
    unsafe,
    written,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.api import Event, Repair

_EQUALS, _DIFFERS = ("==", "is"), ("!=", "is not")
_COUNT = re.compile(r"len\(.*\)|.*\.(numel\(\)|size\([^()]+\)|shape\[[^\[\]]+\])", re.DOTALL)
_BOUNDS = {">= 0": True, "> -1": True, "< 0": False, "<= -1": False}


class GuardWithoutEffect(Rule):
    """A condition has the same answer for every tensor."""

    code = "SG312"
    name = "guard-without-effect"
    severity = Severity.WARNING
    since = "0.1.0"
    listens_to = (Condition,)

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report a condition that does not decide anything."""
        assert isinstance(event, Condition)  # noqa: S101 - listens_to
        found = _answer(event)
        if found is not None:
            answer, reason = found
            yield Diagnosis(
                f"`{code_of(event.site.node)}` is always {str(answer).lower()}: {reason}",
                Confidence.HIGH,
                Consequence.SILENT,
                fix=_repair(event),
            )


def _answer(event: Condition) -> tuple[bool, str] | None:
    """Return the only answer that a condition has, and why."""
    value, operator = event.value, event.operator
    compared = operator in (*_EQUALS, *_DIFFERS)
    if event.uncalled and (not operator or (compared and isinstance(event.other, Int | Missing))):
        return operator not in _EQUALS, f"the method `{event.uncalled}` is not called"
    if isinstance(value, Shape) and not operator and value.tensor.rank:
        return True, f"a shape with {value.tensor.rank} axes is true, whatever the extents are"
    if isinstance(value, Shape) and compared:
        kind = "list" if event.listed else "number"
        if event.listed or isinstance(event.other, Int):
            return operator not in _EQUALS, f"a shape is a tuple, which equals no {kind}"
    if isinstance(value, Int) and isinstance(event.other, Int) and _COUNT.fullmatch(event.name):
        answer = _BOUNDS.get(f"{operator} {event.other.term.known}")
        return None if answer is None else (answer, "no length is negative")
    return None


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
