"""What a sweep is made of: models, methods, compositions, and how they are divided."""

from __future__ import annotations

import inspect
import subprocess
import sys
from typing import Any

import pytest
import torch

from shapeguard.oracle.sweep import families, methods, models
from shapeguard.oracle.sweep.compositions import COMPOSITIONS
from shapeguard.oracle.sweep.families import FAMILIES
from shapeguard.oracle.sweep.methods import METHODS
from shapeguard.oracle.sweep.plan import Choice, cases, jobs, only, without


def from_source(function):
    """Define a function again from its source alone, as a regression test would."""
    namespace: dict[str, Any] = {"Any": Any}
    exec(inspect.getsource(function), namespace)  # noqa: S102 - that is the point
    return namespace[function.__name__]


def test_compositions_are_about_a_hundred_and_told_apart_by_names_without_glob_characters():
    assert 95 <= len(COMPOSITIONS) <= 120
    assert not any(set(name) & set("*?[],") for name in COMPOSITIONS)
    groups = {each.group for each in COMPOSITIONS.values()}
    assert groups.isdisjoint(COMPOSITIONS)
    for group in groups - {"bad-ids", "token-split"}:
        assert any(each.brief for each in COMPOSITIONS.values() if each.group == group), group


def test_a_default_sweep_asks_everything_in_one_setting_and_a_little_in_the_others():
    (job,) = jobs(Choice(methods=["lora"], families=["bert"]))
    sizes = {(cell.attention, cell.padding): len(cell.compositions) for cell in job.cells}
    assert list(sizes) == [
        ("eager", "padded"),
        ("eager", "none"),
        ("sdpa", "padded"),
        ("sdpa", "none"),
    ]
    assert sizes["eager", "padded"] > 4 * sizes["sdpa", "padded"]
    (asked,) = jobs(Choice(methods=["lora"], families=["bert"], attentions=["sdpa"]))
    assert {cell.padding for cell in asked.cells} == {"none", "full", "padded"}
    assert all(len(cell.compositions) > 100 for cell in asked.cells)


def test_families_without_padding_or_with_one_attention_have_no_such_cases():
    (vit,) = jobs(Choice(methods=["lora"], families=["vit"]))
    assert {cell.padding for cell in vit.cells} == {"none"}
    assert jobs(Choice(methods=["lora"], families=["t5"], attentions=["sdpa"])) == []


def test_a_job_is_divided_by_keys():
    (job,) = jobs(Choice(methods=["lora"], families=["vit"], compositions=["a", "b", "a>b"]))
    first, *rest = [case.key for case in cases(job)]
    assert [case.key for case in cases(without(job, {first}))] == rest
    assert [case.key for case in cases(only(job, {first}, smallest=True))] == [first]
    assert without(job, {first, *rest}).size == 0


def test_planning_needs_no_tensor_library():
    code = "import shapeguard.oracle.sweep.plan, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"torch", "adapters", "transformers"}.isdisjoint(done.stdout.split())


@pytest.mark.adapters
@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_is_the_same_with_every_attention(name):
    family = FAMILIES[name]
    inputs = family.inputs(family.paddings[-1])
    made = [family.build(attention) for attention in family.attentions]
    assert [model.config._attn_implementation for model in made] == list(family.attentions)
    with torch.no_grad():
        first, *others = [model(**inputs).last_hidden_state for model in made]
    real = inputs.get("attention_mask", torch.ones(first.shape[:2]))
    shown = real.bool() if real.shape[1] == first.shape[1] else torch.ones(first.shape[:2]).bool()
    assert all(torch.allclose(first[shown], other[shown], atol=1e-5) for other in others)


@pytest.mark.adapters
@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize("name", METHODS)
def test_every_adapter_of_a_method_does_something_of_its_own(name):
    model = models.add_adapters(models.bert("eager"), METHODS[name]())
    outputs = []
    for adapter in (None, "a", "b", "c", "d"):
        model.set_active_adapters(adapter)
        with torch.no_grad():
            outputs.append(model(**families.of_tokens("none")).last_hidden_state[:, -6:])
    for i, one in enumerate(outputs):
        for other in outputs[:i]:
            assert (one - other).abs().max() > 1e-3


@pytest.mark.adapters
@pytest.mark.parametrize(
    "function",
    [
        *[family.build for family in FAMILIES.values()],
        *dict.fromkeys(family.inputs for family in FAMILIES.values()),
        *METHODS.values(),
    ],
    ids=lambda function: function.__name__,
)
def test_the_source_of_what_is_printed_into_tests_stands_alone(function):
    parameters = inspect.signature(function).parameters
    given = {"attention": "eager", "padding": "none"}
    again = from_source(function)(*[given[name] for name in parameters])
    assert type(again) is type(function(*[given[name] for name in parameters]))
    assert "shapeguard" not in inspect.getsource(function)


@pytest.mark.adapters
def test_adapters_get_the_same_weights_in_each_call():
    one, two = (
        from_source(models.add_adapters)(models.bert("eager"), methods.loreft()) for _ in range(2)
    )
    states = zip(one.state_dict().values(), two.state_dict().values(), strict=True)
    assert all(torch.equal(mine, other) for mine, other in states)
