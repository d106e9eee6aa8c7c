from __future__ import annotations

import threading

import pytest
import torch

pytest.importorskip("adapters")

import models
from adapters.composition import BatchSplit, Stack
from adapters.methods.adapter_layer_base import ComposableAdapterLayerBase
from adapters.methods.prefix_tuning import PrefixTuningLayer

import shapeguard
from shapeguard.errors import ShapeContractError, UsageError
from shapeguard.runtime import library, patching
from shapeguard.runtime.control import ShapeContractWarning
from shapeguard.runtime.patching import Rank

pytestmark = pytest.mark.adapters

CLASSES = library._with_subclasses(ComposableAdapterLayerBase)
STALE = Stack(BatchSplit("a", "b", batch_sizes=[2, 1]), "c")


@pytest.fixture(autouse=True)
def nothing_is_left():
    before = attributes()
    yield
    assert attributes() == before
    assert patching.active() == ()


@pytest.fixture(scope="module")
def model():
    return models.tiny_bert({name: models.prefix() for name in "abc"})


def attributes():
    """Every attribute of every class by identity."""
    return {(each, name): id(value) for each in CLASSES for name, value in vars(each).items()}


def run(model, setup=STALE):
    model.set_active_adapters(setup)
    with torch.no_grad():
        return model(**models.batch(3))


def test_a_thousand_times_on_and_off_leaves_every_class_as_it_was():
    before = {each: dict(vars(each)) for each in CLASSES}
    order = {each: list(vars(each)) for each in CLASSES}
    for _ in range(500):
        shapeguard.enable()
        shapeguard.disable()
        with shapeguard.debug():
            pass
    for each in CLASSES:
        now = vars(each)
        assert list(now) == order[each]
        assert all(now[name] is value for name, value in before[each].items())


def test_instances_made_earlier_are_covered_and_released(model):
    with shapeguard.debug(), pytest.raises(ShapeContractError):
        run(model)
    with pytest.raises(RuntimeError, match="Sizes of tensors"):
        run(model)


def test_blocks_nest_and_the_inner_mode_holds(model):
    with shapeguard.debug():
        with shapeguard.debug(mode="collect"):
            with pytest.raises(RuntimeError, match="Sizes of tensors"):
                run(model)
            assert [each.code for each in shapeguard.violations()] == ["SG502"]
        with pytest.raises(ShapeContractError):
            run(model)


def test_enable_again_changes_the_mode_and_disable_leaves_blocks_active(model):
    shapeguard.enable()
    shapeguard.enable(mode="collect")
    with pytest.raises(RuntimeError, match="Sizes of tensors"):
        run(model)
    with shapeguard.debug():
        shapeguard.disable()
        with pytest.raises(ShapeContractError):
            run(model)


@pytest.mark.parametrize("first", ["reference", "contracts"])
@pytest.mark.parametrize("released", ["reference", "contracts"])
def test_layers_of_another_owner_may_end_in_any_order(model, first, released):
    calls = []

    def wrap(inner):
        def replacement(self, *args, **kwargs):
            calls.append(type(self).__name__)
            return inner(self, *args, **kwargs)

        return replacement

    def begin_reference():
        return patching.push(PrefixTuningLayer, "compose_single", Rank.REFERENCE, wrap)

    layer = begin_reference() if first == "reference" else None
    shapeguard.enable()
    layer = layer or begin_reference()
    with pytest.raises(ShapeContractError):
        run(model)
    assert "PrefixTuningLayer" in calls
    if released == "reference":
        patching.release(layer)
        with pytest.raises(ShapeContractError):
            run(model)
        shapeguard.disable()
    else:
        shapeguard.disable()
        with pytest.raises(RuntimeError, match="Sizes of tensors"):
            run(model)
        patching.release(layer)


def test_a_wrapper_kept_past_the_end_passes_calls_through(model):
    layer = next(m for m in model.modules() if isinstance(m, PrefixTuningLayer))
    with shapeguard.debug():
        kept = layer.vslice
    with pytest.raises(AttributeError):  # upstream's own failure, not a contract's
        kept(None, slice(0, 1))


def test_overrides_are_covered_also_those_of_classes_made_later(model):
    class Earlier(PrefixTuningLayer):
        def vslice(self, state, slice_obj):
            return super().vslice(state, slice_obj)

    with shapeguard.debug():

        class Later(PrefixTuningLayer):
            def vslice(self, state, slice_obj):
                return super().vslice(state, slice_obj)

        covered = library.covered()
        assert any(name.endswith("Earlier.vslice") for name in covered)
        assert any(name.endswith("Later.vslice") for name in covered)
        assert Later.__mro__[1] is PrefixTuningLayer
    assert library.covered() == ()


def test_overrides_with_other_parameters_are_named():
    class Longer(PrefixTuningLayer):
        def vslice(self, state, slice_obj, extra=None):
            return super().vslice(state, slice_obj)

    class Starred(PrefixTuningLayer):
        def vslice(self, *args):
            return super().vslice(*args)

    before = library.passed_over()
    with shapeguard.debug():
        assert library.passed_over() == before
        covered = library.covered()
    for each in ("Longer", "Starred"):
        assert not any(name.endswith(f"{each}.vslice") for name in covered)
        (said,) = (text for text in before if f"{each}.vslice: " in text)
        assert said.endswith("it has other parameters than PrefixTuningLayer.vslice")
    assert all("other parameters" in text for text in before)


def test_an_exception_inside_the_block_restores_too(model):
    with pytest.raises(KeyError), shapeguard.debug():
        raise KeyError


def test_mode_collect_keeps_each_site_once_and_runs_on(model):
    with shapeguard.debug(mode="collect"):
        for _ in range(3):
            with pytest.raises(RuntimeError, match="Sizes of tensors"):
                run(model)
    (finding,) = shapeguard.violations()
    assert finding.code == "SG502"
    assert finding.name == "stale-share-metadata"
    assert finding.span.filename.endswith("adapter_layer_base.py")
    assert finding.function.endswith("compose_stack")
    assert [step.message.rpartition(".")[2] for step in finding.trace][1:] == [
        "forward calls compose",
        "compose calls compose_stack",
        "compose_stack calls compose_single",
    ]
    assert finding.witness is not None
    assert ("batch", (3,)) in finding.witness.sizes
    assert finding.fingerprint


def test_a_new_start_forgets_earlier_violations(model):
    with shapeguard.debug(mode="collect"), pytest.raises(RuntimeError):
        run(model)
    assert shapeguard.violations()
    with shapeguard.debug(mode="collect"):
        pass
    assert shapeguard.violations() == ()


def test_mode_warn_warns_once_a_site(model):
    def thrice():
        for _ in range(3):
            with pytest.raises(RuntimeError, match="Sizes of tensors"):
                run(model)

    with (
        shapeguard.debug(mode="warn"),
        pytest.warns(ShapeContractWarning, match="idx_slice") as caught,
    ):
        thrice()
    assert len(caught) == 1


@pytest.mark.parametrize("arguments", [{"mode": "eror"}, {"level": "deep"}])
def test_an_unknown_mode_or_level_names_the_known_ones(arguments):
    with pytest.raises(UsageError, match=r"shapeguard knows (error, warn|shapes, strict)"):
        shapeguard.enable(**arguments)


def test_threads_have_their_own_paths(model):
    errors = []

    def work():
        try:
            run(model)
        except ShapeContractError as error:
            errors.append(error.path)

    model.set_active_adapters(STALE)
    with shapeguard.debug():
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert errors == [("Stack[2 of 2]", "c")] * 4
