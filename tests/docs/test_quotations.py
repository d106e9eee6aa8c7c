"""What the documents quote is what the tool prints, what upstream says, and what really happens."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


def check(*paths: str, cwd: Path) -> str:
    """Run the tool as users do and return both streams, the summary last."""
    command = [sys.executable, "-m", "shapeguard", "check", *paths]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    return done.stdout + done.stderr


def test_quotations_are_compared_part_by_part(quotes):
    source = "one\ntwo\n  three\nfour\n"
    assert quotes("one\n...\nthree\nfour\n", source)
    assert not quotes("one\nthree\n", source)
    assert not quotes("three\n...\none\n", source)


def test_the_transcript_of_the_readme(root, blocks, quotes, adapters_1_1_0):
    first, *others = blocks((root / "README.md").read_text("utf-8"), "text")
    command, _, transcript = first.partition("\n")
    assert command == "$ shapeguard check --select SG101 adapters"
    assert others == []
    assert quotes(transcript, check("--select", "SG101", "adapters", cwd=adapters_1_1_0))


def test_the_architecture_quotes_adapters_1_1_0(root, blocks, quotes, adapters_1_1_0):
    text = (root / "docs" / "architecture.md").read_text("utf-8")
    example = text.partition("### Why the predecessor")[0]
    methods = adapters_1_1_0 / "adapters" / "methods"
    names = ("adapter_layer_base.py", "prefix_tuning.py")
    sources = [(methods / name).read_text("utf-8") for name in names]
    quoted = blocks(example, "python")
    assert len(quoted) == 3
    assert all(any(quotes(block, source) for source in sources) for block in quoted)


@pytest.fixture(scope="module")
def adapters_1_3_0() -> Path:
    """Return the directory that holds the installed package."""
    adapters = pytest.importorskip("adapters")
    if adapters.__version__ != "1.3.0":
        pytest.skip("the architecture speaks about adapters 1.3.0")
    return Path(adapters.__file__).parents[1]


@pytest.mark.adapters
def test_the_architecture_quotes_the_widened_guard(root, blocks, quotes, adapters_1_3_0):
    text = (root / "docs" / "architecture.md").read_text("utf-8")
    block = blocks(text.partition("### Why the fix is still flagged")[2], "python")[0]
    source = adapters_1_3_0 / "adapters" / "methods" / "prefix_tuning.py"
    assert quotes(block, source.read_text("utf-8"))


@pytest.mark.adapters
def test_the_widened_guard_is_flagged_with_the_sizes_of_the_architecture(root, adapters_1_3_0):
    sizes = "batch_sizes=[2, 0], i=1, state.idx_slice.start=2 → cut by 4:4"
    assert f"`{sizes}`" in (root / "docs" / "architecture.md").read_text("utf-8")
    printed = check("adapters/methods/prefix_tuning.py", cwd=adapters_1_3_0)
    assert "adapters/methods/prefix_tuning.py:590:22" in printed
    assert f"{sizes} → prefix_keys [2," in printed


@pytest.mark.adapters
def test_these_sizes_really_fail_at_that_place(adapters_1_3_0):
    import models  # noqa: PLC0415 - torch and adapters, only here
    import torch  # noqa: PLC0415 - as above
    from adapters.composition import BatchSplit, Parallel  # noqa: PLC0415 - as above

    model = models.tiny_bert({name: models.prefix() for name in "abc"})
    model.set_active_adapters(Parallel("c", BatchSplit("a", "b", batch_sizes=[2, 0])))
    expected = "Expected size 2 but got size 0"
    with torch.no_grad(), pytest.raises(RuntimeError, match=expected) as caught:
        model(**models.batch(2))
    last = caught.traceback[-1]
    assert Path(last.path) == adapters_1_3_0 / "adapters" / "methods" / "prefix_tuning.py"
    assert last.lineno + 1 == 590
