from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shapeguard.finding import (
    Confidence,
    Consequence,
    Finding,
    Operand,
    Position,
    Severity,
    Span,
    Step,
    Witness,
)
from shapeguard.report import View
from shapeguard.report.sources import Sources

if TYPE_CHECKING:
    from pathlib import Path

SPLIT = """\
def split(state, sizes):
    return [state[: sum(sizes[:i])] for i in range(len(sizes))]
"""
JOIN = """\
import torch


def compose(prefix, state, idx):
    if idx.start < prefix.size(0):
        prefix = prefix[idx]
    keys = torch.cat([prefix, state.keys], dim=2)
    return keys
"""


def span(filename: str, row: int, column: int, end_column: int) -> Span:
    return Span(filename, Position(row, column), Position(row, end_column))


@pytest.fixture
def view(tmp_path: Path) -> View:
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "split.py").write_text(SPLIT, "utf-8")
    (tmp_path / "pkg" / "join.py").write_text(JOIN, "utf-8")
    return View(Sources(tmp_path), checked=2)


@pytest.fixture
def finding() -> Finding:
    """The hazard of adapter-hub/adapters#794, over two files."""
    sink = span("pkg/join.py", 7, 12, 50)
    return Finding(
        code="SG101",
        name="join-of-unequal-extents",
        message="`prefix` keeps 2 rows where `state.keys` has 0",
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        consequence=Consequence.CRASH,
        span=sink,
        function="compose",
        trace=(
            Step(span("pkg/split.py", 2, 13, 34), "a size may be 0"),
            Step(span("pkg/join.py", 5, 8, 34), "the slice is applied under this condition"),
            Step(sink, "the extents meet"),
        ),
        witness=Witness(
            sizes=(("sizes", (2, 0)),),
            operands=(
                Operand("prefix", (2, 4), ("share", "heads", "...")),
                Operand("state.keys", (0, 4, 7), ("share", "heads", "seq")),
            ),
            text="The last share starts at 2, which is not below 2.",
        ),
        fingerprint="a1b2",
    )


@pytest.fixture
def runtime_finding() -> Finding:
    """What debug mode collects: no trace, several lines of message."""
    return Finding(
        code="SG501",
        name="contract-broken",
        message="compose: idx describes 2 rows, found 3\n  layer 1, adapter c",
        severity=Severity.WARNING,
        confidence=Confidence.HIGH,
        consequence=Consequence.NONE,
        span=span("pkg/join.py", 4, 1, 4),
    )
