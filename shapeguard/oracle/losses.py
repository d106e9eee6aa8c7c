"""The loss of a batch, and what the losses of its rows alone add up to.

A mean over a batch weighs each row by how much was counted in it: by one, by its labels, or by its
labels but for the first (a causal model predicts the next token). Which of them a model does is
found out from a run of the whole batch through one chain, where no composition takes part. Several
heads add up their losses, each over its own rows; a head without rows adds nothing.
"""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Any

from shapeguard.oracle.comparison import difference
from shapeguard.oracle.outputs import head_outputs, losses
from shapeguard.oracle.structure import leaves
from shapeguard.oracle.verdict import ValueDifference

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from shapeguard.oracle.alone import Alone
    from shapeguard.oracle.comparison import Tolerance
    from shapeguard.oracle.distribution import Share
    from shapeguard.oracle.verdict import Case

IGNORED = -100
"""The label that torch's losses leave out."""


def wrong_losses(
    output: object,
    case: Case,
    shares: Sequence[Share],
    alone: Alone,
    context: tuple[Mapping[str, Any], Tolerance],
) -> tuple[ValueDifference, ...]:
    """Compare every loss of a composed run; one whose reduction is not understood is not judged."""
    _, tolerance = context
    chains = {
        place: (share.chain, case.rows[row])
        for share in shares
        for place, row in zip(share.output_rows, share.input_rows, strict=True)
    }
    ordered = [chains[place] for place in sorted(chains)]
    rows = [row for _, row in ordered]
    found: list[ValueDifference] = []
    for name, together in losses(output).items():
        singles = [alone.of(chain, row).losses.get(name) for chain, row in ordered]
        weights = _weights(name, shares[0], case, alone, context)
        if weights is None or any(single is None for single in singles):
            continue
        expected = _reduced(singles, [weights[row] for row in rows], _head_sizes(output))
        amount = difference(together, expected, tolerance)
        if amount > 0:
            found.append(ValueDifference(name, amount))
    return tuple(found)


def _weights(
    name: str,
    share: Share,
    case: Case,
    alone: Alone,
    context: tuple[Mapping[str, Any], Tolerance],
) -> Mapping[int, float] | None:
    """Find the weights with which this model takes the mean over rows, from a run through one chain."""
    inputs, tolerance = context
    rows = sorted(set(case.rows))
    whole = losses(alone.run(share.chain, rows)).get(name)
    singles = [alone.of(share.chain, row).losses.get(name) for row in rows]
    if whole is None or any(single is None for single in singles):
        return None
    for weights in _candidates(inputs, max(rows, default=0) + 1):
        mean = _reduced(singles, [weights[row] for row in rows], None)
        if mean is not None and difference(whole, mean, tolerance) == 0:
            return dict(enumerate(weights))
    return None


def _candidates(inputs: Mapping[str, Any], rows: int) -> Iterator[list[float]]:
    yield [1.0] * rows
    for name, labels in leaves(inputs, "").items():
        if "label" in name and len(labels.shape) > 1 and labels.shape[0] >= rows:
            counted = labels != IGNORED
            yield [float(counted[row].sum()) for row in range(rows)]
            yield [float(counted[row][1:].sum()) for row in range(rows)]


def _head_sizes(output: object) -> list[int] | None:
    parts = head_outputs(output)
    if parts is None:
        return None
    return [
        max((int(leaf.shape[0]) for leaf in leaves(part).values() if len(leaf.shape)), default=0)
        for part in parts
    ]


def _reduced(singles: Sequence[Any], weights: Sequence[float], heads: list[int] | None) -> Any:  # noqa: ANN401 - a scalar tensor
    """Take the weighted mean of the rows of each head, and the sum over heads."""
    total: Any = 0.0
    for end, size in zip(accumulate(heads or [len(singles)]), heads or [len(singles)], strict=True):
        part = slice(end - size, end)
        weight = sum(weights[part])
        if weight > 0:
            pairs = zip(singles[part], weights[part], strict=True)
            total = total + sum(single * each for single, each in pairs) / weight
    return total if hasattr(total, "shape") else None
