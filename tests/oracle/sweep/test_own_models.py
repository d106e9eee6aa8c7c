"""A user's own model: what its adapters are called, and when it cannot be judged."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from types import ModuleType

import adapters
import pytest
import torch

from shapeguard.oracle.sweep import families, models
from shapeguard.oracle.sweep.plan import own_job
from shapeguard.oracle.sweep.pool import Pool
from shapeguard.oracle.sweep.running import run
from shapeguard.outcome import Relation, Verdict

pytestmark = pytest.mark.adapters

SETUPS = ["a", "b", "a+b 2 1", "a:b b a b"]


@pytest.fixture
def outcomes(monkeypatch):
    """Return a function that judges what a factory makes, by composition."""

    def judged(make):
        module = ModuleType("own_module")
        module.make = make
        monkeypatch.setitem(sys.modules, "own_module", module)
        return {each.composition: each for each in run(own_job("own_module:make", SETUPS))}

    return judged


def made(padding="padded", **configs):
    named = configs or {"red": adapters.LoRAConfig(r=4), "blue": adapters.DoRAConfig(r=4)}
    return models.add_adapters(models.bert("sdpa"), named), families.of_tokens(padding)


def test_compositions_are_made_of_the_adapters_of_the_model(outcomes):
    found = outcomes(made)
    assert found["a+b 2 1"].text == "BatchSplit('red', 'blue', batch_sizes=[2, 1])"
    assert found["a:b b a b"].text == "MultiTask('red', 'blue'), task_ids=['blue', 'red', 'blue']"
    assert found["a"].verdict is found["b"].verdict is Verdict.CORRECT
    assert found["a+b 2 1"].verdict is Verdict.WRONG
    assert found["a+b 2 1"].relation is Relation.ALONE


def test_one_adapter_stands_for_all(outcomes):
    found = outcomes(lambda: made("none", only=adapters.LoRAConfig(r=4)))
    assert found["a+b 2 1"].text == "BatchSplit('only', 'only', batch_sizes=[2, 1])"
    assert {each.verdict for each in found.values()} == {Verdict.CORRECT}


def test_fewer_rows_than_three_are_taken_again(outcomes):
    def two_rows():
        model, inputs = made()
        return model, {name: rows[:2] for name, rows in inputs.items()}

    assert outcomes(two_rows)["a"].verdict is Verdict.CORRECT


def wrapped(change):
    model, inputs = made()
    inner = model.forward
    model.forward = lambda **given: change(inner, given)
    return model, inputs


def test_a_model_that_fails_alone_is_reported_with_its_error(outcomes):
    def fail(_inner, _given):
        message = "no such weather"
        raise RuntimeError(message)

    found = outcomes(lambda: wrapped(fail))
    assert {each.verdict for each in found.values()} == {Verdict.UNJUDGED}
    assert all("RuntimeError: no such weather" in each.error for each in found.values())


def test_a_random_model_is_said_to_be(outcomes):
    def noisy(inner, given):
        output = inner(**given)
        output.last_hidden_state += torch.randn(1)
        return output

    found = outcomes(lambda: wrapped(noisy))
    assert {each.verdict for each in found.values()} == {Verdict.UNJUDGED}
    assert all("the model is random" in each.error for each in found.values())


def test_a_model_in_which_rows_meet_is_not_blamed_on_its_adapters(outcomes):
    def mixing(inner, given):
        output = inner(**given)
        output.last_hidden_state = output.last_hidden_state - output.last_hidden_state.mean(0)
        return output

    found = outcomes(lambda: wrapped(mixing))
    assert {each.verdict for each in found.values()} == {Verdict.UNJUDGED}
    assert all(each.error.startswith("without adapters the model") for each in found.values())


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: {}["absent"], "own_module:make fails: KeyError: 'absent'"),
        (lambda: 1, "own_module:make returns no pair"),
        (lambda: (torch.nn.Linear(1, 1), {"x": torch.ones(3, 1)}), "Linear has no adapters"),
        (
            lambda: (models.add_adapters(models.bert("eager"), {}), families.of_tokens("none")),
            "has no adapter: add one",
        ),
    ],
)
def test_what_is_wrong_with_a_factory_is_said(outcomes, make, reason):
    found = outcomes(make)
    assert {each.verdict for each in found.values()} == {Verdict.UNJUDGED}
    assert all(reason in each.error for each in found.values())


def kills_itself():
    """Make a model whose process is killed when it is run under a ``BatchSplit``."""
    model, inputs = made("none", a=adapters.LoRAConfig(r=4), b=adapters.LoRAConfig(r=4))
    inner = model.forward

    def forward(**given):
        if "BatchSplit" in repr(model.adapters_config.active_setup):
            os.kill(os.getpid(), signal.SIGKILL)
        return inner(**given)

    model.forward = forward
    return model, inputs


def test_a_killed_process_takes_nothing_but_its_case_with_it(monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).parent)
    pool = Pool([own_job("test_own_models:kills_itself", ["a", "a+b 2 1", "b"])], 1)
    found = {each.composition: each for each in pool.outcomes()}
    assert found["a"].verdict is found["b"].verdict is Verdict.CORRECT
    assert found["a+b 2 1"].verdict is Verdict.UNJUDGED
    assert found["a+b 2 1"].error == "the process that ran it was ended by signal SIGKILL"
