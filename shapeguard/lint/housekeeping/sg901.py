"""Suppression of a finding that is not there.

## What it does

Reports a code in `# shapeguard: ignore[...]` or `# shapeguard: ignore-file[...]` for which nothing was
found in the line, the statement or the file that the comment speaks about. Codes of rules that were not
asked, and files in which a function was given up, are left alone.

## Why is this bad?

A suppression that outlives its finding hides the next one: the line is changed, the hazard comes back,
and nobody is told.

## Example

```python
def halves(batch):
    return batch[: len(batch) // 2]  # shapeguard: ignore[SG101] sizes are checked by the caller
```

## Use instead

```python
def halves(batch):
    return batch[: len(batch) // 2]
```

## Fix safety

Safe: the code, or the comment with its last code, is removed.

## Known limits

A comment on a line of its own speaks about no other line.

## References

- [astral-sh/ruff: unused-noqa](https://docs.astral.sh/ruff/rules/unused-noqa/): the same for `noqa`
"""

from __future__ import annotations

from shapeguard.finding import Severity
from shapeguard.lint.housekeeping.notice import Notice


class UnusedSuppression(Notice):
    """A suppression suppresses nothing."""

    code = "SG901"
    name = "unused-suppression"
    severity = Severity.WARNING
    since = "0.1.0"
