"""What SG204 and its op models say of adapters, against the adapters that is installed."""

from __future__ import annotations

import pytest
from shapeguard_rules.sg204 import ANYWHERE, NESTED

from shapeguard.lint.config import Settings
from shapeguard.lint.engine import check
from shapeguard.lint.flow.models.adapters import ADAPTERS


@pytest.fixture(scope="module")
def composition():
    return pytest.importorskip("adapters.composition", reason="adapters is not installed")


@pytest.mark.adapters
def test_what_may_be_nested_is_what_adapters_says(composition):
    said = {
        block.__name__: {each.__name__ for each in allowed if each is not str}
        for block, allowed in composition.ALLOWED_NESTINGS.items()
    }
    assert {block: set(allowed) for block, allowed in NESTED.items()} == said


@pytest.mark.adapters
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


INSTALLED = [model for model in ADAPTERS if not model.name.startswith("transformers.")]
"""Without those of the predecessor, which cannot be installed beside adapters."""


@pytest.mark.adapters
@pytest.mark.parametrize("model", INSTALLED, ids=lambda model: model.name)
def test_what_a_model_describes_exists(model):
    home, _, name = model.name.rpartition(".")
    made = getattr(pytest.importorskip(home, reason="adapters is not installed"), name)
    assert not model.sizes or model.sizes in made.__init__.__annotations__


PREFIXES = """
from adapters import BatchSplit, PrefixTuningConfig

def activate(model):
    model.add_adapter("a", config=PrefixTuningConfig())
    model.add_adapter("b", config=PrefixTuningConfig())
    model.set_active_adapters(BatchSplit("a", "b", batch_sizes=[2, 0]))
"""


@pytest.mark.parametrize(
    "versions", ["==1.1.0", "<1.1.1", "<=1.1", "~=1.0.1", "==1.0.*", ">=1,<1.1"]
)
def test_an_empty_last_share_breaks_prefixes_of_old_versions(tmp_path, versions):
    assert found_with(tmp_path, PREFIXES, versions) == [7]


@pytest.mark.parametrize(
    "versions", ["", "==1.1.1", ">=1.1.0", "~=1.0", "==1.*", "<1.2", "!=1.1.1"]
)
def test_it_breaks_none_that_may_be_newer(tmp_path, versions):
    assert found_with(tmp_path, PREFIXES, versions) == []


@pytest.mark.parametrize(("old", "new"), [("[2, 0]", "[0, 2]"), ("PrefixTuning", "Lora")])
def test_it_breaks_no_other_share_and_no_other_method(tmp_path, old, new):
    assert found_with(tmp_path, PREFIXES.replace(old, new), "<1.1.1") == []


def found_with(directory, text, versions):
    directory.joinpath("requirements.txt").write_text(f"adapters{versions}\n", "utf-8")
    path = directory / "program.py"
    path.write_text(text, "utf-8")
    outcome = check([path], Settings(select=("SG204",)), root=directory)
    return [each.span.start.row for each in outcome.findings]
