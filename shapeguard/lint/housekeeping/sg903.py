"""Suppression that does not say why.

## What it does

Reports `# shapeguard: ignore[...]` with nothing behind the bracket. It is off by default; select it by
its code: `extend-select = ["SG903"]`.

The option `pattern` is a regular expression that is to be found in every reason, such as the number of an
issue:

```toml
[tool.shapeguard.rules.SG903]
pattern = "#[0-9]+"
```

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

Without a pattern, any text is taken for a reason.

## References

- [ESLint: require a description](https://eslint-community.github.io/eslint-plugin-eslint-comments/rules/require-description.html)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, ClassVar

import msgspec

from shapeguard.finding import Severity
from shapeguard.lint.housekeeping.notice import Notice
from shapeguard.lint.options import Options

if TYPE_CHECKING:
    from collections.abc import Mapping


class ReasonOptions(Options, frozen=True):
    """What every reason must hold."""

    pattern: Annotated[
        str, msgspec.Meta(description="A regular expression that is to be found in every reason.")
    ] = ""

    def __post_init__(self) -> None:
        try:
            re.compile(self.pattern)
        except re.error as error:
            message = f"expected a regular expression ({error})"
            raise ValueError(message) from None


class SuppressionWithoutReason(Notice):
    """A suppression gives no reason."""

    code = "SG903"
    name = "suppression-without-reason"
    severity = Severity.INFO
    since = "0.1.0"
    by_default = False
    declares: ClassVar[type[Options]] = ReasonOptions

    @classmethod
    def wrong(cls, reason: str, given: Mapping[str, object]) -> str:
        """Say what is wrong with a reason under the options that are given; nothing if it is right."""
        pattern = msgspec.convert(given, ReasonOptions).pattern
        if not reason:
            return "the suppression gives no reason"
        return "" if re.search(pattern, reason) else f"the reason does not match `{pattern}`"
