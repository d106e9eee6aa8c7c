"""Memory: trees and what is computed of them hold few circles, so they are seldom looked for."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

OBJECTS = 100_000
"""How many objects may be made before circles among them are looked for."""


@contextmanager
def seldom_collected() -> Generator[None]:
    """Let Python look for unreachable circles seldom; afterwards as often as before."""
    before = gc.get_threshold()
    gc.set_threshold(max(OBJECTS, before[0]) if before[0] else 0, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def let_go() -> None:
    """Leave what there is to the system: a process that ends need not look for circles in it."""
    gc.freeze()
