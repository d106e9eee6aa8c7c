"""Compositions as plain values, made of placeholders for adapters' names; no torch, no adapters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType

Spec: TypeAlias = "str | Block"


@dataclass(frozen=True, slots=True)
class Block:
    """A composition block: its class, its children and its arguments.

    An argument that is callable gets the number of tokens when the block is made, and gives the
    value.
    """

    kind: str
    children: tuple[Spec, ...]
    options: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Composition:
    """A composition of a sweep, for 3 rows.

    ``brief`` ones stand for their group in settings that are not swept in full. ``whole`` ones
    divide tokens, so all rows must have the same number of them.
    """

    name: str
    group: str
    spec: Spec
    task_ids: tuple[int | str, ...] | None = None
    brief: bool = False
    whole: bool = False


def make(spec: Spec, composition: ModuleType, names: Mapping[str, str], tokens: int) -> Any:  # noqa: ANN401 - a block
    """Make the block of ``adapters.composition`` that a spec stands for, with other names."""
    if isinstance(spec, str):
        return names[spec]
    children = [make(child, composition, names, tokens) for child in spec.children]
    options = {name: value(tokens) if callable(value) else value for name, value in spec.options}
    return getattr(composition, spec.kind)(*children, **options)


def stack(*children: Spec) -> Block:
    """Put one after another."""
    return Block("Stack", children)


def split(*children: Spec, sizes: object) -> Block:
    """Give each its own rows."""
    return Block("BatchSplit", children, (("batch_sizes", sizes),))


def parallel(*children: Spec) -> Block:
    """Give each all rows, in channels."""
    return Block("Parallel", children)


def tasks(*children: Spec) -> Block:
    """Give each the rows of its task."""
    return Block("MultiTask", children)


def average(*children: Spec, weights: list[float] | None = None) -> Block:
    """Take the mean of all."""
    return Block("Average", children, () if weights is None else (("weights", weights),))


def fuse(*children: Spec) -> Block:
    """Let a fusion layer weigh all."""
    return Block("Fuse", children)


def token_split(first: Spec, second: Spec, splits: Callable[[int], list[int]]) -> Block:
    """Send some tokens through one, the others through another."""
    return Block("Split", (first, second), (("splits", splits),))
