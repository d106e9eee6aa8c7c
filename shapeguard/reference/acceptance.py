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
JUDGED_FAMILIES = frozenset({"bert", "distilbert", "electra", "roberta", "xlm-roberta"})


@dataclass(frozen=True, slots=True)
class Entry:
    """How a batch enters a layer.

    ``rows`` rows arrive, made from ``input_rows`` rows of the model's input; ``parallelized`` says
    that a ``Parallel`` block has replicated them already, ``input_parallelized`` that the caller
    may have replicated the input itself. ``adapters`` have a module in the layer.
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
    # Parallel replicates the rows in the first layer only. In all later layers a block that stands
    # before it and counts rows would have to count replicated rows by those of the input.
    before_parallel = kinds[: kinds.index("Parallel")] if "Parallel" in kinds else []
    counting = {"BatchSplit", "MultiTask"}.intersection(before_parallel)
    if counting and not entry.parallelized:
        _refuse(f"in {setup} {counting.pop()} counts rows that Parallel replicates after it")
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
    children = list(setup)
    tasks = _elements(entry.task_ids)
    if len(tasks) != rows:
        _refuse(f"there are {len(tasks)} task_ids for the {rows} rows that reach {setup}")
    for task in tasks:
        _require_task(task, children)
    for child in children:
        _rows_after(child, rows, entry)
    return rows


def _parallel(setup: Block, rows: int, entry: Entry) -> int:
    channels = len(setup)
    replicated = rows if entry.parallelized else rows * channels
    # Where a model reshapes keys with the batch of the hidden states, rows that LoRA replicated
    # arrive folded into the keys (BERT with attention 'eager').
    unfolded = replicated == entry.input_rows * channels or (
        entry.input_parallelized and replicated == entry.input_rows
    )
    if not unfolded or replicated % channels:
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
    """Return the ids of a 1-d tensor of child indices or of a list of child names."""
    if task_ids is None:
        _refuse("MultiTask needs task_ids")
    is_tensor = hasattr(task_ids, "tolist")
    elements: object = task_ids.tolist() if is_tensor else task_ids
    names_or_indices = cast("list[object]", elements) if isinstance(elements, list) else None
    if names_or_indices is None or not (is_tensor or all(map(_is_name, names_or_indices))):
        _refuse("task_ids must be a 1-d integer tensor or a list of adapter names")
    return names_or_indices


def _is_name(task: object) -> bool:
    return isinstance(task, str)


def _require_task(task: object, children: Sequence[Setup]) -> None:
    """Refuse what is neither the name of a child nor the index of one."""
    is_index = type(task) is int and 0 <= task < len(children)
    if not is_index and not (isinstance(task, str) and task in children):
        _refuse(f"task id {task!r} is none of the {len(children)} children {children}")


def _refuse(reason: str) -> NoReturn:
    message = f"this composition cannot be run right: {reason}"
    raise CompositionError(message)
