from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest
from adapters.composition import parse_composition
from hypothesis import find, given
from hypothesis import strategies as st

from shapeguard.oracle import distribute
from shapeguard.oracle.blocks import describe
from shapeguard.oracle.strategies import BLOCKS, compositions, split_sizes

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


@given(compositions(["a", "b", "c"], rows=3, blocks=BLOCKS, tokens=6))
def test_adapters_and_the_oracle_accept_mixtures_too(composed):
    parse_composition(composed.setup)
    shares = distribute(composed.setup, 3, task_ids=composed.task_ids)
    assert {row for share in shares for row in share.input_rows} == {0, 1, 2}


@pytest.mark.parametrize(
    "kind",
    [
        "Stack(BatchSplit",
        "Stack(Parallel",
        "Parallel(BatchSplit",
        "BatchSplit(BatchSplit",
        "MultiTask(Stack",
        "BatchSplit(Average",
        "Average(BatchSplit",
        "Split(Split",
        "Stack(Fuse",
    ],
)
def test_every_nesting_can_be_drawn(kind):
    every = compositions(["a", "b"], rows=3, blocks=BLOCKS, tokens=6)
    find(every, lambda drawn: describe(drawn.setup).startswith(kind))


@pytest.mark.parametrize(
    ("options", "said"),
    [({"blocks": ["Batch"]}, "unknown blocks"), ({"blocks": ["Split"]}, "number of tokens")],
)
def test_blocks_that_cannot_be_drawn_are_refused(options, said):
    with pytest.raises(ValueError, match=said):
        find(compositions(["a"], rows=1, **options), lambda drawn: True)


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
        "pip install 'hypothesis>=6.100' (the extra `test` of shapeguard)\n"
    )
