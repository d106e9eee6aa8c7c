"""The arguments of composition blocks, checked when the block meets the rows of a batch.

Every message shows the numbers that do not fit. All functions raise :class:`CompositionError`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, cast

from shapeguard.reference.refusing import refuse, refuse_sum

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapeguard.reference.upstream import Block


def batch_sizes(setup: Any, rows: int) -> list[int]:
    """Return how many rows each child of a ``BatchSplit`` takes of the ``rows`` that reach it."""
    sizes = _whole_numbers("batch_sizes", setup.batch_sizes, setup)
    if sum(sizes) != rows:
        beams = rows > sum(sizes) > 0 and rows % sum(sizes) == 0
        hint = "; if these are beams, use MultiTask, whose task_ids follow them" if beams else ""
        refuse_sum(
            f"batch_sizes={sizes} add up to {sum(sizes)}, and {rows} rows reach {setup}{hint}"
        )
    return sizes


def splits(setup: Any) -> list[int]:
    """Return how many tokens each child of a ``Split`` takes; the tokens are counted in the layer."""
    return _whole_numbers("splits", setup.splits, setup)


def weights(setup: Any) -> list[float]:
    """Return the weights of the children of an ``Average``."""
    given = setup.weights
    numbers = _listed(given)
    if numbers is None or not all(_is_number(each) for each in numbers):
        refuse(f"weights={given!r} of {setup} are no list of finite numbers")
    if len(numbers) != len(setup):
        refuse(f"weights={given!r} has {len(numbers)} weights for {len(setup)} adapters of {setup}")
    return [float(cast("float", each)) for each in numbers]


def task_indices(setup: Block, task_ids: object, sources: Sequence[int]) -> list[int]:
    """Return the child of a ``MultiTask`` that each row goes to; ``sources`` are its input rows.

    ``task_ids`` is a 1-d integer tensor of indices or a list of names, one for each row that reaches
    the block, or one for each row of the input that ``Parallel`` has made copies of.
    """
    children = list(setup)
    tasks = _tasks(task_ids)
    if len(tasks) == len(sources):
        chosen = tasks
    elif len(tasks) == len(set(sources)):
        chosen = [tasks[source] for source in sources]
    else:
        refuse(f"there are {len(tasks)} task_ids for the {len(sources)} rows that reach {setup}")
    return [_index(task, children) for task in chosen]


def _whole_numbers(name: str, given: object, setup: Block) -> list[int]:
    numbers = _listed(given)
    if numbers is None:
        refuse(f"{name}={given!r} of {setup} is a {type(given).__name__}, and no list of integers")
    if any(type(each) is not int or each < 0 for each in numbers):
        refuse(
            f"{name}={given!r} of {setup} are not all whole numbers, 0 or more: pass a list of int"
        )
    if len(numbers) != len(setup):
        refuse(f"{name}={given!r} has {len(numbers)} sizes for {len(setup)} adapters of {setup}")
    return cast("list[int]", numbers)


def _listed(given: object) -> list[object] | None:
    return cast("list[object]", given) if isinstance(given, list) else None


def _is_number(each: object) -> bool:
    return type(each) in {int, float} and math.isfinite(cast("float", each))


def _tasks(task_ids: Any) -> list[object]:
    if task_ids is None:
        refuse("MultiTask needs task_ids")
    is_tensor = hasattr(task_ids, "tolist")
    elements = _listed(task_ids.tolist() if is_tensor else task_ids)
    if elements is None or not (is_tensor or all(isinstance(each, str) for each in elements)):
        refuse("task_ids must be a 1-d integer tensor or a list of adapter names")
    return elements


def _index(task: object, children: list[Any]) -> int:
    index = children.index(task) if isinstance(task, str) and task in children else task
    if type(index) is not int or not 0 <= index < len(children):
        refuse(
            f"task id {task!r} is none of the {len(children)} children {children}: pass a 1-d integer "
            "tensor, or a list of names"
        )
    return index
