"""Suppression that does not say why.

## What it does

Reports `# shapeguard: ignore[...]` with nothing behind the bracket. It is off by default; select it by
its code: `extend-select = ["SG903"]`.

## Why is this bad?

Whoever changes the line next cannot tell whether the finding was wrong, or was right and is excused by
something that no longer holds.

## Example

```python
def halves(batch):
    return batch[: len(batch) // 2]  # shapeguard: ignore[SG101]
```

## Use instead

```python
def halves(batch):
    return batch[: len(batch) // 2]  # shapeguard: ignore[SG101] sizes are checked by the caller
```

## Fix safety

There is no automatic fix: the reason is the author's.

## Known limits

Any text is taken for a reason.

## References

- [ESLint: require a description](https://eslint-community.github.io/eslint-plugin-eslint-comments/rules/require-description.html)
"""

from __future__ import annotations

from shapeguard.finding import Severity
from shapeguard.lint.housekeeping.notice import Notice


class SuppressionWithoutReason(Notice):
    """A suppression gives no reason."""

    code = "SG903"
    name = "suppression-without-reason"
    severity = Severity.INFO
    since = "0.1.0"
    by_default = False
