"""The main job on real input, in four acts: sees, traps, proves, fixes.

Run by ``make demo``. It downloads the wheel of adapters 1.1.0 (read, never imported) and runs tiny,
randomly initialised BERT models with the installed adapters; an HTML report is written to
``build/demo/report.html``.
"""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from shapeguard import Finding

BUILD = Path(__file__).resolve().parent.parent / "build" / "demo"
WHEEL = "adapters==1.1.0"
SIZES = {
    "vocab_size": 100,
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 48,
    "max_position_embeddings": 32,
}


def main() -> int:
    """Play the four acts; return 0 if each of them came out as it says."""
    logging.disable(logging.WARNING)
    package = download()
    acts: list[Callable[[], Any]] = [lambda: sees(package), traps, proves, fixes]
    findings: list[Finding] = []
    for act in acts:
        findings.extend(act() or ())
    report(findings)
    return 0


def title(number: str, name: str, about: str) -> None:
    """Print the heading of an act."""
    rule = "─" * 78
    print(f"\n{rule}\nAct {number}: {name}\n{rule}\n{textwrap.fill(about, 78)}\n")


def download() -> Path:
    """Return the package directory of the wheel, fetched once and unpacked without importing it."""
    package = BUILD / "adapters-1.1.0" / "adapters"
    if not package.is_dir():
        BUILD.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        done = subprocess.run([*command, "--dest", str(BUILD), WHEEL], check=False)
        if done.returncode:
            sys.exit(f"demo: {WHEEL} cannot be downloaded; is the package index reachable?")
        wheel = next(BUILD.glob("adapters-1.1.0-*.whl"))
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(package.parent)
    return package


def sees(package: Path) -> list[Finding]:
    """Check the source of adapters 1.1.0."""
    from shapeguard.lint import analyse
    from shapeguard.lint.config import Settings
    from shapeguard.report import View, render
    from shapeguard.report.sources import Sources

    title(
        "one",
        "shapeguard sees it",
        "adapters 1.1.0 splits a batch among adapters. `shapeguard check` reads the package, "
        "without running it, and follows the split sizes from one file into the other "
        "(adapter-hub/adapters#794).",
    )
    print("$ shapeguard check --select SG101 adapters\n")
    os.chdir(package.parent)
    findings = analyse([package.name], config=Settings(select=("SG101",)))
    print(render(findings, "full", View(Sources(Path.cwd()), checked=None)))
    return findings


def bert(methods: dict[str, Any]) -> Any:  # noqa: ANN401 - adapters adds the methods that are used
    """Return a tiny BERT in eval mode with randomised adapters, one for each method."""
    import adapters
    import torch
    from transformers import BertConfig, BertModel

    torch.manual_seed(0)
    model: Any = BertModel(BertConfig(**SIZES, attn_implementation="eager"))
    adapters.init(model)
    for name, method in methods.items():
        model.add_adapter(name, config=method)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if set(name.split(".")) & set(methods):
                parameter.copy_(torch.randn(parameter.shape) * 0.5)
    return model.eval()


def prefixes(*names: str) -> dict[str, Any]:
    """Return a prefix-tuning configuration for each name."""
    from adapters import PrefixTuningConfig

    return {name: PrefixTuningConfig(prefix_length=4, bottleneck_size=8) for name in names}


def inputs() -> dict[str, Any]:
    """Return three rows of six tokens."""
    import torch

    ids = torch.randint(1, 100, (3, 6), generator=torch.Generator().manual_seed(1))
    return {"input_ids": ids, "attention_mask": torch.ones_like(ids)}


def traps() -> tuple[Finding, ...]:
    """Run a composition that fails, without and with contracts."""
    import torch
    from adapters.composition import BatchSplit, Stack

    import shapeguard

    title(
        "two",
        "shapeguard traps it",
        "adapters 1.3.0, a BERT with prefix tuning, three rows under "
        'Stack(BatchSplit("a", "b", batch_sizes=[2, 1]), "c").',
    )
    model = bert(prefixes("a", "b", "c"))
    model.set_active_adapters(Stack(BatchSplit("a", "b", batch_sizes=[2, 1]), "c"))
    with torch.no_grad():
        print("Without shapeguard:")
        attempt(lambda: model(**inputs()))
        print("\nUnder shapeguard.debug():")
        with shapeguard.debug():
            attempt(lambda: model(**inputs()))
        with shapeguard.debug(mode="collect"), contextlib.suppress(RuntimeError):
            model(**inputs())
    return shapeguard.violations()


def attempt(run: Callable[[], Any]) -> None:
    """Print what a call raises, or that it does not."""
    try:
        run()
    except Exception as error:  # noqa: BLE001 - the demo shows whatever is raised
        print(textwrap.indent(f"{type(error).__name__}: {error}", "    "))
    else:
        print("    no error")


def proves() -> None:
    """Compare composed rows with the same rows run alone."""
    from adapters import SeqBnConfig
    from adapters.composition import BatchSplit, Stack

    title(
        "three",
        "shapeguard proves it",
        "Most failures raise nothing. The row oracle runs every row alone, with its own adapters "
        "only, and compares: here three rows under "
        'BatchSplit(Stack("a", "b"), "c", batch_sizes=[1, 2]).',
    )
    block = BatchSplit(Stack("a", "b"), "c", batch_sizes=[1, 2])
    sequential = {name: SeqBnConfig(original_ln_before=True) for name in "abc"}
    compare("Bottleneck adapters (SeqBn)", bert(sequential), block)
    compare("Prefix tuning", bert(prefixes("a", "b", "c")), block)


def compare(name: str, model: Any, block: Any) -> None:  # noqa: ANN401 - objects of adapters
    """Print which rows of a composed run differ from the rows alone."""
    from shapeguard.oracle import rowwise_report

    print(f"{name} under {block}:")
    print(textwrap.indent(str(rowwise_report(model, block, inputs())), "    "), end="\n\n")


def fixes() -> None:
    """Run the prefix-tuning cases again with the reference installed."""
    from adapters.composition import BatchSplit, Parallel, Stack

    from shapeguard import reference

    title(
        "four",
        "shapeguard fixes it",
        "The same prefix-tuning cases, and some relatives, with shapeguard.reference installed.",
    )
    blocks = (
        Stack(BatchSplit("a", "b", batch_sizes=[2, 1]), "c"),
        BatchSplit(Stack("a", "b"), "c", batch_sizes=[1, 2]),
        BatchSplit("a", "b", batch_sizes=[3, 0]),
        Parallel("c", BatchSplit("a", "b", batch_sizes=[2, 1])),
    )
    model = bert(prefixes("a", "b", "c"))
    with reference.installed():
        for block in blocks:
            compare("Prefix tuning", model, block)


def report(findings: list[Finding]) -> None:
    """Write what was found, in source and at run time, as one HTML page."""
    from shapeguard.report import View, render
    from shapeguard.report.sources import Sources

    page = BUILD / "report.html"
    page.write_text(render(findings, "html", View(Sources(Path.cwd()))), encoding="utf-8")
    print(f"The findings of acts one and two as a page: {page.relative_to(BUILD.parents[1])}")


if __name__ == "__main__":
    sys.exit(main())
