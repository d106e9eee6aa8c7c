"""One call under a contract: of two tensors, of a state of four fields, of a list of eight states."""

import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from beartype import beartype
from jaxtyping import Float, jaxtyped
from torch import Tensor

import shapeguard
from bench.rounds import Times, in_rounds

ROUNDS, NUMBER = 25, 400
SUBJECTS = ("plain", "hand-written", "shapeguard", "jaxtyped(beartype)", "jaxtyped(typeguard 2)")


class State(NamedTuple):
    """What prefix tuning passes along, but for its slice."""

    key_states: Float[Tensor, "batch heads keys dim"]
    value_states: Float[Tensor, "batch heads keys dim"]
    residual_input: Float[Tensor, "batch queries hidden"]
    attention_mask: Float[Tensor, "batch 1 1 keys"] | None


def of_tensors(
    prefix: Float[Tensor, "batch heads prefix dim"], keys: Float[Tensor, "batch heads keys dim"]
) -> Float[Tensor, "batch heads keys dim"]:
    """Take two tensors and give one."""
    return keys


def of_state(state: State) -> State:
    """Take a state and give one."""
    return state


def of_states(states: list[State]) -> State:
    """Take a list of states and give one."""
    return states[0]


def tensors_by_hand(prefix: Tensor, keys: Tensor) -> Tensor:
    """As someone would write it who wants the same errors."""
    _four(prefix)
    _four(keys)
    batch, heads, _, dim = prefix.shape
    other, more, number, size = keys.shape
    if (batch, heads, dim) != (other, more, size):
        raise TypeError(prefix.shape, keys.shape)
    if keys.shape != (batch, heads, number, dim):
        raise TypeError(keys.shape)
    return keys


def state_by_hand(state: State) -> State:
    """As above."""
    _whole(state)
    _whole(state)
    return state


def states_by_hand(states: list[State]) -> State:
    """As above."""
    for state in states:
        _whole(state)
        if state.key_states.shape != states[0].key_states.shape:
            raise TypeError(state.key_states.shape)
    _whole(states[0])
    return states[0]


def _four(value: Tensor) -> None:
    if not isinstance(value, Tensor) or value.ndim != 4 or not value.is_floating_point():
        raise TypeError(type(value))


def _whole(state: State) -> None:
    _four(state.key_states)
    _four(state.value_states)
    batch, _, keys, _ = state.key_states.shape
    if state.value_states.shape != state.key_states.shape:
        raise TypeError(state.value_states.shape)
    if state.residual_input.ndim != 3 or state.residual_input.shape[0] != batch:
        raise TypeError(state.residual_input.shape)
    mask = state.attention_mask
    if mask is not None and mask.shape != (batch, 1, 1, keys):
        raise TypeError(mask.shape)


CASES: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "two tensors and a result": (of_tensors, tensors_by_hand),
    "a state of four fields": (of_state, state_by_hand),
    "a list of eight states": (of_states, states_by_hand),
}


def measured() -> dict[str, dict[str, Times]]:
    """Time every subject on every case."""
    keys = torch.zeros(2, 4, 10, 8)
    state = State(keys, keys, torch.zeros(2, 6, 32), torch.zeros(2, 1, 1, 10))
    arguments = {
        "two tensors and a result": (torch.zeros(2, 4, 6, 8), keys),
        "a state of four fields": (state,),
        "a list of eight states": ([state] * 8,),
    }
    return {
        case: in_rounds(
            {name: _call(each, arguments[case]) for name, each in _subjects(case).items()},
            rounds=ROUNDS,
            number=NUMBER,
        )
        for case in CASES
    }


def _subjects(case: str) -> dict[str, Callable[..., Any]]:
    import typeguard  # noqa: PLC0415 - only "make bench" installs it

    function, by_hand = CASES[case]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # typeguard 2 is old
        made = (
            function,
            by_hand,
            shapeguard.contract(function),
            jaxtyped(typechecker=beartype)(function),
            jaxtyped(typechecker=typeguard.typechecked)(function),
        )
    return dict(zip(SUBJECTS, made, strict=True))


def _call(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Callable[[], object]:
    return lambda: function(*arguments)


def refusals() -> dict[str, dict[str, bool]]:
    """Say who sees a state whose values have other keys, alone and as the last of a list."""
    keys = torch.zeros(2, 4, 10, 8)
    state = State(keys, keys, torch.zeros(2, 6, 32), None)
    wrong = state._replace(value_states=torch.zeros(2, 4, 9, 8))
    broken = {
        "two tensors and a result": (torch.zeros(3, 4, 6, 8), keys),
        "a state of four fields": (wrong,),
        "a list of eight states": ([state] * 7 + [wrong],),
    }
    return {
        case: {name: _refuses(each, broken[case]) for name, each in _subjects(case).items()}
        for case in CASES
    }


def _refuses(function: Callable[..., Any], arguments: tuple[Any, ...]) -> bool:
    try:
        function(*arguments)
    except Exception:  # noqa: BLE001 - each checker has errors of its own
        return True
    return False
