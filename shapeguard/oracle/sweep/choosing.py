"""Names and glob patterns, resolved or refused."""

from __future__ import annotations

import difflib
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from shapeguard.errors import UsageError
from shapeguard.oracle.sweep.compositions import COMPOSITIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def matching(patterns: Sequence[str], names: Iterable[str], what: str) -> list[str]:
    """Return the names that a pattern matches, in their own order; all, without patterns.

    Raises UsageError for a pattern that nothing has; ``what`` says of what: ``"method is"``.
    """
    known = list(names)
    if not patterns:
        return known
    for pattern in patterns:
        if not any(_matches(name, pattern) for name in known):
            near = difflib.get_close_matches(pattern, known, n=1)
            hint = f"did you mean {near[0]!r}? " if near else ""
            message = f"no {what} {pattern!r}; {hint}'shapeguard probe --list' shows all"
            raise UsageError(message)
    return [name for name in known if any(_matches(name, pattern) for pattern in patterns)]


def matching_compositions(patterns: Sequence[str], what: str = "composition is") -> list[str]:
    """Return the compositions whose name or group a pattern matches, with the error of :func:`matching`."""
    groups = dict.fromkeys(each.group for each in COMPOSITIONS.values())
    wanted = set(matching(patterns, [*groups, *COMPOSITIONS], what))
    return [name for name, each in COMPOSITIONS.items() if name in wanted or each.group in wanted]


def _matches(name: str, pattern: str) -> bool:
    return name == pattern or fnmatchcase(name, pattern)
