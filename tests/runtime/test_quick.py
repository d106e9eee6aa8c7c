"""The quick check passes only what the nodes pass, and passes what is right without them."""

from typing import NamedTuple

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from jaxtyping import Float, Int
from torch import Tensor

from shapeguard.runtime.extents import Extents
from shapeguard.runtime.scope import Scope
from shapeguard.runtime.signature import compile_contract


class State(NamedTuple):
    keys: Float[Tensor, "batch heads keys dim"]
    mask: Float[Tensor, "batch 1 #queries keys"] | Float[Tensor, "batch keys"] | None
    ids: Int[Tensor, " batch"]


def four(x: Float[Tensor, "a b c d"], y: Float[Tensor, "a b e d"]) -> Float[Tensor, "a b c d"]: ...
def mixed(x: Float[Tensor, "a _ 2 #b"], y: Float[Tensor, "b a"]) -> Float[Tensor, "a+b"]: ...
def many(xs: list[Float[Tensor, "rows dim"]], n: int) -> tuple[Float[Tensor, "rows"], int]: ...
def states(xs: list[State], y: Float[Tensor, "batch ..."] | None) -> dict[str, State]: ...
def spread(
    x: Float[Tensor, "a *many c"], y: Float[Tensor, "*many"]
) -> Float[Tensor, "a ... c"]: ...


EXTENT = st.integers(0, 3)
DTYPE = st.sampled_from([torch.float32, torch.float32, torch.float32, torch.int64])


@st.composite
def tensors(draw, least=0, most=4):
    shape = draw(st.lists(EXTENT, min_size=least, max_size=most))
    return torch.zeros(shape, dtype=draw(DTYPE))


ANY = st.one_of(tensors(), st.none(), st.integers(0, 2))
STATES = st.builds(State, tensors(4, 4), st.one_of(st.none(), tensors(2, 4)), tensors(1, 1))
CASES = {
    four: (st.tuples(tensors(4, 4), tensors(4, 4)), tensors(4, 4)),
    mixed: (st.tuples(tensors(4, 4), tensors(2, 2)), tensors(1, 1)),
    spread: (st.tuples(tensors(1, 4), tensors(0, 2)), tensors(1, 4)),
    many: (st.tuples(st.lists(tensors(2, 2), max_size=3), ANY), st.tuples(tensors(1, 1), ANY)),
    states: (
        st.tuples(st.lists(STATES, max_size=2), st.one_of(st.none(), tensors(1, 2))),
        st.dictionaries(st.sampled_from("ab"), STATES, max_size=2),
    ),
}


@pytest.mark.parametrize("function", CASES, ids=lambda each: each.__name__)
@given(data=st.data())
def test_what_is_passed_the_nodes_pass(function, data):
    contract = compile_contract(function, ())
    arguments, results = CASES[function]
    given_ = dict(zip(contract.positional, data.draw(arguments), strict=True))
    found, scope = contract.passing(given_, "shapes"), Scope(given_)
    failure = contract.check_arguments(scope, "shapes")
    if found is None:
        return
    assert failure is None
    assert found.bound == {name: bound.extent for name, bound in scope.bound.items()}
    result = data.draw(results)
    if contract.passes(result, found, "shapes"):
        assert contract.check_result(result, scope, "shapes") is None


X, ROWS = torch.zeros(2, 3, 4, 5), torch.zeros(2, dtype=torch.int64)
RIGHT = {
    four: ((X, torch.zeros(2, 3, 9, 5)), X),
    mixed: ((torch.zeros(3, 7, 2, 1), torch.zeros(4, 3)), torch.zeros(7)),
    spread: ((X, torch.zeros(3, 4)), torch.zeros(2, 5)),
    many: (([torch.zeros(2, 3)] * 3, 1), (torch.zeros(2), 1)),
    states: (
        ([State(X, None, ROWS), State(X, torch.zeros(2, 4), ROWS)], None),
        {"a": State(X, torch.zeros(2, 1, 1, 4), ROWS)},
    ),
}


@pytest.mark.parametrize("function", RIGHT, ids=lambda each: each.__name__)
def test_what_is_right_is_passed_without_the_nodes(function):
    contract = compile_contract(function, ())
    arguments, result = RIGHT[function]
    found = contract.passing(dict(zip(contract.positional, arguments, strict=True)), "shapes")
    assert found is not None
    assert contract.passes(result, found, "shapes")


def test_a_function_that_changes_its_arguments_is_told_by_what_they_were():
    contract = compile_contract(four, ())
    x, y = torch.zeros(2, 3, 4, 5), torch.zeros(2, 3, 9, 5)
    found = contract.passing({"x": x, "y": y}, "shapes")
    assert isinstance(found, Extents)
    x.resize_(1, 3, 4, 5)
    scope = contract.scope_of(found)
    assert {name: bound.extent for name, bound in scope.bound.items()} == {
        "a": 2,
        "b": 3,
        "c": 4,
        "d": 5,
        "e": 9,
    }
