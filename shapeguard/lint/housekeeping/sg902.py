"""Suppression with a code that no rule has, or with none.

## What it does

Reports codes in `# shapeguard: ignore[...]` that belong to no installed rule, and suppressions without
codes in brackets, which would mean everything.

## Why is this bad?

A misspelt code suppresses nothing; the finding that it was meant for is still there. A suppression of
everything also hides what nobody has looked at.

## Example

```python
def halves(batch):
    return batch[: len(batch) // 2]  # shapeguard: ignore[SG1001] sizes are checked by the caller
```

## Use instead

```python
def halves(batch):
    return batch[: len(batch) // 2]  # shapeguard: ignore[SG101] sizes are checked by the caller
```

## Fix safety

Safe: a code that means nothing is removed, with the comment if it was the last. There is no fix for a
suppression without codes.

## Known limits

Codes of a pack that cannot be loaded are unknown too; the pack is reported as well.

## References

- [The codes](index.md), and [how to install more](https://packaging.python.org/en/latest/specifications/entry-points/)
"""

from __future__ import annotations

from shapeguard.finding import Severity
from shapeguard.lint.housekeeping.notice import Notice


class UnknownCodeInSuppression(Notice):
    """A suppression names no rule."""

    code = "SG902"
    name = "unknown-code-in-suppression"
    severity = Severity.WARNING
    since = "0.1.0"
