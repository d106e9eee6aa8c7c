"""Results with two parts, which are taken apart by name, by position, or by unpacking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.tensors import Kind, Trait
from shapeguard.lint.flow.domain.values import Record

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.tensors import Tensor
    from shapeguard.lint.flow.domain.terms import Term
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.operations.application import Application


def pair(call: Application, values: Tensor, positions: Tensor, of: Term | None = None) -> Value:
    """Return values and their positions, as ``sort``, ``max`` and ``topk`` do.

    ``of`` is the extent of the axis in which each position stands once.
    """
    fields = (("values", values), ("indices", positions.having(Trait(Kind.INDEX, of=of))))
    return Record(None, call.identity, call.operation, fields)
