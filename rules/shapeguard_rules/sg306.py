"""Number of largest entries larger than an extent that may shrink.

## What it does

Flags `topk`, `kthvalue`, `multinomial` and `random.sample` that ask for `k` entries of an axis, or of a
list, of which there is evidence that it may have fewer, and `kthvalue` with a `k` that may be 0.

## Why is this bad?

A list of candidates is filtered, and the best ten of it are taken; once only nine pass, torch raises
"selected index k out of range". The batch that shows it is the one with few boxes, few negatives or few
tokens.

## Example

```python
def best(scores: torch.Tensor, limit):
    return scores[scores > limit].topk(10).values
```

## Use instead

```python
def best(scores: torch.Tensor, limit):
    kept = scores[scores > limit]
    return kept.topk(min(10, kept.size(0))).values
```

## Fix safety

There is no automatic fix: the consumers of the result may not expect fewer entries.

## Known limits

An axis of which nothing is known is not suspected: `logits.topk(5, dim=-1)` is silent, and
`scores[mask].topk(5)` has low confidence unless something shows that `scores` has a single axis.

## References

- [NWUzhouwei/GTNet#3](https://github.com/NWUzhouwei/GTNet/issues/3): twenty neighbours of fewer points
- [torch.topk](https://docs.pytorch.org/docs/stable/generated/torch.topk.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.api import (
    Demand,
    Rule,
    Severity,
    unmet,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.api import Diagnosis, Event

_RANKED = frozenset({"topk", "kthvalue", "multinomial", "sample"})


class MoreThanTheExtent(Rule):
    """More entries are asked for than there may be."""

    code = "SG306"
    name = "k-larger-than-the-extent"
    severity = Severity.ERROR
    since = "0.1.0"
    listens_to = (Demand,)

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report a number of entries that an axis may not have."""
        assert isinstance(event, Demand)  # noqa: S101 - listens_to
        if event.name.rsplit(".", 1)[-1] not in _RANKED:
            return
        said = unmet(event)
        if said is not None:
            yield said
