"""Compositions that are wrong for 3 rows: they ought to be refused, clearly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shapeguard.oracle.sweep.blocks import parallel, split, tasks
from shapeguard.oracle.sweep.naming import of_group, with_ids

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.oracle.sweep.blocks import Composition


def bad_sizes() -> Iterator[Composition]:
    """Sizes that do not fit 3 rows or two children, or are no list of whole numbers."""
    sizes: list[object] = [
        [2, 2],
        [1, 1],
        [5, 5],
        [1, 1, 1],
        [2, 1, 0],
        [3],
        [4, -1],
        [-1, 4],
        [2.0, 1.0],
        [True, 2],
        (2, 1),
        tensor,
    ]
    yield from of_group(
        "bad-sizes",
        [
            *[split("a", "b", sizes=each) for each in sizes],
            split("a", "b", "c", sizes=[2, -1, 2]),
            split(split("a", "b", sizes=[1, 0]), "c", sizes=[2, 1]),
            parallel("c", split("a", "b", sizes=[2, 2])),
        ],
    )


def tensor(_tokens: int) -> Any:  # noqa: ANN401 - a tensor
    """Return sizes as a tensor, which is no list."""
    import torch  # noqa: PLC0415 - only where a model is run

    return torch.tensor([2, 1])


def bad_ids() -> Iterator[Composition]:
    """Ids that are too few, too many, of no child, or absent."""
    both = tasks("a", "b")
    ids: list[tuple[int | str, ...] | None] = [(0, 1), (0, 1, 0, 1), (0, 1, 2), (0, -1, 0), None]
    yield from with_ids("bad-ids", [*[(both, each) for each in ids], (both, ("a", "z", "b"))])
