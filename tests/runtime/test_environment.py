from __future__ import annotations

import os
import subprocess
import sys
import textwrap

import pytest

OWN = """
import shapeguard, torch
from jaxtyping import Float
from torch import Tensor
@shapeguard.contract
def f(x: Float[Tensor, 'n'], y: Float[Tensor, 'n']) -> None: ...
"""


def python(code, *, blocked=(), **environment):
    """Run code in a fresh interpreter in which some packages cannot be found."""
    hide = f"import sys; sys.modules.update(dict.fromkeys({tuple(blocked)!r}))\n"
    done = subprocess.run(
        [sys.executable, "-c", hide + textwrap.dedent(code)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )
    return done.returncode, done.stdout.strip(), done.stderr.strip().splitlines()[-1:]


@pytest.mark.parametrize("mode", ["", "off", "error", "collect"])
def test_importing_shapeguard_stays_free(mode):
    code = "import sys, shapeguard; print({'torch', 'adapters', 'jaxtyping'} & set(sys.modules))"
    assert python(code, SHAPEGUARD=mode) == (0, "set()", [])


def test_the_mode_holds_for_own_functions():
    code = f"{OWN}\nf(torch.ones(1), torch.ones(2))\nprint(shapeguard.violations()[0].code)"
    assert python(code, SHAPEGUARD="collect") == (0, "SG501", [])


def test_off_returns_the_very_function():
    assert python(f"{OWN}\nprint(hasattr(f, '__wrapped__'))", SHAPEGUARD="off")[1] == "False"


@pytest.mark.parametrize("call", ["contract(f)", "require('n > 0')(f)", "ensure('n > 0')(f)"])
def test_off_needs_nothing_installed(call):
    code = f"import shapeguard\ndef f(): ...\nprint(shapeguard.{call} is f)"
    blocked = ("torch", "jaxtyping", "beartype")
    assert python(code, blocked=blocked, SHAPEGUARD="off") == (0, "True", [])


def test_a_violation_after_the_working_directory_was_deleted():
    gone = "import os, tempfile; d = tempfile.mkdtemp(); os.chdir(d); os.rmdir(d)"
    code = f"""{OWN}
{gone}
f(torch.ones(1), torch.ones(2))
from shapeguard.report import render
print(render(shapeguard.violations(), "concise").count("SG501"))
"""
    assert python(code, SHAPEGUARD="collect") == (0, "1", [])


def test_a_wrong_value_names_the_right_ones():
    status, _, last = python("import shapeguard", SHAPEGUARD="loud")
    assert status == 1
    assert "SHAPEGUARD='loud' is not valid; use off, error, warn, collect" in last[0]


@pytest.mark.adapters
@pytest.mark.parametrize("order", ["shapeguard, adapters", "adapters, shapeguard"])
def test_adapters_is_covered_whenever_it_is_imported(order):
    code = f"""
    import {order}
    from adapters.methods.prefix_tuning import PrefixTuningLayer
    print(hasattr(PrefixTuningLayer.vslice, '__wrapped__'))
    shapeguard.disable()
    print(hasattr(PrefixTuningLayer.vslice, '__wrapped__'))
    """
    assert python(code, SHAPEGUARD="error")[:2] == (0, "True\nFalse")


@pytest.mark.adapters
def test_a_program_may_look_for_adapters_before_it_imports_it():
    code = """
    import importlib.util, shapeguard
    assert importlib.util.find_spec("adapters") is not None
    from adapters.methods.prefix_tuning import PrefixTuningLayer
    print(hasattr(PrefixTuningLayer.vslice, '__wrapped__'))
    """
    assert python(code, SHAPEGUARD="error")[:2] == (0, "True")


@pytest.mark.parametrize(
    ("call", "blocked", "said"),
    [
        ("shapeguard.enable()", "adapters", "shapeguard.debug needs adapters"),
        ("shapeguard.enable()", "torch", "shapeguard.debug needs torch"),
        ("shapeguard.contract(print)", "jaxtyping", "shapeguard.contract needs jaxtyping"),
        ("shapeguard.oracle.rowwise_report(M, 'a', {'x': M})", "torch", "oracle needs torch"),
        ("shapeguard.oracle.rowwise_report(M, 'a', {'x': M})", "adapters", "oracle needs adapters"),
        ("shapeguard.require('n > 0')", "beartype", "shapeguard.require needs beartype"),
    ],
)
def test_a_missing_extra_is_named_in_one_sentence(call, blocked, said):
    stand_in = "class M: shape = (2, 3); __getitem__ = adapters_config = None"
    status, _, last = python(f"import shapeguard\n{stand_in}\n{call}", blocked=(blocked,))
    assert status == 1
    extra = "runtime" if blocked in {"jaxtyping", "beartype"} else "adapters"
    assert said in last[0]
    assert f"pip install 'shapeguard[{extra}]'" in last[0]
