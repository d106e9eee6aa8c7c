"""Rules on released software: adapters, which has defects, and its predecessor, which has not SG101's.

The wheels are downloaded once into the user's cache, unpacked and read; nothing of them is imported.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from shapeguard.finding import Confidence
from shapeguard.lint.config import Settings
from shapeguard.lint.engine import check

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "shapeguard" / "wheels"
PREFIX_TUNING = "adapters/methods/prefix_tuning.py"
COMPOSITION = "adapters/methods/adapter_layer_base.py"
JOINS = {
    "0.1.0": (512, 513),
    "1.0.0": (529, 530),
    "1.1.0": (529, 530),
    "1.1.1": (534, 535),
    "1.2.0": (585, 586),
    "1.3.0": (590, 591),
}
"""The two ``torch.cat`` of ``PrefixTuningLayer.compose_single`` in each release."""

PREVIEW = {"SG309"}
"""The rules that are looked at here and are in preview."""


def unpacked(name, version):
    """Return the directory of an unpacked wheel, downloading it if it is not in the cache."""
    home = CACHE / f"{name}-{version}"
    if not home.is_dir():
        CACHE.mkdir(parents=True, exist_ok=True)
        part = CACHE / f"{home.name}.{os.getpid()}"
        wheel = downloaded(f"{name}=={version}", part / "wheel")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(part / "files")
        (part / "files").rename(home)
        shutil.rmtree(part)
    return home


def downloaded(requirement, directory):
    options = ["--quiet", "--no-deps", "--only-binary=:all:", "--dest", directory]
    command = [sys.executable, "-m", "pip", "download", *options, requirement]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.fail(
            f"{requirement} cannot be downloaded, so the rule cannot be held to it; is the package "
            f"index reachable?\n{done.stderr}",
            pytrace=False,
        )
    return next(directory.glob("*.whl"))


def findings(home, *names, code="SG101"):
    files = [home / name for name in names]
    outcome = check(files, Settings(select=(code,), preview=code in PREVIEW), root=home)
    assert outcome.problems == ()
    return outcome.findings


@functools.cache
def of_release(version):
    return findings(unpacked("adapters", version), PREFIX_TUNING)


@pytest.mark.parametrize("version", JOINS)
def test_both_joins_of_every_release_are_found_with_their_way_and_sizes(version):
    found = of_release(version)
    assert [(each.code, each.span.start.row) for each in found] == [
        ("SG101", row) for row in JOINS[version]
    ]
    for finding in found:
        assert finding.function == "PrefixTuningLayer.compose_single"
        assert finding.confidence is Confidence.HIGH
        assert finding.trace[0].span.filename == COMPOSITION
        assert finding.trace[-1].span == finding.span
        assert {step.span.filename for step in finding.trace} == {COMPOSITION, PREFIX_TUNING}
        messages = " ".join(step.message for step in finding.trace)
        assert "batch_sizes" in messages
        assert "vslice" in messages


@pytest.mark.parametrize("version", JOINS)
def test_the_witness_is_a_batch_with_an_empty_share(version):
    for finding in of_release(version):
        sizes = dict(finding.witness.sizes)
        assert sizes["batch_sizes"] == (2, 0)
        first, second = finding.witness.operands
        assert first.shape[0] != second.shape[0]
        assert 0 in (first.shape[0], second.shape[0])


def test_the_predecessor_is_silent():
    home = unpacked("adapter-transformers", "3.2.1")
    assert findings(home, "transformers/adapters/prefix_tuning.py") == ()


def test_a_whole_release_has_these_two_findings_and_no_other():
    home = unpacked("adapters", "1.1.0")
    names = sorted(path.relative_to(home).as_posix() for path in home.glob("adapters/**/*.py"))
    assert len(names) > 100
    found = findings(home, *names)
    assert [each.span.filename for each in found] == [PREFIX_TUNING] * 2
    assert found == of_release("1.1.0")


PLACES = {
    "SG104": {
        *(("adapters/methods/bottleneck.py", row) for row in (210, 235)),
        *(("adapters/methods/lora.py", row) for row in (911, 932)),
        *((PREFIX_TUNING, row) for row in (525, 533)),
    },
    "SG105": {("adapters/heads/model_mixin.py", 657)},
    "SG106": {("adapters/methods/bottleneck.py", 228), ("adapters/methods/lora.py", 928)},
    "SG201": {
        ("adapters/heads/model_mixin.py", 650),
        (COMPOSITION, 437),
        ("adapters/methods/bottleneck.py", 320),
    },
    "SG301": {("adapters/methods/reft.py", 97)},
    "SG303": {
        ("adapters/heads/base.py", 126),
        *(("adapters/models/vit/modeling_vit.py", row) for row in (47, 48, 49)),
    },
    "SG304": {("adapters/composition.py", row) for row in (296, 311, 322, 323, 324)},
    "SG305": {("adapters/heads/model_mixin.py", 612)},
    "SG308": {(COMPOSITION, 75)},
    "SG309": {("adapters/composition.py", 313)},
    "SG310": {("adapters/methods/bottleneck.py", row) for row in (185, 263)},
    "SG404": {("adapters/methods/bottleneck.py", 213), ("adapters/methods/lora.py", 913)},
}
"""Places in adapters 1.3.0 that break for a share, an empty batch or a single row, by the rule that finds them."""


@pytest.mark.parametrize("code", PLACES)
def test_places_in_adapters_that_break_for_nothing_are_found(code):
    home = unpacked("adapters", "1.3.0")
    found = findings(home, *sorted({name for name, _ in PLACES[code]}), code=code)
    places = {(each.span.filename, each.span.start.row): each for each in found}
    assert set(places) >= PLACES[code]
    for place in PLACES[code]:
        assert places[place].trace[-1].span == places[place].span
        assert len(places[place].trace) > 1


def test_nothing_of_a_release_was_imported():
    assert of_release("1.1.0")
    origins = {getattr(module, "__file__", None) or "" for module in sys.modules.values()}
    assert not any(origin.startswith(str(CACHE)) for origin in origins)
