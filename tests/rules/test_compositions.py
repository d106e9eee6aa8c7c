"""What SG204 and its op models say of adapters, against the adapters that is installed."""

from __future__ import annotations

import importlib

import pytest
from shapeguard_rules.sg204 import ANYWHERE, NESTED

from shapeguard.lint.flow.models.adapters import ADAPTERS

pytestmark = pytest.mark.adapters


@pytest.fixture(scope="module")
def composition():
    return pytest.importorskip("adapters.composition", reason="adapters is not installed")


def test_what_may_be_nested_is_what_adapters_says(composition):
    said = {
        block.__name__: {each.__name__ for each in allowed if each is not str}
        for block, allowed in composition.ALLOWED_NESTINGS.items()
    }
    assert {block: set(allowed) for block, allowed in NESTED.items()} == said


def test_only_a_stack_may_stand_two_levels_deep(composition):
    for name in NESTED:
        block = vars(composition)[name]
        sizes = {
            each.sizes: 1 for each in ADAPTERS if each.name.endswith(f".{name}") and each.sizes
        }
        made = block("a", "b", **sizes) if name != "Average" else block("a", "b")
        if name == ANYWHERE:
            composition.validate_composition(made, level=2)
        else:
            with pytest.raises(ValueError, match="too deep"):
                composition.validate_composition(made, level=2)


@pytest.mark.parametrize("model", ADAPTERS, ids=lambda model: model.name)
def test_what_a_model_describes_exists(model):
    home, _, name = model.name.rpartition(".")
    if home.startswith("transformers."):
        pytest.skip("of the predecessor, which cannot be installed beside it")
    made = getattr(importlib.import_module(home), name)
    assert not model.sizes or model.sizes in made.__init__.__annotations__
