"""Annotation that the checker beside it does not enforce.

## What it does

Flags, where a decorator shows that somebody relies on it:

- `@jaxtyped` without a checker, on a function that asks for nothing itself;
- `@jaxtyped` on a class that is no dataclass when the decorator gets it: a NamedTuple, a plain class, or
  one with `@dataclass` above;
- a name in an annotation that is imported for static checkers only, `if TYPE_CHECKING:`;
- a NamedTuple, a TypedDict or a dataclass without a checker whose fields have array annotations;
- `list[Float[...]]`, `dict[...]` and the like, of which beartype checks one member, or none.

## Why is this bad?

Whoever sees the decorator believes that the axes agree. Every call passes, and what is out of step goes
on to where it does harm.

## Example

```python
from beartype import beartype
from jaxtyping import Float, jaxtyped
from torch import Tensor


@jaxtyped(typechecker=beartype)
def longest(parts: list[Float[Tensor, "rows dim"]]) -> int:
    return max(len(part) for part in parts)
```

## Use instead

```python
import shapeguard
from jaxtyping import Float
from torch import Tensor


@shapeguard.contract
def longest(parts: list[Float[Tensor, "rows dim"]]) -> int:
    return max(len(part) for part in parts)
```

A contract looks into every member. A NamedTuple can become a dataclass under `@jaxtyped`.

## Fix safety

There is no automatic fix: which checker to take, and what it may cost, only the author knows.

## Known limits

An annotation that no decorator is beside is a remark for people. A project that installs an import hook
is taken to check what can be checked. Fields of a dataclass that are set later, local variables and the
methods of a class under `@jaxtyped` are never checked; that is not reported. What is said of lists holds
for beartype alone. Annotations that are strings, under `from __future__ import annotations` too, are
checked as others are; `PyTree` cannot be imported from jaxtyping where jax is not installed, so that none
is passed over. Both are measured.

## References

- [patrick-kidger/jaxtyping#234](https://github.com/patrick-kidger/jaxtyping/issues/234): one member of a
  list is checked, another one each time
- [patrick-kidger/jaxtyping#334](https://github.com/patrick-kidger/jaxtyping/issues/334): NamedTuples and
  TypedDicts are not looked into
- [patrick-kidger/jaxtyping#149](https://github.com/patrick-kidger/jaxtyping/issues/149): a dataclass
  under `@jaxtyped` without a checker
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.api import (
    Confidence,
    Consequence,
    Decoration,
    Diagnosis,
    Enforcement,
    Hint,
    Rule,
    Severity,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.api import Event

_SAMPLED = frozenset({"list", "List", "Sequence", "tuple", "Tuple", "Iterable"})
_SKIPPED = frozenset({"Iterator", "Generator", "Callable"})
_MAPPINGS = frozenset({"dict", "Dict", "Mapping"})


class UncheckedAnnotation(Rule):
    """Something looks as if it were checked, and is not."""

    code = "SG403"
    name = "unchecked-annotation"
    severity = Severity.INFO
    since = "0.1.0"
    listens_to = (Hint, Decoration)

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report a decorator that checks nothing, or an annotation that one does not look into."""
        text = ""
        if isinstance(event, Decoration):
            text = _idle(event)
        elif isinstance(event, Hint) and event.signature.checking.how is Enforcement.FULL:
            text = _passed_over(event)
        if text:
            yield Diagnosis(text, Confidence.MEDIUM, Consequence.SILENT)


def _idle(event: Decoration) -> str:
    """Return what a decorator does not do, or nothing."""
    signature = event.signature
    if signature.checking.how is Enforcement.OPEN:
        told = signature.hooked or signature.asks or "None" in event.text
        return "" if told else f"`{event.text}` without a typechecker compares nothing"
    if event.owner is None or event.is_dataclass or signature.hooked:
        return ""
    return f"`{event.text}` checks the fields of dataclasses, and `{event.owner.name}` is none yet"


def _passed_over(hint: Hint) -> str:
    """Return why the checker of a signature does not look at an annotation, or nothing."""
    if hint.deferred:
        return f"`{hint.deferred[0]}` is imported for static checkers only: nothing is compared"
    if hint.record is not None:
        return _unseen_fields(hint)
    return _members(hint) if hint.kind else ""


def _unseen_fields(hint: Hint) -> str:
    if hint.record is None or not hint.unchecked:
        return ""
    return f"the fields of `{hint.record.name}` are not compared: it is {hint.unchecked}"


def _members(hint: Hint) -> str:
    """Return which members of a container beartype looks at."""
    if hint.signature.checking.by != "beartype.beartype":
        return ""
    around = set(hint.around)
    if around & _SKIPPED:
        return "" if "Callable" in around else f"what `{hint.name}` gives is not looked at"
    if around & _MAPPINGS:
        return f"of the members of `{hint.name}`, only the first is looked at"
    if around & _SAMPLED:
        return f"of the members of `{hint.name}`, one is looked at, another one each time"
    return ""
