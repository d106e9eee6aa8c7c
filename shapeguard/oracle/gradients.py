"""Gradients: every adapter learns from its own rows, and from nothing else.

The objective is a sum over rows of their outputs times fixed numbers, so the gradient of a composed
run is the sum of the gradients of the rows alone.
"""

from __future__ import annotations

import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch

from shapeguard.errors import OracleError
from shapeguard.oracle.blocks import adapter_names
from shapeguard.oracle.comparison import difference
from shapeguard.oracle.outputs import rows_of
from shapeguard.oracle.verdict import ValueDifference

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from torch import Tensor

    from shapeguard.oracle.alone import Alone
    from shapeguard.oracle.comparison import Tolerance
    from shapeguard.oracle.distribution import Share
    from shapeguard.oracle.execution import Runner
    from shapeguard.oracle.outputs import Row
    from shapeguard.oracle.verdict import Case

Gradients = dict[str, "Tensor"]


def wrong_gradients(
    runner: Runner, case: Case, shares: Sequence[Share], alone: Alone, tolerance: Tolerance
) -> tuple[ValueDifference, ...]:
    """Compare the gradient of every parameter of every adapter that a setup names.

    Raises :class:`OracleError` if the model has no such parameter.
    """
    with learning(runner.model, set(adapter_names(case.setup))) as parameters:
        if not parameters:
            message = (
                "no parameter belongs to an adapter of the setup, so there is no gradient to judge"
            )
            raise OracleError(message)
        expected = _sum_alone(case, shares, alone, parameters)
        names = alone.names(shares[0].chain)
        count = sum(len(share.output_rows) for share in shares)
        rows = rows_of(runner.together(case), names, count)
        found = _gradients(_objective(rows, range(count)), parameters)
    amounts = {name: difference(found[name], expected[name], tolerance) for name in parameters}
    return tuple(
        ValueDifference(f"gradient of {name}", amount) for name, amount in amounts.items() if amount
    )


@contextmanager
def learning(model: Any, adapters: set[str]) -> Generator[dict[str, Tensor]]:  # noqa: ANN401 - any model with adapters
    """Let the parameters of some adapters learn, and no others, for the time of a block."""
    named: list[tuple[str, Tensor]] = list(model.named_parameters())
    before = [parameter.requires_grad for _, parameter in named]
    chosen = {name: parameter for name, parameter in named if adapters & {*name.split(".")}}
    try:
        for name, parameter in named:
            parameter.requires_grad_(name in chosen)
        with torch.enable_grad():
            yield chosen
    finally:
        for (_, parameter), flag in zip(named, before, strict=True):
            parameter.requires_grad_(flag)


def _sum_alone(
    case: Case, shares: Sequence[Share], alone: Alone, parameters: Mapping[str, Tensor]
) -> Gradients:
    total = {name: torch.zeros_like(parameter) for name, parameter in parameters.items()}
    for share in shares:
        for output_row, input_row in zip(share.output_rows, share.input_rows, strict=True):
            row = rows_of(
                alone.run(share.chain, [case.rows[input_row]]), alone.names(share.chain), 1
            )
            for name, gradient in _gradients(_objective(row, [output_row]), parameters).items():
                total[name] += gradient
    return total


def _gradients(objective: Tensor | None, parameters: Mapping[str, Tensor]) -> Gradients:
    if objective is None or not objective.requires_grad:
        return {name: torch.zeros_like(parameter) for name, parameter in parameters.items()}
    found = torch.autograd.grad(
        objective, list(parameters.values()), allow_unused=True, materialize_grads=True
    )
    return dict(zip(parameters, found, strict=True))


def _objective(rows: Sequence[Row], numbers: Sequence[int]) -> Tensor | None:
    """Weigh every element of every row by a number that depends on its place alone."""
    total: Tensor | None = None
    for number, row in zip(numbers, rows, strict=True):
        for name, leaf in row.items():
            if leaf.is_floating_point() and leaf.requires_grad:
                term = (leaf * _numbers(f"{number} {name}", leaf)).sum()
                total = term if total is None else total + term
    return total


def _numbers(seed: str, like: Tensor) -> Tensor:
    generator = torch.Generator().manual_seed(zlib.crc32(seed.encode()))
    drawn = torch.randn(like.shape, generator=generator, dtype=torch.float64)
    return drawn.to(device=like.device, dtype=like.dtype)
