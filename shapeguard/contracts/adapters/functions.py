"""Functions of ``adapters.composition`` that bring tensors to one number of rows under ``Parallel``.

They are declared, not defined: what runs are those of the library.
"""

# ruff: noqa: TC001, UP037 - enforcers resolve these annotations; axis strings stay quoted

from __future__ import annotations

from shapeguard.contracts.language import Shaped, Tensor, declares_function, requires
from shapeguard.contracts.relations import Replicates


@declares_function("adapters.composition:adjust_tensors_for_parallel")
@requires(Replicates(("tensors",), to="hidden_states"))
def adjust_tensors_for_parallel(
    hidden_states: Shaped[Tensor, "..."], *tensors: Shaped[Tensor, "..."] | None
) -> tuple[Shaped[Tensor, "..."] | None, ...]:
    """Repeat each tensor as often as its rows go into those of the hidden states."""
    raise NotImplementedError


@declares_function("adapters.composition:adjust_tensors_for_parallel_")
@requires(Replicates(("tensors",), to="hidden_states"))
def adjust_tensors_for_parallel_(
    hidden_states: Shaped[Tensor, "..."], *tensors: Shaped[Tensor, "..."] | None
) -> None:
    """Repeat each tensor in place."""
    raise NotImplementedError


@declares_function("adapters.composition:match_attn_matrices_for_parallel")
@requires(Replicates(("query", "key", "value")))
def match_attn_matrices_for_parallel(
    query: Shaped[Tensor, "..."], key: Shaped[Tensor, "..."], value: Shaped[Tensor, "..."]
) -> tuple[Shaped[Tensor, "rows ..."], Shaped[Tensor, "rows ..."], Shaped[Tensor, "rows ..."]]:
    """Repeat queries, keys and values to the rows of the longest of them."""
    raise NotImplementedError
