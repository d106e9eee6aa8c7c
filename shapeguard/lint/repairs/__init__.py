"""What a rule proposes to change in the source.

``changes`` are single expressions: an argument more, another bound; ``narrowing`` cuts an operand on all
paths, ``skipping`` leaves out an empty share early.
"""

from __future__ import annotations

from shapeguard.lint.flow.syntax.trees import code_of
from shapeguard.lint.repairs.changes import (
    Change,
    Repair,
    counted_from_start,
    safe,
    unsafe,
    with_argument,
    with_keyword,
    with_name,
    written,
)
from shapeguard.lint.repairs.narrowing import narrowed_on_all_paths
from shapeguard.lint.repairs.skipping import skipped_if_empty, skipped_if_zero

__all__ = [
    "Change",
    "Repair",
    "code_of",
    "counted_from_start",
    "narrowed_on_all_paths",
    "safe",
    "skipped_if_empty",
    "skipped_if_zero",
    "unsafe",
    "with_argument",
    "with_keyword",
    "with_name",
    "written",
]
