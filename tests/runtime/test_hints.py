from __future__ import annotations

from importlib.metadata import version

import jaxtyping
import pytest
import torch
from jaxtyping import Bool, Float, Int, Shaped
from packaging.version import Version

from shapeguard.contracts.language import Axes
from shapeguard.errors import ContractDefinitionError
from shapeguard.runtime.hints import array_hint, declared_hint


def test_the_undocumented_attributes_are_pinned_to_these_releases():
    assert Version("0.3.5") <= Version(version("jaxtyping")) < Version("0.4")
    hint = Float[torch.Tensor, "batch dim"]
    assert issubclass(hint, jaxtyping.AbstractArray)
    assert hint.dtype is Float
    assert hint.array_type is torch.Tensor
    assert hint.dim_str == "batch dim"


def test_only_array_annotations_are_array_hints():
    assert array_hint(int) is None
    assert array_hint(list[int]) is None
    assert array_hint(torch.Tensor) is None


@pytest.mark.parametrize(
    ("hint", "accepted", "refused"),
    [
        (Float[torch.Tensor, "n"], torch.ones(1, dtype=torch.bfloat16), torch.ones(1).long()),
        (Int[torch.Tensor, "n"], torch.ones(1).long(), torch.ones(1)),
        (Bool[torch.Tensor, "n"], torch.ones(1).bool(), torch.ones(1)),
        (Shaped[torch.Tensor, "n"], torch.ones(1).bool(), None),
    ],
)
def test_dtype_and_type_are_judged_by_jaxtyping(hint, accepted, refused):
    read = array_hint(hint)
    assert read is not None
    for _ in range(2):  # the second answer comes from memory
        assert read.accepts(accepted)
        assert not read.accepts(refused)


def test_shape_does_not_matter_to_the_test_of_type():
    read = array_hint(Float[torch.Tensor, "batch dim"])
    assert read is not None
    assert read.accepts(torch.ones(1, 2, 3))
    assert not read.fits_rank(3)


def test_rank_in_words():
    assert declared_hint(Axes("Float", "batch keys")).rank == "2"
    assert declared_hint(Axes("Float", "batch ... keys")).rank == "at least 2"


def test_a_declaration_with_an_unknown_array_kind_is_refused():
    with pytest.raises(ContractDefinitionError, match="Flaot"):
        declared_hint(Axes("Flaot", "batch"))
