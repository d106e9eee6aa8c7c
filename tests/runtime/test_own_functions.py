# ruff: noqa: TC002, TC003, UP037 - contracts resolve these annotations at run time
from __future__ import annotations

import copy
import inspect
import pickle
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Generic, NamedTuple, NoReturn, Self, TypeVar

import numpy as np
import pytest
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

import shapeguard
from shapeguard.errors import ContractDefinitionError, MissingExtraError, ShapeContractError

T = TypeVar("T")


@shapeguard.contract
def attend(
    keys: Float[Tensor, "batch keys dim"],
    values: Float[Tensor, "batch keys dim"],
    mask: Bool[Tensor, "batch #queries keys"] | Bool[Tensor, "batch keys"] | None = None,
    scale: float = 1.0,
) -> Float[Tensor, "batch dim"]:
    """Average the values, as far as shapes are concerned."""
    del keys, mask
    return values.mean(1) * scale


def broken(function, *args, **kwargs):
    with pytest.raises(ShapeContractError) as caught:
        function(*args, **kwargs)
    return caught.value


def test_equal_extents_pass_and_0_is_an_ordinary_extent():
    assert attend(torch.ones(2, 3, 4), torch.ones(2, 3, 4)).shape == (2, 4)
    assert attend(torch.ones(0, 3, 4), torch.ones(0, 3, 4)).shape == (0, 4)


def test_a_mismatch_names_both_sides():
    error = broken(attend, torch.ones(2, 3, 4), torch.ones(0, 3, 4))
    assert error.code == "SG501"
    assert (error.method, error.argument, error.axis) == ("attend", "values", "batch")
    assert (error.expected, error.actual) == (2, 0)
    assert error.bound_by == "keys axis 0"
    assert error.blame == "caller"
    assert "An extent of 0 is an empty share" in str(error)


def test_one_row_is_not_silently_broadcast():
    assert broken(attend, torch.ones(2, 3, 4), torch.ones(1, 3, 4)).actual == 1


@pytest.mark.parametrize("shape", [(2, 1, 3), (2, 3)])
def test_every_alternative_of_a_union_is_accepted(shape):
    attend(torch.ones(2, 3, 4), torch.ones(2, 3, 4), torch.ones(shape).bool())


def test_an_alternative_is_chosen_by_its_rank():
    error = broken(attend, torch.ones(2, 3, 4), torch.ones(2, 3, 4), torch.ones(2, 5).bool())
    assert (error.argument, error.axis, error.actual) == ("mask", "keys", 5)


def test_an_alternative_that_breaks_binds_nothing():
    @shapeguard.contract
    def pair(
        x: Float[Tensor, "batch batch"] | Float[Tensor, "rows batch"], y: Float[Tensor, "batch"]
    ) -> None: ...

    pair(torch.ones(2, 3), torch.ones(3))
    assert broken(pair, torch.ones(2, 3), torch.ones(2)).expected == 3


def test_rank_dtype_and_type_are_told_apart():
    keys = torch.ones(2, 3, 4)
    assert broken(attend, keys, torch.ones(2, 3)).code == "SG505"
    assert broken(attend, keys, keys.long()).code == "SG506"
    error = broken(attend, keys, "text")
    assert error.code == "SG506"
    assert "values is str" in str(error)


def test_arguments_without_arrays_are_left_to_beartype():
    error = broken(attend, torch.ones(2, 3, 4), torch.ones(2, 3, 4), None, "1")
    assert (error.code, error.argument, error.expected) == ("SG506", "scale", "float")


def test_a_broken_result_blames_the_function():
    @shapeguard.contract
    def pool(x: Float[Tensor, "batch dim"]) -> Float[Tensor, "batch dim-1"]:
        return x

    error = broken(pool, torch.ones(2, 3))
    assert (error.blame, error.argument, error.expected, error.actual) == ("method", "result", 2, 3)
    assert "blame        the method pool" in str(error)


class State(NamedTuple):
    keys: Float[Tensor, "batch keys"]
    values: Float[Tensor, "batch keys"]
    note: str = ""


@dataclass
class Record:
    state: State
    length: Int[Tensor, "batch"] | None


@shapeguard.contract
def walk(x: list[State], y: dict[str, tuple[Record, ...]] | None = None) -> None:
    """Take nested containers."""


def state(batch, values=None):
    return State(torch.ones(batch, 2), torch.ones(batch if values is None else values, 2))


def test_fields_of_named_tuples_are_checked_in_every_member_every_time():
    bad = [*(state(2) for _ in range(30)), state(2, 3), *(state(2) for _ in range(30))]
    for _ in range(100):
        error = broken(walk, bad)
        assert (error.argument, error.expected, error.actual) == ("x[30].values", 2, 3)


def test_places_lead_through_mappings_tuples_and_dataclasses():
    deep = {"first": (Record(state(2), None), Record(state(2), torch.ones(3).long()))}
    assert broken(walk, [state(2)], deep).argument == "y['first'][1].length"


def test_a_member_of_the_wrong_class_is_named():
    assert broken(walk, [state(2), object()]).argument == "x[1]"


def test_variadic_arguments_are_walked():
    @shapeguard.contract
    def join(*parts: Float[Tensor, "_ dim"], **named: Float[Tensor, "_ dim"]) -> None: ...

    join()
    join(torch.ones(1, 2), torch.ones(0, 2), more=torch.ones(3, 2))
    assert broken(join, torch.ones(1, 2), torch.ones(1, 3)).argument == "parts[1]"
    assert broken(join, torch.ones(1, 2), more=torch.ones(1, 3)).argument == "named['more']"


def test_several_axes_under_one_name():
    @shapeguard.contract
    def same(x: Float[Tensor, "*batch dim"], y: Float[Tensor, "#*batch dim"]) -> None: ...

    same(torch.ones(2, 3, 4), torch.ones(2, 1, 4))
    same(torch.ones(2, 3, 4), torch.ones(3, 4))
    assert broken(same, torch.ones(2, 3, 4), torch.ones(2, 2, 4)).axis == "batch"


def test_other_array_libraries_have_contracts_too():
    @shapeguard.contract
    def add(x: Float[np.ndarray, "n"], y: Float[np.ndarray, "n"]) -> None: ...

    assert broken(add, np.ones(2), np.ones(3)).argument == "y"


def test_require_and_ensure_have_axes_and_arguments_in_scope():
    @shapeguard.require("share > 0")
    @shapeguard.ensure("longer == keys + count")
    def prepend(x: Float[Tensor, "share keys"], count: int) -> Float[Tensor, "share longer"]:
        return torch.cat([x.new_zeros(x.size(0), max(count, 0)), x], dim=1)

    assert prepend(torch.ones(1, 2), 3).shape == (1, 5)
    empty = broken(prepend, torch.ones(0, 2), 3)
    assert (empty.code, empty.axis, empty.blame) == ("SG507", "share", "caller")
    assert "share > 0 does not hold: share = 0" in str(empty)
    assert "An extent of 0 is an empty share" in str(empty)
    assert broken(prepend, torch.ones(1, 2), -1).blame == "method"


@pytest.mark.parametrize("order", ["above", "below"])
def test_require_works_on_either_side_of_contract(order):
    def plain(x: Float[Tensor, "share"]) -> None: ...

    if order == "above":
        checked = shapeguard.require("share > 0")(shapeguard.contract(plain))
    else:
        checked = shapeguard.contract(shapeguard.require("share > 0")(plain))
    assert checked.__wrapped__ is plain
    broken(checked, torch.ones(0))


@pytest.mark.parametrize(
    ("expression", "said"),
    [("shrae > 0", "knows dim, share, x"), ("share >", "not valid"), ("f(share)", "a call of 'f'")],
)
def test_a_malformed_condition_is_refused_when_it_is_applied(expression, said):
    with pytest.raises(ContractDefinitionError) as caught:

        @shapeguard.require(expression)
        def function(x: Float[Tensor, "share dim"]) -> None: ...

    assert said in str(caught.value)


@pytest.mark.parametrize("kind", [staticmethod, classmethod, property])
def test_descriptors_are_refused(kind):
    with pytest.raises(ContractDefinitionError, match="below"):
        shapeguard.contract(kind(lambda self: self))


def test_classes_and_coroutines_are_refused():
    async def later() -> None: ...

    with pytest.raises(ContractDefinitionError, match="is a class"):
        shapeguard.contract(type("Layer", (), {}))
    with pytest.raises(ContractDefinitionError, match="asynchronous"):
        shapeguard.contract(later)


class Chain:
    @shapeguard.contract
    def join(self, other: Chain, x: Float[Tensor, "n"]) -> Chain:
        del x
        return other


def test_an_annotation_may_name_the_class_that_is_being_defined():
    chain, other = Chain(), Chain()
    assert chain.join(other, torch.ones(1)) is other
    assert broken(chain.join, 1, torch.ones(1)).argument == "other"


def test_a_name_that_never_comes_is_an_error_of_the_contract():
    @shapeguard.contract
    def function(x: Nowhere) -> None: ...

    with pytest.raises(ContractDefinitionError, match="Nowhere"):
        function(1)


def test_a_call_that_does_not_match_the_signature_fails_as_it_always_did():
    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        attend(torch.ones(1, 1, 1))


def test_an_error_of_the_function_passes_through_unchanged():
    @shapeguard.contract
    def fail(x: Float[Tensor, "n"]) -> None:
        raise KeyError(len(x))

    with pytest.raises(KeyError):
        fail(torch.ones(1))


def test_callables_in_annotations_are_not_walked_into():
    @shapeguard.contract
    def apply(
        function: Callable[[Float[Tensor, "n"]], Float[Tensor, "n"]], x: Float[Tensor, "n"]
    ) -> Float[Tensor, "n"]:
        return function(x)

    assert apply(torch.neg, torch.ones(2)).shape == (2,)


def test_the_wrapper_looks_like_the_function():
    assert attend.__name__ == "attend"
    assert "Average the values" in (attend.__doc__ or "")
    assert list(inspect.signature(attend).parameters) == ["keys", "values", "mask", "scale"]
    assert pickle.loads(pickle.dumps(attend)) is attend  # noqa: S301 - made two words earlier


class Layer(nn.Module):
    @shapeguard.contract
    def forward(self, x: Float[Tensor, "batch dim"]) -> Float[Tensor, "batch dim"]:
        return x


def test_modules_are_copied_and_pickled_with_their_contracts():
    for layer in (copy.deepcopy(Layer()), pickle.loads(pickle.dumps(Layer()))):  # noqa: S301 - ours
        broken(layer, torch.ones(2))


def test_threads_do_not_share_bindings():
    failures = []

    def work(batch):
        try:
            for _ in range(200):
                attend(torch.ones(batch, 3, 4), torch.ones(batch, 3, 4))
        except ShapeContractError as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(batch,)) for batch in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_off_at_decoration_time_returns_the_very_function(monkeypatch):
    monkeypatch.setenv("SHAPEGUARD", "off")

    def function(x: Float[Tensor, "n"]) -> None: ...

    assert shapeguard.contract(function) is function
    assert shapeguard.require("n > 0")(function) is function


def test_contents_of_tensors_never_appear():
    secret = torch.full((2, 3, 4), 1234.5)
    for arguments in ((secret, secret[:1]), (secret, secret.long()), (secret, secret[0])):
        assert "1234" not in str(broken(attend, *arguments))


def test_a_defect_of_a_contract_says_so_and_an_error_of_the_function_passes_through():
    @shapeguard.require("share > x")
    def divides(x: Float[Tensor, "share"], y: Float[Tensor, "rest"]) -> None: ...

    @shapeguard.contract
    def fails(x: Float[Tensor, "share"]) -> int:
        return {}[len(x)]

    with pytest.raises(ContractDefinitionError, match="uses the array 'x' as a number"):
        divides(torch.ones(2), torch.ones(0))
    with pytest.raises(KeyError, match="2"):
        fails(torch.ones(2))


def test_a_violation_survives_the_way_out_of_a_worker():
    error = broken(attend, torch.ones(2, 3, 4), torch.ones(0, 3, 4))
    for again in (pickle.loads(pickle.dumps(error)), copy.deepcopy(error)):  # noqa: S301 - our own
        assert str(again) == str(error)
        assert again.violation == error.violation
        assert again.finding == error.finding


class Frame:
    shape = (2, 3)


class Named:
    shape = 3


@shapeguard.contract
def of_any_shape(x: Float[Tensor, "n d"] | Frame | Named) -> None: ...


def test_a_missing_library_survives_it_too():
    error = MissingExtraError("debug mode", "runtime", "torch")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301 - our own


def test_what_has_a_shape_is_not_always_an_array():
    of_any_shape(Frame())
    of_any_shape(Named())
    assert broken(attend, Frame(), torch.ones(0, 3, 4)).code == "SG506"


def test_a_function_may_fill_its_argument():
    @shapeguard.contract
    def fill(
        out: list[Float[Tensor, "b k"]], x: Float[Tensor, "n"]
    ) -> Float[Tensor, "n"] | list[Float[Tensor, "n"]]:
        out.append(torch.ones(2, 3))
        return [x]

    assert len(fill([], torch.ones(4))) == 1


def test_a_condition_may_ask_whether_a_tensor_is_there():
    @shapeguard.require("x is None or b > 0")
    def head(x: Float[Tensor, "b"] | None) -> None: ...

    head(None)
    head(torch.ones(2))
    assert broken(head, torch.ones(0)).code == "SG507"


def test_several_axes_at_once_broadcast_as_in_jaxtyping():
    @shapeguard.contract
    def add(x: Float[Tensor, "*#a d"], y: Float[Tensor, "*#a d"]) -> Float[Tensor, "*a d"]:
        return x + y

    for one, other in (((1, 3, 2), (4, 1, 2)), ((3, 2), (4, 3, 2)), ((4, 3, 2), (3, 2))):
        assert add(torch.ones(one), torch.ones(other)).shape[-1] == 2
    assert broken(add, torch.ones(3, 3, 2), torch.ones(4, 3, 2)).code == "SG501"


def test_a_default_is_what_its_author_says():
    @shapeguard.contract
    def plain(x: Float[Tensor, "b d"], y: Float[Tensor, "b d"] = None) -> None: ...

    plain(torch.ones(1, 2))
    assert broken(plain, torch.ones(1, 2), torch.ones(2, 2)).code == "SG501"


@dataclass
class Counted:
    count: ClassVar[int] = 3
    x: Float[Tensor, "b"]


@dataclass
class Box(Generic[T]):
    x: Float[Tensor, "b"]
    y: Float[Tensor, "b"]


class Chained:
    @shapeguard.contract
    def then(self, x: Float[Tensor, "b"], other: Counted) -> Self:
        return self

    @shapeguard.contract
    def never(self, x: Float[Tensor, "b"]) -> NoReturn:
        raise NotImplementedError


def test_what_cannot_be_asked_of_a_value_is_not_asked():
    assert Chained().then(torch.ones(2), Counted(torch.ones(2)))
    assert broken(Chained().then, torch.ones(2), Counted(torch.ones(3))).code == "SG501"
    with pytest.raises(NotImplementedError):
        Chained().never(torch.ones(2))


def test_a_generic_dataclass_is_walked():
    @shapeguard.contract
    def unpack(box: Box[int]) -> None: ...

    unpack(Box(torch.ones(2), torch.ones(2)))
    assert broken(unpack, Box(torch.ones(2), torch.ones(3))).code == "SG501"


@pytest.mark.parametrize("mode", ["error", "collect"])
def test_a_condition_that_divides_by_an_empty_share_is_broken(mode):
    @shapeguard.require("keys % share == 0")
    def fit(x: Float[Tensor, "share"], y: Float[Tensor, "keys"]) -> None: ...

    fit(torch.ones(2), torch.ones(4))
    empty = torch.ones(0), torch.ones(4)
    if mode == "error":
        assert "keys % share == 0 has no value" in str(broken(fit, *empty))
        return
    with shapeguard.debug("collect"):
        fit(*empty)
        assert [each.code for each in shapeguard.violations()] == ["SG507"]


def test_an_axis_that_divides_by_an_empty_share_is_broken():
    @shapeguard.contract
    def fit(
        x: Float[Tensor, "share"], y: Float[Tensor, "keys"], z: Float[Tensor, "keys//share"]
    ): ...

    fit(torch.ones(2), torch.ones(4), torch.ones(2))
    assert broken(fit, torch.ones(0), torch.ones(4), torch.ones(2)).axis == "keys//share"


def test_a_condition_over_what_cannot_be_printed_shows_its_size():
    @shapeguard.require("len(parts) == n")
    def fit(parts: list[Tensor], n: int) -> None: ...

    assert "n = 2, len(parts) = 1" in str(broken(fit, [torch.ones(1)], 2))


def test_a_condition_over_many_lines_is_told_on_one():
    condition = "n > 0" + "\n        and n > 0" * 20

    @shapeguard.require(condition)
    def fit(n: int) -> None: ...

    assert len(str(broken(fit, 0)).splitlines()) <= 25


def test_an_owner_that_answers_with_errors_does_not_disturb_the_message():
    class Evil:
        def __getattr__(self, name):
            raise RuntimeError(name)

        @shapeguard.contract
        def take(self, x: Float[Tensor, "b"], y: Float[Tensor, "b"]) -> None: ...

    assert broken(Evil().take, torch.ones(2), torch.ones(3)).code == "SG501"


def test_a_message_has_no_room_for_long_values():
    @shapeguard.require("len(words) == 1 and words == 'a'")
    def read(words: str) -> None: ...

    message = str(broken(read, "x\n" * 60))
    assert len(message.splitlines()) <= 25
    assert len(message) < 1000
