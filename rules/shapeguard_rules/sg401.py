"""Annotation that jaxtyping refuses, or reads otherwise than it is meant.

## What it does

Flags `Float[Tensor, "..."]` and its relatives where the axis string, or what stands beside it, is
nothing that jaxtyping can compare with an array: axes with commas between them, two words that each
stand for any number of axes, an expression with spaces, a name in an expression that is the extent of no
axis, `{self.n}` where nothing sets `n`, `rows=4` beside an axis `rows`, no axis string at all.

## Why is this bad?

Some of it raises when the module is imported. The rest waits: `"{self.n + 1} seq"` is read as four
axes, `{self.n`, `+`, `1}` and `seq`, and refuses every right array at the first call. Worst is what
raises nothing: the 4 of `rows=4` is a number with a remark, so that another array with an axis `rows`
may have any number of rows.

## Example

```python
from jaxtyping import Float
from torch import Tensor


def add(x: Float[Tensor, "batch, seq"]):
    return x + 1
```

## Use instead

```python
from jaxtyping import Float
from torch import Tensor


def add(x: Float[Tensor, "batch seq"]):
    return x + 1
```

## Fix safety

There is no automatic fix: what was meant only the author knows.

## Known limits

What matters only to who compares, such as a name in an expression that no axis has, is shown at medium
confidence where a decorator or an import hook compares, and at low confidence elsewhere: there it is a
remark for people. A bare `*`, as in `"rows * cols"`, stands for any number of axes to jaxtyping and is
taken as such. Strings that are put together at run time are not read, and names of axes that a
decorator with a name of its own provides are not known. Only what is imported from jaxtyping is looked
at.

## References

- [patrick-kidger/jaxtyping#355](https://github.com/patrick-kidger/jaxtyping/issues/355): a constant of
  the module within braces
- [patrick-kidger/jaxtyping#231](https://github.com/patrick-kidger/jaxtyping/issues/231): `dim+1` under
  beartype without a scope
- [patrick-kidger/jaxtyping#106](https://github.com/patrick-kidger/jaxtyping/issues/106): no axis string
- [jaxtyping: array annotations](https://docs.kidger.site/jaxtyping/api/array/)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.api import (
    Confidence,
    Consequence,
    Diagnosis,
    Enforcement,
    Hint,
    Rule,
    Severity,
    misreadings,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.api import Event, Misreading, Signature

_COMPARING = frozenset({Enforcement.LOOSE, Enforcement.FULL, Enforcement.WALKED})


class MisreadAnnotation(Rule):
    """An annotation says to jaxtyping nothing, or something else than to people."""

    code = "SG401"
    name = "misread-annotation"
    severity = Severity.WARNING
    since = "0.1.0"
    listens_to = (Hint,)

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report the first reason why an annotation cannot be meant."""
        assert isinstance(event, Hint)  # noqa: S101 - listens_to
        for found in misreadings(event):
            yield Diagnosis(
                f"{found.text}: {_what_follows(found)}",
                _confidence(found, event.signature),
                Consequence.CRASH if found.refused else Consequence.SILENT,
            )
            return


def _what_follows(found: Misreading) -> str:
    return "no array can be compared with it" if found.refused else "jaxtyping accepts it"


def _confidence(found: Misreading, signature: Signature) -> Confidence:
    compares = signature.hooked or signature.checking.how in _COMPARING
    if not found.compared:
        return Confidence.HIGH
    return Confidence.MEDIUM if compares else Confidence.LOW
