from __future__ import annotations

import os
import subprocess
import sys

import pytest


def doctor(*flags, **environment):
    return subprocess.run(
        [sys.executable, *flags, "-m", "shapeguard", "doctor"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), **environment},
    )


@pytest.mark.adapters
@pytest.mark.parametrize(
    "phrase",
    [
        "adapters 1.3.0",
        "ComposableAdapterLayerBase: compose, compose_average, compose_batch_split",
        "LoRALinear: compose_single, forward, mean, pad_and_concat, repeat, vslice",
        "adapters.composition: adjust_tensors_for_parallel",
        "SHAPEGUARD is not set",
        "under torch.compile, torch.export, torch.jit.trace and the symbolic tracing of torch.fx",
        "of a nested tensor in the strided layout",
        "of split sizes that are tensors on a device",
        "of task ids on a device below the level values",
        "once 1000 findings are kept",
        "in an override with other parameters than the declared ones",
    ],
)
def test_it_says_what_is_covered_and_why_contracts_are_silent(healthy, phrase):
    assert healthy.returncode == 0
    assert phrase in healthy.stdout


@pytest.fixture(scope="module")
def healthy():
    return doctor(SHAPEGUARD="")


@pytest.mark.adapters
def test_it_names_what_the_environment_silences():
    done = doctor("-O", SHAPEGUARD="off")
    assert "SHAPEGUARD=off: contracts of one's own functions are not applied" in done.stdout
    assert "with -O, under which contracts hold all the same" in done.stdout


def test_without_the_library_it_says_what_is_missing(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.util as u\n"
        "real = u.find_spec\n"
        "u.find_spec = lambda name, *more: None if name == 'adapters' else real(name, *more)\n",
        encoding="utf-8",
    )
    done = doctor(PYTHONPATH=os.pathsep.join([str(tmp_path), *filter(None, sys.path)]))
    assert done.returncode == 1
    assert "nothing" in done.stdout
    assert "shapeguard[adapters]" in done.stdout
