"""Composition block of adapters that cannot hold: its sizes, its weights, or what is nested in it.

## What it does

Flags a block of `adapters.composition` that is made with another number of sizes or weights than it has
children (`BatchSplit`, `Split`, `Average`), with a negative size, or with sizes or weights that are all
0; and a block nested where adapters refuses it. Blocks and sizes are followed through variables,
constants and functions of the project.

Where the project pins adapters below 1.1.1 and the function makes a prefix tuning, also a `BatchSplit`
whose last size is 0.

## Why is this bad?

No block checks its sizes when it is made. adapters compares their sum with the batch and nothing else: a
child without a size gets no row, a size without a child takes rows away, a negative one makes shares
overlap. Weights of another length than the children fail in the layer, or are broadcast. A block that
must not be nested is refused only when it is activated.

## Example

```python
from adapters.composition import BatchSplit

def activate(model):
    model.set_active_adapters(BatchSplit("de", "en", "fr", batch_sizes=[2, 1]))
```

## Use instead

```python
from adapters.composition import BatchSplit

def activate(model):
    model.set_active_adapters(BatchSplit("de", "en", "fr", batch_sizes=[2, 1, 0]))
```

## Fix safety

There is no automatic fix: which size is missing only the author knows.

## Known limits

Only names that come from `adapters` or from `transformers.adapters` are looked at. What may be nested is
that of adapters 1.3, which allows all that earlier versions do. Sizes that are not known, and lists
that are unpacked with `*` and not known, are silent; whether the sizes add up to the batch only the
running program knows. Zero among other sizes is a share without rows and no error.

## References

- [adapter-hub/adapters#794](https://github.com/adapter-hub/adapters/issues/794): batch sizes that are
  accepted, and break in a layer
- [adapter-hub/adapters#468](https://github.com/adapter-hub/adapters/issues/468): a composition that means
  something else than what was written
- [Adapter activation and composition](https://docs.adapterhub.ml/adapter_composition.html)
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, islice
from typing import TYPE_CHECKING

from shapeguard.lint.api import (
    Block,
    Compose,
    Confidence,
    Consequence,
    Diagnosis,
    Int,
    Rule,
    Sequence,
    Severity,
    Witness,
    all_below,
    leaves,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.api import Event, Value

NESTED = {
    "Stack": ("Fuse", "Split", "Parallel", "BatchSplit", "Average", "MultiTask"),
    "Fuse": ("Stack",),
    "Split": ("Split", "Stack", "BatchSplit", "Average"),
    "Parallel": ("Stack", "BatchSplit", "Average"),
    "MultiTask": ("Stack", "Average", "Fuse"),
    "BatchSplit": ("Stack", "Split", "BatchSplit", "Average"),
    "Average": ("Stack", "Split", "BatchSplit"),
}
"""What adapters lets stand in each block, beside the names of adapters."""
ANYWHERE = "Stack"
"""What may stand two levels deep."""
MENDED = (1, 1, 1)
"""The version of adapters since when a prefix is narrowed for an empty last share."""
PREFIX = "PrefixTuningConfig"


class ImpossibleComposition(Rule):
    """A composition block has sizes, weights or children that no batch fits."""

    code = "SG204"
    name = "impossible-composition"
    severity = Severity.ERROR
    since = "0.1.0"
    listens_to = (Compose,)

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report the first thing about a block that cannot hold."""
        assert isinstance(event, Compose)  # noqa: S101 - listens_to
        said = chain(_sizes(event.block), _nesting(event.block), _trailing(event))
        yield from islice(said, 1)


def _sizes(block: Block) -> Iterator[Diagnosis]:
    """Say what is wrong with the number, the sign or the sum of the sizes of a block."""
    for sizes in () if block.sizes is None else leaves(block.sizes):
        numbers = _numbers(sizes)
        count = None if block.children is None else len(block.children)
        listed = isinstance(sizes, Sequence) and sizes.items is not None
        if listed and count not in (None, len(numbers)):
            given = f"{len(numbers)} `{block.keyword}`"
            message = f"`{block.kind}` has {count} children and {given}"
        elif any(each is not None and each < 0 for each in numbers) and block.keyword != "weights":
            message = f"`{block.kind}` gets a negative size in `{block.keyword}`"
        elif numbers and not any(each != 0 for each in numbers):
            message = f"`{block.kind}` gets `{block.keyword}` that are all 0"
        else:
            continue
        yield _diagnosis(block, message, numbers)


def _numbers(sizes: Value) -> tuple[int | None, ...]:
    """Return the numbers that are known of sizes, a list or one for all; None for any other."""
    given = (sizes.items or ()) if isinstance(sizes, Sequence) else (sizes,)
    return tuple(each.term.known if isinstance(each, Int) else None for each in given)


def _diagnosis(block: Block, message: str, numbers: tuple[int | None, ...]) -> Diagnosis:
    known = tuple(each for each in numbers if each is not None)
    text = f"{block.keyword}={list(known)}"
    whole = known and len(known) == len(numbers)
    witness = Witness(((block.keyword, known),), (), text) if whole else None
    weights = block.keyword == "weights"
    consequence = Consequence.CRASH if weights else Consequence.SILENT
    return Diagnosis(message, Confidence.HIGH, consequence, witness=witness)


def _nesting(block: Block) -> Iterator[Diagnosis]:
    """Say which child of a block, or which child of a child, adapters refuses there."""
    for child in _blocks(block):
        if child.kind not in NESTED[block.kind]:
            yield _refused(f"`{child.kind}` cannot be nested in `{block.kind}`", child)
        for inner in _blocks(child):
            if inner.kind != ANYWHERE:
                where = f"`{child.kind}` in `{block.kind}`"
                yield _refused(f"`{inner.kind}` is nested too deep, in {where}", child, inner)


def _trailing(event: Compose) -> Iterator[Diagnosis]:
    """Say that the last share has no rows where prefixes break by that: before adapters 1.1.1."""
    block = event.block
    numbers = () if block.sizes is None else _numbers(block.sizes)
    is_empty = block.kind == "BatchSplit" and len(numbers) > 1 and numbers[-1] == 0
    if is_empty and PREFIX in event.site.function.calls and all_below(event.versions, MENDED):
        message = f"an empty last share breaks prefix tuning in adapters{event.versions}"
        said = _diagnosis(block, message, numbers)
        yield replace(said, confidence=Confidence.MEDIUM, consequence=Consequence.CRASH)


def _refused(message: str, *blocks: Block) -> Diagnosis:
    trail = tuple(station for block in reversed(blocks) for station in block.made)
    return Diagnosis(message, Confidence.HIGH, Consequence.CRASH, trail)


def _blocks(block: Block) -> Iterator[Block]:
    for child in block.children or ():
        yield from (leaf for leaf in leaves(child) if isinstance(leaf, Block))
