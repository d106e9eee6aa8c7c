"""What the reference composes, and what it refuses before any tensor of the layer is touched.

A composition is accepted when it is clear, for every row, through which adapters the row goes.
Blocks are told apart by their class name, so this module needs neither torch nor adapters.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NoReturn, cast

from shapeguard.errors import CompositionError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from shapeguard.reference.upstream import Block, Setup, SizedBlock

# The families whose prefix tuning the row oracle has judged with the reference installed.
JUDGED_FAMILIES = frozenset({"bert"})


@dataclass(frozen=True, slots=True)
class Entry:
    """How a batch enters a layer.

    ``rows`` rows arrive, made from ``input_rows`` rows of the model's input; ``parallelized`` says
    that a ``Parallel`` block has replicated them already, ``input_parallelized`` that the caller
    had replicated the input itself. ``adapters`` have a module in the layer.
    """

    rows: int
    input_rows: int
    parallelized: bool = False
    input_parallelized: bool = False
    task_ids: object = None
    adapters: Collection[str] = ()


def check(setup: Setup, entry: Entry) -> None:
    """Raise :class:`CompositionError` unless it is clear through which adapters every row goes."""
    if entry.rows % max(entry.input_rows, 1):
        _refuse(f"{entry.rows} rows cannot have been made from {entry.input_rows} input rows")
    _rows_after(setup, entry.rows, entry)


def task_indices(task_ids: object, children: Sequence[Setup], input_rows: int) -> list[int]:
    """Which child of a ``MultiTask`` block every input row goes to.

    ``task_ids`` is a 1-d integer tensor of child indices or a list of child names. Raises
    :class:`CompositionError` if ids are missing, of another kind, too few, too many, or unknown.
    """
    if task_ids is None:
        _refuse("MultiTask needs task_ids")
    if isinstance(task_ids, list):
        names = cast("list[object]", task_ids)
        indices = [_index_of(name, children) for name in names]
    else:
        indices = [_checked_index(index, children) for index in _elements(task_ids)]
    if len(indices) != input_rows:
        _refuse(f"there are {len(indices)} task_ids for {input_rows} rows")
    return indices


def _rows_after(setup: Setup, rows: int, entry: Entry) -> int:
    """Check ``setup`` on ``rows`` rows and return how many leave it."""
    if isinstance(setup, str):
        return rows
    kind = type(setup).__name__
    if kind in {"Average", "Fuse", "Split"} and not _touches(setup, entry):
        return rows
    if kind not in _BLOCKS:
        _refuse(f"prefix tuning has no {kind} composition")
    return _BLOCKS[kind](setup, rows, entry)


def _stack(setup: Block, rows: int, entry: Entry) -> int:
    kinds = [type(child).__name__ for child in setup]
    channels = {len(child) for child, kind in zip(setup, kinds, strict=True) if kind == "Parallel"}
    if len(channels) > 1:
        _refuse(f"{setup} has Parallel blocks with different numbers of channels")
    # Parallel replicates the rows in the first layer only. In all later layers a BatchSplit that
    # stands before it would have to count replicated rows with sizes of the input.
    before_parallel = kinds[: kinds.index("Parallel")] if "Parallel" in kinds else []
    if not entry.parallelized and "BatchSplit" in before_parallel:
        _refuse(f"in {setup} BatchSplit counts rows that Parallel replicates after it")
    for child, kind in zip(setup, kinds, strict=True):
        rows = _rows_after(child, rows, entry)
        if kind == "Parallel":
            entry = replace(entry, parallelized=True)
    return rows


def _batch_split(setup: SizedBlock, rows: int, entry: Entry) -> int:
    sizes = setup.batch_sizes
    if any(type(size) is not int or size < 0 for size in sizes):
        _refuse(f"batch_sizes={sizes} are not all whole numbers of rows")
    if len(sizes) != len(setup):
        _refuse(f"batch_sizes={sizes} has {len(sizes)} sizes for {len(setup)} adapters of {setup}")
    if sum(sizes) != rows:
        _refuse(f"batch_sizes={sizes} do not add up to the {rows} rows that reach {setup}")
    for child, size in zip(setup, sizes, strict=True):
        _rows_after(child, size, entry)
    return rows


def _multi_task(setup: Block, rows: int, entry: Entry) -> int:
    task_indices(entry.task_ids, list(setup), entry.input_rows)
    for child in setup:
        _rows_after(child, rows, entry)
    return rows


def _parallel(setup: Block, rows: int, entry: Entry) -> int:
    channels = len(setup)
    replicated = rows if entry.parallelized else rows * channels
    # Where a model reshapes keys with the batch of the hidden states, rows that LoRA replicated
    # arrive folded into the keys (BERT with attention 'eager').
    whole = entry.input_rows if entry.input_parallelized else entry.input_rows * channels
    if replicated != whole or replicated % channels:
        _refuse(f"{rows} replicated rows do not fill the {channels} channels of {setup}")
    for child in setup:
        _rows_after(child, replicated // channels, entry)
    return replicated


_BLOCKS: dict[str, Callable[[Any, int, Entry], int]] = {
    "Stack": _stack,
    "BatchSplit": _batch_split,
    "MultiTask": _multi_task,
    "Parallel": _parallel,
}


def _touches(setup: Block, entry: Entry) -> bool:
    return not setup.flatten().isdisjoint(entry.adapters)


def _elements(task_ids: Any) -> list[object]:  # noqa: ANN401 - anything may have been passed
    elements = task_ids.tolist() if hasattr(task_ids, "tolist") else None
    if not isinstance(elements, list):
        _refuse("task_ids must be a 1-d integer tensor or a list of adapter names")
    return cast("list[object]", elements)


def _index_of(name: object, children: Sequence[Setup]) -> int:
    if not isinstance(name, str) or name not in children:
        _refuse(f"task id {name!r} is none of the children {children}")
    return children.index(name)


def _checked_index(index: object, children: Sequence[Setup]) -> int:
    if not isinstance(index, int) or not 0 <= index < len(children):
        _refuse(f"task id {index} is no index of the {len(children)} children")
    return index


def _refuse(reason: str) -> NoReturn:
    message = f"this composition cannot be run right: {reason}"
    raise CompositionError(message)
