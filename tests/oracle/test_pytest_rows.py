"""The fixture and the marker, in a test suite as a library has it."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.adapters

SUITE = f"""
import sys

sys.path.insert(0, {str(Path(__file__).parents[1])!r})

import pytest
from adapters import LoRAConfig, SeqBnConfig
from models import batch, tiny_bert


def model(config):
    return tiny_bert({{name: config for name in "abcd"}}, attention="sdpa")


@pytest.mark.rowwise("split", "split-in-stack")
def test_right(rowwise):
    rowwise(model(LoRAConfig()), batch(3, mask="padded"))


def test_wrong(rowwise):
    rowwise(model(SeqBnConfig(reduction_factor=4)), batch(2))


@pytest.mark.rowwise("bad-sizes")
def test_bad(rowwise):
    rowwise(model(LoRAConfig()), batch(3))


@pytest.mark.rowwise("splits")
def test_unknown(rowwise):
    rowwise(model(LoRAConfig()), batch(3))


def test_bare(rowwise):
    rowwise(tiny_bert({{}}), batch(3))
"""


def test_one_line_a_model(pytester, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    pytester.makepyfile(SUITE)
    done = pytester.runpytest_subprocess("-q", "--strict-markers", "-p", "no:cacheprovider")
    done.assert_outcomes(passed=1, failed=4)
    shown = done.stdout.str()
    assert (
        "BatchSplit(Stack('a', 'b'), 'c', batch_sizes=[2, 1]): wrong: differs from the row alone"
        in shown
    )
    assert "compositions fail:" in shown
    assert "BatchSplit('a', 'b', batch_sizes=[4, -1]): bad input accepted" in shown
    assert "no composition or group is named 'splits'; did you mean 'split'?" in shown
    assert "has no adapter: add one or more" in shown
    assert "suite.py" not in done.stdout.str().partition("short test summary")[0].split("E  ")[0]


def test_the_plugin_is_cheap_where_it_is_not_used(pytester):
    pytester.makepyfile(
        "import sys\n\n\ndef test_nothing():\n    assert 'torch' not in sys.modules"
    )
    pytester.runpytest_subprocess("-q", "-p", "no:cacheprovider").assert_outcomes(passed=1)
