"""The story that ``make demo`` tells must come out as it says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def story() -> str:
    command = [sys.executable, "docs/demo.py"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def act(story: str, number: str) -> str:
    return story.partition(f"Act {number}: ")[2].partition("\nAct ")[0]


def test_it_sees_both_joins_and_the_way_to_them(story: str) -> None:
    seen = act(story, "one")
    assert seen.count("error[SG101]") == 2
    assert "prefix_tuning.py:529:22 in PrefixTuningLayer.compose_single" in seen
    assert "prefix_tuning.py:530:24 in PrefixTuningLayer.compose_single" in seen
    assert "adapter_layer_base.py:414:40  `slice(*batch_idx)` is a share" in seen
    assert "batch_sizes=[2, 0], i=1 → prefix_keys [2, kv_heads" in seen


def test_it_traps_the_call_that_breaks(story: str) -> None:
    trapped = act(story, "two")
    assert "RuntimeError: Sizes of tensors must match" in trapped
    assert "state.idx_slice is 0:2, which covers 2 rows; batch is 3" in trapped
    assert "layer 0, location 'self_prefix', adapter 'c'" in trapped
    assert "Stack[2 of 2] > c" in trapped


def test_it_proves_which_rows_are_wrong(story: str) -> None:
    proved = act(story, "three")
    assert "1 of 3 rows do not come out as they do alone" in proved
    assert "2 of 3 rows do not come out as they do alone" in proved


def test_it_fixes_every_case(story: str) -> None:
    fixed = act(story, "four")
    assert fixed.count("rows come out as they do alone") == 4
    assert "do not come out" not in fixed


def test_it_writes_a_page(story: str) -> None:
    page = ROOT / "build" / "demo" / "report.html"
    assert page.relative_to(ROOT).as_posix() in story
    text = page.read_text("utf-8")
    assert "SG101" in text
    assert "SG502" in text
