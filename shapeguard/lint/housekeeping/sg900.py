"""A file that is not Python, or not in the encoding that it declares.

## What it does

Reports a file that cannot be decoded or parsed, at the place where reading stopped. It comes from
the reader of files, not from a rule: no other rule has seen the file.

## Why is this bad?

A file that was silently left out would look like a file without hazards.

## Example

```python
def split(batch, sizes:
    return batch.split(sizes)
```

## Use instead

```python
def split(batch, sizes):
    return batch.split(sizes)
```

A file that is not meant to be Python, such as a template, belongs into `extend-exclude`.

## Fix safety

There is no automatic fix.

## Known limits

Syntax is read as the Python that runs shapeguard understands it: a file that uses newer syntax is
reported.

## References

- [PEP 263](https://peps.python.org/pep-0263/): how a source file declares its encoding
"""

from __future__ import annotations

from shapeguard.finding import Severity
from shapeguard.lint.housekeeping.notice import Notice


class UnparsableFile(Notice):
    """A file cannot be decoded or parsed."""

    code = "SG900"
    name = "unparsable-file"
    severity = Severity.ERROR
    since = "0.1.0"
