"""Which compositions are swept: about a hundred for 3 rows, in groups, enumerated one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from shapeguard.oracle.sweep.bad_inputs import bad_ids, bad_sizes
from shapeguard.oracle.sweep.blocks import (
    Composition,
    average,
    fuse,
    parallel,
    split,
    stack,
    tasks,
    token_split,
)
from shapeguard.oracle.sweep.naming import of_group, short, with_ids

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from shapeguard.oracle.sweep.blocks import Block

PAIRS: Final = ([3, 0], [0, 3], [2, 1], [1, 2])
A_B: Final = ("a", "b")


def _single() -> Iterator[Composition]:
    yield from of_group(
        "single", ["a", "b", stack("a", "b"), stack("c", "b", "a")], brief=(0, 1, 2)
    )


def _flat() -> Iterator[Composition]:
    three = ([3, 0, 0], [0, 3, 0], [0, 0, 3], [1, 1, 1], [2, 0, 1], [0, 1, 2], [1, 2, 0])
    yield from of_group(
        "split",
        [
            *[split("a", "b", sizes=sizes) for sizes in PAIRS],
            *[split("a", "b", "c", sizes=sizes) for sizes in three],
            split("a", sizes=[3]),
            split("b", "b", sizes=[1, 2]),
        ],
        brief=(0, 1, 2, 8),
    )


def _split_in_stack() -> Iterator[Composition]:
    parts = [split("a", "b", sizes=sizes) for sizes in PAIRS]
    yield from of_group(
        "split-in-stack",
        [
            *[stack(part, "d") for part in parts],
            *[stack("d", part) for part in parts],
            stack(split("a", "b", sizes=[2, 1]), split("c", "d", sizes=[1, 2])),
            stack("d", split("a", "b", sizes=[0, 3]), "c"),
        ],
        brief=(1, 2, 6),
    )


def _stacks_in_split() -> Iterator[Composition]:
    yield from of_group(
        "stack-in-split",
        [
            *[split(stack("a", "b"), "c", sizes=sizes) for sizes in PAIRS],
            *[split("a", stack("b", "c"), sizes=sizes) for sizes in PAIRS],
            split(stack("a", "b"), stack("c", "d"), sizes=[2, 1]),
        ],
        brief=(2,),
    )


def _nested() -> Iterator[Composition]:
    first = [
        ([1, 1], [2, 1]),
        ([2, 0], [2, 1]),
        ([0, 2], [2, 1]),
        ([0, 3], [3, 0]),
        ([0, 0], [0, 3]),
    ]
    second = [([2, 0], [1, 2]), ([1, 1], [1, 2]), ([0, 0], [3, 0]), ([1, 2], [0, 3])]
    yield from of_group(
        "nested-split",
        [
            *[split(split("a", "b", sizes=low), "c", sizes=high) for low, high in first],
            *[split("a", split("b", "c", sizes=low), sizes=high) for low, high in second],
        ],
        brief=(0, 5),
    )


def _parallel() -> Iterator[Composition]:
    both = parallel("a", "b")
    yield from of_group(
        "parallel",
        [
            both,
            parallel("a", "b", "c"),
            stack(both, "d"),
            stack("d", both),
            stack(both, parallel("c", "d")),
            parallel(stack("a", "b"), "c"),
            parallel("c", stack("a", "b")),
        ],
        brief=(0, 2),
    )


def _parallel_of_splits() -> Iterator[Composition]:
    parts = [split("a", "b", sizes=sizes) for sizes in PAIRS]
    yield from of_group(
        "split-in-parallel",
        [
            *[parallel(part, "c") for part in parts],
            *[parallel("c", part) for part in parts],
            parallel(parts[2], split("c", "d", sizes=[1, 2])),
            stack(parts[2], parallel("c", "d")),
        ],
        brief=(2, 6),
    )


def _tasks() -> Iterator[Composition]:
    three, named = tasks("a", "b", "c"), ("b", "a", "b")
    cases: list[tuple[Block, tuple[int | str, ...]]] = [
        (tasks(*A_B), (0, 1, 0)),
        (tasks(*A_B), (0, 0, 0)),
        (tasks(*A_B), (1, 1, 1)),
        (tasks(*A_B), named),
        (three, (2, 0, 1)),
        (three, (0, 2, 2)),
        (stack(tasks(*A_B), "d"), (1, 0, 1)),
        (stack("d", tasks(*A_B)), (1, 0, 1)),
        (tasks(stack("a", "b"), "c"), (0, 1, 0)),
        (tasks("c", stack("a", "b")), (0, 1, 1)),
    ]
    yield from with_ids("multitask", cases, brief=(0, 4))


def _average() -> Iterator[Composition]:
    both = average("a", "b")
    yield from of_group(
        "average",
        [
            average("a", "a"),
            both,
            average("a", "b", "c"),
            average("a", "b", weights=[0.3, 0.7]),
            stack(both, "d"),
            split(both, "c", sizes=[2, 1]),
            split(both, "c", sizes=[0, 3]),
            average(split("a", "b", sizes=[2, 1]), "c"),
            parallel(both, "c"),
        ],
        brief=(0, 1),
    )
    yield from with_ids("average", [(tasks(both, "c"), (0, 1, 0))])


def _mixing() -> Iterator[Composition]:
    for spec in (
        token_split("a", "b", first_two),
        token_split("a", "a", first_two),
        stack(token_split("a", "b", none_of_them), "d"),
    ):
        yield Composition(short(spec), "token-split", spec, whole=True)
    yield from of_group(
        "fusion", [fuse("a", "b"), stack(fuse("a", "b"), "d"), fuse(stack("a", "c"), "b")]
    )


def first_two(tokens: int) -> list[int]:
    """Two tokens for the first, the others for the second."""
    return [2, tokens - 2]


def none_of_them(tokens: int) -> list[int]:
    """No token for the first, all for the second."""
    return [0, tokens]


_GROUPS: Final[tuple[Callable[[], Iterator[Composition]], ...]] = (
    _single,
    _flat,
    _split_in_stack,
    _stacks_in_split,
    _nested,
    _parallel,
    _parallel_of_splits,
    _tasks,
    _average,
    _mixing,
    bad_sizes,
    bad_ids,
)
COMPOSITIONS: Final = {each.name: each for group in _GROUPS for each in group()}
