"""The row oracle asks whether every row comes out as if it had been alone.

The metamorphic relation *row independence* needs no ground truth: what a row comes out as does not
depend on the rows beside it. ::

    from shapeguard.oracle import assert_rowwise_equal

    assert_rowwise_equal(model, Stack(BatchSplit("a", "b", batch_sizes=[2, 1]), "c"), inputs)

``rowwise_report`` says which rows differ, by how much, and for what smallest case;
``assert_rows_independent`` does it for any batched callable, with ``MEMBERS`` for lists of rows and
``padded`` for collate functions; ``strategies`` generates compositions and split sizes with
Hypothesis. Every name is loaded when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shapeguard.errors import OracleError, RowMismatch
    from shapeguard.oracle import strategies
    from shapeguard.oracle.batching import MEMBERS
    from shapeguard.oracle.callables import assert_rows_independent
    from shapeguard.oracle.distribution import Share, distribute
    from shapeguard.oracle.joins import padded
    from shapeguard.oracle.rowwise import assert_rowwise_equal, rowwise_report
    from shapeguard.oracle.sweep.suite import assert_compositions_rowwise_equal
    from shapeguard.oracle.verdict import Case, Relation, RowDifference, RowReport, Verdict

__all__ = [
    "MEMBERS",
    "Case",
    "OracleError",
    "Relation",
    "RowDifference",
    "RowMismatch",
    "RowReport",
    "Share",
    "Verdict",
    "assert_compositions_rowwise_equal",
    "assert_rows_independent",
    "assert_rowwise_equal",
    "distribute",
    "padded",
    "rowwise_report",
    "strategies",
]

_HOME = {
    "OracleError": "shapeguard.errors",
    "RowMismatch": "shapeguard.errors",
    "MEMBERS": "shapeguard.oracle.batching",
    "padded": "shapeguard.oracle.joins",
    "assert_compositions_rowwise_equal": "shapeguard.oracle.sweep.suite",
    "assert_rows_independent": "shapeguard.oracle.callables",
    "Share": "shapeguard.oracle.distribution",
    "distribute": "shapeguard.oracle.distribution",
    "assert_rowwise_equal": "shapeguard.oracle.rowwise",
    "rowwise_report": "shapeguard.oracle.rowwise",
    "Case": "shapeguard.oracle.verdict",
    "Relation": "shapeguard.oracle.verdict",
    "RowDifference": "shapeguard.oracle.verdict",
    "RowReport": "shapeguard.oracle.verdict",
    "Verdict": "shapeguard.oracle.verdict",
}


def __getattr__(name: str) -> object:
    """Load a public name on first use."""
    if name == "strategies":
        return importlib.import_module("shapeguard.oracle.strategies")
    if name in _HOME:
        return getattr(importlib.import_module(_HOME[name]), name)
    message = f"module 'shapeguard.oracle' has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    return sorted(__all__)
