from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest
from adapters.composition import parse_composition
from hypothesis import find, given
from hypothesis import strategies as st

from shapeguard.oracle import distribute
from shapeguard.oracle.strategies import compositions, split_sizes
from shapeguard.oracle.verdict import describe

pytestmark = pytest.mark.adapters


@given(st.data(), st.integers(0, 6), st.integers(1, 4))
def test_sizes_add_up(data, rows, shares):
    sizes = data.draw(split_sizes(rows, shares))
    assert len(sizes) == shares
    assert sum(sizes) == rows
    assert min(sizes) >= 0


@pytest.mark.parametrize("sizes", [[0, 3], [3, 0], [0, 3, 0], [1, 0, 2], [1, 1, 1]])
def test_every_split_can_be_drawn(sizes):
    assert find(split_sizes(3, len(sizes)), lambda drawn: drawn == sizes) == sizes


@given(compositions(["a", "b", "c"], rows=3))
def test_adapters_and_the_oracle_accept_every_composition(composed):
    parse_composition(composed.setup)
    shares = distribute(composed.setup, 3, task_ids=composed.task_ids)
    assert {row for share in shares for row in share.input_rows} == {0, 1, 2}


@pytest.mark.parametrize(
    "kind", ["Stack(BatchSplit", "Parallel(BatchSplit", "BatchSplit(BatchSplit", "MultiTask(Stack"]
)
def test_every_nesting_can_be_drawn(kind):
    find(compositions(["a", "b"], rows=3), lambda drawn: describe(drawn.setup).startswith(kind))


def test_without_hypothesis_one_sentence_names_the_extra():
    code = textwrap.dedent("""
        import sys
        sys.modules["hypothesis"] = None  # as if it were not installed
        import shapeguard.oracle
        try:
            shapeguard.oracle.strategies
        except ImportError as error:
            print(error)
    """)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == (
        "shapeguard.oracle.strategies needs hypothesis, which is not installed: "
        "pip install 'shapeguard[test]'\n"
    )
