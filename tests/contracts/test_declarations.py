from __future__ import annotations

import importlib
import inspect
import subprocess
import sys
import types
from pathlib import Path

import pytest

from shapeguard.contracts import adapters as declarations
from shapeguard.contracts import hazards
from shapeguard.contracts.language import CONDITIONS, DECLARES

DECLARED = [
    each
    for each in vars(declarations).values()
    if isinstance(each, type) and DECLARES in vars(each)
]
METHODS = [
    (each, name)
    for each in DECLARED
    for name, value in vars(each).items()
    if isinstance(value, types.FunctionType) and not name.startswith("_")
]

HEAVY = {"torch", "jaxtyping", "beartype", "numpy", "adapters", "transformers", "libcst"}


def probe(module):
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, {module}; print(sorted({HEAVY} & set(sys.modules)))"],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.mark.parametrize(
    "module",
    ["shapeguard.contracts.adapters", "shapeguard.runtime", "shapeguard.runtime.environment"],
)
def test_declarations_and_switches_load_nothing_heavy(module):
    assert probe(module) == "[]"


def test_the_probe_can_fail():
    assert "'torch'" in probe("shapeguard.runtime.enforcement")


def real_class(declared):
    module, _, name = getattr(declared, DECLARES).partition(":")
    return getattr(importlib.import_module(module), name)


@pytest.mark.adapters
@pytest.mark.parametrize(
    ("declared", "name"), METHODS, ids=lambda each: getattr(each, "__name__", each)
)
def test_every_declared_method_has_the_parameters_of_the_real_one(declared, name):
    method = getattr(real_class(declared), name, None)
    if method is None and name == "compose_multi_task":
        pytest.skip("this block came with adapters 1.2")
    real = inspect.signature(method)
    stated = inspect.signature(getattr(declared, name))
    assert list(stated.parameters) == list(real.parameters)
    assert [p.default for p in stated.parameters.values()] == [
        p.default for p in real.parameters.values()
    ]


FUNCTIONS = [
    each
    for each in vars(declarations).values()
    if isinstance(each, types.FunctionType) and hasattr(each, DECLARES)
]


@pytest.mark.adapters
@pytest.mark.parametrize("declared", FUNCTIONS, ids=lambda each: each.__name__)
def test_every_declared_function_has_the_parameters_of_the_real_one(declared):
    real, stated = inspect.signature(real_class(declared)), inspect.signature(declared)
    assert list(stated.parameters) == list(real.parameters)
    with pytest.raises(NotImplementedError):
        declared(*([None] * len(stated.parameters)))


STATES = [
    declarations.PrefixTuningState,
    declarations.BottleneckState,
    declarations.LoRAState,
]


@pytest.mark.adapters
@pytest.mark.parametrize("state", STATES, ids=lambda each: each.__name__)
def test_the_declared_state_has_the_fields_of_the_real_one(state):
    assert tuple(state.__annotations__) == real_class(state)._fields


@pytest.mark.parametrize(
    ("declared", "name"), METHODS, ids=lambda each: getattr(each, "__name__", each)
)
def test_every_path_of_a_relation_starts_at_an_argument(declared, name):
    method = getattr(declared, name)
    arguments = set(inspect.signature(method).parameters)
    for condition in getattr(method, CONDITIONS, ()):
        for field in ("metadata", "sizes", "children", "taken_by", "states"):
            path = getattr(condition.relation, field, None)
            assert path is None or path.split(".")[0] in arguments


def test_codes_and_names_are_unique_and_of_the_families_of_running_programs():
    codes = [hazard.code for hazard in hazards.HAZARDS]
    assert len(set(codes)) == len(codes)
    assert len({hazard.name for hazard in hazards.HAZARDS}) == len(codes)
    assert all(code.startswith(("SG5", "SG6")) for code in codes)


def test_every_hazard_of_the_module_is_in_the_table():
    defined = {each.code for each in vars(hazards).values() if isinstance(each, hazards.Hazard)}
    assert defined == {hazard.code for hazard in hazards.HAZARDS}


PAGES = Path(__file__).parents[2] / "docs"


@pytest.mark.skipif(not PAGES.exists(), reason="the pages are not part of an installed package")
@pytest.mark.parametrize(("page", "family"), [("debug-mode.md", "SG5"), ("row-oracle.md", "SG6")])
def test_the_page_lists_every_hazard(page, family):
    listed = [
        tuple(cell.strip() for cell in line.split("|")[1:3])
        for line in (PAGES / page).read_text().splitlines()
        if line.startswith(f"| {family}")
    ]
    of_family = [hazard for hazard in hazards.HAZARDS if hazard.code.startswith(family)]
    assert listed == [(hazard.code, hazard.name) for hazard in of_family]
