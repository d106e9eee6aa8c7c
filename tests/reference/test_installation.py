from __future__ import annotations

import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor

import adapters
import pytest
import torch
from adapters.composition import BatchSplit, Parallel, Stack
from adapters.methods.prefix_tuning import PrefixTuningLayer
from models import batch, prefix, tiny_bert

import shapeguard
from shapeguard import reference
from shapeguard.errors import UnsupportedVersionError
from shapeguard.reference import upstream
from shapeguard.reference.corrections import CORRECTIONS
from shapeguard.runtime import patching

pytestmark = pytest.mark.adapters

BROKEN = Stack(BatchSplit("a", "b", batch_sizes=[2, 1]), "c")


def attributes():
    return {
        (each.owner, each.method): upstream.found(each.owner).__dict__.get(each.method)
        for each in CORRECTIONS
        if upstream.has(each.owner, each.method)
    }


@pytest.fixture
def before():
    kept = attributes()
    yield kept
    reference.uninstall()
    after = attributes()
    assert [place for place, value in kept.items() if after[place] is not value] == []
    assert patching.active() == ()


@pytest.fixture
def model():
    """Made before the reference is installed, by a test."""
    return tiny_bert({name: prefix(4) for name in "abc"})


def runs(model):
    model.set_active_adapters(BROKEN)
    try:
        with torch.no_grad():
            model(**batch(3))
    except RuntimeError:
        return False
    return True


def test_install_and_uninstall(before, model):
    assert not runs(model)
    reference.install()
    reference.install()
    assert runs(model)
    assert all(attributes()[place] is not value for place, value in before.items())
    reference.uninstall()
    assert not runs(model)
    reference.uninstall()


def test_blocks_nest(before, model):
    with reference.installed():
        with reference.installed():
            assert runs(model)
        assert runs(model)
    assert not runs(model)


def test_install_outlives_a_block(before, model):
    with reference.installed():
        reference.install()
    assert runs(model)


def test_uninstall_inside_a_block_leaves_the_block_alone(before, model):
    reference.install()
    with reference.installed():
        reference.uninstall()
        assert runs(model)
    assert not runs(model)


def test_an_error_inside_a_block_uninstalls(before):
    with pytest.raises(KeyError), reference.installed():
        raise KeyError


def test_another_layer_around_the_reference_in_any_order(before, model):
    calls = []

    def counting(below):
        def forward(self, *args, **kwargs):
            calls.append(self.location_key)
            return below(self, *args, **kwargs)

        return forward

    outer = patching.push(PrefixTuningLayer, "forward", patching.Rank.CONTRACTS, counting)
    with reference.installed():
        assert runs(model)
        assert calls == ["self_prefix"] * 2
        patching.release(outer)
        calls.clear()
        assert runs(model)
        assert calls == []
        outer = patching.push(PrefixTuningLayer, "forward", patching.Rank.CONTRACTS, counting)
    assert not runs(model)
    assert calls
    patching.release(outer)


@pytest.mark.parametrize("level", ["shapes", "strict", "values"])
@pytest.mark.parametrize("reference_first", [True, False])
def test_contracts_are_silent_about_the_reference(before, model, reference_first, level):
    layers = [reference.installed(), shapeguard.debug(level=level)]
    first, second = layers if reference_first else reversed(layers)
    with first, second:
        assert runs(model)


@pytest.mark.parametrize("released_first", [0, 1])
@pytest.mark.parametrize("reference_first", [True, False])
def test_contracts_and_reference_are_released_in_any_order(
    before, model, reference_first, released_first
):
    corrected, checked = reference.installed(), shapeguard.debug()
    layers = [corrected, checked] if reference_first else [checked, corrected]
    for layer in layers:
        layer.__enter__()
    layers.pop(released_first).__exit__(None, None, None)
    (left,) = layers
    if left is corrected:
        assert runs(model)
    else:
        with pytest.raises(shapeguard.ShapeContractError):
            runs(model)
    left.__exit__(None, None, None)
    assert not runs(model)


@pytest.mark.parametrize("version", ["1.0.0", "1.4.0", "2.0"])
def test_another_version_is_refused(before, monkeypatch, version):
    monkeypatch.setattr(upstream.importlib.metadata, "version", lambda _: version)
    with pytest.raises(UnsupportedVersionError, match=f">=1.1,<1.4; installed is {version}"):
        reference.install()


def test_a_layer_without_what_is_corrected_is_refused(before, monkeypatch):
    monkeypatch.delattr(PrefixTuningLayer, "forward")
    monkeypatch.delattr(torch.nn.Module, "forward")
    with pytest.raises(
        UnsupportedVersionError, match=r"PrefixTuningLayer of adapters .* no forward"
    ):
        reference.install()


def test_the_installed_version_is_supported():
    upstream.require_version()
    upstream.require_members(CORRECTIONS)
    assert adapters.__version__.startswith("1.")


def test_without_adapters_one_sentence_names_the_extra():
    code = textwrap.dedent("""
        import sys
        sys.modules["adapters"] = None  # as if it were not installed
        from shapeguard import reference
        try:
            reference.install()
        except ImportError as error:
            print(error)
    """)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith(
        "the reference needs adapters, which is not installed: pip install 'adapters<1.4,>=1.1' "
    )
    assert done.stdout.endswith(" (the extra `adapters` of shapeguard)\n")


def test_importing_the_reference_and_the_oracle_loads_neither_torch_nor_adapters():
    probe = "import sys, {}; print(sorted({{'torch', 'adapters'}} & set(sys.modules)))"

    def loaded(modules):
        done = subprocess.run(
            [sys.executable, "-c", probe.format(modules)],
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    assert loaded("shapeguard.reference, shapeguard.oracle, shapeguard.oracle.strategies") == "[]"
    assert loaded("torch") == "['torch']"


def copies(model):
    model.set_active_adapters(Parallel("a", "b"))
    with torch.no_grad():
        return model(**batch(3)).last_hidden_state.size(0)


def test_nested_blocks_correct_once(before, model):
    with reference.installed(), reference.installed():
        reference.install()
        assert copies(model) == 6
    assert copies(model) == 6
    reference.uninstall()
    assert patching.active() == ()


def test_blocks_of_several_threads_correct_once(before, model):
    model.set_active_adapters(Parallel("a", "b"))

    def rows(_):
        with reference.installed(), torch.no_grad():
            return model(**batch(3)).last_hidden_state.size(0)

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(rows, range(40))) == {6}


def test_a_compiled_model(before, model):
    model.set_active_adapters(Stack("a", "b"))
    with reference.installed(), torch.no_grad():
        expected = model(**batch(3)).last_hidden_state
        compiled = torch.compile(model, backend="eager")
        torch.testing.assert_close(compiled(**batch(3)).last_hidden_state, expected)
