"""Names that every iteration of a loop binds anew, whatever they stood for before."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.syntax.liveness import is_bound_first
from shapeguard.lint.flow.syntax.usage import target_names

if TYPE_CHECKING:
    from collections.abc import Iterator


@functools.lru_cache(maxsize=1024)
def bound_first(loop: cst.For | cst.While) -> frozenset[str]:
    """Return the names that an iteration binds before it reads them, if it comes to its end."""
    before = (loop.body,) if isinstance(loop, cst.For) else (loop.test, loop.body)
    targets = target_names(loop.target) if isinstance(loop, cst.For) else ()
    assigned = (name for name in _assigned(loop.body) if is_bound_first(name, before))
    return frozenset((*targets, *assigned))


def _assigned(body: cst.BaseSuite) -> Iterator[str]:
    """Yield the names that a block assigns under no condition."""
    for line in body.body:
        for part in line.body if isinstance(line, cst.SimpleStatementLine) else ():
            if isinstance(part, cst.Assign):
                for each in part.targets:
                    yield from target_names(each.target)
