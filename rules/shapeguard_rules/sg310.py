"""Key looked up without the test that its twin has.

## What it does

Flags `self.layers[key]` where another method of the class looks for the key first (`if key in
self.layers`) and nothing on the path does. The key is one of several: the first or the last of a
composition, a member of a list by its position; or it may be None; or it is the very key of the other
method: an attribute of the object, or a member of one.

## Why is this bad?

The test of the twin says that the mapping may lack a key: a layer was left out, a share has no module
of its own. The first of several is as likely to be missing as any other, and nothing reports the last
where all were passed over. What follows is a `KeyError` that names neither layer nor setup.

## Example

```python
class Layer:
    def enable(self, setup):
        for name in setup.flatten():
            if name in self.adapters:
                self.adapters[name].requires_grad_(True)

    def begin(self, setup, x):
        return self.adapters[setup.first()](x)
```

## Use instead

```python
class Layer:
    def enable(self, setup):
        for name in setup.flatten():
            if name in self.adapters:
                self.adapters[name].requires_grad_(True)

    def begin(self, setup, x):
        name = setup.first()
        return self.adapters[name](x) if name in self.adapters else x
```

## Fix safety

There is no automatic fix: what stands for the value that is not there only the author knows.

## Known limits

A key that is an argument, another attribute or a member of another walk is not suspected; callers that
test it are heard. A function that asks anywhere what is in the mapping is trusted, and a test that only
raises is no twin. Twins are looked for among the methods of the class and its bases; a test in the same
method of a sibling class, with a mapping of its own, is not seen.

## References

- [huggingface/peft#3574](https://github.com/huggingface/peft/issues/3574): the active adapter has no
  module in a layer
- [huggingface/peft#2485](https://github.com/huggingface/peft/issues/2485): an expert without a module in
  this layer
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.api import (
    Confidence,
    Consequence,
    Diagnosis,
    KeyLookup,
    Rule,
    Severity,
    Witness,
    key_may_be_none,
    untested,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.api import Event


class UntestedKey(Rule):
    """A key is looked up that a twin tests first."""

    code = "SG310"
    name = "untested-key"
    severity = Severity.WARNING
    since = "0.1.0"
    listens_to = (KeyLookup,)

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report a key of which nothing on the path says that it is there."""
        assert isinstance(event, KeyLookup)  # noqa: S101 - listens_to
        found = untested(event)
        if found is None:
            return
        absent = event.chosen is None and key_may_be_none(event)
        key = f"`{event.key_name}`, which may be None," if absent else f"`{event.key_name}`"
        witness = f"{event.key_name} = None" if absent else f"{event.key_name} not in {event.name}"
        yield Diagnosis(
            f"{key} is looked up in `{event.name}`, which may not have it: {found.reason}",
            Confidence.MEDIUM,
            Consequence.CRASH,
            found.trail,
            Witness((), (), f"{witness} → KeyError"),
            evidence=found,
        )
